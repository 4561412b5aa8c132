"""Clauses that say nothing, and parts that others do not use, change no bit of anything else.

Neutral to rounding only: a cap far away against no cap (payments are differences of running
totals), a schedule of several equal rates against one rate (sums of products).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import capstake as cs
from close import close, same_bits
from deals import CAPPED_SHARE, EVERYTHING, Record, changed, deal_of, without

PATHS = 4096


def clause(**terms: Any) -> dict[str, Any]:
    return {"legs__share__clauses__c": terms}


NEUTRAL: dict[str, tuple[Record, dict[str, Any]]] = {
    "accrual_start on start": (EVERYTHING, {"legs__share__accrual_start": "2026-01-01"}),
    "nothing already paid": (CAPPED_SHARE, {"legs__share__already_paid": 0.0}),
    "no lag": (CAPPED_SHARE, {"legs__share__payment_lag": 0}),
    "settled as it is earned": (CAPPED_SHARE, {"legs__share__settlement": "quarter"}),
    "contract years that are calendar years": (
        changed(
            EVERYTHING,
            legs__share__clauses={
                "floor": {"type": "minimum_guarantee", "amount": 3.0},
                "limit": {"type": "period_cap", "amount": 5.0, "carry_forward": True},
            },
        ),
        {"legs__share__year_start": "2020-01-01"},
    ),
    "the deal's own discount rate": (EVERYTHING, {"legs__reverse__discount_rate": 0.11}),
    "a schedule of one rate": (
        EVERYTHING,
        {
            "legs__share__rate": {"by_date": {"2026-01-01": 0.2}},
            "legs__share__discount_rate": {"by_date": {"2020-01-01": 0.12}},
            "events__failure__hazard": {"by_date": {"2026-04-27": 0.12}},
        },
    ),
    "a stop event that never comes": (
        EVERYTHING,
        {"events__never": {"hazard": 0.0}, "legs__share__stop_events": ["failure", "never"]},
    ),
    "a failure that never comes": (
        changed(EVERYTHING, companies__maker_inc__failure=""),
        {"events__never": {"hazard": 0.0}, "companies__maker_inc__failure": "never"},
    ),
    "an exit event that never comes": (
        changed(EVERYTHING, companies__maker_inc__exit=""),
        {"events__never": {"hazard": 0.0}, "companies__maker_inc__exit": "never"},
    ),
    "recovery without failure": (
        changed(EVERYTHING, companies__maker_inc__failure=""),
        {"companies__maker_inc__recovery": 0.9},
    ),
    "what the risk-neutral measure takes, in the real world": (
        EVERYTHING,
        {
            "risk_free": 0.03,
            "streams__sales__risk_premium": 0.1,
            "parties__maker__credit_spread": 0.02,
            "companies__maker_inc__risk_premium": 0.05,
            "legs__royalty__risk": "diversifiable",
        },
    ),
    "no haircut": (CAPPED_SHARE, {"streams__sales__growth_haircut": 0.0}),
    "a stream scaled by one": (
        EVERYTHING,
        {
            "streams__same": {"type": "scaled", "of": "sales", "factor": 1.0},
            "legs__share__base": "same",
            "companies__maker_inc__revenue": "same",
        },
    ),
    "a stop event named twice": (EVERYTHING, {"legs__share__stop_events": ["failure", "failure"]}),
    "the same long-run multiple without volatility": (
        changed(
            without(EVERYTHING, "companies__maker_inc__long_run_multiple"),
            companies__maker_inc__multiple_volatility=0.0,
        ),
        {"companies__maker_inc__long_run_multiple": 20.0},
    ),
    "a last round": (
        without(EVERYTHING, "companies__maker_inc__last_round"),
        {"companies__maker_inc__last_round": 1.0},
    ),
    "sources, names, notes and unit": (
        CAPPED_SHARE,
        {
            "legs__share__cap": {
                "value": 38.0,
                "source": "a",
                "status": "assumed",
                "range": [30, 50],
            },
            "name": "other",
            "notes": ["x"],
            "unit": "billion",
            "parties__payer__name": "Other",
        },
    ),
    "tiers of one rate": (
        EVERYTHING,
        {"legs__share__clauses__t": {"type": "tiers", "above": [9, 20], "rates": [0.2, 0.2]}},
    ),
    "tiers of one rate on the whole amount": (
        EVERYTHING,
        {
            "legs__share__clauses__t": {
                "type": "tiers",
                "above": [9, 20],
                "rates": [0.2, 0.2],
                "whole_amount": True,
                "per": "term",
            }
        },
    ),
    "a threshold of nothing": (
        EVERYTHING,
        {"legs__share__clauses__t": {"type": "threshold", "amount": 0}},
    ),
    "a minimum of nothing": (
        EVERYTHING,
        {
            "legs__share__clauses__f": {
                "type": "minimum_guarantee",
                "amount": 0,
                "recoupable": True,
            }
        },
    ),
    "a limit that is never reached": (
        EVERYTHING,
        {
            "legs__share__clauses__c": {
                "type": "period_cap",
                "amount": 1e30,
                "carry_forward": True,
            }
        },
    ),
    "a cap of one value by date": (
        EVERYTHING,
        {"legs__share__cap": {"by_date": {"2026-01-01": 38.0}}},
    ),
    "a tail of nothing": (EVERYTHING, clause(type="tail_rate", rate=0)),
    "the same rate after a hurdle": (
        changed(EVERYTHING, legs__share__already_paid=0.0),
        clause(type="recoup_then_split", amount=20, rate=0.2, interest=0.1),
    ),
    "nothing deferred": (EVERYTHING, clause(type="deferral", part=0, days=400, interest=0.1)),
    "a grace period that ends before the start": (
        EVERYTHING,
        clause(type="grace_period", until="2026-01-01", interest=0.1),
    ),
    "a balloon of nothing": (EVERYTHING, clause(type="balloon", part=0)),
    "a buy-out on the last day at no price": (
        EVERYTHING,
        clause(type="buy_out", on="2030-12-31", amount=0),
    ),
    "a change of control that never comes": (
        EVERYTHING,
        clause(type="change_of_control", event="never", amount=30)
        | {"events__never": {"hazard": 0.0}},
    ),
    "a clawback of nothing": (EVERYTHING, clause(type="clawback", event="trigger", part=0)),
    "a clawback that never comes": (
        EVERYTHING,
        clause(type="clawback", event="never", part=1) | {"events__never": {"hazard": 0.0}},
    ),
    "nothing deferred, beside a clawback": (
        changed(
            EVERYTHING,
            legs__share__clauses__b={"type": "clawback", "event": "trigger", "part": 0.5},
        ),
        clause(type="deferral", part=0, days=400),
    ),
    "no catch-up": (EVERYTHING, clause(type="catch_up", target=50, rate=0)),
    "a catch-up to nothing": (EVERYTHING, clause(type="catch_up", target=0, rate=0.1)),
    "a test that resets the rate to what it is": (
        EVERYTHING,
        clause(
            type="springing_rate",
            test_date="2027-12-31",
            target=50,
            rate_if_missed=0.2,
            rate_if_met=0.2,
        ),
    ),
    "what accrues, by a formula": (EVERYTHING, clause(type="custom", formula="accrual")),
    "what accrues, up to a formula's limit": (
        changed(EVERYTHING, legs__share__accrual_start="2026-05-20"),
        clause(type="custom", formula="minimum(accrual, most)", numbers={"most": 1e30}),
    ),
    "what is paid, by a formula": (
        EVERYTHING,
        clause(type="custom", formula="maximum(payment, -1)", stage="payment"),
    ),
    "a stream by the formula that it is": (
        EVERYTHING,
        {
            "streams__same": {"type": "formula", "formula": "sales"},
            "legs__share__base": "same",
            "companies__maker_inc__revenue": "same",
        },
    ),
    "credit without a spread": (EVERYTHING, clause(type="payer_credit", spread=0)),
    "a failure of the payer that costs nothing": (
        EVERYTHING,
        clause(type="payer_credit", failure="trigger", recovery=1),
    ),
    "an investment that nothing is a multiple of": (EVERYTHING, {"legs__share__investment": 10.0}),
    "a party, a stream and an event that nothing uses": (
        EVERYTHING,
        {
            "parties__aaa": {"name": "A"},
            "events__aaa": {"hazard": 1.0},
            "streams__aaa": {"type": "forecast", "annual": {2027: 1.0}, "volatility": 2.0},
        },
    ),
    "another leg": (
        EVERYTHING,
        {"legs__aaa": EVERYTHING["legs"]["royalty"] | {"payer": "fund", "receiver": "partner"}},
    ),
    "a leg that ends later": (
        CAPPED_SHARE,
        {
            "streams__long": {"type": "forecast", "annual": {y: 1.0 for y in range(2026, 2041)}},
            "legs__aaa": {
                "payer": "payer",
                "receiver": "receiver",
                "base": "long",
                "rate": 1.0,
                "start": "2027-01-01",
                "end": "2040-12-31",
            },
        },
    ),
    "a leg that started earlier": (
        EVERYTHING,
        {
            "legs__aaa": EVERYTHING["legs"]["royalty"]
            | {"start": "2025-01-01", "payer": "fund", "receiver": "partner"}
        },
    ),
    "another stake": (
        EVERYTHING,
        {"stakes__aaa": {"holder": "fund", "company": "maker_inc", "fraction": 0.1}},
    ),
    "a company with its stake": (
        changed(CAPPED_SHARE, streams__sales__annual__2025=20.0),
        {
            "companies__firm": {
                "party": "payer",
                "revenue": "sales",
                "multiple": 3.0,
                "multiple_volatility": 0.5,
                "exit_date": "2030-12-31",
            },
            "stakes__stake": {"holder": "receiver", "company": "firm", "fraction": 0.5},
        },
    ),
}


# Another event makes many pieces to integrate over, as do tiers.
SLOW = {
    "a failure that never comes",
    "recovery without failure",
    "tiers of one rate",
    "tiers of one rate on the whole amount",
    "a change of control that never comes",
}


@pytest.mark.parametrize(
    "clause",
    [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in NEUTRAL],
)
def test_a_neutral_clause_changes_no_bit(clause):
    record, changes = NEUTRAL[clause]
    before = cs.value(deal_of(record), paths=PATHS)
    after = cs.value(deal_of(changed(record, **changes)), paths=PATHS)
    for kind in ("leg", "stake"):
        for position in before.of_kind(kind):
            assert same_bits(after[position.name].samples, position.samples), position.name


def test_a_cap_that_is_never_reached_is_no_cap_to_rounding():
    far, further, none = (
        cs.value(deal_of(record), paths=PATHS)["share"].samples
        for record in (
            changed(CAPPED_SHARE, legs__share__cap=1e30),
            changed(CAPPED_SHARE, legs__share__cap=1e31),
            without(CAPPED_SHARE, "legs__share__cap"),
        )
    )
    assert same_bits(far, further)
    # Payments as differences of running totals: a rounding of the total for each of 20 payments.
    assert close(far, none, rel=1e-14)


def test_deals_that_are_compared_share_their_draws():
    old, new = deal_of(CAPPED_SHARE), deal_of(changed(CAPPED_SHARE, legs__share__cap=50.0))
    compared = cs.compare(old, new, paths=PATHS)
    for deal, valuation in ((old, compared.old), (new, compared.new)):
        alone = cs.value(deal, paths=PATHS)
        assert same_bits(valuation["share"].samples, alone["share"].samples)
    difference = compared.new["share"].samples - compared.old["share"].samples
    assert same_bits(compared["share"].samples, difference)


def test_a_leg_that_only_one_deal_has_changes_by_its_value():
    earlier = EVERYTHING["legs"]["royalty"] | {"start": "2025-10-01"}
    new = deal_of(changed(EVERYTHING, legs__aaa=earlier))
    compared = cs.compare(deal_of(EVERYTHING), new, paths=PATHS)
    assert same_bits(compared["aaa"].samples, cs.value(new, paths=PATHS)["aaa"].samples)
    assert same_bits(np.abs(compared["share"].samples), np.zeros(PATHS))
