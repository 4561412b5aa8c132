"""Families of distributions as :func:`capstake.fit` sees them: laws of SciPy and their fits.

Arguments are those of the deal file, in its order. Fits are by maximum likelihood.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

__all__ = ["FAMILIES", "Ends", "Family"]

Data = NDArray[np.float64]
Arguments = tuple[float, ...]
# Known ends of the support; None where one is not known.
Ends = tuple[float | None, float | None]

# Limits of a deal file's shapes and degrees of freedom.
LEAST_SHAPE, MOST_SHAPE = 0.1, 1e4
# Free ends lie beyond the data by between these multiples of the data's range.
_CLOSEST, _FARTHEST = 1e-6, 20.0


@dataclass(frozen=True)
class Family:
    """One family.

    Attributes
    ----------
    law
        The distribution of SciPy for some arguments.
    fit
        The most likely arguments for data, given the ends of the support that are known.
    unfit
        What in the data no distribution of the family can give; empty where there is nothing.
    ends
        Which arguments are the ends of the support.
    is_smooth
        Whether the likelihood has a curvature in every argument but the ends.
    """

    law: Callable[..., Any]
    fit: Callable[[Data, Ends], Arguments]
    unfit: Callable[[Data, Ends], str]
    ends: tuple[int, int] | None = None
    is_smooth: bool = True

    def log_likelihood(self, data: Data, arguments: ArrayLike) -> float:
        """Sum the logarithms of the density at the data."""
        return float(self.law(*np.asarray(arguments)).logpdf(data).sum())

    def has_free_end(self, known: Ends) -> bool:
        """Whether an end of the support is estimated."""
        return self.ends is not None and None in known

    def free(self, n_arguments: int, known: Ends) -> list[int]:
        """List the arguments that are estimated."""
        fixed = [i for i, end in zip(self.ends or (), known, strict=False) if end is not None]
        return [i for i in range(n_arguments) if i not in fixed]


def _anything(data: Data, ends: Ends) -> str:
    return ""


def _positive(data: Data, ends: Ends) -> str:
    return "" if data.min() > 0 else "needs data above 0"


def _within(data: Data, ends: Ends) -> str:
    low, high = ends
    if low is not None and data.min() < low:
        return "needs data at or above `low`"
    return "needs data at or below `high`" if high is not None and data.max() > high else ""


def _strictly_within(data: Data, ends: Ends) -> str:
    low, high = ends
    if low is None or high is None:
        return "needs `low` and `high`, the ends of its support"
    return "" if low < data.min() and data.max() < high else "needs data between `low` and `high`"


def _maximum(
    log_likelihood: Callable[[Data], float], start: ArrayLike, bounds: Sequence[Any]
) -> Data:
    """Search without derivatives, once more from where the first search ended."""
    at = np.asarray(start, float)
    settings = {"xatol": 1e-9, "fatol": 1e-10, "maxiter": 2000, "adaptive": True}

    def loss(x: Data) -> float:
        found = log_likelihood(x)
        return -found if math.isfinite(found) else 1e300

    for _ in range(2):
        at = optimize.minimize(loss, at, method="Nelder-Mead", bounds=bounds, options=settings).x
    return at


def _normal(data: Data, ends: Ends) -> Arguments:
    return float(data.mean()), float(data.std())


def _lognormal(data: Data, ends: Ends) -> Arguments:
    logs = np.log(data)
    volatility = float(logs.std())
    return math.exp(float(logs.mean()) + volatility**2 / 2), volatility


def _student_t(data: Data, ends: Ends) -> Arguments:
    middle = float(np.median(data))
    spread = float(stats.iqr(data)) / 1.5 or float(data.std())
    z = (data - middle) / spread

    def log_likelihood(x: Data) -> float:
        freedom = 2 + math.exp(x[2])
        squares = ((z - x[0]) * math.exp(-x[1])) ** 2
        per_datum = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - x[1]
        per_datum -= math.log(freedom) / 2
        rest = (freedom + 1) / 2 * float(np.log1p(squares / freedom).sum())
        return float(len(z) * per_datum - rest)

    bounds = [(-10, 10), (-10, 10), (math.log(1e-3), math.log(MOST_SHAPE - 2))]
    at, log_scale, of_freedom = map(float, _maximum(log_likelihood, [0, -0.2, 1.4], bounds))
    freedom = min(2 + math.exp(of_freedom), MOST_SHAPE)
    return middle + spread * at, spread * math.exp(log_scale), freedom


def _gamma(data: Data, ends: Ends) -> Arguments:
    """Solve log k - digamma(k) = log mean - mean log for the shape k."""
    gap = math.log(data.mean()) - float(np.log(data).mean())

    def excess(shape: float) -> float:
        return math.log(shape) - float(special.digamma(shape)) - gap

    if excess(MOST_SHAPE) > 0:
        shape = MOST_SHAPE
    elif excess(LEAST_SHAPE) < 0:
        shape = LEAST_SHAPE
    else:
        shape = float(optimize.brentq(excess, LEAST_SHAPE, MOST_SHAPE, xtol=1e-12))
    return shape, float(data.mean()) / shape


def _beta(data: Data, ends: Ends) -> Arguments:
    low, high = (float(end or 0.0) for end in ends)
    part = (data - low) / (high - low)
    mean, variance = float(part.mean()), float(part.var())
    total = max(mean * (1 - mean) / variance - 1, 0.5)
    log_part, log_rest = float(np.log(part).mean()), float(np.log1p(-part).mean())

    def log_likelihood(x: Data) -> float:
        a, b = np.exp(x)
        return float((a - 1) * log_part + (b - 1) * log_rest - special.betaln(a, b)) * len(data)

    bounds = [(math.log(LEAST_SHAPE), math.log(MOST_SHAPE))] * 2
    start = np.clip(np.log([mean * total, (1 - mean) * total]), *bounds[0])
    a, b = np.clip(np.exp(_maximum(log_likelihood, start, bounds)), LEAST_SHAPE, MOST_SHAPE)
    return float(a), float(b), low, high


def _uniform(data: Data, ends: Ends) -> Arguments:
    low, high = ends
    return (
        float(data.min()) if low is None else low,
        float(data.max()) if high is None else high,
    )


def _searched_ends(
    data: Data, ends: Ends, best_within: Callable[[float, float], tuple[float, float]]
) -> Arguments:
    """Search for the ends that are not known; between two ends a mode and its likelihood follow."""
    least, most = float(data.min()), float(data.max())
    width = most - least
    free = [i for i in (0, 1) if ends[i] is None]

    def placed(x: Sequence[float]) -> tuple[float, float]:
        found = [0.0 if end is None else end for end in ends]
        for i, beyond in zip(free, x, strict=True):
            found[i] = (least, most)[i] + (-1, 1)[i] * width * math.exp(beyond)
        return found[0], found[1]

    if free:
        bounds = [(math.log(_CLOSEST), math.log(_FARTHEST))] * len(free)
        start = [math.log(0.1)] * len(free)
        low, high = placed(
            list(_maximum(lambda x: best_within(*placed(list(x)))[1], start, bounds))
        )
    else:
        low, high = placed([])
    return low, best_within(low, high)[0], high


def _triangular(data: Data, ends: Ends) -> Arguments:
    """Johnson and Kotz (1999): between given ends the most likely mode is one of the data."""
    x = np.sort(data)
    n = len(x)

    def best_within(low: float, high: float) -> tuple[float, float]:
        with np.errstate(divide="ignore", invalid="ignore"):
            up, down = np.log(x - low), np.log(high - x)
            before = np.concatenate([[0.0], np.cumsum(up)[:-1]])
            after = down.sum() - np.cumsum(down)
            i = np.arange(n)
            # Of a mode at x_i: i data below rise to it, n - 1 - i above fall from it.
            value = before - i * up + after - (n - 1 - i) * down
        value = np.where(np.isfinite(value), value, -math.inf)
        at = int(value.argmax())
        return float(x[at]), float(value[at]) + n * math.log(2 / (high - low))

    return _searched_ends(x, ends, best_within)


def _pert(data: Data, ends: Ends) -> Arguments:
    def best_within(low: float, high: float) -> tuple[float, float]:
        part = (data - low) / (high - low)
        with np.errstate(divide="ignore"):
            log_part, log_rest = float(np.log(part).sum()), float(np.log1p(-part).sum())
        n = len(data)

        def loss(at: float) -> float:
            a, b = 1 + 4 * at, 5 - 4 * at
            return -float((a - 1) * log_part + (b - 1) * log_rest - n * special.betaln(a, b))

        if not math.isfinite(log_part + log_rest):
            return low, -math.inf
        found = optimize.minimize_scalar(loss, bounds=(0, 1), method="bounded",
                                         options={"xatol": 1e-10})  # fmt: skip
        value = -float(found.fun) - n * math.log(high - low)
        return low + (high - low) * float(found.x), value

    return _searched_ends(data, ends, best_within)


def _pert_law(low: float, mode: float, high: float) -> Any:
    at = (mode - low) / (high - low)
    return stats.beta(1 + 4 * at, 5 - 4 * at, low, high - low)


FAMILIES: dict[str, Family] = {
    "uniform": Family(
        lambda low, high: stats.uniform(low, high - low), _uniform, _within, (0, 1)
    ),
    "triangular": Family(
        lambda low, mode, high: stats.triang((mode - low) / (high - low), low, high - low),
        _triangular, _within, (0, 2), False,
    ),
    "pert": Family(_pert_law, _pert, _within, (0, 2)),
    "normal": Family(stats.norm, _normal, _anything),
    "lognormal": Family(
        lambda mean, v: stats.lognorm(v, scale=mean * math.exp(-(v**2) / 2)), _lognormal, _positive
    ),
    "student_t": Family(
        lambda location, scale, freedom: stats.t(freedom, location, scale), _student_t, _anything
    ),
    "beta": Family(
        lambda a, b, low, high: stats.beta(a, b, low, high - low), _beta, _strictly_within, (2, 3)
    ),
    "gamma": Family(lambda shape, scale: stats.gamma(shape, scale=scale), _gamma, _positive),
}  # fmt: skip
