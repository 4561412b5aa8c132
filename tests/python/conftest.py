"""Versions in play, the two-second rule, and the Hypothesis profile of all Python tests."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

import hypothesis
import pytest

SLOW_SECONDS = 2.0

# Fixed examples: the same run fails or passes for everyone. No deadline: machines differ.
hypothesis.settings.register_profile("capstake", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("capstake")


def pytest_report_header() -> list[str]:
    import capstake

    versions = [f"{p} {metadata.version(p)}" for p in ("numpy", "scipy", "hypothesis")]
    build = ", ".join(f"{key} {held}" for key, held in capstake.build_info().items())
    return [
        f"capstake: {build}, from {Path(capstake.__file__).parent}",
        f"with: python {platform.python_version()}, {', '.join(versions)}",
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that take too long to go without the mark `slow`."""
    for report in terminalreporter.getreports("passed"):
        if report.duration > SLOW_SECONDS and "slow" not in report.keywords:
            terminalreporter.write_line(
                f"over {SLOW_SECONDS:g} s without @pytest.mark.slow: {report.nodeid} "
                f"({report.duration:.1f} s)",
                yellow=True,
            )
