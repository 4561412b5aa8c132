"""Runs: ``value`` and ``compare``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from capstake import _core
from capstake._core import CancelToken, Deal
from capstake.errors import InputError, Issue
from capstake.progress import default_progress
from capstake.valuation import Comparison, Results, Valuation

__all__ = ["DEFAULT_PATHS", "SAMPLE_PATHS", "compare", "value"]

DEFAULT_PATHS = 2**18
# Values of this many paths are kept for distributions; memory does not grow beyond it.
SAMPLE_PATHS = 2**18

Progress = Callable[[int, int], None]


def value(
    deal: Deal,
    *,
    paths: int = DEFAULT_PATHS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | bool | None = None,
    cancel: CancelToken | None = None,
) -> Valuation:
    """Value a deal by Monte Carlo.

    Parameters
    ----------
    deal
        What to value.
    paths
        Number of simulated paths, 2 to 2**48.
    seed
        Key of the random numbers, 0 to 2**64 - 1. The same deal, paths and seed give the same
        bits on any number of threads.
    threads
        Threads to use; None for what the environment variable CAPSTAKE_THREADS says, else for one
        a core.
    progress
        A function of (paths done, paths in all), called about every 50 ms; True for a bar on
        standard error; None or False for nothing.
    cancel
        A token whose ``cancel()``, called from any thread, ends the run within half a second.

    Returns
    -------
    Valuation
        Values with standard errors, distributions, payments by year, cap timing.

    Raises
    ------
    InputError
        An argument is out of range.
    NumericalError
        A value is not finite on some path.
    CancelledError
        The run was stopped by the token.

    Examples
    --------
    >>> deal = load("microsoft_openai_2026_04")
    >>> valuation = value(deal, paths=4096)
    >>> 20 < valuation["microsoft_share"].value < 38
    True
    """
    checked_deal("deal", deal)
    spec = checked_run(paths, seed, threads)
    with default_progress(progress) as report:
        raw = _core.value(deal, **spec, progress=report, cancel=cancel)
    return Valuation(deal, Results(raw), paths=spec["paths"], seed=spec["seed"])


def compare(
    old: Deal,
    new: Deal,
    *,
    paths: int = DEFAULT_PATHS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | bool | None = None,
    cancel: CancelToken | None = None,
) -> Comparison:
    """Value two versions of a deal, and their differences, on the same draws.

    Parameters are those of :func:`value`.

    Raises
    ------
    InputError
        The deals differ in valuation date, currency or unit, or an argument is out of range.
    NumericalError
        A value is not finite on some path.
    """
    checked_deal("old", old)
    checked_deal("new", new)
    spec = checked_run(paths, seed, threads)
    with default_progress(progress) as report:
        raw = _core.compare(old, new, **spec, progress=report, cancel=cancel)
    results = Results(raw)
    sizes = {"paths": spec["paths"], "seed": spec["seed"]}
    return Comparison(
        Valuation(old, results, scenario="old", **sizes),
        Valuation(new, results, scenario="new", **sizes),
        results,
    )


def _whole(name: str, number: Any, low: int, high: int) -> int:
    try:
        whole = int(number.__index__())
    except (AttributeError, TypeError):
        raise InputError([Issue(name, "must be a whole number", repr(number))]) from None
    if isinstance(number, bool) or not low <= whole <= high:
        # Python refuses to print integers of thousands of digits.
        got = repr(number) if abs(whole) < 10**40 else "a number of over 40 digits"
        raise InputError([Issue(name, f"must be between {low:,} and {high:,}", got)])
    return whole


def checked_deal(name: str, deal: object) -> None:
    """Refuse what is not a deal, the path of a file for one."""
    if not isinstance(deal, Deal):
        got = type(deal).__name__
        raise InputError([Issue(name, "must be a Deal; load a file with capstake.load", got)])


def checked_run(paths: int, seed: int, threads: int | None) -> dict[str, int]:
    """Check the arguments of a run."""
    n_paths = _whole("paths", paths, 2, 2**48)
    return {
        "paths": n_paths,
        "seed": _whole("seed", seed, 0, 2**64 - 1),
        "threads": 0 if threads is None else _whole("threads", threads, 1, 4096),
        "sample_paths": min(n_paths, SAMPLE_PATHS),
    }
