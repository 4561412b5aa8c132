"""Clauses on a revenue of 100 a year, worked by hand from their words.

The leg's rate is 10%, so that 10 a year falls due on 31 December of 2026 to 2030; rates compound by
year, and years are of 360 days.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from capstake import _core
from close import close
from deals import Record, changed, deal_of, share_deal

HUNDRED = share_deal(dict.fromkeys(range(2026, 2031), 100.0), rate=0.1)


def terms(clause: Record | None = None, *, events: Record | None = None, **leg: Any) -> Record:
    return changed(
        HUNDRED,
        frequency="year",
        compounding="annual",
        events=events or {},
        legs__share__clauses={} if clause is None else {"c": clause},
        **{f"legs__share__{key}": held for key, held in leg.items()},
    )


def by_year(record: Record) -> np.ndarray:
    """What is paid in each year, by year and path."""
    graph = _core.graph_of(deal_of(record))
    rows = dict(zip(graph.output_names, graph.run(seed=1), strict=True))
    still = np.zeros(graph.run(seed=1).shape[1])
    return np.array([rows.get(f"payment.share.{y}", still) for y in range(2026, 2031)])


def assert_pays(record: Record, expected: list[float], *, within: float = 1e-12) -> None:
    found = by_year(record)
    assert close(found, np.transpose([expected] * found.shape[1]), abs=within)


def test_without_clauses():
    assert_pays(terms(), [10, 10, 10, 10, 10])


# An accreting cap is a loan that is paid off.

RETURN = {"type": "accreting_cap", "rate": 0.1, "amount": 20.0, "since": "2025-12-31"}


def test_a_cap_accretes_until_it_is_paid_off():
    # 20 becomes 22, less 10 is 12; 13.2, less 10 is 3.2; 3.52 is left to pay.
    assert_pays(terms(RETURN), [10, 10, 3.52, 0, 0])


def test_a_cap_that_accretes_faster_later():
    # As before to 3.2 at the end of 2027, which becomes 3.84.
    rates = {"by_date": {"2025-01-01": 0.1, "2027-12-31": 0.2}}
    assert_pays(terms(RETURN | {"rate": rates}), [10, 10, 3.84, 0, 0])


def test_a_cap_that_accretes_faster_than_it_is_paid_never_ends():
    assert_pays(terms(RETURN | {"rate": 1.0}), [10, 10, 10, 10, 10])


def test_a_cap_accretes_from_the_day_it_is_said_to():
    # From the middle of 2025, a half year more: 20 * 1.1^1.5 - 10, and so on.
    first = 20 * 1.1**1.5 - 10
    second = first * 1.1 - 10
    assert_pays(terms(RETURN | {"since": "2025-06-30"}), [10, 10, second * 1.1, 0, 0])


def test_the_investment_is_what_accretes_if_nothing_else_is_said():
    on_investment = {key: x for key, x in RETURN.items() if key != "amount"}
    assert_pays(terms(on_investment, investment=11.0), [10, 2.31, 0, 0, 0])


def test_a_payment_pays_off_when_it_falls_due():
    # On 30 January, 29 or 30 days of 360 after the year's end, interest goes on until then.
    lagged = terms(RETURN, payment_lag=30)
    left = 20 * 1.1 ** (1 + 1 / 12) - 10
    left = left * 1.1 - 10
    graph = _core.graph_of(deal_of(lagged))
    total = graph.run(seed=1)[graph.output_names.index("paid.share")]
    assert close(total, np.full_like(total, 20 + left * 1.1), abs=1e-12)


# A tail: 4% goes on where 10% has ended.

TAIL = {"type": "tail_rate", "rate": 0.04}


def test_a_tail_goes_on_after_the_cap():
    # Of the third year half is below the cap of 25; of the revenue of the other half 4% is paid.
    assert_pays(terms(TAIL, cap=25.0), [10, 10, 5 + 2, 4, 4])


def test_a_tail_that_ends():
    rates = {"by_date": {"2025-01-01": 0.04, "2029-01-01": 0.06, "2030-01-01": 0.0}}
    assert_pays(terms(TAIL | {"rate": rates}, cap=25.0), [10, 10, 5 + 2, 6, 0])


def test_a_tail_after_what_has_been_paid_before():
    assert_pays(terms(TAIL, cap=25.0, already_paid=20.0), [5 + 2, 4, 4, 4, 4])


def test_a_tail_after_an_accreting_cap():
    record = changed(terms(RETURN), legs__share__clauses__t=TAIL)
    assert_pays(record, [10, 10, 3.52 + 0.4 * 6.48, 4, 4])


# A buy-out, which the payer exercises.

BUY_OUT = {"type": "buy_out", "on": "2028-12-31", "amount": 50.0}


def test_a_buy_out_pays_what_is_short_of_the_price():
    assert_pays(terms(BUY_OUT), [10, 10, 30, 0, 0])
    assert_pays(terms(BUY_OUT, already_paid=7.0), [10, 10, 23, 0, 0])


def test_a_buy_out_within_a_year_ends_the_share_on_its_day():
    # 182 of the 366 days of 2028.
    earned = 10 * 182 / 366
    in_june = BUY_OUT | {"on": "2028-06-30"}
    assert_pays(terms(in_june), [10, 10, 30, 0, 0])
    assert_pays(terms(in_june | {"less_paid": False}), [10, 10, earned + 50, 0, 0])
    assert_pays(terms(in_june | {"less_paid": False}, cap=40.0), [10, 10, 20, 0, 0])


def test_a_buy_out_after_more_than_its_price_has_been_paid_is_free():
    assert_pays(terms(BUY_OUT | {"amount": 25.0}), [10, 10, 10, 0, 0])


def test_a_buy_out_at_a_multiple_that_rises():
    rising = {"by_date": {"2025-01-01": 1.25, "2027-01-01": 1.75, "2028-12-31": 2.0}}
    at_multiple = {"type": "buy_out", "multiple": rising}
    for on, expected in (
        ("2026-12-31", [25, 0, 0, 0, 0]),
        ("2027-12-31", [10, 25, 0, 0, 0]),
        ("2028-12-31", [10, 10, 20, 0, 0]),
    ):
        assert_pays(terms(at_multiple | {"on": on}, investment=20.0), expected)


# A change of control, or a put of the holder: an event that comes at once when 2028 begins.

AT_ONCE = {"hazard": {"by_date": {"2025-01-01": 0.0, "2027-12-31": 1000.0}}}
LATER = {"hazard": {"by_date": {"2025-01-01": 0.0, "2029-12-31": 1000.0}}}
PUT = {"type": "change_of_control", "event": "put", "multiple": 1.75}
SOON = 0.15  # what is earned before it: fifteen times the mean, 10 / 1000


@pytest.mark.parametrize("event", ["put", "sale"])
def test_an_event_pays_what_is_short_of_the_price_and_ends_the_leg(event):
    record = terms(PUT | {"event": event}, events={event: AT_ONCE}, investment=20.0)
    assert_pays(record, [10, 10, 15, 0, 0])


def test_an_event_pays_the_price_besides():
    whole = PUT | {"less_paid": False}
    record = terms(whole, events={"put": AT_ONCE}, investment=20.0)
    # And what the hours before it have earned.
    found = by_year(record)
    assert close(found[[0, 1, 3, 4]].mean(axis=1), [10, 10, 0, 0], abs=1e-12)
    assert (found[2] >= 35).all()
    assert close(found[2], np.full_like(found[2], 35), abs=SOON)


def test_an_event_pays_at_most_what_the_cap_leaves():
    record = terms(PUT, events={"put": AT_ONCE}, investment=20.0, cap=24.0)
    assert_pays(record, [10, 10, 4, 0, 0])


def test_the_price_of_an_event_is_that_of_its_years_first_day():
    by_date = {"by_date": {"2025-01-01": 1.0, "2028-01-01": 1.5, "2028-01-02": 3.0}}
    record = terms(PUT | {"multiple": by_date}, events={"put": AT_ONCE}, investment=20.0)
    assert_pays(record, [10, 10, 10, 0, 0])


def test_nothing_is_paid_for_an_event_after_a_stop():
    stopped = {"put": LATER, "stop": AT_ONCE}
    record = terms(PUT, events=stopped, investment=20.0, stop_events=["stop"])
    assert_pays(record, [10, 10, 0, 0, 0], within=SOON)


def test_an_event_that_does_not_come_pays_nothing():
    record = terms(PUT, events={"put": {"hazard": 0.0}}, investment=1000.0)
    assert_pays(record, [10, 10, 10, 10, 10])


# A grace period: nothing is paid before the middle of 2028.

GRACE = {"type": "grace_period", "until": "2028-06-30", "interest": 0.1}


def test_what_falls_due_in_a_grace_period_is_paid_at_its_end_with_interest():
    waited = 10 * 1.1**1.5 + 10 * 1.1**0.5
    assert_pays(terms(GRACE), [0, 0, waited + 10, 10, 10])
    assert_pays(terms(GRACE | {"interest": 0.0}), [0, 0, 30, 10, 10])


def test_what_falls_due_on_the_last_day_of_grace_is_paid_on_it():
    assert_pays(terms(GRACE | {"until": "2027-12-31"}), [0, 11 + 10, 10, 10, 10])


def test_interest_of_a_grace_period_does_not_count_towards_the_cap():
    waited = 10 * 1.1**1.5 + 10 * 1.1**0.5
    assert_pays(terms(GRACE, cap=25.0), [0, 0, waited + 5, 0, 0])


def test_interest_of_a_grace_period_by_date():
    rates = {"by_date": {"2025-01-01": 0.1, "2027-12-31": 0.21}}
    waited = 10 * 1.1 * 1.1 + 10 * 1.1  # half a year at 21% is 10%
    assert_pays(terms(GRACE | {"interest": rates}), [0, 0, waited + 10, 10, 10])


# A catch-up: up to 3% more while accruals lag behind a plan.


def catch_up(*targets: float) -> Record:
    plan = {f"{2026 + i}-01-01": target for i, target in enumerate(targets)}
    return terms({"type": "catch_up", "target": {"by_date": plan}, "rate": 0.03})


def test_a_plan_that_is_out_of_reach_takes_all_of_the_further_share():
    assert_pays(catch_up(15), [13, 13, 13, 13, 13])


def test_a_plan_within_reach_is_met():
    assert_pays(catch_up(11.5), [11.5, 11.5, 11.5, 11.5, 11.5])


def test_arrears_are_made_up_and_then_nothing_more():
    # Arrears before catching up: 20 - 10; 29 - 23; 38 - 36; then accruals are ahead.
    assert_pays(catch_up(20, 9), [13, 13, 12, 10, 10])


def test_what_was_ahead_of_the_plan_is_caught_up_later():
    # The plan comes to 6, 12, 29, 46, 58: arrears are 46 - 40 in the fourth year, then 58 - 53.
    assert_pays(catch_up(6, 6, 17, 17, 12), [10, 10, 10, 13, 13])


def test_a_part_of_a_year_has_its_part_of_the_target():
    # From July on, 184 of 365 days: half a year's revenue and half of the plan.
    part = 184 / 365
    record = changed(catch_up(11.5), legs__share__start="2026-07-01")
    assert_pays(record, [11.5 * part, 11.5, 11.5, 11.5, 11.5])
