"""Clauses of revenue shares, path by path, against the plain-Python reference."""

from __future__ import annotations

import math
from typing import Any

import pytest

import capstake as cs
from against_reference import KINDS, assert_is_the_reference
from capstake import _core
from close import close
from deals import Record, changed, deal_of, share_deal
from longer_leg import assert_a_longer_leg_changes_no_bit

AMOUNTS = KINDS - {"cap_days"}

# Terms over five years, begun in the third quarter, with an event that may stop the leg.
BASE = changed(
    share_deal({y: 30.0 * 1.3 ** (y - 2026) for y in range(2025, 2031)}, volatility=0.5),
    valuation_date="2026-02-10",
    events={"stop": {"hazard": 0.25}, "sale": {"hazard": 0.3}},
    legs__share__start="2025-07-01",
    legs__share__end="2030-09-30",
    legs__share__payment_lag=45,
    legs__share__investment=20.0,
)


def with_clauses(record: Record = BASE, leg: Record | None = None, **clauses: Any) -> Record:
    changes = {f"legs__share__{key}": held for key, held in (leg or {}).items()}
    return changed(record, legs__share__clauses=clauses, **changes)


def tiers(**terms: Any) -> Record:
    return {"type": "tiers", "above": [20.0, 45.0], "rates": [0.1, 0.0], **terms}


def floor(**terms: Any) -> Record:
    return {"type": "minimum_guarantee", "amount": 6.0, **terms}


def limit(**terms: Any) -> Record:
    return {"type": "period_cap", "amount": 5.0, **terms}


def threshold(**terms: Any) -> Record:
    return {"type": "threshold", "amount": 25.0, **terms}


DATED = {"by_date": {"2025-01-01": 1.2, "2028-01-01": 1.6, "2029-04-01": 2.5}}

DATED_TAIL = {"2025-01-01": 0.1, "2028-01-01": 0.02}
GUST = {
    "type": "recoup_then_split",
    "multiple": 1.0,
    "rate": 0.25,
    "interest": 0.2,
    "since": "2025-01-15",
}


def spring(**terms: Any) -> Record:
    return {"type": "springing_rate", "test_date": "2027-12-31", **terms}


CASES: dict[str, Record] = {
    "tiers a year": with_clauses(t=tiers()),
    "tiers of the whole term": with_clauses(t=tiers(per="term", above=[40.0, 120.0])),
    "tiers a period": with_clauses(t=tiers(per="period", above=[5.0, 12.0])),
    "tiers after revenue before the start": with_clauses(t=tiers(revenue_before=15.0)),
    "tiers by date and drawn": with_clauses(
        t=tiers(
            above=[{"uniform": [10, 20]}, 45.0],
            rates=[{"by_date": {"2025-01-01": 0.3, "2027-08-01": 0.1}}, {"uniform": [0.0, 0.1]}],
        )
    ),
    "rising tiers of the whole amount": with_clauses(t=tiers(whole_amount=True, rates=[0.25, 0.4])),
    "falling tiers of the whole amount": with_clauses(
        t=tiers(whole_amount=True, rates=[0.1, 0.15], revenue_before=8.0)
    ),
    "a threshold a year": with_clauses(t=threshold()),
    "a threshold a period": with_clauses(t=threshold(per="period", amount=8.0)),
    "a threshold of the term, by date": with_clauses(
        t=threshold(per="term", amount=70.0, revenue_before=12.0)
    ),
    "a multiple of the investment": with_clauses(c={"type": "cap_multiple", "multiple": 1.5}),
    "multiples by date": with_clauses(
        leg={"already_paid": 3.0}, c={"type": "cap_multiple", "multiple": DATED}
    ),
    "a cap by date": with_clauses(
        leg={"cap": {"by_date": {"2025-01-01": 15.0, "2027-11-01": 22.0, "2029-01-01": 60.0}}}
    ),
    "a cap by date, reached before the start": with_clauses(
        leg={"cap": {"by_date": {"2025-01-01": 15.0, "2027-11-01": 22.0}}, "already_paid": 15.0}
    ),
    "a cap by date that was lower before the start": with_clauses(
        leg={
            "cap": {"by_date": {"2025-01-01": 5.0, "2027-11-01": 22.0}},
            "already_paid": 8.0,
            "start": "2028-02-10",
        }
    ),
    "a minimum a period": with_clauses(f=floor(per="period", amount=2.0)),
    "a minimum a year": with_clauses(f=floor()),
    "a whole minimum in parts of years": with_clauses(f=floor(prorated=False)),
    "a minimum of the term": with_clauses(f=floor(per="term", amount=40.0)),
    "a recoupable minimum": with_clauses(f=floor(recoupable=True, amount=9.0)),
    "a recoupable minimum a period": with_clauses(
        f=floor(recoupable=True, per="period", amount=2.5)
    ),
    "a minimum by date": with_clauses(
        f=floor(amount={"by_date": {"2025-01-01": 3.0, "2027-01-01": 8.0, "2028-07-01": 100.0}})
    ),
    "a limit a period": with_clauses(c=limit(per="period", amount=1.7)),
    "a limit a period, carried forward": with_clauses(
        c=limit(per="period", amount=1.7, carry_forward=True)
    ),
    "a limit a year": with_clauses(c=limit()),
    "a limit a year, carried forward": with_clauses(c=limit(carry_forward=True)),
    "a whole limit in parts of years": with_clauses(c=limit(prorated=False)),
    "a tail after the cap": with_clauses(
        leg={"cap": 18.0}, t={"type": "tail_rate", "rate": {"by_date": DATED_TAIL}}
    ),
    "a tail of tiers after a cap by date": with_clauses(
        c={"type": "cap_multiple", "multiple": DATED},
        t=tiers(),
        r={"type": "tail_rate", "rate": 0.05},
    ),
    "recoup, then split": with_clauses(
        leg={"rate": 0.9, "already_paid": 1.0},
        s={"type": "recoup_then_split", "multiple": 2.0, "rate": 0.1},
    ),
    "recoup with interest, then split up to a cap": with_clauses(
        leg={"rate": 0.5, "cap": 60.0},
        s=GUST,
    ),
    "settled by half year": with_clauses(leg={"settlement": "half_year", "cap": 25.0}),
    "settled by year, part of it later": with_clauses(
        leg={"settlement": "year", "cap": 25.0, "stop_events": ["stop"], "loss_events": ["sale"]},
        d={"type": "deferral", "part": 0.4, "days": 100, "interest": 0.08},
        b={"type": "clawback", "event": "sale", "part": 0.5},
    ),
    "settled by year against an accreting cap": with_clauses(
        leg={"settlement": "year"},
        a={"type": "accreting_cap", "rate": 0.2, "amount": 30.0},
    ),
    "a part is deferred": with_clauses(
        d={"type": "deferral", "part": 0.4, "days": 500, "interest": 0.08}
    ),
    "a part by date is deferred beyond all else": with_clauses(
        leg={"accrual_start": "2026-05-20", "cap": 12.0},
        d={
            "type": "deferral",
            "part": {"by_date": {"2025-01-01": 0.5, "2028-01-01": 0.0}},
            "days": 4000,
        },
    ),
    "a grace period": with_clauses(
        g={"type": "grace_period", "until": "2028-02-29", "interest": 0.1},
        d={"type": "deferral", "part": 0.5, "days": 200, "interest": 0.3},
    ),
    "a grace period that has passed": with_clauses(
        g={
            "type": "grace_period",
            "until": "2026-01-31",
            "interest": {"by_date": {"2025-01-01": 0.5, "2025-12-01": 0.1}},
        },
    ),
    "a balloon at maturity": with_clauses(
        leg={"cap": 90.0, "already_paid": 2.0, "stop_events": ["stop"]},
        b={"type": "balloon", "part": 0.7},
    ),
    "a balloon of a return": with_clauses(
        a={"type": "accreting_cap", "rate": 0.25, "since": "2025-03-01"}, b={"type": "balloon"}
    ),
    "bought out": with_clauses(
        leg={"stop_events": ["stop"]},
        b={
            "type": "buy_out",
            "on": "2028-05-15",
            "multiple": {"by_date": {"2025-01-01": 1.1, "2028-01-01": 2.2}},
        },
    ),
    "bought out under a cap, counted late": with_clauses(
        leg={"cap": 30.0, "accrual_start": "2026-05-20"},
        b={"type": "buy_out", "on": "2027-12-31", "amount": 25.0, "less_paid": False},
    ),
    "a change of control": with_clauses(
        leg={"already_paid": 1.0},
        s={"type": "change_of_control", "event": "sale", "multiple": 1.75},
    ),
    "a change of control that may come too late": with_clauses(
        leg={"cap": 40.0, "stop_events": ["stop"], "start": "2026-05-11", "end": "2029-08-20"},
        s={
            "type": "change_of_control",
            "event": "sale",
            "less_paid": False,
            "amount": {"by_date": {"2026-01-01": 30.0, "2027-06-30": 12.0}},
        },
    ),
    "a test of revenue": with_clauses(
        s=spring(target=80.0, rate_if_missed=0.3, rate_if_met=0.05, revenue_before=4.0)
    ),
    "a test of payments": with_clauses(
        leg={"already_paid": 2.0},
        s=spring(target=14.0, measure="payments", rate_if_missed=0.3, test_date="2027-06-15"),
    ),
    "a rate that would have met the target": with_clauses(
        s=spring(target=30.0, measure="payments", rate_if_met=0.015)
    ),
    "clawed back": with_clauses(
        leg={"already_paid": 2.0, "loss_events": ["stop"]},
        c={"type": "clawback", "event": "sale", "part": 0.4},
    ),
    "clawed back of the last year": with_clauses(
        c={"type": "clawback", "event": "sale", "part": 1.0, "look_back": 365},
        d={"type": "deferral", "part": 0.5, "days": 100},
    ),
    "clawed back in the years after the end": with_clauses(
        c={"type": "clawback", "event": "sale", "part": 0.4, "until": "2034-08-20"},
        d={"type": "deferral", "part": 0.5, "days": 1000},
    ),
    "clawed back until a day in the term": with_clauses(
        c={"type": "clawback", "event": "sale", "part": 0.4, "look_back": 200,
           "until": "2028-02-10"},
    ),
    "a catch-up": with_clauses(c={"type": "catch_up", "target": 9.0, "rate": 0.06}),
    "a catch-up to a plan by date": with_clauses(
        c={
            "type": "catch_up",
            "target": {"by_date": {"2025-01-01": 4.0, "2028-01-01": 15.0}},
            "rate": {"uniform": [0.02, 0.2]},
        },
        f=floor(),
    ),
    "a return that ends the leg": with_clauses(
        a={
            "type": "accreting_cap",
            "rate": {"by_date": {"2025-01-01": 0.3, "2027-04-01": 0.1}},
            "amount": 14.0,
        },
        t={"type": "tail_rate", "rate": 0.02},
    ),
    "a credit spread": with_clauses(
        p={"type": "payer_credit", "spread": {"by_date": {"2026-01-01": 0.03, "2028-05-05": 0.06}}}
    ),
    "a payer that may fail": with_clauses(
        leg={"loss_events": ["sale"]},
        p={"type": "payer_credit", "failure": "stop", "recovery": {"uniform": [0.2, 0.6]}},
        d={"type": "deferral", "part": 0.5, "days": 3000},
    ),
    "contract years": with_clauses(
        leg={"year_start": "2020-04-01"},
        t=tiers(revenue_before=5.0), f=floor(amount=4.5), c=limit(carry_forward=True, amount=5.5),
    ),
    "whole contract years": with_clauses(
        leg={"year_start": "2031-10-01"},
        t=tiers(whole_amount=True, rates=[0.25, 0.4]), f=floor(prorated=False, recoupable=True),
        c={"type": "catch_up", "target": 9.0, "rate": 0.06},
    ),
    "a threshold of contract years": with_clauses(
        leg={"year_start": "2024-07-01"}, h=threshold(), c=limit(prorated=False)
    ),
    "tests of sales, then of payments": with_clauses(
        leg={"already_paid": 2.0},
        b=spring(target=16.0, measure="payments", rate_if_missed=0.4, test_date="2028-09-30"),
        a=spring(target=40.0, rate_if_missed=0.25, rate_if_met=0.1, test_date="2026-12-31"),
        c=spring(target=200.0, rate_if_missed=0.5, test_date="2029-06-30"),
    ),
    "minimums of all spans": with_clauses(
        b=floor(per="term", amount=30.0, until="2027-05-20"),
        d=floor(per="term", amount=75.0),
        a=floor(amount=9.0),
        e=floor(per="term", amount=55.0, until="2029-06-30"),
        c=floor(per="period", amount=1.5),
    ),
    "limits of all spans": with_clauses(
        y=limit(amount=6.0), p=limit(per="period", amount=1.7, carry_forward=True)
    ),
    "three hurdles": with_clauses(
        leg={"rate": 0.6, "already_paid": 1.0},
        c={"type": "recoup_then_split", "multiple": 3.0, "rate": 0.3},
        a={"type": "recoup_then_split", "multiple": 1.0, "rate": 0.4},
        b={
            "type": "recoup_then_split",
            "multiple": {"uniform": [1.5, 2.5]},
            "rate": {"by_date": {"2025-01-01": 0.2, "2029-01-01": 0.1}},
        },
    ),
    "hurdles before a minimum": with_clauses(
        leg={"rate": 0.6},
        b={"type": "recoup_then_split", "amount": 30.0, "rate": 0.1},
        a={"type": "recoup_then_split", "amount": 15.0, "rate": 0.3},
        f=floor(),
    ),
    "two changes of control": with_clauses(
        changed(BASE, events__put={"hazard": 0.4}),
        leg={"cap": 60.0},
        b={"type": "change_of_control", "event": "put", "multiple": 1.1},
        a={"type": "change_of_control", "event": "sale", "amount": 50.0, "less_paid": False},
    ),
    "three instalments": with_clauses(
        a={"type": "deferral", "part": 0.25, "days": 500, "interest": 0.1},
        b={"type": "deferral", "part": {"by_date": {"2025-01-01": 0.5, "2028-01-01": 0.75}},
           "days": 200},
    ),
    "all at once": with_clauses(
        leg={"already_paid": 1.0},
        t=tiers(),
        f=floor(recoupable=True),
        c=limit(carry_forward=True, amount=7.0),
        m={"type": "cap_multiple", "multiple": DATED},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_amount_is_the_references_on_every_path(case):
    assert_is_the_reference(CASES[case], kinds=AMOUNTS, paths=100)


@pytest.mark.parametrize("case", CASES)
def test_a_longer_leg_changes_no_bit_of_any_other(case):
    assert_a_longer_leg_changes_no_bit(CASES[case])


# By month some event comes in every kind of period.
STOPPED = [case for case, record in CASES.items() if "accrual_start" not in str(record)]


@pytest.mark.parametrize("case", STOPPED)
def test_stop_events_end_accruals_within_a_period(case):
    record = changed(
        CASES[case],
        legs__share__stop_events=["stop"],
        legs__share__start="2025-07-01",
        legs__share__end="2029-09-30",
        frequency="quarter",
    )
    assert_is_the_reference(record, kinds=AMOUNTS, paths=40)


@pytest.mark.parametrize("case", ["tiers a year", "a minimum a year", "a limit a year"])
def test_months_are_periods_too(case):
    record = changed(CASES[case], legs__share__stop_events=["stop"], frequency="month")
    assert_is_the_reference(record, kinds=AMOUNTS, paths=40)
    within_a_quarter = changed(record, legs__share__year_start="2024-02-01")
    assert_is_the_reference(within_a_quarter, kinds=AMOUNTS, paths=20)


def test_clauses_share_what_they_change_by_the_days_that_count():
    record = with_clauses(
        leg={"accrual_start": "2026-05-20", "cap": 12.0},
        t=tiers(),
        f=floor(per="period", amount=2.0),
    )
    assert_is_the_reference(record, kinds=AMOUNTS, paths=100)


@pytest.mark.parametrize(
    "case", ["multiples by date", "a return that ends the leg", "a balloon of a return"]
)
def test_the_day_a_cap_is_reached_is_the_references(case):
    assert_is_the_reference(CASES[case], kinds={"cap_days"})


def test_a_rate_springs_from_zero_by_terms_that_say_where_to():
    from_zero = {"leg": {"rate": 0.0, "already_paid": 0.0}}
    missed = with_clauses(s=spring(target=1e6, rate_if_missed=0.3), **from_zero)
    assert_is_the_reference(missed)
    whole = with_clauses(leg={"rate": 0.3, "start": "2028-01-01"})
    sprung, plain = (_core.graph_of(deal_of(record)) for record in (missed, whole))
    share = [g.run(seed=3)[g.output_names.index("leg.share")] for g in (sprung, plain)]
    assert close(*share, rel=1e-12)
    with pytest.raises(cs.InputError, match=r"rate_if_missed: is required where the leg's rate is"):
        deal_of(with_clauses(s=spring(target=1e6, measure="payments"), **from_zero))


def test_python_objects_are_what_deal_files_hold():
    leg = {k: v for k, v in BASE["legs"]["share"].items() if k != "clauses"}
    objects = cs.RevenueShare(
        **leg,
        clauses={
            "floor": cs.MinimumGuarantee(amount=cs.Number(6.0, range=(5.0, 7.0)), per="period"),
            "tiers": cs.Tiers(above=[20.0, 45.0], rates=["10%", 0.0]),
        },
    )
    record = {
        "floor": floor(amount={"value": 6.0, "range": [5.0, 7.0]}, per="period"),
        "tiers": tiers(),
    }
    assert objects == cs.RevenueShare(**leg, clauses=record)
    assert cs.RevenueShare.from_record(objects.to_dict()) == objects
    assert objects.clauses["tiers"].rates[0].value == 0.1
    assert isinstance(objects.clauses["floor"], cs.MinimumGuarantee)


def test_numbers_of_clauses_are_assumptions_and_have_sensitivities():
    deal = deal_of(with_clauses(f=floor(amount={"value": 6.0, "range": [5.0, 7.0]}), t=tiers()))
    rows = {(row["object"], row["field"]): row for row in _core.assumptions(deal)}
    assert rows["share", "clauses.f.amount"]["unit"] == "money"
    assert rows["share", "clauses.t.rates[0]"]["number"].value == 0.1
    by_field = cs.sensitivities(deal, paths=2**12)["share"]
    assert by_field["legs.share.clauses.f.amount"].range == (5.0, 7.0)
    assert by_field["legs.share.clauses.f.amount"].derivative.value > 0.0
    assert by_field["legs.share.clauses.t.above[1]"].derivative.value > 0.0


# Of 16 replicates of 2^10 points; without companions that move with the leg all are 1, or 20.
@pytest.mark.parametrize(
    "case", ["a threshold a year", "a minimum a year", "a minimum of the term"]
)
def test_clauses_that_undo_what_has_accrued_have_controls(case):
    assert cs.value(deal_of(CASES[case]), paths=2**14).control_gains()["share"] > 100


@pytest.mark.parametrize("order", [("grace", "deferral"), ("deferral", "grace")])
def test_a_leg_is_past_whatever_the_order_of_its_clauses(order):
    clauses = {
        "grace": {"type": "grace_period", "until": "2029-06-30"},
        "deferral": {"type": "deferral", "part": 0.5, "days": 365},
    }
    record = share_deal({2028: 30.0}, clauses={name: clauses[name] for name in order})
    with pytest.raises(cs.InputError, match="lies in the past"):
        deal_of(changed(record, valuation_date="2030-01-31"))


def test_what_may_still_be_given_back_is_valued():
    back = {"type": "clawback", "event": "failure", "part": 0.5, "until": "2030-12-31"}
    record = changed(
        share_deal({2028: 30.0}, clauses={"back": back}, discount_rate=0.0),
        valuation_date="2030-01-31",
        events={"failure": {"hazard": 1.0}},
    )
    # Of the 6 that were received half, if the event comes within the eleven months (30E/360).
    expected = -3.0 * (1.0 - math.exp(-11.0 / 12.0))
    assert close(cs.value(deal_of(record), paths=2**10)["share"].value, expected, rel=1e-12)


@pytest.mark.parametrize("terms", [{}, {"type": "earn_out", "amount": 7.0}])
def test_a_leg_is_not_past_before_the_end_of_its_last_period(terms):
    # Its last quarter, of 45 of 92 days, is paid on 31 Dec 2026.
    record = share_deal({2026: 40.0}, end="2026-11-14", discount_rate=0.0, **terms)
    record["valuation_date"] = "2026-12-30"
    if terms:
        del record["legs"]["share"]["rate"]
    expected = 7.0 if terms else 0.2 * 10.0 * 45 / 92
    assert close(cs.value(deal_of(record), paths=2**10)["share"].value, expected, rel=1e-12)
    with pytest.raises(cs.InputError, match="lies in the past"):
        deal_of(changed(record, valuation_date="2026-12-31"))


def test_what_is_given_back_is_settled_with_payments():
    # Of the 10 received half is given back, in whichever quarter, with the year's payment in 2027.
    back = {"type": "clawback", "event": "failure", "part": 0.5, "until": "2026-12-31"}
    record = changed(
        share_deal({2026: 40.0}, clauses={"back": back}, settlement="year", payment_lag=30),
        legs__share__already_paid=10.0,
        events={"failure": {"hazard": {"by_date": {"2025-01-01": 100.0}}}},
    )
    (paid,) = cs.value(deal_of(record), paths=2**10).payments("share")
    assert (paid.year, paid.mean.value) == (2027, 0.2 * 40.0 - 5.0)
