"""The end of a leg's term: when the leg is past, and what is given back until then and after."""

from __future__ import annotations

import math

import pytest

import capstake as cs
from capstake.valuation import hash_of
from close import close
from deals import changed, deal_of, share_deal


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


def test_the_hash_of_a_deal_tells_the_order_of_its_clauses():
    more, twice = ({"type": "custom", "formula": f} for f in ("accrual + 1", "accrual * 2"))
    orders = ({"m": more, "t": twice}, {"t": twice, "m": more}, {"m": more, "t": twice})
    first, other, again = (
        hash_of(deal_of(share_deal({2028: 30.0}, clauses=held))) for held in orders
    )
    assert first != other
    assert first == again
