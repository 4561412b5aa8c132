"""First and second moments of every type of stream on 2**20 draws, against theory.

Revenue of a year by the plain draws themselves, without controls or exact means.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from bad_deals import STREAM_TYPES
from capstake import _core
from deals import Record, deal_of
from processes import BASS, GBM, JUMPS, LOGISTIC, MOON, OU, REGIMES, YEARS, deal

N = 2**20
Moments = tuple[float, float]  # E R and E R^2
Theory = Callable[[int], Moments]  # by years from the valuation date


def lognormal(mean: float, variance: float) -> Moments:
    """Of a variable with that mean whose logarithm has that variance."""
    return mean, mean**2 * math.exp(variance)


def of_log(mean: float, variance: float) -> Moments:
    return lognormal(math.exp(mean + variance / 2), variance)


def means(
    value: Callable[[float], float], density: Callable[[float], float], low: float, high: float
) -> Moments:
    first = quad(lambda x: value(x) * density(x), low, high)[0]
    return first, quad(lambda x: value(x) ** 2 * density(x), low, high)[0]


def gbm(t: int) -> Moments:
    return lognormal(100 * math.exp(0.3 * t), 0.35**2 * t)


def ou(t: int) -> Moments:
    """By the integral of the growth's loadings on its shocks, not by the law of a step."""
    k, m, g, e, s, rho = 0.7, 0.05, 0.6, 0.2, 0.15, 0.4
    load = lambda u: -e * math.expm1(-k * u) / k  # noqa: E731
    variance = quad(lambda u: load(u) ** 2 + s**2 + 2 * rho * s * load(u), 0, t)[0]
    mean = quad(lambda u: m + (g - m) * math.exp(-k * u), 0, t)[0]
    return of_log(math.log(100) + mean - s**2 * t / 2, variance)


def moon(t: int) -> Moments:
    """By the means and covariances of log revenue and growth, a year at a time."""
    x = MOON
    mean = np.array([math.log(x["level"]), x["growth"]])
    covariance = np.zeros((2, 2))
    for year in range(t):
        kept = math.exp(-x["volatility_reversion"] * year)
        s = x["volatility"] * kept + x["volatility_long_run"] * (1 - kept)
        e = x["growth_volatility"] * math.exp(-x["growth_volatility_decay"] * year)
        k = x["growth_reversion"]
        step = np.array([[1.0, 1.0], [0.0, math.exp(-k)]])
        sure = [-x["risk_price"] * s - s**2 / 2, -math.expm1(-k) * x["growth_long_run"]]
        mean = step @ mean + sure
        noise = [s**2, -math.expm1(-2 * k) / (2 * k) * e**2]
        covariance = step @ covariance @ step.T + np.diag(noise)
    return of_log(mean[0], covariance[0, 0])


def jumps(t: int) -> Moments:
    """E X^p = exp of t times the cumulant at p: a Levy process."""
    mu, s, rate, j, v = 0.2, 0.2, 0.6, -0.25, 0.15
    log_jump = math.log1p(j) - v**2 / 2

    def moment(p: int) -> float:
        jump = math.expm1(p * log_jump + p**2 * v**2 / 2)
        drift = mu - rate * j - s**2 / 2
        return 100**p * math.exp(t * (p * drift + p**2 * s**2 / 2 + rate * jump))

    return moment(1), moment(2)


def regimes(t: int) -> Moments:
    changed = -math.expm1(-1.2) / 1.2
    change = np.array([[1 - 0.4 * changed, 0.4 * changed], [0.8 * changed, 1 - 0.8 * changed]])
    growth, volatility = np.array([0.4, -0.2]), np.array([0.15, 0.35])

    def moment(p: int) -> float:
        weight = np.array([0.75, 0.25])
        for year in range(t):
            weight = weight if year == 0 else weight @ change
            weight = weight * np.exp(p * growth + p * (p - 1) / 2 * volatility**2)
        return 100**p * float(weight.sum())

    return moment(1), moment(2)


def logistic(t: int) -> Moments:
    mean = quad(lambda u: 700 / (1 + 6 * math.exp(-0.9 * u)), t - 1, t)[0]
    return lognormal(mean, 0.04 * t)


def bass(t: int) -> Moments:
    p, q = 0.03, 0.38
    adopted = lambda u: -math.expm1(-(p + q) * u) / (1 + q / p * math.exp(-(p + q) * u))  # noqa: E731
    return lognormal(1000 * (adopted(t) - adopted(t - 1)), 0.04 * t)


PLAN = {
    "type": "forecast",
    "annual": {2025: 80.0, 2026: 100.0, 2027: 150.0, 2028: 220.0, 2029: 260.0, 2030: 250.0},
}
HAIRCUT = PLAN | {"growth_haircut": {"uniform": [0.0, 0.6]}, "volatility": 0.3}
REVISED = PLAN | {"revisions": {"2026-12-31": 0.2, "2028-12-31": 0.3}, "volatility": 0.1}


def haircut(t: int) -> Moments:
    figures = list(PLAN["annual"].values())

    def cut(h: float) -> float:
        growths = [b / a - 1 for a, b in pairwise(figures[: t + 1])]
        return 80 * math.prod(1 + (1 - h) * g for g in growths)

    first, second = means(cut, lambda h: 1 / 0.6, 0, 0.6)
    return first, second * math.exp(0.09 * t)


def revised(t: int) -> Moments:
    figures = list(PLAN["annual"].values())
    return lognormal(figures[t], 0.01 * t + 0.04 * (t > 1) + 0.09 * (t > 3))


# Close enough together that the squares have a variance too.
SPREAD = PLAN | {
    "p10": {"2027": 120.0, "2028": 170.0, "2029": 190.0, "2030": 160.0},
    "p90": {"2027": 190.0, "2028": 270.0, "2029": 340.0, "2030": 420.0},
}


def percentiles(t: int) -> Moments:
    year = f"{2025 + t}"
    median = SPREAD["annual"][2025 + t]
    if year not in SPREAD["p10"]:
        return median, median**2
    known = [SPREAD["p10"][year], median, SPREAD["p90"][year]]
    odds = np.log([1 / 9, 1.0, 9.0])
    basis = np.transpose([np.ones(3), odds, np.array([-0.4, 0.0, 0.4]) * odds])
    a, b, c = np.linalg.solve(basis, np.log(known))

    def value(z: float) -> float:
        odds = norm.logcdf(z) - norm.logsf(z)
        return math.exp(a + (b + c * (norm.cdf(z) - 0.5)) * odds)

    return means(value, norm.pdf, -12, 12)


SLOW = {"type": "gbm", "level": 40.0, "growth": 0.05, "volatility": 0.25}


def slow(t: int) -> Moments:
    return lognormal(40 * math.exp(0.05 * t), 0.0625 * t)


def mixed(t: int) -> Moments:
    (a, aa), (b, bb) = gbm(t), slow(t)
    return 0.3 * a + 0.7 * b, 0.3 * aa + 0.7 * bb


def added(t: int, sign: int = 1) -> Moments:
    (a, aa), (b, bb) = gbm(t), slow(t)
    return a + sign * b, aa + bb + sign * 2 * a * b


def multiplied(t: int) -> Moments:
    (a, aa), (b, bb) = gbm(t), slow(t)
    return a * b, aa * bb


def times(factor: Callable[[int], float]) -> Theory:
    return lambda t: (gbm(t)[0] * factor(t), gbm(t)[1] * factor(t) ** 2)


def ramp(t: int) -> float:
    """From 0 at the end of 2026 to 1/4 at that of 2030, the mean of the year's days."""
    return 0.25 * (t - 1.5) / 4 if t > 1 else 0.0


def root(t: int) -> Moments:
    """Of two independent lognormals: half the sum of their logarithms."""
    log_means = [math.log(m(t)[0]) - v * t / 2 for m, v in ((gbm, 0.1225), (slow, 0.0625))]
    return of_log(sum(log_means) / 2, (0.1225 + 0.0625) * t / 4)


PARTS: dict[str, Any] = {"g": GBM, "s": SLOW}
LEAK = {"of": "g", "at_start": 0.0, "at_end": 0.25, "start": "2026-12-31", "end": "2030-12-31"}
CASES: dict[str, tuple[Record, Theory]] = {
    "gbm": (GBM, gbm),
    "mean_reverting_growth": (OU, ou),
    "schwartz_moon": (MOON, moon),
    "jump_diffusion": (JUMPS, jumps),
    "regime_switching": (REGIMES, regimes),
    "logistic": (LOGISTIC, logistic),
    "bass": (BASS, bass),
    "forecast": (HAIRCUT, haircut),
    "forecast by revisions": (REVISED, revised),
    "forecast by percentiles": (SPREAD, percentiles),
    "mixture": ({"type": "mixture", "scenarios": ["g", "s"], "weights": [0.3, 0.7]}, mixed),
    "sum": ({"type": "sum", "of": ["g", "s"]}, added),
    "sum less": ({"type": "sum", "of": ["g"], "less": ["s"]}, lambda t: added(t, -1)),
    "product": ({"type": "product", "of": "g", "times": ["s"]}, multiplied),
    "scaled": (
        {"type": "scaled", "of": "g", "factor": {"by_date": {"2026-01-01": 2, "2029-01-01": 3}}},
        times(lambda t: 2.0 if t < 4 else 3.0),
    ),
    "ramp": ({"type": "ramp", **LEAK}, times(ramp)),
    "seasonal": ({"type": "seasonal", "of": "g", "weights": [0.1, 0.2, 0.3, 0.4]}, gbm),
    "history": ({"type": "history", "of": "g", "figures": {"2025": 70.0}}, gbm),
    "formula": ({"type": "formula", "formula": "sqrt(g * s)"}, root),
}


def test_every_type_of_stream_has_a_case():
    assert {stream["type"] for stream, _ in CASES.values()} == set(STREAM_TYPES)


def draws(stream: Record) -> dict[int, np.ndarray]:
    """Revenue by years from the valuation date, on N paths."""
    graph = _core.graph_of(deal_of(deal({**PARTS, "x": stream}, "year")))
    rows = {t: graph.output_names.index(f"revenue.x.{2025 + t}") for t in range(1, YEARS + 1)}
    blocks = N // graph.run(seed=11).shape[1]
    chunk = 64
    found: dict[int, list[np.ndarray]] = {t: [] for t in rows}
    for first in range(0, blocks, chunk):
        part = graph.run(seed=11, first_block=first, n_blocks=chunk)
        for t, row in rows.items():
            found[t].append(part[row].copy())
    return {t: np.concatenate(parts) for t, parts in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_moments_are_those_of_theory(name):
    stream, theory = CASES[name]
    for t, revenue in draws(stream).items():
        assert len(revenue) == N
        for p, expected in enumerate(theory(t), start=1):
            powers = revenue**p
            error = powers.std() / math.sqrt(N)
            off = powers.mean() - expected
            assert abs(off) <= 4.5 * error + 1e-12 * expected, (t, p, off, error)
