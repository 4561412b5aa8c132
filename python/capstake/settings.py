"""Settings of a run, checked: what the core is given."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from capstake._core import Deal
from capstake.dependence import repaired_correlations
from capstake.errors import InputError, Issue, RepairedCorrelationWarning

__all__ = [
    "DEFAULT_PATHS",
    "MAX_PATHS",
    "SAMPLE_PATHS",
    "Precision",
    "PrecisionLike",
    "Settings",
    "checked_deal",
    "checked_settings",
    "whole",
]

DEFAULT_PATHS = 2**18
# A run for a precision goes no further unless it is told to.
MAX_PATHS = 2**26
# Plain paths that distributions are read from; memory does not grow beyond them.
SAMPLE_PATHS = 2**18
# Sobol points of a replicate, at least: one block.
LEAST_POINTS = 512
# Plain paths that a run for a precision starts with.
PILOT_PATHS = 2**13
SAMPLERS = ("sobol", "philox", "philox4x32")


@dataclass(frozen=True)
class Precision:
    """How small a standard error has to be.

    Attributes
    ----------
    relative : float
        Of the value; 0 for no such limit. Where a value is about zero, of the mean size of what is
        averaged.
    absolute : float
        In the deal's money; 0 for no such limit. Where both are given the larger one counts.
    """

    relative: float = 0.0
    absolute: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no error can meet."""
        issues = [
            Issue(f"precision.{name}", "must be a number >= 0", repr(held))
            for name, held in (("relative", self.relative), ("absolute", self.absolute))
            if not _is_number(held) or not 0 <= held < math.inf
        ]
        if not issues and not (self.relative or self.absolute):
            issues = [Issue("precision", "must be above 0", "0")]
        if issues:
            raise InputError(issues)


PrecisionLike = float | Precision | Mapping[str, float | Precision]


class Settings(TypedDict):
    """What ``_core.value`` takes."""

    paths: int
    seed: int
    threads: int
    sample_paths: int
    sampler: str
    replicates: int
    goals: list[tuple[str, float, float]]  # (position or empty for all, absolute, relative)
    max_paths: int
    max_seconds: float


def _is_number(held: Any) -> bool:
    return isinstance(held, int | float) and not isinstance(held, bool)


def whole(name: str, number: Any, low: int, high: int) -> int:
    """Check that an argument is a whole number within bounds."""
    try:
        found = int(number.__index__())
    except (AttributeError, TypeError):
        raise InputError([Issue(name, "must be a whole number", repr(number))]) from None
    if isinstance(number, bool) or not low <= found <= high:
        # Python refuses to print integers of thousands of digits.
        got = repr(number) if abs(found) < 10**40 else "a number of over 40 digits"
        raise InputError([Issue(name, f"must be between {low:,} and {high:,}", got)])
    return found


def checked_deal(name: str, deal: object, measure: str | None = None) -> Deal:
    """Refuse what is not a deal, the path of a file for one; warn of repaired correlations.

    Returns the deal under another measure than it states, if one is given.
    """
    if not isinstance(deal, Deal):
        got = type(deal).__name__
        raise InputError([Issue(name, "must be a Deal; load a file with capstake.load", got)])
    for repair in repaired_correlations(deal):
        warnings.warn(str(repair), RepairedCorrelationWarning, stacklevel=3)
    return deal if measure is None else deal.replace(measure=measure)


def checked_settings(
    *,
    paths: int,
    seed: int,
    threads: int | None,
    precision: PrecisionLike | None = None,
    sampler: str | None = None,
    replicates: int = 16,
    max_paths: int = MAX_PATHS,
    max_seconds: float | None = None,
) -> Settings:
    """Check the arguments of a run."""
    n_paths = whole("paths", paths, 2, 2**48)
    n_replicates = whole("replicates", replicates, 2, 1024)
    goals = _goals(precision)
    chosen = _sampler(sampler, n_paths, n_replicates, is_fixed=not goals)
    least = LEAST_POINTS * n_replicates if chosen == "sobol" else PILOT_PATHS
    return {
        "paths": n_paths,
        "seed": whole("seed", seed, 0, 2**64 - 1),
        "threads": 0 if threads is None else whole("threads", threads, 1, 4096),
        "sample_paths": min(n_paths, SAMPLE_PATHS),
        "sampler": chosen,
        "replicates": n_replicates,
        "goals": goals,
        "max_paths": whole("max_paths", max_paths, least, 2**47),
        "max_seconds": _seconds(max_seconds),
    }


def _sampler(sampler: str | None, paths: int, replicates: int, *, is_fixed: bool) -> str:
    if sampler not in (None, *SAMPLERS):
        rule = "must be " + ", ".join(SAMPLERS[:-1]) + f" or {SAMPLERS[-1]}"
        raise InputError([Issue("sampler", rule, repr(sampler))])
    if sampler is not None and sampler != "sobol":
        return sampler
    if replicates & (replicates - 1):
        raise InputError([Issue("replicates", "must be a power of two", repr(replicates))])
    least = LEAST_POINTS * replicates
    if not is_fixed or (paths >= least and not paths & (paths - 1)):
        return "sobol"
    if sampler is None:
        return "philox"
    below = max(2 ** (paths.bit_length() - 1), least)
    near = f"{below:,}" if paths < least else f"{below:,} or {2 * below:,}"
    rule = (
        f"must be a power of two, at least {least:,}, with {replicates} replicates of Sobol points"
    )
    raise InputError([Issue("paths", rule, f"{paths:,}", f"for example {near}")])


def _goals(precision: PrecisionLike | None) -> list[tuple[str, float, float]]:
    if precision is None:
        return []
    wanted = precision if isinstance(precision, Mapping) else {"": precision}
    if not wanted:
        raise InputError([Issue("precision", "must name at least one leg, stake or party", "{}")])
    goals = []
    for name, held in wanted.items():
        if not isinstance(held, Precision):
            if not _is_number(held):
                rule = "must be a number, a Precision, or a mapping from names to these"
                raise InputError([Issue("precision", rule, repr(held))])
            held = Precision(relative=held)
        goals.append((str(name), float(held.absolute), float(held.relative)))
    return goals


def _seconds(max_seconds: float | None) -> float:
    if max_seconds is None:
        return 0.0
    if not _is_number(max_seconds) or not 0 < max_seconds < math.inf:
        raise InputError([Issue("max_seconds", "must be a number above 0", repr(max_seconds))])
    return float(max_seconds)
