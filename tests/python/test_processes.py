"""Streams that rest on no other: limits that are exact, and what holds for all of them."""

from __future__ import annotations

import cmath
import decimal
import math

import numpy as np
import pytest
from scipy.integrate import quad

import capstake as cs
from capstake import _core
from close import close, same_bits
from deals import deal_of
from processes import (
    BASS,
    GBM,
    JUMPS,
    LOGISTIC,
    MOON,
    OU,
    PERCENTILES,
    REGIMES,
    YEARS,
    check_variance,
    deal,
    revenue,
    same,
)

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


def from_the_thirtieth(stream: dict[str, object]) -> np.ndarray:
    """Revenue of the first month, begun on a day that 30E/360 does not count."""
    record = deal({"x": stream}, "year", start="2025-12-31", end="2026-12-31")
    graph = _core.graph_of(deal_of(record | {"valuation_date": "2025-12-30"}))
    return graph.run(seed=5)[graph.output_names.index("revenue.x.2026")]


def test_a_period_of_no_years_changes_no_regime():
    other = REGIMES | {"other_growth": 0.5, "growth": 0.0, "volatility": 0.0}
    other |= {"other_volatility": 0.0, "starts_in_other": 1.0, "switch_rate": 0.0}
    stays = from_the_thirtieth(other | {"return_rate": 1e-9})
    assert close(stays, np.full_like(stays, 100 * math.exp(0.5)), rel=1e-13)


def test_a_period_of_no_years_has_a_mean():
    mean = GBM | {"volatility": 0.0, "growth": 0.3, "sampling": "period_mean"}
    found = from_the_thirtieth(mean)
    assert close(found, np.full_like(found, 100 * math.expm1(0.3) / 0.3), rel=1e-13)


def test_a_drawn_growth_may_be_zero():
    growth = {"discrete": {"values": [0.0, 0.1], "weights": [0.5, 0.5]}}
    drawn = GBM | {"volatility": 0.0, "growth": growth, "sampling": "period_mean"}
    found = np.unique(np.round(revenue(drawn, "year")[2026], 9))
    assert close(found, np.round([100.0, 100 * math.expm1(0.1) / 0.1], 9), rel=1e-13)
    still = REGIMES | {"switch_rate": growth, "return_rate": growth}
    assert np.isfinite(revenue(still)[2026]).all()


def test_the_mean_over_a_period_has_a_derivative_where_growth_is_zero():
    flat = GBM | {"growth": 0.0, "volatility": 0.0, "sampling": "period_mean"}
    found = cs.sensitivities(deal_of(deal({"x": flat}, "year", end="2026-12-31")), paths=2**10)
    growth = found["share"]["streams.x.growth"]
    # The mean of exp(g t) over a year rises with g by a half.
    assert close(growth.derivative.value, 50.0, rel=1e-7)
    assert not growth.has_jump


def test_without_volatility_growth_reverts_on_its_curve():
    sure = OU | {"growth_volatility": 0.0, "volatility": 0.0}
    b = lambda t: -math.expm1(-0.7 * t) / 0.7  # noqa: E731
    curve = {2026 + y: 100 * math.exp(0.05 * (y + 1) + 0.55 * b(y + 1)) for y in range(YEARS)}
    assert same(revenue(sure, "year"), curve, 1e-14)


def deviation_of_a_year(k: float) -> float:
    """Of the logarithm of OU's first year: per unit of the normal draw, which is on every path."""

    def log_of(**changes: float) -> np.ndarray:
        return np.log(revenue(OU | changes, "year")[2026])

    unit = log_of(growth_volatility=0.0, volatility=1.0)
    return float(np.ptp(log_of(growth_reversion=k)) / np.ptp(unit))


@pytest.mark.parametrize("k", [1e-12, 1e-9, 1e-6, 1e-5, 1e-3, 0.1, 0.13, 0.7, 5.0, 50.0])
def test_growth_that_hardly_reverts_keeps_its_digits(k):
    # The docstring's variance of one step of d = 1, in sixty digits.
    with decimal.localcontext(decimal.Context(prec=60)):
        x, e, s, rho = (decimal.Decimal(v) for v in (k, 0.2, 0.15, 0.4))
        b = (1 - (-x).exp()) / x
        of_growth = (e / x) ** 2 * (1 - 2 * b + (1 - (-2 * x).exp()) / (2 * x))
        expected = (of_growth + s * s + 2 * rho * s * e * (1 - b) / x).sqrt()
    assert close(deviation_of_a_year(k), float(expected), rel=1e-13)


@pytest.mark.parametrize("frequency", ["month", "year"])
def test_growth_that_does_not_revert_is_a_random_walk(frequency):
    # The limit of no reversion after five years: e^2 t^3 / 3 + s^2 t + rho s e t^2.
    leg = {"start": "2030-12-01" if frequency == "month" else "2030-01-01"}
    walk = OU | {"growth_reversion": 1e-12}
    v = cs.value(deal_of(deal({"x": walk}, frequency, **leg)), paths=2**14)
    check_variance(np.log(v["share"].samples), 0.04 * 125 / 3 + 0.0225 * 5 + 0.4 * 0.03 * 25)


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


# Bass with q = 0: F_t = 1 - exp(-p t), so a year brings M times the difference of it, or its mean.
LONE = BASS | {"imitation": 0.0, "volatility": 0.0}


@pytest.mark.parametrize("frequency", ["quarter", "year"])
def test_bass_without_imitation(frequency: str):
    p = 0.03
    left = lambda t: math.exp(-p * t)  # noqa: E731
    years = {2026 + y: 1000 * (left(y) - left(y + 1)) for y in range(YEARS)}
    assert same(revenue(LONE, frequency), years, 1e-13)
    years = {2026 + y: 1000 * (1 - (left(y) - left(y + 1)) / p) for y in range(YEARS)}
    assert same(revenue(LONE | {"revenue_from": "adopters"}, frequency), years, 1e-12)


def adopters_by_quadrature(q: float) -> dict[int, float]:
    def adopted(t: float) -> float:
        left = math.exp(-(0.03 + q) * t)
        return 0.03 * (1 - left) / (0.03 + q * left)

    return {2026 + y: 1000 * quad(adopted, y, y + 1, epsabs=1e-13)[0] for y in range(YEARS)}


@pytest.mark.parametrize("q", [1e-300, 1e-12, 1e-6, 9e-4, 1.1e-3])
def test_bass_of_adopters_near_no_imitation(q: float):
    near = LONE | {"revenue_from": "adopters", "imitation": q}
    assert same(revenue(near, "year"), adopters_by_quadrature(q), 1e-12)


def test_a_drawn_imitation_may_be_zero():
    drawn = {"discrete": {"values": [0.0, 0.38, 20.0], "weights": [1, 1, 1]}}
    found = revenue(LONE | {"revenue_from": "adopters", "imitation": drawn}, "year")
    expected = [adopters_by_quadrature(q) for q in (0.0, 0.38, 20.0)]
    for year, by_path in found.items():
        levels = np.unique(np.round(by_path, 8))
        assert close(levels, np.array([held[year] for held in expected]), rel=1e-7)


@pytest.mark.parametrize("revenue_from", ["adoptions", "adopters"])
@pytest.mark.parametrize("q", [0.0, 1e-9, 9.9e-4, 1.01e-3, 0.38])
def test_the_derivative_of_bass_by_imitation(q: float, revenue_from: str):
    # By Simpson's rule and a complex step (Squire and Trapp 1998): exact to rounding.
    def part(t: float, q: complex) -> complex:
        left = cmath.exp(-(0.03 + q) * t)
        return 0.03 * (1 - left) / (0.03 + q * left)

    def slope(y: int) -> float:
        q_up = q + 1e-30j
        if revenue_from == "adoptions":
            return (part(y + 1, q_up) - part(y, q_up)).imag / 1e-30
        return quad(lambda t: part(t, q_up).imag / 1e-30, y, y + 1, epsabs=1e-13)[0]

    stream = LONE | {"imitation": q, "revenue_from": revenue_from}
    by_field = cs.sensitivities(deal_of(deal({"x": stream}, "year")), paths=2**10)["share"]
    found = by_field["streams.x.imitation"]
    expected = 1000 * sum(slope(y) for y in range(YEARS))
    assert found.derivative.value == pytest.approx(expected, rel=1e-9)


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


def test_a_zero_with_a_source_is_a_zero():
    # Numbers compare with their sources; whether one is zero must not.
    sourced = {"value": 0.0, "source": "agreement, section 3"}
    still = REGIMES | {"switch_rate": 0.0, "return_rate": 0.0, "starts_in_other": 1.0}
    stated = still | {"switch_rate": sourced, "return_rate": sourced}
    bare, with_source = (
        cs.value(deal_of(deal({"x": stream}, "year")), paths=64)["share"].samples
        for stream in (still, stated)
    )
    assert same_bits(with_source, bare)
