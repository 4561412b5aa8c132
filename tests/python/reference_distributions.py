"""Quantiles of uncertain numbers in plain Python and SciPy, from the families' definitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

Held = dict[str, Any]


class Triangular:
    def __init__(self, low: float, mode: float, high: float) -> None:
        self.low, self.mode, self.high = low, mode, high

    def ppf(self, u: float) -> float:
        low, mode, high = self.low, self.mode, self.high
        if u < (mode - low) / (high - low):
            return low + math.sqrt(u * (high - low) * (mode - low))
        return high - math.sqrt((1 - u) * (high - low) * (high - mode))

    def cdf(self, x: float) -> float:
        low, mode, high = self.low, self.mode, self.high
        if x < mode:
            return (x - low) ** 2 / ((high - low) * (mode - low))
        return 1 - (high - x) ** 2 / ((high - low) * (high - mode))


class Metalog:
    """Keelin (2016), equation 6, with the bounds of sections 4.1 and 4.2."""

    def __init__(
        self,
        probabilities: list[float],
        values: list[float],
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        self.low, self.high = low, high
        rows = [self.basis(p, len(values)) for p in probabilities]
        self.a = np.linalg.solve(np.array(rows), [self.unbounded(x) for x in values])

    @staticmethod
    def basis(u: float, n: int) -> list[float]:
        t, logit = u - 0.5, math.log(u / (1 - u)) if u < 0.9 else math.log(u) - math.log1p(-u)
        row = [1.0, logit, t * logit, t]
        for k in range(5, n + 1):
            row.append(t ** ((k - 1) // 2) if k % 2 else t ** (k // 2 - 1) * logit)
        return row[:n]

    def unbounded(self, x: float) -> float:
        if self.low is not None and self.high is not None:
            return math.log((x - self.low) / (self.high - x))
        if self.low is not None:
            return math.log(x - self.low)
        return x if self.high is None else -math.log(self.high - x)

    def ppf(self, u: float) -> float:
        y = math.fsum(np.array(self.basis(u, len(self.a))) * self.a)
        if self.low is not None and self.high is not None:
            return (self.low + self.high * math.exp(y)) / (1 + math.exp(y))
        if self.low is not None:
            return self.low + math.exp(y)
        return y if self.high is None else self.high - math.exp(-y)

    def cdf(self, x: float) -> float:
        low, high = 1e-15, 1 - 1e-15
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if self.ppf(middle) < x else (low, middle)
        return (low + high) / 2


class Points:
    def __init__(self, values: list[float], weights: list[float]) -> None:
        rows = sorted(zip(values, weights, strict=True))
        self.values = [v for v, _ in rows]
        self.ends = np.cumsum([w for _, w in rows]) / math.fsum(weights)

    def ppf(self, u: float) -> float:
        return self.values[min(int(np.searchsorted(self.ends, u, "right")), len(self.values) - 1)]


class Law:
    """A distribution by its quantile and its cumulative distribution function."""

    def __init__(self, ppf: Callable[[float], Any], cdf: Callable[[float], Any]) -> None:
        self.ppf, self.cdf = ppf, cdf


def _uniform(low: float, high: float) -> Law:
    return Law(lambda u: low + (high - low) * u, lambda x: (x - low) / (high - low))


def _beta(a: float, b: float, low: float, high: float) -> Law:
    width = high - low
    return Law(
        lambda u: low + width * special.betaincinv(a, b, u),
        lambda x: special.betainc(a, b, (x - low) / width),
    )


def _pert(low: float, mode: float, high: float) -> Law:
    width = high - low
    return _beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, high)


def _normal(mean: float, sd: float) -> Law:
    return Law(lambda u: mean + sd * special.ndtri(u), lambda x: special.ndtr((x - mean) / sd))


def _lognormal(mean: float, v: float) -> Law:
    return Law(
        lambda u: mean * math.exp(v * special.ndtri(u) - v**2 / 2),
        lambda x: special.ndtr((math.log(x / mean) + v**2 / 2) / v),
    )


def _student_t(location: float, scale: float, dof: float) -> Law:
    return Law(
        lambda u: location + scale * special.stdtrit(dof, u),
        lambda x: special.stdtr(dof, (x - location) / scale),
    )


def _gamma(shape: float, scale: float) -> Law:
    return Law(
        lambda u: scale * special.gammaincinv(shape, u),
        lambda x: special.gammainc(shape, x / scale),
    )


FAMILIES: dict[str, Callable[..., Any]] = {
    "uniform": _uniform,
    "triangular": Triangular,
    "pert": _pert,
    "normal": _normal,
    "lognormal": _lognormal,
    "student_t": _student_t,
    "beta": _beta,
    "gamma": _gamma,
    "discrete": Points,
    "empirical": lambda *data: Points(list(data), [1.0] * len(data)),
    "metalog": Metalog,
}


def family_of(held: Held) -> str:
    return next(key for key in held if key in FAMILIES)


def law(held: Held) -> Any:
    """What a number's distribution is before truncation: an object with ppf and cdf."""
    arguments = held[family_of(held)]
    make = FAMILIES[family_of(held)]
    return make(**arguments) if isinstance(arguments, dict) else make(*arguments)


def quantile(held: Held, u: float) -> float:
    """The value of an uncertain number where its uniform draw is u."""
    below = held.get("truncated_below", -math.inf)
    above = held.get("truncated_above", math.inf)
    if "discrete" in held or "empirical" in held:
        values = held["empirical"] if "empirical" in held else held["discrete"]["values"]
        weights = [1.0] * len(values) if "empirical" in held else held["discrete"]["weights"]
        kept = [(v, w) for v, w in zip(values, weights, strict=True) if below <= v <= above]
        return float(Points(*map(list, zip(*kept, strict=True))).ppf(u))
    of = law(held)
    first = 0.0 if below == -math.inf else float(of.cdf(below))
    last = 1.0 if above == math.inf else float(of.cdf(above))
    return min(max(float(of.ppf(first + u * (last - first))), below), above)
