"""Runs: ``value`` and ``compare``."""

from __future__ import annotations

from functools import partial

from capstake import _core
from capstake._core import CancelToken, Deal
from capstake.comparison import Comparison
from capstake.progress import Progress, default_progress
from capstake.results import Results
from capstake.settings import (
    DEFAULT_PATHS,
    MAX_PATHS,
    SAMPLE_PATHS,
    Precision,
    PrecisionLike,
    checked_deal,
    checked_settings,
)
from capstake.valuation import Valuation

__all__ = ["DEFAULT_PATHS", "SAMPLE_PATHS", "Precision", "compare", "value"]


def value(
    deal: Deal,
    *,
    measure: str | None = None,
    paths: int = DEFAULT_PATHS,
    precision: PrecisionLike | None = None,
    sampler: str | None = None,
    replicates: int = 16,
    seed: int = 1,
    threads: int | None = None,
    max_paths: int = MAX_PATHS,
    max_seconds: float | None = None,
    progress: Progress | bool | None = None,
    cancel: CancelToken | None = None,
) -> Valuation:
    """Value a deal by Monte Carlo.

    Values come from a run of their own: events are integrated out where the terms allow, points
    are quasi-random, and linear controls are used where they help. Distributions (percentiles,
    payments by year, cap timing, correlations) come from plain random paths with events sampled, at
    most 2**18 of them.

    Parameters
    ----------
    deal
        What to value.
    measure
        ``"real_world"`` or ``"risk_neutral"``, in place of what the deal states; the result's
        ``deal`` has it. Both side by side: :func:`measures`.
    paths
        Number of paths of the values, 2 to 2**48. With Sobol points a power of two, at least 512
        times ``replicates``.
    precision
        Run until the standard errors are small enough, instead of so many ``paths``: a number is
        relative to each value and holds for every leg, stake and party; a :class:`Precision` states
        an absolute or a relative error; a mapping gives either by the name of a leg, stake or
        party. Looked at when the points have doubled, so the result is often better than asked.
    sampler
        ``"sobol"``: scrambled Sobol points, in independent replicates from which the standard
        errors come. ``"philox"``: plain random numbers (Philox 4x64-10, those that NumPy makes).
        ``"philox4x32"``: plain and somewhat faster. None: Sobol where the number of paths allows
        it, else plain; the result says which.
    replicates
        Independent randomisations of the Sobol points, a power of two from 2 to 1024. Where rare
        paths decide a value (a share without a cap on very uncertain revenue), 95% intervals from
        16 cover about 93%, from 64 about 94%, at up to twice the error for as many paths.
    seed
        Key of the random numbers, 0 to 2**64 - 1. The same deal, paths and seed give the same
        bits on any number of threads.
    threads
        Threads to use; None for what the environment variable CAPSTAKE_THREADS says, else for one
        a core.
    max_paths, max_seconds
        Where a run for a ``precision`` stops at the latest; ``run.stopped_by`` says what did.
        ``max_paths`` is at most 2**47, and at least 512 times ``replicates`` with Sobol points,
        else 2**13. The paths that were run are in the result, and the same number of ``paths``
        gives the same bits.
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
        An argument is out of range, the paths are no number that Sobol points can have, or a
        risk-neutral value is asked of a deal that states no risk-free rate.
    NumericalError
        A value is not finite on some path.
    CancelledError
        The run was stopped by the token.

    References
    ----------
    Owen, A. (1998). Scrambling Sobol' and Niederreiter-Xing points. J. Complexity 14(4).
    Glasserman, P. (2003). Monte Carlo Methods in Financial Engineering, chapters 4 and 5. Springer.

    Examples
    --------
    >>> deal = load("microsoft_openai_2026_04")
    >>> valuation = value(deal, paths=2**13)
    >>> 20 < valuation["microsoft_share"].value < 38
    True
    >>> valuation.run.sampler
    'sobol'
    """
    deal = checked_deal("deal", deal, measure)
    settings = checked_settings(
        paths=paths,
        precision=precision,
        sampler=sampler,
        replicates=replicates,
        seed=seed,
        threads=threads,
        max_paths=max_paths,
        max_seconds=max_seconds,
    )
    with default_progress(progress) as report:
        raw = _core.value(deal, settings, progress=report, cancel=cancel)
    payments = partial(_core.payment_samples, [deal], settings)
    return Valuation(deal, Results(raw, payments), seed=settings["seed"])


def compare(
    old: Deal,
    new: Deal,
    *,
    measure: str | None = None,
    paths: int = DEFAULT_PATHS,
    precision: PrecisionLike | None = None,
    sampler: str | None = None,
    replicates: int = 16,
    seed: int = 1,
    threads: int | None = None,
    max_paths: int = MAX_PATHS,
    max_seconds: float | None = None,
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
    CancelledError
        The run was stopped by the token.
    """
    old, new = checked_deal("old", old, measure), checked_deal("new", new, measure)
    settings = checked_settings(
        paths=paths,
        precision=precision,
        sampler=sampler,
        replicates=replicates,
        seed=seed,
        threads=threads,
        max_paths=max_paths,
        max_seconds=max_seconds,
    )
    with default_progress(progress) as report:
        raw = _core.compare(old, new, settings, progress=report, cancel=cancel)
    results = Results(raw, partial(_core.payment_samples, [old, new], settings))
    return Comparison(
        Valuation(old, results, scenario="old", seed=settings["seed"]),
        Valuation(new, results, scenario="new", seed=settings["seed"]),
        results,
    )
