"""Streams that rest on no other: limits that are exact, and moments against closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit
from scipy.stats import norm

import capstake as cs
from capstake import _core
from close import agrees, close, same_bits
from deals import Record, deal_of

YEARS = 5
GBM = {"type": "gbm", "level": 100.0, "growth": 0.3, "volatility": 0.35}
OU = {
    "type": "mean_reverting_growth",
    "level": 100.0,
    "growth": 0.6,
    "growth_long_run": 0.05,
    "growth_reversion": 0.7,
    "growth_volatility": 0.2,
    "volatility": 0.15,
    "correlation": 0.4,
}
JUMPS = {
    "type": "jump_diffusion",
    "level": 100.0,
    "growth": 0.2,
    "volatility": 0.2,
    "jump_rate": 0.6,
    "jump_mean": -0.25,
    "jump_volatility": 0.15,
}
REGIMES = {
    "type": "regime_switching",
    "level": 100.0,
    "growth": 0.4,
    "volatility": 0.15,
    "other_growth": -0.2,
    "other_volatility": 0.35,
    "switch_rate": 0.4,
    "return_rate": 0.8,
    "starts_in_other": 0.25,
}
MOON = {
    "type": "schwartz_moon",
    "level": 100.0,
    "growth": 0.44,
    "growth_long_run": 0.06,
    "growth_reversion": 0.28,
    "growth_volatility": 0.24,
    "growth_volatility_decay": 0.28,
    "volatility": 0.2,
    "volatility_long_run": 0.1,
    "volatility_reversion": 0.28,
    "risk_price": 0.02,
}
LOGISTIC = {"type": "logistic", "level": 100.0, "market": 700.0, "growth": 0.9, "volatility": 0.2}
BASS = {
    "type": "bass",
    "market": 1000.0,
    "innovation": 0.03,
    "imitation": 0.38,
    "launch": "2025-12-31",
    "volatility": 0.2,
}


def deal(streams: dict[str, Any], frequency: str = "quarter", **leg: Any) -> Record:
    """One leg on stream `x`; quarters are exactly a fourth of a year, and rates compound so."""
    return {
        "name": "a process",
        "valuation_date": "2025-12-31",
        "currency": "USD",
        "discount_rate": 0.0,
        "compounding": "continuous",
        "day_count": "30E/360",
        "frequency": frequency,
        "parties": {"a": {"name": "A"}, "b": {"name": "B"}},
        "streams": streams,
        "legs": {
            "share": {
                "payer": "a",
                "receiver": "b",
                "base": "x",
                "rate": 1.0,
                "start": "2026-01-01",
                "end": f"{2025 + YEARS}-12-31",
                **leg,
            }
        },
    }


def revenue(stream: Record, frequency: str = "quarter") -> dict[int, np.ndarray]:
    """Revenue by year of one stream on the first block of paths."""
    graph = _core.graph_of(deal_of(deal({"x": stream}, frequency)))
    rows = dict(zip(graph.output_names, graph.run(seed=5), strict=True))
    return {y: rows[f"revenue.x.{y}"] for y in range(2026, 2026 + YEARS)}


def valued(stream: Record, paths: int, frequency: str = "year", **others: Record) -> cs.Valuation:
    return cs.value(deal_of(deal({"x": stream, **others}, frequency)), paths=paths)


def samples(v: cs.Valuation) -> dict[int, np.ndarray]:
    """Revenue by year on the first paths: what a leg of rate 1 pays in it."""
    return v.payment_samples("share")


def same(got: dict[int, np.ndarray], expected: dict[int, Any], rel: float) -> bool:
    return all(close(got[y], np.broadcast_to(expected[y], got[y].shape), rel=rel) for y in expected)


# Limits


@pytest.mark.parametrize("frequency", ["quarter", "year"])
def test_without_volatility_a_rate_grows_as_stated(frequency):
    n = {"quarter": 4, "year": 1}[frequency]
    sure = GBM | {"volatility": 0.0}
    ends = {
        2026 + y: math.fsum(100 / n * math.exp(0.3 * (y + (i + 1) / n)) for i in range(n))
        for y in range(YEARS)
    }
    assert same(revenue(sure, frequency), ends, 1e-14)
    moon = MOON | {"growth": 0.3, "growth_long_run": 0.3, "growth_volatility": 0.0,
                   "volatility": 0.0, "volatility_long_run": 0.0}  # fmt: skip
    assert same(revenue(moon, frequency), ends, 1e-13)


@pytest.mark.parametrize("growth", [0.3, 0.0, -0.7])
@pytest.mark.parametrize("frequency", ["quarter", "year"])
def test_period_means_add_up_to_the_integral_of_the_rate(growth, frequency):
    sure = GBM | {"volatility": 0.0, "growth": growth, "sampling": "period_mean"}
    integral = {
        2026 + y: 100 * (math.exp(growth * y) * math.expm1(growth) / growth if growth else 1.0)
        for y in range(YEARS)
    }
    assert same(revenue(sure, frequency), integral, 1e-13)


def test_without_volatility_growth_reverts_on_its_curve():
    sure = OU | {"growth_volatility": 0.0, "volatility": 0.0}
    b = lambda t: -math.expm1(-0.7 * t) / 0.7  # noqa: E731
    curve = {2026 + y: 100 * math.exp(0.05 * (y + 1) + 0.55 * b(y + 1)) for y in range(YEARS)}
    assert same(revenue(sure, "year"), curve, 1e-14)


@pytest.mark.parametrize("frequency", ["month", "quarter", "year"])
def test_without_volatility_saturating_revenue_is_the_curves_integral(frequency):
    sure = LOGISTIC | {"volatility": 0.0}
    cumulative = lambda t: 700 / 0.9 * math.log1p(math.expm1(0.9 * t) / 7)  # noqa: E731
    years = {2026 + y: cumulative(y + 1) - cumulative(y) for y in range(YEARS)}
    # Months are a twelfth of a year each, whatever their days; quarters and years are exact here.
    assert same(revenue(sure, frequency), years, 2e-3 if frequency == "month" else 1e-13)
    p, q = 0.03, 0.38

    def adopted(t: float) -> float:
        return -math.expm1(-(p + q) * t) / (1 + q / p * math.exp(-(p + q) * t))

    years = {2026 + y: 1000 * (adopted(y + 1) - adopted(y)) for y in range(YEARS)}
    assert same(revenue(BASS | {"volatility": 0.0}, frequency), years, 1e-13)
    years = {2026 + y: 1000 * quad(adopted, y, y + 1, epsabs=1e-13)[0] for y in range(YEARS)}
    adopters = BASS | {"volatility": 0.0, "revenue_from": "adopters"}
    assert same(revenue(adopters, frequency), years, 2e-3 if frequency == "month" else 1e-12)


def test_bass_peaks_when_half_of_the_imitators_are_through():
    # Bass (1969), equation 9: sales peak at log(q / p) / (p + q), here 6.2 years after the launch.
    sure = BASS | {"volatility": 0.0, "launch": "2022-06-30"}
    sales = [x[0] for x in revenue(sure, "month").values()]
    peak = 2022.5 + math.log(0.38 / 0.03) / 0.41
    assert int(peak) == 2026 + int(np.argmax(sales))


def test_nothing_is_sold_before_the_launch():
    sales = revenue(BASS | {"launch": "2027-12-31"})
    assert not sales[2026].any()
    assert not sales[2027].any()
    assert (sales[2028] > 0).all()


def test_processes_reduce_to_geometric_brownian_motion_on_every_path():
    gbm = revenue(GBM | {"growth": 0.2, "volatility": 0.2})
    still = {"growth": 0.2, "growth_long_run": 0.2, "growth_volatility": 0.0, "volatility": 0.2}
    for special in (
        JUMPS | {"jump_rate": 0.0},
        JUMPS | {"jump_mean": 0.0, "jump_volatility": 0.0, "jump_rate": 3.0},
        OU | still,
        MOON | still | {"volatility_long_run": 0.2, "risk_price": 0.0},
        REGIMES | {"growth": 0.2, "volatility": 0.2, "switch_rate": 0.0, "starts_in_other": 0.0},
        REGIMES | {"other_growth": 0.2, "other_volatility": 0.2, "return_rate": 0.0,
                   "starts_in_other": 1.0},
    ):  # fmt: skip
        assert same(revenue(special), gbm, 1e-12)


def test_a_market_without_limit_is_exponential_growth_on_every_path():
    free = LOGISTIC | {"market": 1e15}
    mean = GBM | {"growth": 0.9, "volatility": 0.2, "sampling": "period_mean"}
    assert same(revenue(free), revenue(mean), 1e-9)


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
    stream, mean, largest = MEANS[name]
    found = valued(stream, paths).expected_revenue("x")
    for y in range(YEARS):
        error = largest * math.sqrt(2**20 / paths)
        verdict = agrees(found[2026 + y], mean(y + 1), largest_error=error)
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


def check_variance(x: np.ndarray, variance: float) -> None:
    """Within four standard errors, which are those of the sample's fourth moment."""
    squares = (x - x.mean()) ** 2
    error = squares.std() / math.sqrt(len(x))
    assert error < 4 * variance / math.sqrt(len(x))
    assert abs(squares.mean() - variance) < 4 * error


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


# Forecasts with percentiles and revisions

PERCENTILES = {
    "type": "forecast",
    "annual": {2026: 100.0, 2027: 150.0, 2028: 220.0, 2029: 260.0, 2030: 280.0},
    "p10": {"2027": 120.0, "2028": 150.0, "2029": 130.0, "2030": 100.0},
    "p90": {"2027": 180.0, "2028": 350.0, "2029": 470.0, "2030": 700.0},
}


@pytest.mark.parametrize("fit", ["metalog", "lognormal"])
def test_percentiles_are_those_stated(fit):
    figures = PERCENTILES | {"percentile_fit": fit}
    if fit == "lognormal":  # whose median lies midway
        medians = {y: math.sqrt(figures["p10"][str(y)] * figures["p90"][str(y)])
                   for y in range(2027, 2031)}  # fmt: skip
        figures["annual"] = {2026: 100.0} | medians
    found = samples(valued(figures, 2**15))
    for year in range(2027, 2031):
        x = found[year]
        for p, at in (
            (0.1, figures["p10"][str(year)]),
            (0.5, figures["annual"][year]),
            (0.9, figures["p90"][str(year)]),
        ):
            share = (x < at).mean()
            assert abs(share - p) < 4 * math.sqrt(p * (1 - p) / len(x)), (year, p, share)
    assert found[2026].std() < 1e-12


def metalog_mean(low: float, median: float, high: float) -> float:
    """Of the quantile function in the docstring, over the log odds."""
    a = math.log(high / low) / (2 * math.log(9))
    b = math.log(low * high / median**2) / (0.8 * math.log(9))

    def integrand(odds: float) -> float:
        u = expit(odds)
        return median * math.exp(odds * (a + b * (u - 0.5))) * u * (1 - u)

    return quad(integrand, -60, 60, epsabs=1e-10, limit=400)[0]


def test_the_mean_between_percentiles_is_the_metalogs():
    found = valued(PERCENTILES, 2**16).expected_revenue("x")
    for year, figures in ((2027, (120, 150, 180)), (2028, (150, 220, 350))):
        assert agrees(found[year], metalog_mean(*figures), largest_error=3e-3)


def test_one_driver_moves_all_dates():
    found = samples(valued(PERCENTILES, 2**14))
    ranks = [np.argsort(np.argsort(found[y])) for y in (2027, 2030)]
    z = [norm.ppf((rank + 0.5) / 2**14) for rank in ranks]
    # Brownian values at 2 and 5 years.
    assert close(np.corrcoef(z)[0, 1], math.sqrt(2 / 5), abs=0.02)
    assert logit(0.9) == pytest.approx(math.log(9))


REVISED = {
    "type": "forecast",
    "annual": dict.fromkeys(range(2026, 2031), 100.0),
    "revisions": {"2026-12-31": 0.2, "2028-06-30": 0.3},
}


def test_revisions_keep_the_mean_and_stand_until_the_next():
    v = valued(REVISED, 2**15, "quarter")
    found = v.expected_revenue("x")
    x = samples(v)
    assert x[2026].std() < 1e-12
    check_variance(np.log(x[2027]), 0.2**2)
    check_variance(np.log(x[2029]), 0.2**2 + 0.3**2)
    assert (x[2029] == x[2030]).all()
    for year in (2027, 2028, 2029):
        assert agrees(found[year], 100.0, largest_error=5e-3)


def test_a_revision_within_a_period_holds_from_the_day_after():
    # By year: 2028 has 182 days before the revision's effect and 184 after it.
    x = samples(valued(REVISED, 512))
    assert close(x[2028], (182 * x[2027] + 184 * x[2029]) / 366, rel=1e-13)


@pytest.mark.parametrize("frequency", ["month", "quarter", "year"])
def test_quarterly_figures_add_up_at_any_frequency(frequency):
    figures = {f"{y}-Q{q}": 10.0 + 3 * (4 * (y - 2026) + q) for y in range(2026, 2031)
               for q in range(1, 5)}  # fmt: skip
    sums = {y: math.fsum(figures[f"{y}-Q{q}"] for q in range(1, 5)) for y in range(2026, 2031)}
    assert same(revenue({"type": "forecast", "figures": figures}, frequency), sums, 1e-14)


@pytest.mark.parametrize("frequency", ["month", "quarter", "year"])
@pytest.mark.parametrize("weights", [[0.1, 0.2, 0.3, 0.4], [0.05] * 11 + [0.45]])
def test_seasons_of_a_forecast_keep_every_years_total(frequency, weights):
    annual = {2026: 100.0, 2027: 180.0, 2028: 260.0, 2029: 320.0, 2030: 350.0}
    stream = {"type": "forecast", "annual": annual, "seasonality": weights}
    assert same(revenue(stream, frequency), annual, 1e-14)


# All of them


@pytest.mark.parametrize(
    "stream", [GBM, OU, JUMPS, REGIMES, MOON, LOGISTIC, BASS, PERCENTILES], ids=lambda s: s["type"]
)
def test_currency_scales_revenue(stream):
    rich = dict(stream)
    for key in ("level", "market"):
        if key in stream:
            rich[key] = 8.0 * stream[key]
    for key in ("annual", "p10", "p90"):
        if key in stream:
            rich[key] = {y: 8.0 * x for y, x in stream[key].items()}
    poor = revenue(stream)
    assert same(revenue(rich), {y: 8.0 * x for y, x in poor.items()}, 1e-14)


def test_sensitivities_of_every_process_are_finite():
    streams = {"g": GBM, "o": OU, "j": JUMPS, "r": REGIMES, "m": MOON, "l": LOGISTIC, "b": BASS}
    total = {"type": "sum", "of": list(streams)}
    found = cs.sensitivities(deal_of(deal({"x": total, **streams})), paths=2**10)
    rows = found["share"]
    assert all(math.isfinite(row.derivative.value) for row in rows.values())
    level = rows["streams.g.level"].derivative
    exact = math.fsum(math.exp(0.3 * i / 4) / 4 for i in range(1, 21))
    assert abs(level.value - exact) < 5 * level.standard_error
