"""Legs with tests of sales, valued on both sides of the tests: against exact values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

import capstake as cs
from bumps import bumped, is_bumpable
from deals import Record, deal_of, share_deal
from jump_deals import DISCOUNT, VOLATILITY, distance, springing, springing_value, two_years

AMOUNT = 10.0


def milestone(base: str, threshold: float) -> Record:
    """Falls due at the end of 2026 if a formula of the year's sales reaches the threshold."""
    record = two_years(streams__tested={"type": "formula", "formula": base})
    record["legs"]["milestone"] = {
        "type": "milestone",
        "payer": "payer",
        "receiver": "receiver",
        "base": "tested",
        "start": "2026-01-01",
        "end": "2026-12-31",
        "amount": AMOUNT,
        "threshold": threshold,
    }
    return record


# Each formula reaches its threshold just where the first year's sales reach the place given:
# strictly rising, flat at the threshold or far from it, kinked, steep, with a root that the secants
# find slowly.
SAME = [
    ("sales", 100.0, 100.0),
    ("minimum(sales, 100)", 100.0, 100.0),
    ("minimum(sales, 60)", 60.0, 60.0),
    ("maximum(sales, 90)", 100.0, 100.0),
    ("maximum(sales - 80, 0)", 20.0, 100.0),
    ("sales + 5 * maximum(sales - 90, 0)", 150.0, 100.0),
    ("200 / (1 + exp(-(sales - 80) / 10))", 200 / (1 + math.exp(-2.0)), 100.0),
    ("where(sales > 90, sales, 10)", 100.0, 100.0),
    ("sales ** 6 / 1e9", 1000.0, 100.0),
    ("sales * (1 + minimum(sales / 100, 1))", 200.0, 100.0),
]


@pytest.mark.parametrize(("base", "threshold", "place"), SAME, ids=lambda of: str(of))
def test_a_milestone_is_worth_its_probability(base, threshold, place):
    exact = AMOUNT * math.exp(-DISCOUNT) * norm.sf(distance(place))
    assert_unbiased(milestone(base, threshold), "milestone", exact)


def test_a_milestone_on_sales_is_exact():
    found = cs.value(deal_of(milestone("sales * 1", 100.0)), paths=2**13)["milestone"]
    assert found.standard_error < 1e-12


# Six years of quarters: a dozen tests or more that a payment depends on are too many for sides.
def test_a_first_passage_over_many_quarters_is_sharp_and_unbiased():
    record = share_deal({year: 60.0 + 12.0 * (year - 2026) for year in range(2026, 2032)})
    record["streams"]["sales"]["volatility"] = VOLATILITY
    record["legs"]["milestone"] = milestone("sales", 100.0)["legs"]["milestone"]
    record["legs"]["milestone"] |= {"base": "sales", "end": "2031-12-31"}
    deal = deal_of(record)
    found = [cs.value(deal, paths=2**13, seed=seed)["milestone"] for seed in range(10)]
    plain = cs.value(deal, paths=2**18, sampler="philox", threads=2)["milestone"]
    mean = np.mean([each.value for each in found])
    assert mean == pytest.approx(plain.value, abs=4 * plain.standard_error)
    stated = math.sqrt(np.mean([each.standard_error**2 for each in found]))
    at_equal_points = plain.standard_error * math.sqrt(2**18 / 2**13)
    assert stated < 0.02 * at_equal_points


def test_a_springing_rate_is_worth_its_truncated_mean():
    assert_unbiased(springing(90.0), "share", springing_value(90.0))


# On the side where the first year's sales are high, places are far out for some paths: there the
# exponential of sales overflows, though it does on no path in a million.
@pytest.mark.parametrize(
    ("formula", "target"),
    [
        ("100 * exp(sales - 80) / (1 + exp(sales - 80))", 120.0),
        ("where(sales > 100, exp(sales) / (1 + exp(sales)), sales)", 90.0),
    ],
)
def test_what_overflows_far_from_all_paths_is_valued(formula, target):
    tested = {"type": "formula", "formula": formula}
    record = springing(target, streams__tested=tested, legs__share__base="tested")
    deal = deal_of(record)
    found = cs.value(deal, paths=2**13)["share"]
    plain = cs.value(deal, paths=2**17, sampler="philox")["share"]
    error = math.hypot(found.standard_error, plain.standard_error)
    assert found.value == pytest.approx(plain.value, abs=4 * error)


def test_the_slope_of_a_milestone_is_that_of_its_probability():
    row = cs.sensitivities(deal_of(milestone("sales * 1", 100.0)), paths=2**13)["milestone"]
    found = row["legs.milestone.threshold"]
    slope = -AMOUNT * math.exp(-DISCOUNT) * norm.pdf(distance(100.0)) / (100.0 * VOLATILITY)
    assert found.method == "conditioned"
    assert found.bias is None
    assert found.derivative.value == pytest.approx(slope, rel=1e-12)
    assert found.derivative.standard_error < 1e-12 * abs(slope)


def test_slopes_of_a_springing_rate_are_those_of_its_value():
    target, step = 90.0, 1e-4
    found = cs.sensitivities(deal_of(springing(target)), paths=2**14)["share"]
    row = found["legs.share.clauses.sprung.target"]
    slope = (springing_value(target + step) - springing_value(target - step)) / (2 * step)
    assert row.method == "conditioned"
    assert abs(row.derivative.value - slope) < 4 * row.derivative.standard_error
    assert row.derivative.standard_error < 1e-3 * slope


def test_a_comparison_that_turns_twice_is_smoothed():
    # Sales between 60 and 90: the direction crosses both ends.
    record = milestone("100 + minimum(sales - 60, 90 - sales)", 100.0)
    found = cs.sensitivities(deal_of(record), paths=2**15)
    row = found["milestone"]["streams.sales.volatility"]
    assert row.method == "smoothed"
    assert row.bias is not None
    assert "Smoothed: biased" in found.table("milestone").note
    # Of both ends' probabilities: the place of sales S is (log(S / 80) + v^2 / 2) / v.
    slopes = [norm.pdf(distance(s)) * (1 - distance(s) / VOLATILITY) for s in (90.0, 60.0)]
    exact = AMOUNT * math.exp(-DISCOUNT) * (slopes[0] - slopes[1])
    assert abs(row.derivative.value - exact) < 4 * row.derivative.standard_error
    assert row.derivative.standard_error < 0.2 * abs(exact)


OTHER = {"type": "gbm", "level": 100.0, "growth": 0.1, "volatility": 0.4}


# Where another stream decides on some paths, the sum over sides jumps as that one moves.
@pytest.mark.parametrize(
    "test", ["maximum(revenue, other) > k", "where(other > 90, revenue, other) > k"]
)
def test_a_test_of_two_streams_is_smoothed(test):
    clause = {"type": "custom", "formula": f"where({test}, 10, 5)", "numbers": {"k": 110}}
    record = two_years(streams__other=OTHER, legs__share__clauses={"c": clause})
    found = cs.sensitivities(deal_of(record), paths=2**13)["share"]
    assert found["streams.other.level"].method == "smoothed"
    assert found["streams.other.level"].derivative.value != 0.0


# No kernel holds where a figure is at its threshold on many paths: its derivatives are one-sided.
@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("where(minimum(revenue, 60) >= m, 0.3 * revenue, 0.1 * revenue)", {"m": 60}),
        ("where(cumulative(minimum(revenue, 80)) >= m, 0.3 * revenue, revenue / 9)", {"m": 160}),
    ],
)
def test_an_atom_at_a_threshold_has_no_derivative(formula, number):
    clause = {"type": "custom", "formula": formula, "numbers": number}
    record = two_years(legs__share__clauses={"c": clause})
    found = cs.sensitivities(deal_of(record), paths=2**13)["share"]
    for field in ("streams.sales.volatility", "legs.share.clauses.c.numbers.m"):
        assert found[field].has_jump
        assert math.isnan(found[field].derivative.value)


def test_a_cap_that_is_reached_is_no_atom():
    clause = {"type": "custom", "stage": "payment", "formula": "where(paid < 18, payment, 0)"}
    record = two_years(legs__share__cap=18.0, legs__share__clauses={"c": clause})
    found = cs.sensitivities(deal_of(record), paths=2**13)["share"]
    assert not any(row.has_jump for row in found.values())


# Values over sides are smooth in each number, and both versions are valued on the same points.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "leg"),
    [
        ("adaptive_orbimed", "revenue_interest"),
        ("ascendis_rpi", "skytrofa_share"),
        ("geron_rpi", "rytelo_share"),
        ("graham_barber_nichols", "earn_out"),
        ("immunitybio_oberland", "revenue_interest"),
        ("rhythm_hcr", "revenue_interest"),
        ("uniqure_hcrx", "royalties"),
    ],
)
def test_conditioned_slopes_of_bundled_deals_agree_with_bumps(name, leg):
    deal = cs.load(name)
    rows = [
        row
        for row in cs.sensitivities(deal, paths=2**15)[leg].values()
        if row.method == "conditioned"
        and row.derivative.value != 0.0
        and row.at not in (0.0, 1.0)  # the ends of what is allowed
        and is_bumpable(deal.to_dict(), row.field, hazards=False)
    ]
    assert len(rows) >= 3
    for row in rows:
        step = 1e-2 * abs(row.at)
        low, high = (bumped(deal.to_dict(), row.field, by) for by in (-step, step))
        change = cs.compare(low, high, paths=2**15)[leg]
        found, error = change.value / (2 * step), change.standard_error / (2 * step)
        tolerance = 4 * math.hypot(error, row.derivative.standard_error)
        assert tolerance < 0.03 * abs(found), row.field
        assert abs(row.derivative.value - found) < tolerance + 1e-3 * abs(found), row.field


def assert_unbiased(record: Record, leg: str, exact: float) -> None:
    """Over 20 seeds: no further off than 4 standard errors of their mean, beside 12 digits; and
    stated errors no smaller than what the seeds show, within the chance of so few (chi-square)."""
    deal = deal_of(record)
    found = [cs.value(deal, paths=2**13, seed=seed)[leg] for seed in range(20)]
    spread = np.std([each.value for each in found], ddof=1)
    stated = math.sqrt(np.mean([each.standard_error**2 for each in found]))
    assert np.mean([each.value for each in found]) == pytest.approx(
        exact, rel=1e-12, abs=4 * spread / math.sqrt(20)
    )
    assert spread <= 1.6 * stated + 1e-12 * exact
