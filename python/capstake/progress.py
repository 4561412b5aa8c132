"""Progress bars: on standard error, only for runs that take a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Progress", "default_progress"]

Progress = Callable[[int, int], None]

# A bar that flashes by tells nobody anything.
_PATIENCE = 0.5  # seconds


@contextmanager
def default_progress(progress: Progress | bool | None) -> Iterator[Progress | None]:
    """Turn the ``progress`` argument into a callback: a bar for True, None for nothing."""
    if progress is None or progress is False:
        yield None
    elif progress is True:
        with _bar() as report:
            yield report
    else:
        yield progress


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("simulating"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    console = Console(file=sys.stderr)
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task("paths", total=1)
    started = time.monotonic()

    def report(done: int, total: int) -> None:
        if not bar.live.is_started:
            if time.monotonic() - started < _PATIENCE:
                return
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield report
    finally:
        bar.stop()
