"""Day counts against published examples, and what is paid when."""

from __future__ import annotations

import datetime as dt
import math

import pytest

import capstake as cs
from capstake import _core
from close import close, same_bits
from deals import Record, changed, deal_of, share_deal

# ISDA, "EMU and Market Conventions: Recent Developments" (1998), examples of the actual/actual
# methods, to 12 digits as in QuantLib's test-suite/daycounters.cpp (testActualActual).
ACT_ACT_ISDA = [
    ("2003-11-01", "2004-05-01", 0.497724380567),
    ("1999-02-01", "1999-07-01", 0.410958904110),
    ("1999-07-01", "2000-07-01", 1.001377348600),
    ("2002-08-15", "2003-07-15", 0.915068493151),
    ("2003-07-15", "2004-01-15", 0.504004790778),  # the memo prints another value; see QuantLib
    ("1999-07-30", "2000-01-30", 0.503892506924),
    ("2000-01-30", "2000-06-30", 0.415300546448),
]

# ISDA, 30/360 day count conventions, 22 December 2008
# (https://www.isda.org/2008/12/22/30-360-day-count-conventions/), column 30E/360, days, as in
# QuantLib's test-suite/daycounters.cpp (testThirty360_EurobondBasis).
THIRTY_E_360 = [
    ("2006-08-20", "2007-02-20", 180),
    ("2007-02-20", "2007-08-20", 180),
    ("2006-08-31", "2007-02-28", 178),
    ("2007-02-28", "2007-08-31", 182),
    ("2007-08-31", "2008-02-29", 179),
    ("2008-02-29", "2008-08-31", 181),
    ("2008-08-31", "2009-02-28", 178),
    ("2009-02-28", "2009-08-31", 182),
    ("2006-01-31", "2006-02-28", 28),
    ("2006-01-30", "2006-02-28", 28),
    ("2006-02-28", "2006-03-03", 5),
    ("2006-02-14", "2006-02-28", 14),
    ("2006-09-30", "2006-10-31", 30),
    ("2006-10-31", "2006-11-28", 28),
    ("2007-08-31", "2008-02-28", 178),
    ("2008-02-28", "2008-08-28", 180),
    ("2008-02-28", "2008-08-30", 182),
    ("2008-02-28", "2008-08-31", 182),
    ("2007-02-26", "2008-02-28", 362),
    ("2007-02-26", "2008-02-29", 363),
    ("2008-02-29", "2009-02-28", 359),
    ("2008-02-28", "2008-03-30", 32),
    ("2008-02-28", "2008-03-31", 32),
]


def years(day_count: str, start: str, end: str) -> float:
    return _core.year_fraction(
        day_count=day_count,
        from_date=dt.date.fromisoformat(start),
        to_date=dt.date.fromisoformat(end),
    )


@pytest.mark.parametrize(("start", "end", "expected"), ACT_ACT_ISDA)
def test_actual_actual_isda(start, end, expected):
    # The third row is printed to ten digits only.
    assert close(years("ACT/ACT ISDA", start, end), expected, abs=1e-11)


@pytest.mark.parametrize(("start", "end", "days"), THIRTY_E_360)
def test_thirty_e_360(start, end, days):
    assert same_bits(years("30E/360", start, end), days / 360)


@pytest.mark.parametrize(("start", "end", "expected"), ACT_ACT_ISDA)
def test_actual_over_a_fixed_year_counts_days(start, end, expected):
    days = (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days
    assert same_bits(years("ACT/365F", start, end), days / 365)
    assert same_bits(years("ACT/360", start, end), days / 360)


@pytest.mark.parametrize("day_count", ["ACT/365F", "ACT/360", "30E/360", "ACT/ACT ISDA"])
@pytest.mark.parametrize(("start", "end", "expected"), ACT_ACT_ISDA)
def test_backwards_is_minus_forwards(day_count, start, end, expected):
    assert same_bits(years(day_count, end, start), -years(day_count, start, end))
    assert years(day_count, start, start) == 0.0


# Periods


def test_the_grid_covers_legs_and_exits_in_calendar_periods():
    record = share_deal({2026: 1.0, 2027: 1.0}, start="2026-05-17", end="2027-02-03")
    record = changed(record, valuation_date="2026-06-30", frequency="quarter")
    grid = _core.grid(deal_of(record))
    assert [p["label"] for p in grid] == ["2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"]
    assert grid[0]["first"] == dt.date(2026, 4, 1)
    assert grid[-1]["last"] == dt.date(2027, 3, 31)
    months = _core.grid(deal_of(changed(record, frequency="month")))
    assert [p["label"] for p in months][:2] == ["2026-05", "2026-06"]
    assert len(months) == 10
    assert [p["label"] for p in _core.grid(deal_of(changed(record, frequency="year")))] == [
        "2026",
        "2027",
    ]


def test_february_ends_on_its_last_day():
    record = share_deal({2028: 1.0}, start="2028-02-01", end="2028-02-29")
    grid = _core.grid(deal_of(changed(record, frequency="month", valuation_date="2028-01-31")))
    assert grid[1]["last"] == dt.date(2028, 2, 29)


# Accruals and payments: flat revenue of 365 in 2026 and 2027, 1 a day by month.

FLAT = share_deal({2026: 365.0, 2027: 365.0}, rate=1.0, end="2027-12-31")
FLAT = changed(FLAT, frequency="quarter", day_count="ACT/365F")
QUARTER = 365.0 / 4


def total(record: Record) -> float:
    return cs.value(deal_of(record), paths=2).total_paid("share").value


def test_revenue_of_a_period_is_shared_by_days():
    # 10 of the 31 + 28 + 31 days of the first quarter, and 6 of the 91 of the second.
    record = changed(FLAT, legs__share__start="2026-03-22", legs__share__end="2026-04-06")
    assert close(total(record), QUARTER * (10 / 90 + 6 / 91), rel=1e-15)


def test_both_ends_of_a_term_are_shared():
    one_day = changed(FLAT, legs__share__start="2026-02-15", legs__share__end="2026-02-15")
    assert close(total(one_day), QUARTER / 90, rel=1e-15)
    assert close(total(FLAT), 730.0, rel=1e-15)


def test_accruals_before_accrual_start_are_paid_without_counting():
    # 20 of 90 days do not count; the cap of 100 does not end them.
    record = changed(FLAT, legs__share__accrual_start="2026-01-21", legs__share__cap=100.0)
    assert close(total(record), QUARTER * 20 / 90 + 100.0, rel=1e-15)


@pytest.mark.parametrize(
    ("lag", "date"),
    [(0, (2026, 3, 31)), (1, (2026, 4, 1)), (45, (2026, 5, 15)), (366, (2027, 4, 1))],
)
def test_a_payment_is_discounted_from_its_period_end_and_lag(lag, date):
    record = changed(
        FLAT,
        legs__share__end="2026-03-31",
        legs__share__payment_lag=lag,
        compounding="annual",
        discount_rate=0.12,
    )
    valuation = cs.value(deal_of(record), paths=2)
    days = (dt.date(*date) - dt.date(2025, 12, 31)).days
    assert close(valuation["share"].value, QUARTER * 1.12 ** (-days / 365), rel=1e-14)
    assert [p.year for p in valuation.payments("share")] == [date[0]]


@pytest.mark.parametrize(
    ("settlement", "dates"),
    [
        ("period", [(2026, 3, 31), (2026, 6, 30), (2026, 9, 30), (2026, 12, 31)]),
        ("quarter", [(2026, 3, 31), (2026, 6, 30), (2026, 9, 30), (2026, 12, 31)]),
        ("half_year", [(2026, 6, 30), (2026, 6, 30), (2026, 12, 31), (2026, 12, 31)]),
        ("year", [(2026, 12, 31)] * 4),
    ],
)
def test_what_is_earned_in_a_settlement_is_paid_together(settlement, dates):
    record = changed(
        FLAT,
        legs__share__end="2026-12-31",
        legs__share__payment_lag=10,
        legs__share__settlement=settlement,
        compounding="annual",
        discount_rate=0.12,
    )
    days = [(dt.date(*date) - dt.date(2025, 12, 31)).days + 10 for date in dates]
    expected = QUARTER * sum(1.12 ** (-n / 365) for n in days)
    assert close(cs.value(deal_of(record), paths=2)["share"].value, expected, rel=1e-14)


def test_a_term_that_ends_early_is_settled_with_its_year():
    record = changed(
        FLAT,
        legs__share__end="2026-03-31",
        legs__share__settlement="year",
        compounding="annual",
        discount_rate=0.12,
    )
    assert close(cs.value(deal_of(record), paths=2)["share"].value, QUARTER / 1.12, rel=1e-14)


def test_payments_dated_by_the_valuation_date_count_towards_the_cap_but_not_to_the_value():
    record = changed(FLAT, valuation_date="2026-06-30", legs__share__cap=200.0)
    # Two quarters are paid; of the third what is left of the cap.
    assert close(total(record), 200.0 - 2 * QUARTER, rel=1e-14)
    late = changed(record, legs__share__payment_lag=1)
    assert close(total(late), 200.0 - QUARTER, rel=1e-14)


def test_a_rate_by_date_holds_from_its_date():
    record = changed(
        FLAT,
        legs__share__rate={"by_date": {"2026-01-01": 0.5, "2026-07-01": 0.25}},
        legs__share__end="2026-12-31",
    )
    assert close(total(record), QUARTER * (0.5 + 0.5 + 0.25 + 0.25), rel=1e-15)


def test_a_discount_rate_by_date_compounds_piece_by_piece():
    record = changed(
        FLAT,
        legs__share__end="2026-03-31",
        legs__share__payment_lag=275,
        legs__share__discount_rate={
            "by_date": {"2020-01-01": 0.10, "2026-03-01": 0.20, "2030-01-01": 0.9}
        },
        compounding="annual",
    )
    # 60 days at 10% to 1 March, and 305 at 20% to 31 December.
    expected = QUARTER * 1.10 ** (-60 / 365) * 1.20 ** (-305 / 365)
    assert close(cs.value(deal_of(record), paths=2)["share"].value, expected, rel=1e-14)


def test_the_periods_of_a_year_add_up_to_its_figure():
    annual = {2025: 13.07, 2026: 30.0, 2027: 62.0, 2028: 40.0}
    for frequency in ("month", "quarter", "year"):
        record = changed(
            share_deal(annual, start="2026-01-01"), frequency=frequency, valuation_date="2025-12-31"
        )
        revenue = cs.value(deal_of(record), paths=2).expected_revenue("sales")
        # A sum of twelve rounded parts.
        assert close([revenue[y].value for y in (2026, 2027, 2028)], [30.0, 62.0, 40.0], rel=1e-14)


# The day a cap is reached


def day_of_the_cap(record: Record) -> tuple[dt.date | None, list[str]]:
    cap = cs.value(deal_of(record), paths=2).cap("share", percents=[50])
    return cap.dates[0][1], [period for period, one in cap.by_period if one.value == 1.0]


@pytest.mark.parametrize(
    ("days", "expected"), [(9.5, "2026-01-10"), (10.5, "2026-01-11"), (89.5, "2026-03-31")]
)
def test_a_cap_is_reached_on_the_day_whose_revenue_fills_it(days, expected):
    record = changed(FLAT, legs__share__cap=QUARTER * days / 90)
    assert day_of_the_cap(record) == (dt.date.fromisoformat(expected), ["2026-Q1"])


def test_a_cap_is_not_reached_before_the_term_starts():
    # Ten and a half days of the revenue from 15 February on.
    record = changed(FLAT, legs__share__start="2026-02-15", legs__share__cap=QUARTER * 10.5 / 90)
    assert day_of_the_cap(record) == (dt.date(2026, 2, 25), ["2026-Q1"])


def test_a_cap_that_a_periods_revenue_just_fills_is_reached_on_its_last_day():
    record = changed(FLAT, legs__share__cap=QUARTER)
    assert day_of_the_cap(record) == (dt.date(2026, 3, 31), ["2026-Q1"])


def test_a_company_valued_on_the_last_day_of_a_year_needs_no_figure_for_that_year():
    record = changed(
        FLAT,
        companies__firm={
            "party": "payer",
            "revenue": "sales",
            "multiple": 2.0,
            "exit_date": "2027-12-31",
        },
        stakes__stake={"holder": "receiver", "company": "firm", "fraction": 1.0},
    )
    stake = cs.value(deal_of(record), paths=2)["stake"].value
    assert close(stake, 730.0 * math.exp(-0.05 * 730 / 365), rel=1e-14)
