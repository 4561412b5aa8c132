"""Deals under the risk-neutral measure: against the reference, closed forms, and what must hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

import capstake as cs
from against_reference import assert_is_the_reference
from capstake import _core
from close import close, same_bits
from deals import CAPPED_SHARE, EVERYTHING, Record, changed, deal_of, share_deal
from measure_deals import EARN_OUTS, EVERY_TERM, FALLING, TERMS
from stream_deals import CHANNELS, FORECASTS, PROCESSES, STREAM_DEALS, stream_deal

PRICED = {
    row["type"]
    for row in _core.describe()
    if any(field["name"] == "risk_premium" for field in row["fields"])
}


def priced(record: Record, **changes: Any) -> Record:
    """Under the risk-neutral measure, with a premium on whatever can carry one."""
    result = changed(record, **TERMS | {"parties__payer__credit_spread": 0.02} | changes)
    for i, stream in enumerate(result["streams"].values()):
        if stream["type"] in PRICED:
            stream["risk_premium"] = [0.08, FALLING, {"uniform": [0.0, 0.1]}][i % 3]
    return result


DEALS: dict[str, Record] = {
    "every term": EVERY_TERM,
    "every term, in the real world": changed(EVERY_TERM, measure="real_world"),
    "earn-outs and milestones": EARN_OUTS,
    "by year, continuous": changed(
        EARN_OUTS, frequency="year", compounding="continuous", day_count="30E/360"
    ),
    "uncertain rates": changed(
        EVERY_TERM,
        risk_free={"uniform": [0.01, 0.05]},
        streams__sales__risk_premium={
            "normal": [0.08, 0.01],
            "truncated_below": 0.0,
            "truncated_above": 0.2,
        },
        companies__maker_inc__risk_premium={"uniform": [0.0, 0.1]},
    ),
    "processes": priced(stream_deal(PROCESSES, "all")),
    "processes, in the real world": priced(stream_deal(PROCESSES, "all"), measure="real_world"),
    "processes, diversifiable": priced(
        stream_deal(PROCESSES, "all", frequency="year", valuation_date="2026-01-20"),
        legs__share__risk="diversifiable",
    ),
    "forecasts": priced(stream_deal(FORECASTS, "all")),
    "channels": priced(stream_deal(CHANNELS, "known")),
    "formulas": priced(STREAM_DEALS["formulas"]),
}


@pytest.mark.parametrize("name", DEALS)
def test_every_path_is_the_references(name: str):
    assert_is_the_reference(DEALS[name], paths=24)


# Neutral parameters

PLAIN = {
    "capped": CAPPED_SHARE,
    "everything": EVERYTHING,
    "processes": stream_deal(PROCESSES | {"moon": PROCESSES["jumps"]}, "all"),
}


def rows(record: Record) -> tuple[list[str], np.ndarray]:
    graph = _core.graph_of(deal_of(record))
    return graph.output_names, graph.run(seed=3)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("measure", ["real_world", "risk_neutral"])
def test_without_premium_and_spread_the_measures_are_one(name: str, measure: str):
    record = changed(PLAIN[name])
    for table in ("legs", "stakes"):
        for held in record.get(table, {}).values():
            held.pop("discount_rate", None)
    told = changed(record, measure=measure, risk_free=record["discount_rate"])
    names, values = rows(record)
    told_names, told_values = rows(told)
    assert names == told_names
    assert same_bits(values[np.isfinite(values)], told_values[np.isfinite(told_values)])


def test_the_real_world_knows_no_premium_and_no_spread():
    record = changed(EVERY_TERM, measure="real_world")
    changes = {"streams__sales__risk_premium": 0.5, "parties__maker__credit_spread": 0.5}
    _, values = rows(record)
    assert same_bits(rows(changed(record, **changes))[1], values)
    assert "risk_premium" not in _core.graph_of(deal_of(record)).text()


def test_probabilities_of_events_are_the_same():
    record = changed(EVERYTHING, risk_free=0.03, streams__sales__volatility=0.3)
    names, real = rows(record)
    _, neutral = rows(changed(record, measure="risk_neutral"))
    i = names.index("cap_days.share")
    assert same_bits(real[i], neutral[i])


# Closed forms

YEARS, GROWTH, PREMIUM, FREE, SPREAD, VOLATILITY = 1.0, 0.1, 0.08, 0.03, 0.02, 0.4


def one_year(**legs: Record) -> Record:
    """A rate of 100 that is seen at the end of a year, under the risk-neutral measure."""
    record = share_deal({2026: 100.0})
    term = {"payer": "payer", "receiver": "receiver", "start": "2026-01-01", "end": "2026-12-31"}
    return changed(
        record,
        frequency="year",
        measure="risk_neutral",
        risk_free=FREE,
        parties__payer__credit_spread=SPREAD,
        streams__sales={
            "type": "gbm",
            "level": 100.0,
            "growth": GROWTH,
            "volatility": VOLATILITY,
            "risk_premium": PREMIUM,
        },
        legs={name: {**term, "base": "sales", **leg} for name, leg in legs.items()},
    )


def black(strike: float, drift: float) -> tuple[float, float]:
    """Black (1976): call and probability of being at or above the strike, undiscounted."""
    forward, s = 100.0 * math.exp(drift * YEARS), VOLATILITY * math.sqrt(YEARS)
    d2 = math.log(forward / strike) / s - s / 2
    return forward * norm.cdf(d2 + s) - strike * norm.cdf(d2), float(norm.cdf(d2))


@pytest.mark.parametrize("risk", ["systematic", "diversifiable"])
@pytest.mark.parametrize("strike", [80.0, 120.0])
def test_calls_and_digitals_are_blacks_on_the_lower_forward(risk: str, strike: float):
    record = one_year(
        call={"type": "earn_out", "rate": 1, "threshold": strike, "risk": risk},
        digital={"type": "milestone", "amount": 100, "threshold": strike, "risk": risk},
    )
    call, probability = black(strike, GROWTH - (PREMIUM if risk == "systematic" else 0.0))
    discount = math.exp(-(FREE + SPREAD) * YEARS)
    valued = cs.value(deal_of(record), paths=2**16)
    for name, exact, deviation in (("call", call, 60.0), ("digital", 100 * probability, 50.0)):
        estimate = valued[name].estimate
        assert estimate.standard_error < deviation / 2**8
        assert abs(estimate.value - discount * exact) < 5 * estimate.standard_error + 1e-12


def test_a_diversifiable_milestone_is_its_probability_at_the_risk_free_rate_and_credit():
    leg = {"type": "milestone", "amount": 100, "probability": 0.6, "payment_lag": 90}
    record = one_year(approval={**leg, "risk": "diversifiable"})
    del record["legs"]["approval"]["base"]
    value = cs.value(deal_of(record), paths=512)["approval"].value
    assert close(value, 60 * math.exp(-(FREE + SPREAD) * 1.25), rel=1e-14)


def test_a_premium_is_a_lower_growth():
    years = {2026 + i: 100.0 for i in range(4)}
    gbm = {"type": "gbm", "level": 100.0, "growth": 0.1, "volatility": 0.3}
    real = changed(share_deal(years, cap=50.0, payment_lag=45), streams__sales=gbm)
    lower = changed(real, streams__sales__growth=0.02, discount_rate=0.05)
    neutral = changed(
        real,
        discount_rate=0.5,
        measure="risk_neutral",
        risk_free=0.03,
        parties__payer__credit_spread=0.02,
        streams__sales__risk_premium=0.08,
    )
    _, values = rows(lower)
    assert close(rows(neutral)[1], values, rel=1e-12, abs=1e-12)


def test_revenue_through_a_period_is_lower_by_the_mean_of_the_premium():
    record = changed(
        share_deal({2026: 100.0, 2027: 120.0}, rate=1.0),
        valuation_date="2026-07-30",
        frequency="year",
        measure="risk_neutral",
        risk_free=0.0,
        streams__sales__risk_premium=0.1,
    )
    # 154 of the 365 days of 2026 are to come, five months by 30E/360; then a year of twelve.
    found = cs.value(deal_of(record), paths=512).payments("share")
    first = 100 * math.exp(-0.1 * (5 / 12) / 2 * (154 / 365))
    second = 120 * math.exp(-0.1 * (5 / 12 + 0.5))
    assert close([a.mean.value for a in found], [first, second], rel=1e-13)


def test_premiums_of_a_product_add_up():
    premium = {"risk_premium": 0.05}
    plan = {"type": "forecast", "annual": {2026: 100.0, 2027: 120.0}, "volatility": 0.2}
    streams = {
        "a": plan | premium,
        "b": plan | {"annual": {2026: 1.0, 2027: 2.0}, "risk_premium": 0.02},
        "sales": {"type": "product", "of": "a", "times": ["b"]},
    }
    record = changed(
        share_deal({2026: 1.0, 2027: 1.0}), streams=streams, measure="risk_neutral", risk_free=0.0
    )
    together = changed(
        record,
        streams__a__risk_premium=0.0,
        streams__b__risk_premium=0.0,
        streams__both={"type": "scaled", "of": "sales", "factor": 1.0, "risk_premium": 0.07},
        legs__share__base="both",
    )
    names, values = rows(record)
    i = names.index("leg.share")
    assert close(rows(together)[1][i], values[i], rel=1e-13)


@pytest.mark.parametrize("field", ["streams__sales__risk_premium", "parties__payer__credit_spread"])
def test_nothing_is_worth_more_for_a_higher_premium_or_spread(field: str):
    terms = {"measure": "risk_neutral", "risk_free": 0.03, "legs__share__payment_lag": 30}
    low, middle, high = (
        rows(changed(CAPPED_SHARE, **terms, **{field: held})) for held in (0.0, 0.05, 0.2)
    )
    i = low[0].index("leg.share")
    assert (low[1][i] > middle[1][i]).all()
    assert (middle[1][i] > high[1][i]).all()
    paid = low[0].index("paid.share")
    assert (high[1][paid] <= low[1][paid]).all()
    assert bool(same_bits(high[1][paid], low[1][paid])) == field.startswith("parties")


# The exact check, and sensitivities

NEUTRAL_SHARE = changed(
    CAPPED_SHARE,
    measure="risk_neutral",
    risk_free={"by_date": {"2025-12-31": 0.02, "2028-01-01": 0.035}},
    parties__payer__credit_spread=0.015,
    streams__sales__risk_premium={"by_date": {"2025-12-31": 0.1, "2027-07-01": 0.05}},
    streams__part={"type": "scaled", "of": "sales", "factor": 0.5, "risk_premium": 0.02},
    legs__half=CAPPED_SHARE["legs"]["share"] | {"base": "part", "cap": 15.0},
    legs__real=CAPPED_SHARE["legs"]["share"] | {"risk": "diversifiable"},
)


def test_the_exact_check_agrees():
    checks = cs.exact_checks(cs.value(deal_of(NEUTRAL_SHARE), paths=2**16))
    assert [check.leg for check in checks] == ["share", "half", "real"]
    for check in checks:
        assert check.verdict == "agrees", check
        assert check.simulated.standard_error < 1e-4 * check.exact
    share, _, real = (check.exact for check in checks)
    assert share < 0.97 * real


def test_the_exact_check_says_what_is_uncertain():
    for place, reason in (
        ("streams__sales__risk_premium", "the risk premium of its revenue is uncertain"),
        ("parties__payer__credit_spread", "the payer's credit spread is uncertain"),
        ("risk_free", "its discount rate is uncertain"),
    ):
        record = changed(NEUTRAL_SHARE, **{place: {"uniform": [0.01, 0.02]}})
        why = [row[3] for row in _core.exact_checks(deal_of(record)) if row[0] == "share"]
        assert why == [reason]


def test_derivatives_by_premium_spread_and_rate():
    record = one_year(share={"rate": 0.2})
    value = 20 * math.exp(GROWTH - PREMIUM - FREE - SPREAD)
    found = cs.sensitivities(deal_of(record), paths=2**15)["share"]
    fields = ("streams.sales.risk_premium", "parties.payer.credit_spread", "deal.risk_free")
    for field in fields:
        derivative = found[field].derivative
        assert abs(derivative.value + value) < 5 * derivative.standard_error + 1e-12
        assert derivative.standard_error < 1e-2 * value
    assert "deal.discount_rate" not in found


def test_a_measure_needs_a_risk_free_rate():
    with pytest.raises(cs.InputError, match="risk_free: is required under the risk-neutral"):
        deal_of(changed(CAPPED_SHARE, measure="risk_neutral"))
