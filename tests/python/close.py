"""The only comparisons of numbers in these tests. NaN always fails.

Each returns a Verdict: true or false, and in a failed assertion it says where and by how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


@dataclass(frozen=True)
class Verdict:
    """True or false, with the reason."""

    holds: bool
    reason: str

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        return self.reason


def _arrays(got: ArrayLike, reference: ArrayLike) -> tuple[np.ndarray, np.ndarray, Verdict | None]:
    a, b = np.asarray(got, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if a.shape != b.shape:
        return a, b, Verdict(False, f"shapes differ: {a.shape} and {b.shape}")
    n_nan = int(np.isnan(a).sum()), int(np.isnan(b).sum())
    if any(n_nan):
        return a, b, Verdict(False, f"NaN: {n_nan[0]} in the result, {n_nan[1]} in the reference")
    return a, b, None


def _at(mask: np.ndarray, a: np.ndarray, b: np.ndarray) -> str:
    index = tuple(int(i[0]) for i in np.nonzero(np.atleast_1d(mask)))
    got, reference = float(np.atleast_1d(a)[index]), float(np.atleast_1d(b)[index])
    return f"at {index}: {got!r} against {reference!r}, difference {got - reference:.3g}"


def close(got: ArrayLike, reference: ArrayLike, *, rel: float = 0.0, abs: float = 0.0) -> Verdict:
    """Whether |got - reference| <= max(rel |reference|, abs) everywhere; infinities are equal."""
    a, b, verdict = _arrays(got, reference)
    if verdict is not None:
        return verdict
    with np.errstate(invalid="ignore"):
        allowed = np.maximum(rel * np.abs(b), abs)
        is_close = (a == b) | (np.isfinite(a) & np.isfinite(b) & (np.abs(a - b) <= allowed))
    wrong = ~np.atleast_1d(is_close)
    if not wrong.any():
        return Verdict(True, "close")
    return Verdict(
        False,
        f"{wrong.sum()} of {wrong.size} not within rel={rel:g}, abs={abs:g}; "
        f"first {_at(wrong, a, b)}",
    )


def same_bits(got: ArrayLike, reference: ArrayLike) -> Verdict:
    """Whether two float64 arrays are equal bit for bit; 0.0 and -0.0 differ."""
    a, b, verdict = _arrays(got, reference)
    if verdict is not None:
        return verdict
    differ = np.atleast_1d(a.view(np.uint64) != b.view(np.uint64))
    if not differ.any():
        return Verdict(True, "same bits")
    return Verdict(False, f"{differ.sum()} of {differ.size} differ; first {_at(differ, a, b)}")


class Estimate(Protocol):
    """A simulated mean and its standard error."""

    value: float
    standard_error: float


def agrees(estimate: Estimate, exact: float, *, largest_error: float) -> Verdict:
    """Whether an estimate is within 4 of its standard errors of the exact value AND its standard
    error is below a part of that value.

    The first alone gets easier the worse the estimator is. Where an estimate is exact but for
    rounding (events integrated out, controls), its standard error is rounding too, or nothing.
    """
    value, error = estimate.value, estimate.standard_error
    rounding = 1e-12 * abs(exact)
    # As rare as 4 standard errors of the normal, for an error from few replicates.
    wide = stats.t.ppf(stats.norm.cdf(4.0), estimate.degrees_of_freedom)
    holds = 0 <= error < largest_error * abs(exact) and abs(value - exact) < wide * error + rounding
    z = (value - exact) / error if error else float("nan")
    return Verdict(
        bool(holds),
        f"{value!r} +- {error:.3g} against {exact!r}: z = {z:.2f}, "
        f"error / value = {error / abs(exact):.2e}, not {largest_error:g}",
    )
