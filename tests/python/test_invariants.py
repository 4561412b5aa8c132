"""What must hold for every deal, on every path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

import capstake as cs
from close import close, same_bits
from deals import (
    CAPPED_SHARE,
    CAPPED_SHARE_VALUE,
    EVERYTHING,
    Record,
    changed,
    deal_of,
)

DEALS: dict[str, cs.Deal] = {
    "capped share": deal_of(CAPPED_SHARE),
    "seasoned": deal_of(changed(CAPPED_SHARE, legs__share__already_paid=12.5)),
    "used up": deal_of(changed(CAPPED_SHARE, legs__share__already_paid=40.0)),
    "everything": deal_of(EVERYTHING),
    "everything by month": deal_of(changed(EVERYTHING, frequency="month")),
    **{name: cs.load(name) for name in cs.bundled_deals()},
}
PATHS = 4096


@pytest.fixture(scope="module", params=DEALS)
def valued(request) -> cs.Valuation:
    return cs.value(DEALS[request.param], paths=PATHS)


def paid_samples(valuation: cs.Valuation, leg: str) -> np.ndarray:
    return valuation._results.samples(("", "paid", leg, ""))


# Caps and money


def test_no_path_pays_more_than_the_cap_leaves(valued):
    for name, leg in valued.deal.legs.items():
        is_share = isinstance(leg, cs.RevenueShare)
        if leg.cap is not None and (not is_share or leg.accrual_start in (None, leg.start)):
            left = max(leg.cap.value - (leg.already_paid.value if is_share else 0.0), 0.0)
            # Each of some 20 payments is rounded at the size of the running total.
            assert paid_samples(valued, name).max() <= left + 1e-12 * leg.cap.value
            assert paid_samples(valued, name).min() >= 0.0


def test_legs_sum_to_zero_over_the_parties(valued):
    parties = np.array([p.samples for p in valued.of_kind("party")])
    stakes = np.array([p.samples for p in valued.of_kind("stake")] or [np.zeros(PATHS)])
    legs = np.array([p.samples for p in valued.of_kind("leg")])
    scale = np.abs(legs).sum() + np.abs(stakes).sum()
    assert close(parties.sum(axis=0), stakes.sum(axis=0), abs=1e-15 * scale)


def test_payments_by_year_add_up_to_the_total_paid(valued):
    for leg in valued.of_kind("leg"):
        by_year = valued.payments(leg.name)
        total = valued.total_paid(leg.name).value
        assert close(math.fsum(p.mean.value for p in by_year), total, rel=1e-13)


def test_estimates_are_the_moments_of_the_samples(valued):
    for position in valued.positions.values():
        samples = position.samples
        assert samples.shape == (PATHS,)
        # Values come from a run of their own, sharper than the samples.
        error = samples.std(ddof=1) / math.sqrt(PATHS)
        rounding = 1e-12 * np.abs(samples).max()
        assert abs(position.value - samples.mean()) <= 4.5 * error + rounding
        # An event that only some of a party's parts are freed of may hedge the others no longer.
        assert position.standard_error <= 1.3 * error + rounding


def test_correlations_are_those_of_the_samples(valued):
    for leg in valued.of_kind("leg"):
        for stake in valued.of_kind("stake"):
            rho = valued.correlation(leg.name, stake.name).value
            if not math.isnan(rho):
                assert close(rho, np.corrcoef(leg.samples, stake.samples)[0, 1], abs=1e-12)


def test_percentiles_are_order_statistics(valued):
    for position in valued.positions.values():
        for p in position.percentiles((0.5, 5, 50, 95, 99.5)):
            expected = np.quantile(position.samples, p.percent / 100, method="inverted_cdf")
            assert same_bits(p.value, expected)
            assert p.low <= p.value <= p.high


# Units


def in_units(record: Record, factor: float) -> Record:
    """The same deal with money in units of 1 / factor: constants only."""
    result = changed(record)
    for stream in result["streams"].values():
        if "annual" in stream:
            stream["annual"] = {y: v * factor for y, v in stream["annual"].items()}
    for leg in result.get("legs", {}).values():
        for key in {"cap", "already_paid"} & leg.keys():
            leg[key] *= factor
    return result


@pytest.mark.parametrize("record", [CAPPED_SHARE, EVERYTHING], ids=["capped share", "everything"])
@pytest.mark.parametrize(("factor", "is_exact"), [(2.0**10, True), (2.0**-30, True), (1e9, False)])
def test_values_are_homogeneous_in_money(record, factor, is_exact):
    one = cs.value(deal_of(record), paths=PATHS)
    other = cs.value(deal_of(in_units(record, factor)), paths=PATHS)
    for name, position in one.positions.items():
        if is_exact:
            assert same_bits(other[name].samples, factor * position.samples)
            assert same_bits(other[name].value, factor * position.value)
        else:
            scale = factor * np.abs(position.samples).max()
            assert close(other[name].samples, factor * position.samples, abs=1e-12 * scale)


# Monotone


def samples(record: Record, name: str = "share", paths: int = 512) -> np.ndarray:
    return cs.value(deal_of(record), paths=paths)[name].samples


def assert_never_less(more: np.ndarray, less: np.ndarray) -> None:
    assert np.all(more >= less - 1e-12 * np.abs(less)), float((more - less).min())


@settings(max_examples=15)
@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2))
def test_a_higher_rate_never_pays_less(rates):
    low, high = sorted(rates)
    assert_never_less(*(samples(changed(CAPPED_SHARE, legs__share__rate=r)) for r in (high, low)))


@settings(max_examples=15)
@given(st.lists(st.floats(0.01, 500.0), min_size=2, max_size=2), st.floats(0.0, 50.0))
def test_a_higher_cap_never_pays_less_and_leaves_no_more_equity(caps, already_paid):
    low, high = sorted(caps)
    record = changed(EVERYTHING, legs__share__already_paid=already_paid)
    old, new = (
        cs.value(deal_of(changed(record, legs__share__cap=cap)), paths=512) for cap in (low, high)
    )
    assert_never_less(new["share"].samples, old["share"].samples)
    stake = "partner_stake"
    slack = 1e-12 * np.abs(old[stake].samples).max()
    assert np.all(new[stake].samples <= old[stake].samples + slack)


@settings(max_examples=15)
@given(st.lists(st.floats(0.0, 60.0), min_size=2, max_size=2))
def test_more_already_paid_never_leaves_more(amounts):
    low, high = sorted(amounts)
    less, more = (samples(changed(CAPPED_SHARE, legs__share__already_paid=a)) for a in (high, low))
    assert_never_less(more, less - 1e-12 * 38.0)


@settings(max_examples=15)
@given(st.lists(st.floats(0.0, 3.0), min_size=2, max_size=2))
def test_a_higher_discount_rate_or_hazard_never_adds_value(rates):
    low, high = sorted(rates)
    assert_never_less(*(samples(changed(CAPPED_SHARE, discount_rate=r)) for r in (low, high)))
    stopped = changed(
        CAPPED_SHARE, events={"stop": {"hazard": 0.0}}, legs__share__stop_events=["stop"]
    )
    assert_never_less(*(samples(changed(stopped, events__stop__hazard=h)) for h in (low, high)))


# Conservation: a company that is charged for its legs moves value from its holders, and makes none.
# At exit the equity is short by the payments made, compounded at the cash rate, and due, discounted
# at the leg's. Brought to today at the stake's rate this is the leg's value when the three rates
# are one, the holders keep all (no dilution, issue or failure) and the floor at zero does not bind.


@settings(max_examples=15)
@given(
    rate=st.floats(0.0, 1.0),
    cap=st.floats(0.1, 500.0),
    discount=st.floats(0.0, 0.3),
    lag=st.sampled_from([0, 30, 800]),
    exit_hazard=st.floats(0.0, 1.0),
)
def test_what_a_leg_pays_is_what_the_stakes_lose(rate, cap, discount, lag, exit_hazard):
    record = changed(
        CAPPED_SHARE,
        streams__sales__annual__2025=20.0,
        discount_rate=discount,
        events={"sale": {"hazard": exit_hazard}},
        legs__share__rate=rate,
        legs__share__cap=cap,
        legs__share__payment_lag=lag,
        companies={
            "firm": {
                "party": "payer",
                "revenue": "sales",
                "multiple": 100.0,
                "multiple_volatility": 0.3,
                "correlation": 0.4,
                "exit_date": "2029-06-30",
                "exit": "sale",
                "charges_legs": True,
                "cash_rate": discount,
            }
        },
        stakes={
            "a": {"holder": "receiver", "company": "firm", "fraction": 0.27},
            "b": {"holder": "payer", "company": "firm", "fraction": 0.73},
        },
    )
    charged = cs.value(deal_of(record), paths=512)
    free = cs.value(deal_of(changed(record, companies__firm__charges_legs=False)), paths=512)
    lost = sum(free[name].samples - charged[name].samples for name in "ab")
    scale = np.abs(free["b"].samples).max()
    assert close(lost, charged["share"].samples, abs=1e-13 * scale)
    assert min(charged[name].samples.min() for name in "ab") > 0.0  # the floor is far


# Honest errors


def test_standard_errors_are_honest_over_seeds():
    deal = deal_of(CAPPED_SHARE)
    n = 200
    z = []
    for seed in range(n):
        estimate = cs.value(deal, paths=2**12, seed=seed)["share"].estimate
        z.append((estimate.value - CAPPED_SHARE_VALUE) / estimate.standard_error)
    # The z scores are nearly standard normal: two-sided intervals of 99.9%.
    assert abs(np.mean(z)) < 3.3 / math.sqrt(n)
    low, high = chi2.ppf([0.0005, 0.9995], n - 1) / (n - 1)
    assert low < np.var(z, ddof=1) < high
