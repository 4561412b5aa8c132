"""Values that others printed, or that an independent method gives, against the simulation."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import capstake as cs
from close import agrees, close
from deals import (
    CAPPED_SHARE,
    CAPPED_SHARE_PAID,
    CAPPED_SHARE_VALUE,
    GROWTH_PER_QUARTER,
    QUARTERS,
    changed,
    deal_of,
    share_deal,
)
from exact import expected_capped_totals, expected_minimum, present_value

CASES = Path(__file__).parent / "cases"


def cases(file: str, prefix: str):
    """Published cases (their id and source are in the file), one a test."""
    rows = json.loads((CASES / file).read_text())
    return [pytest.param(row, id=row["id"]) for row in rows if row["id"].startswith(prefix)]


# The capped share of independent lognormal growth

QUARTER = 0.25
VOLATILITY = 0.35
PER_QUARTER = VOLATILITY * math.sqrt(QUARTER)
DISCOUNT = np.exp(-0.05 * QUARTER * np.arange(1, QUARTERS + 1))


def test_the_exact_capped_share_is_recomputed_by_convolution():
    totals = expected_capped_totals(0.2 * 7.5, GROWTH_PER_QUARTER, PER_QUARTER, QUARTERS, 38.0)
    # The constants have 14 digits.
    assert close(present_value(totals, DISCOUNT), CAPPED_SHARE_VALUE, rel=1e-13)
    assert close(totals[-1], CAPPED_SHARE_PAID, rel=1e-13)


def test_the_convolution_without_a_binding_cap_gives_the_lognormal_mean():
    totals = expected_capped_totals(1.5, GROWTH_PER_QUARTER, PER_QUARTER, QUARTERS, 1e9)
    means = 1.5 * np.cumsum(np.exp(GROWTH_PER_QUARTER * np.arange(1, QUARTERS + 1)))
    # Growth to 1e9 has probability 1e-27.
    assert close(totals, means, rel=1e-12)


def test_quarters_are_shaped_to_grow_evenly_within_and_between_years():
    record = changed(CAPPED_SHARE, streams__sales__volatility=0.0)
    share = record["legs"].pop("share")
    del share["cap"]
    for i in range(QUARTERS):
        year, month = 2026 + i // 4, 3 * (i % 4) + 1
        last_day = {1: 31, 4: 30, 7: 30, 10: 31}[month]
        record["legs"][f"q{i}"] = share | {
            "rate": 1.0,
            "start": f"{year}-{month:02d}-01",
            "end": f"{year}-{month + 2:02d}-{last_day}",
        }
    valuation = cs.value(deal_of(record), paths=2)
    revenue = [valuation.total_paid(f"q{i}").value for i in range(QUARTERS)]
    expected = 7.5 * np.exp(GROWTH_PER_QUARTER * np.arange(1, QUARTERS + 1))
    # Rounding of sums, logarithms and powers.
    assert close(revenue, expected, rel=1e-14)


@pytest.mark.parametrize(
    ("log2_paths", "largest_error"),
    # The bounds are 1.2 times the error that the exact variance of the total paid implies.
    [(18, 3e-4), (22, 7e-5)],
)
def test_capped_share_agrees_with_its_exact_value(log2_paths, largest_error):
    valuation = cs.value(deal_of(CAPPED_SHARE), paths=2**log2_paths)
    assert agrees(valuation["share"].estimate, CAPPED_SHARE_VALUE, largest_error=largest_error)
    assert agrees(valuation.total_paid("share"), CAPPED_SHARE_PAID, largest_error=largest_error)


def test_the_standard_error_is_the_exact_one():
    terms = (0.2 * 7.5, GROWTH_PER_QUARTER, PER_QUARTER, QUARTERS, 38.0)
    mean = expected_capped_totals(*terms)[-1]
    square = expected_capped_totals(*terms, power=2)[-1]
    n = 2**18
    error = (
        cs.value(deal_of(CAPPED_SHARE), paths=n, sampler="philox")
        .total_paid("share")
        .standard_error
    )
    # Of a deviation estimated from 2^18 paths 1% is at least 4 of its own standard errors.
    assert close(error, math.sqrt((square - mean**2) / n), rel=0.01)


def test_expected_payments_by_year_agree_with_the_exact_ones():
    totals = expected_capped_totals(0.2 * 7.5, GROWTH_PER_QUARTER, PER_QUARTER, QUARTERS, 38.0)
    by_year = np.diff(totals[3::4], prepend=0.0)
    payments = cs.value(deal_of(CAPPED_SHARE)).payments("share")
    assert [payment.year for payment in payments] == [2026, 2027, 2028, 2029, 2030]
    for payment, exact in zip(payments, by_year, strict=True):
        # Few paths are still paid in 2030.
        assert agrees(payment.mean, exact, largest_error=0.004)


def test_already_paid_amounts_leave_the_rest_of_the_cap():
    record = changed(CAPPED_SHARE, legs__share__already_paid=20.0)
    totals = expected_capped_totals(0.2 * 7.5, GROWTH_PER_QUARTER, PER_QUARTER, QUARTERS, 18.0)
    valuation = cs.value(deal_of(record))
    assert agrees(valuation["share"].estimate, present_value(totals, DISCOUNT), largest_error=3e-4)
    assert agrees(valuation.total_paid("share"), totals[-1], largest_error=3e-4)


def test_the_probability_of_reaching_the_cap_is_exact():
    # d E[min(S, C)] / dC = P(S > C); a central difference of step 1e-3 is good to 1e-8.
    def total(cap: float) -> float:
        return expected_capped_totals(1.5, GROWTH_PER_QUARTER, PER_QUARTER, QUARTERS, cap)[-1]

    exact = (total(38.001) - total(37.999)) / 0.002
    cap = cs.value(deal_of(CAPPED_SHARE)).cap("share")
    assert agrees(cap.probability, exact, largest_error=1e-3)
    assert close(sum(e.value for _, e in cap.by_period), cap.probability.value, rel=1e-12)


# Annual shares of lognormal revenue, and Asian options


def annual_share(inputs, **leg):
    revenue0, drift, years = inputs["revenue0"], inputs["drift"], inputs["years"]
    record = share_deal(
        {2025 + i: revenue0 * math.exp(drift * i) for i in range(1, years + 1)},
        volatility=inputs["sigma"],
        **leg,
    )
    return changed(record, frequency="year", discount_rate=inputs["r"])


@pytest.mark.parametrize("case", cases("capped_share.json", "asian.derived_capped_share"))
def test_annual_capped_share(case):
    inputs, outputs = case["inputs"], case["outputs"]
    record = annual_share(inputs, rate=inputs["share_rate"], cap=inputs["cap"])
    valuation = cs.value(deal_of(record), paths=2**19)
    assert agrees(valuation["share"].estimate, outputs["pv"], largest_error=5e-4)
    assert agrees(valuation.total_paid("share"), outputs["expected_cumulative"], largest_error=5e-4)
    payments = valuation.payments("share")
    assert len(payments) == inputs["years"]
    for payment, exact in zip(payments, outputs["expected_payments"], strict=True):
        # Late payments are made on few paths.
        assert agrees(payment.mean, exact, largest_error=0.02)


@pytest.mark.parametrize("case", cases("capped_share.json", "asian.derived_capped_share"))
def test_annual_share_without_a_cap(case):
    inputs = case["inputs"]
    record = annual_share(inputs, rate=inputs["share_rate"])
    valuation = cs.value(deal_of(record), paths=2**19)
    # Thirty years at sigma 0.25 and five at 0.5 have the fattest tails.
    assert agrees(valuation["share"].estimate, case["outputs"]["pv_uncapped"], largest_error=2e-3)


@pytest.mark.parametrize("case", cases("capped_share.json", "asian.lord5"))
def test_asian_call_is_the_average_less_a_share_capped_at_the_strike(case):
    inputs = case["inputs"]
    n, strike, rate = inputs["n"], inputs["K"], inputs["r"]
    terms = {"revenue0": inputs["S0"], "drift": rate, "sigma": inputs["sigma"], "r": rate}
    record = annual_share(terms | {"years": n}, rate=1 / n, cap=strike)
    paid = cs.value(deal_of(record), paths=2**19).total_paid("share")
    mean = inputs["S0"] / n * math.fsum(math.exp(rate * i) for i in range(1, n + 1))
    exact = mean - math.exp(rate * inputs["T"]) * case["recomputed"]
    assert agrees(paid, exact, largest_error=1e-3)


# One period: Black's formula

VALUATION_DATES = {0.1: "2026-11-24", 0.25: "2026-09-30", 0.5: "2026-06-30", 0.75: "2026-03-30"}


def one_period(forward: float, volatility: float, years: float, rate: float, cap: float):
    """A share of all the revenue of 2026, seen `years` before its end (30E/360)."""
    record = share_deal({2026: forward}, volatility=volatility, rate=1.0, cap=cap)
    return changed(
        record, valuation_date=VALUATION_DATES[years], frequency="year", discount_rate=rate
    )


@pytest.mark.parametrize("case", cases("call_spread.json", "bs.haug_euro"))
def test_one_capped_period_is_the_revenue_less_a_call(case):
    s = case["inputs"]
    years, rate, strike = s["T"], s["r"], s["K"]
    forward = s["S0"] * math.exp((rate - s["q"]) * years)
    record = one_period(forward, s["sigma"], years, rate, strike)
    # min(S, K) = S - call = K - put.
    asset = forward if s["type"] == "call" else strike
    exact = math.exp(-rate * years) * asset - case["recomputed"]
    assert close(case["recomputed"], case["outputs"]["price"], abs=case["tolerance"])
    assert agrees(cs.value(deal_of(record))["share"].estimate, exact, largest_error=5e-4)


@pytest.mark.parametrize("already_paid", [10.0, 60.0, 95.0])
def test_one_period_of_a_seasoned_cap_is_a_call_struck_at_what_is_left(already_paid):
    record = one_period(100.0, 0.35, 0.5, 0.1, 100.0)
    record["legs"]["share"]["already_paid"] = already_paid
    left = 100.0 - already_paid
    exact = math.exp(-0.05) * float(expected_minimum(100.0, 0.35 * math.sqrt(0.5), left))
    valuation = cs.value(deal_of(record), paths=2**18)
    if left <= 5.0:  # revenue below 5 has probability 1e-33: every path pays the rest
        assert close(valuation["share"].value, exact, rel=1e-14)
    else:
        assert agrees(valuation["share"].estimate, exact, largest_error=4e-4)
