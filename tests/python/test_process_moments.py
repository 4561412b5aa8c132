"""Moments of streams that rest on no other, against closed forms; mixtures of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

import capstake as cs
from capstake import _core
from close import agrees, same_bits
from deals import Record, deal_of
from processes import (
    GBM,
    JUMPS,
    LOGISTIC,
    OU,
    REGIMES,
    YEARS,
    check_variance,
    deal,
    samples,
    valued,
)

# Moments


def gbm_mean(t: float) -> float:
    return 100 * math.exp(0.3 * t)


def ou_moments(t: float) -> tuple[float, float]:
    """Mean and variance of the logarithm at t, from the docstring's law of one step."""
    k, m, g, e, s, rho = 0.7, 0.05, 0.6, 0.2, 0.15, 0.4
    b = -math.expm1(-k * t) / k
    variance = (
        (e / k) ** 2 * (t - 2 * b - math.expm1(-2 * k * t) / (2 * k))
        + s**2 * t
        + 2 * rho * s * e * (t - b) / k
    )
    return math.log(100) + m * t + (g - m) * b - s**2 * t / 2, variance


def ou_mean(t: float) -> float:
    mean, variance = ou_moments(t)
    return math.exp(mean + variance / 2)


def regime_mean(t: float) -> float:
    """By the chain's matrix: one year's growth, then one year's change."""
    a, b = 0.4, 0.8
    changed = -math.expm1(-(a + b)) / (a + b)
    change = np.array([[1 - a * changed, a * changed], [b * changed, 1 - b * changed]])
    weight = np.array([0.75, 0.25])
    for _ in range(int(t)):
        weight = (weight * np.exp([0.4, -0.2])) @ change
    return 100 * float(weight.sum())


def logistic_mean(t: float) -> float:
    cumulative = lambda x: 700 / 0.9 * math.log1p(math.expm1(0.9 * x) / 7)  # noqa: E731
    return cumulative(t) - cumulative(t - 1)


# Stream, mean of year t, and the largest relative standard error at 2^20 paths in the fifth year.
MEANS = {
    "gbm": (GBM, gbm_mean, 1.2e-3),
    "ou": (OU, ou_mean, 1e-3),
    "jumps": (JUMPS, lambda t: 100 * math.exp(0.2 * t), 9e-4),
    "regimes": (REGIMES, regime_mean, 1e-3),
    "logistic": (LOGISTIC, logistic_mean, 5e-4),
}


def check_means(name: str, paths: int) -> None:
    """By legs that pay each year's revenue: what is not a position comes from fewer paths."""
    stream, mean, largest = MEANS[name]
    record = deal({"x": stream}, "year")
    record["legs"] = {
        f"in{y}": record["legs"]["share"] | {"start": f"{y}-01-01", "end": f"{y}-12-31"}
        for y in range(2026, 2026 + YEARS)
    }
    found = cs.value(deal_of(record), paths=paths)
    for y in range(YEARS):
        error = largest * math.sqrt(2**20 / paths)
        verdict = agrees(found[f"in{2026 + y}"].estimate, mean(y + 1), largest_error=error)
        assert verdict, f"{name}, year {y + 1}: {verdict}"


@pytest.mark.parametrize("name", MEANS)
def test_means(name):
    check_means(name, 2**15)


@pytest.mark.slow
@pytest.mark.parametrize("name", MEANS)
def test_means_of_a_million_paths(name):
    check_means(name, 2**20)


def log_revenue(stream: Record, year: int, paths: int, frequency: str = "year") -> np.ndarray:
    return np.log(samples(valued(stream, paths, frequency))[year])


@pytest.mark.parametrize("paths", [2**14, pytest.param(2**18, marks=pytest.mark.slow)])
def test_variances_of_logarithms(paths):
    for t in (1, 5):
        check_variance(log_revenue(GBM, 2025 + t, paths), 0.35**2 * t)
        check_variance(log_revenue(OU, 2025 + t, paths), ou_moments(t)[1])
        jump = math.log(0.75) - 0.15**2 / 2
        variance = (0.2**2 + 0.6 * (jump**2 + 0.15**2)) * t
        check_variance(log_revenue(JUMPS, 2025 + t, paths), variance)


def test_growth_that_reverts_does_not_depend_on_the_frequency():
    # The law at the end of the fifth year is the same in steps of a year and of a month.
    def last_month(frequency: str) -> np.ndarray:
        leg = {"start": "2030-12-01" if frequency == "month" else "2030-01-01"}
        v = cs.value(deal_of(deal({"x": OU}, frequency, **leg)), paths=2**14)
        n = 12 if frequency == "month" else 1
        return np.log(n * v["share"].samples)

    mean, variance = ou_moments(5)
    for frequency in ("month", "year"):
        x = last_month(frequency)
        check_variance(x, variance)
        assert abs(x.mean() - mean) < 4 * math.sqrt(variance / len(x))


def test_jumps_are_compensated_at_any_rate():
    for rate, mean, spread in ((9.0, 0.05, 0.05), (0.05, 2.0, 0.3), (2.0, -0.5, 0.0)):
        stream = JUMPS | {"jump_rate": rate, "jump_mean": mean, "jump_volatility": spread}
        found = valued(stream, 2**16).expected_revenue("x")
        assert agrees(found[2026], 100 * math.exp(0.2), largest_error=5e-3)


# Mixtures

BULL = {"type": "gbm", "level": 100.0, "growth": 1.0, "volatility": 0.1}
BEAR = {"type": "gbm", "level": 100.0, "growth": -0.5, "volatility": 0.1}


def mixture(*weights: float) -> Record:
    return {"type": "mixture", "scenarios": ["bear", "x1", "bull"], "weights": list(weights)}


def mixed(*weights: float) -> dict[str, np.ndarray]:
    """Revenue of the mixture and its scenarios, (year, path)."""
    streams = {"x": mixture(*weights), "bear": BEAR, "x1": GBM, "bull": BULL}
    graph = _core.graph_of(deal_of(deal(streams, "year")))
    rows = dict(zip(graph.output_names, graph.run(seed=5), strict=True))
    return {
        s: np.array([rows[f"revenue.{s}.{y}"] for y in range(2026, 2026 + YEARS)]) for s in streams
    }


def test_a_mixture_has_the_mean_of_its_scenarios():
    streams = {"bear": BEAR, "x1": GBM, "bull": BULL}
    found = valued(mixture(0.3, 0.5, 0.2), 2**14, **streams).expected_revenue("x")
    expected = 100 * (0.3 * math.exp(-0.5) + 0.5 * math.exp(0.3) + 0.2 * math.exp(1.0))
    assert agrees(found[2026], expected, largest_error=6e-3)


def test_a_sure_scenario_is_that_scenario():
    found = mixed(0.0, 1.0, 0.0)
    assert same_bits(found["x"], found["x1"])


def test_each_path_has_one_scenario_for_all_years():
    found = mixed(0.3, 0.5, 0.2)
    is_it = [(found["x"] == found[s]).all(axis=0) for s in ("bear", "x1", "bull")]
    assert (np.sum(is_it, axis=0) == 1).all()
    assert all(one.any() for one in is_it)
