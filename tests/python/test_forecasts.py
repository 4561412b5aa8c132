"""Forecasts with percentiles, revisions, seasons, and figures by quarter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit
from scipy.stats import norm

from close import agrees, close
from processes import (
    PERCENTILES,
    check_variance,
    revenue,
    same,
    samples,
    valued,
)

# Forecasts with percentiles and revisions


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
