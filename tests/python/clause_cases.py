"""Deals of one leg with clauses, for the tests of clauses."""

from __future__ import annotations

from typing import Any

from deals import Record, changed, share_deal

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
    "a tail after a recoupment": with_clauses(
        leg={"rate": 1.0, "cap": 45.0},
        s={"type": "recoup_then_split", "multiple": 1.5, "rate": 0.1},
        t={"type": "tail_rate", "rate": 0.05},
    ),
    "a tail after a minimum": with_clauses(
        leg={"rate": 0.0, "cap": 18.0, "accrual_start": "2026-05-20"},
        f=floor(amount=8.0),
        t={"type": "tail_rate", "rate": 0.05},
    ),
    "a tail above a threshold": with_clauses(
        leg={"cap": 12.0, "accrual_start": "2026-05-20"},
        k=threshold(),
        t={"type": "tail_rate", "rate": 0.05},
        c={"type": "catch_up", "target": 4.0, "rate": 0.05},
    ),
    "a tail of a return beside a limit": with_clauses(
        a={"type": "accreting_cap", "rate": 0.15, "amount": 12.0},
        l=limit(per="period", amount=1.0, carry_forward=True),
        t={"type": "tail_rate", "rate": 0.05},
    ),
    "a tail of tiers after a cap by date": with_clauses(
        c={"type": "cap_multiple", "multiple": {"by_date": {"2025-01-01": 0.5, "2028-01-01": 0.8}}},
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
    "the greater of a multiple and a return": with_clauses(
        leg={"accrual_start": "2026-05-20"},
        m={"type": "cap_multiple", "multiple": DATED},
        a={"type": "accreting_cap", "rate": 0.18, "amount": 18.0, "since": "2025-03-01"},
        t={"type": "tail_rate", "rate": 0.02},
    ),
    "a return or the rest of a multiple": with_clauses(
        leg={"already_paid": 6.0, "stop_events": ["stop"]},
        m={"type": "cap_multiple", "multiple": 2.0},
        a={"type": "accreting_cap", "rate": 0.3, "amount": 13.0},
        b={"type": "balloon", "part": 0.6},
        s={"type": "change_of_control", "event": "sale", "multiple": 3.0},
    ),
    "a multiple by the sales of some time": with_clauses(
        leg={"already_paid": 1.0, "investment": 12.0},
        m={"type": "cap_multiple", "multiple": 1.2},
        s={
            "type": "springing_cap", "since": "2025-02-15", "test_date": "2026-11-20",
            "target": 50.0, "multiple_if_missed": 1.6,
        },
    ),
    "multiples by date and by tests of payments": with_clauses(
        leg={"already_paid": 1.0},
        m={"type": "cap_multiple", "multiple": DATED},
        b={
            "type": "springing_cap", "test_date": "2028-09-30", "measure": "payments",
            "target": 12.0, "since": "2026-02-14", "multiple_if_missed": {"uniform": [1.5, 2.9]},
            "multiple_if_met": 1.7,
        },
        a={
            "type": "springing_cap", "test_date": "2026-12-31", "measure": "payments",
            "target": 6.0, "multiple_if_missed": 1.9,
        },
        t={"type": "true_up", "rate": 0.25, "since": "2025-01-01"},
    ),
    "made up to two returns at the cap": with_clauses(
        leg={"cap": 20.0, "accrual_start": "2025-11-20", "already_paid": 1.0},
        a={"type": "true_up", "rate": 0.18, "amount": 13.0, "part": 0.6, "since": "2025-03-01"},
        b={
            "type": "true_up", "rate": {"by_date": {"2025-01-01": 0.3, "2027-04-01": 0.1}},
            "part": 0.4, "amount": {"uniform": [5.0, 9.0]},
        },
        t={"type": "tail_rate", "rate": 0.02},
        f={"type": "custom", "formula": "1.1 * payment", "stage": "payment"},
    ),
    "made up to a return when a return is reached": with_clauses(
        a={"type": "accreting_cap", "rate": 0.1, "amount": 9.0},
        t={"type": "true_up", "rate": 0.3},
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
    "a test that puts one rate in place of tiers": with_clauses(
        leg={"rate": 0.2, "already_paid": 2.0},
        t=tiers(),
        s=spring(target=19.0, measure="payments", rate_if_met=0.015),
    ),
    "a test that leaves tiers where it is met": with_clauses(
        t=tiers(per="term", above=[40.0, 120.0], rates=[0.1, 0.05]),
        s=spring(target=16.0, measure="payments", test_date="2027-06-15"),
    ),
    "tests that scale tiers": with_clauses(
        leg={"rate": {"by_date": {"2025-01-01": 0.2, "2028-06-01": 0.15}}},
        t=tiers(rates=[0.1, {"by_date": {"2025-01-01": 0.05, "2029-01-01": 0.02}}]),
        a=spring(target=80.0, rate_if_missed=0.3, rate_if_met=0.1, tiers="scaled"),
        b=spring(
            target=16.0, measure="payments", rate_if_missed=0.4, test_date="2028-09-30",
            tiers="scaled",
        ),
    ),
    "tiers that are scaled to what would have met the target, then replaced": with_clauses(
        t=tiers(),
        b=spring(target=120.0, rate_if_missed=0.35, test_date="2028-12-31"),
        a=spring(target=25.0, measure="payments", tiers="scaled"),
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
    "a hurdle in money between two multiples": with_clauses(
        leg={"rate": 0.6, "investment": {"uniform": [19.0, 21.0]}},
        c={"type": "recoup_then_split", "multiple": 2.0, "rate": 0.05},
        b={"type": "recoup_then_split", "amount": 30.0, "rate": 0.1},
        a={"type": "recoup_then_split", "multiple": 1.0, "rate": 0.3},
    ),
    "two clawbacks": with_clauses(
        changed(BASE, events__stop={"hazard": 0.6}, events__sale={"hazard": 0.6}),
        leg={"already_paid": 2.0},
        b={"type": "clawback", "event": "sale", "part": 0.9},
        a={"type": "clawback", "event": "stop", "part": 0.8, "until": "2029-05-20"},
    ),
    "three clawbacks": with_clauses(
        changed(
            BASE,
            events__stop={"hazard": 0.6},
            events__sale={"hazard": 0.6},
            events__put={"hazard": 0.9},
        ),
        b={"type": "clawback", "event": "sale", "part": 1.0},
        a={"type": "clawback", "event": "stop", "part": 0.8, "look_back": 400},
        c={"type": "clawback", "event": "put", "part": {"uniform": [0.5, 1.0]}},
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
    "a minimum of a year that a change of control ends": with_clauses(
        leg={"cap": 60.0},
        b={"type": "change_of_control", "event": "sale", "amount": 175.0},
        f={"type": "minimum_guarantee", "amount": 30.0},
        l={"type": "period_cap", "amount": 8.0, "per": "period", "carry_forward": True},
    ),
    "three instalments": with_clauses(
        a={"type": "deferral", "part": 0.25, "days": 500, "interest": 0.1},
        b={"type": "deferral", "part": {"by_date": {"2025-01-01": 0.5, "2028-01-01": 0.75}},
           "days": 200},
    ),
    "instalments that change places": with_clauses(
        a={"type": "deferral", "part": {"by_date": {"2025-01-01": 0.8, "2028-01-01": 0.2}},
           "days": 500},
        b={"type": "deferral", "part": {"by_date": {"2025-01-01": 0.2, "2028-01-01": 0.8}},
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
