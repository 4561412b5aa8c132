"""A loss event ends payments, even of what has accrued."""

import math

import capstake as cs
from close import close

HAZARD = 0.4


def deal(**clauses: object) -> cs.Deal:
    """One year of revenue 100, half of it paid two years later; only events are random."""
    return cs.Deal(
        name="Loss",
        valuation_date="2025-12-31",
        currency="USD",
        discount_rate=0.1,
        compounding="continuous",
        day_count="ACT/365F",
        frequency="year",
        parties={"a": cs.Party(name="A"), "b": cs.Party(name="B")},
        streams={"sales": cs.Forecast(annual={2026: 100})},
        events={"fails": cs.Event(hazard=HAZARD)},
        legs={
            "share": cs.RevenueShare(
                payer="a",
                receiver="b",
                base="sales",
                rate=0.5,
                start="2026-01-01",
                end="2026-12-31",
                payment_lag=730,
                **clauses,
            )
        },
    )


def test_what_is_owed_is_lost():
    # Paid on 2028-12-30, after 1,095 days = 3 years, if the event has not come by then.
    valued = cs.value(deal(loss_events=["fails"]), paths=2**16)["share"]
    expected = 50 * math.exp(-0.3) * math.exp(-3 * HAZARD)
    # The event is integrated out and nothing else is uncertain, so this is exact.
    assert close(valued.value, expected, rel=1e-12)
    assert valued.standard_error < 1e-12 * expected


def test_a_stop_event_leaves_what_has_accrued():
    valued = cs.value(deal(stop_events=["fails"]), paths=2**16)["share"]
    expected = 50 * math.exp(-0.3) * (1 - math.exp(-HAZARD)) / HAZARD
    assert close(valued.value, expected, rel=1e-12)
    assert valued.standard_error < 1e-12 * expected


def test_its_hazard_has_a_sensitivity_although_payments_jump():
    found = cs.sensitivities(deal(loss_events=["fails"]), paths=2**17)["share"]
    by_hazard = found["events.fails.hazard"]
    expected = -3 * 50 * math.exp(-0.3) * math.exp(-3 * HAZARD)
    assert not by_hazard.has_jump
    # The event is integrated out and nothing else is uncertain, so this is exact.
    assert close(by_hazard.derivative.value, expected, rel=1e-12)


def test_a_hazard_of_zero_stops_nothing_and_has_a_sensitivity():
    with_event = deal(loss_events=["fails"], stop_events=["fails"])
    never = with_event.replace(events={"fails": cs.Event(hazard=0)})
    found = cs.sensitivities(never, paths=2**14)["share"]
    assert found["events.fails.hazard"].method == "integrated"
    expected = -3 * 50 * math.exp(-0.3)
    assert close(found["events.fails.hazard"].derivative.value, expected, rel=1e-12)
    assert math.isclose(
        cs.value(never, paths=64)["share"].value, 50 * math.exp(-0.3), rel_tol=1e-14
    )
