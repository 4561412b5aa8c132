"""Dates in plain Python for reference.py: day counts and the periods of a deal's grid."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
DAY = dt.timedelta(days=1)
PERIODS = {"month": 12, "quarter": 4, "year": 1}


def year_begin(leg: Record, p: Period) -> dt.date:
    """First day of the contract year of a leg that a period is in."""
    first = as_date(leg.get("year_start") or dt.date(2000, 1, 1)).replace(year=p.first.year)
    return first if first <= p.first else first.replace(year=first.year - 1)


def as_date(text: str | dt.date) -> dt.date:
    return dt.date.fromisoformat(text) if isinstance(text, str) else text


@functools.cache
def year_fraction(day_count: str, start: dt.date, end: dt.date) -> float:
    if end < start:
        return -year_fraction(day_count, end, start)
    if day_count == "ACT/365F":
        return (end - start).days / 365
    if day_count == "ACT/360":
        return (end - start).days / 360
    if day_count == "30E/360":
        d1, d2 = min(start.day, 30), min(end.day, 30)
        return (360 * (end.year - start.year) + 30 * (end.month - start.month) + d2 - d1) / 360
    if day_count == "ACT/ACT ISDA":
        years = 0.0
        for year in range(start.year, end.year + 1):
            new_year, next_year = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
            days = (min(end, next_year) - max(start, new_year)).days
            years += days / (next_year - new_year).days
        return years
    raise AssertionError(day_count)


@dataclass(frozen=True)
class Period:
    """A calendar period of the grid; step is its index, by which draws are named."""

    step: int
    first: dt.date
    last: dt.date
    index: int  # within its year
    label: str

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period_holding(frequency: str, day: dt.date) -> Period:
    n = PERIODS[frequency]
    months = 12 // n
    index = (day.month - 1) // months
    first = dt.date(day.year, index * months + 1, 1)
    after = (first + dt.timedelta(days=31 * months)).replace(day=1)
    labels = {
        "month": f"{day.year}-{index + 1:02d}",
        "quarter": f"{day.year}-Q{index + 1}",
        "year": f"{day.year}",
    }
    step = (first.year - 1900) * 12 + first.month - 1
    return Period(step, first, after - DAY, index, labels[frequency])


def grid_of(deal: Record) -> list[Period]:
    """Periods from the valuation date, or the first start of a leg, of a formula's totals or of a
    cap's test, to the last leg's end or exit."""
    legs, companies = deal.get("legs", {}).values(), deal.get("companies", {}).values()
    today = as_date(deal["valuation_date"])
    formulas = [
        s for s in deal["streams"].values() if s.get("type") == "formula" and s.get("start")
    ]
    clauses = [clause for leg in legs for clause in leg.get("clauses", {}).values()]
    starts = [as_date(held["start"]) for held in [*legs, *formulas]]
    starts += [
        as_date(c["since"])
        for c in clauses
        if c["type"] == "springing_cap" and c.get("since") and c.get("measure") != "payments"
    ]
    day = min([today, *starts])
    last = max(
        [
            today,
            *(as_date(leg["end"]) for leg in legs),
            *(as_date(company["exit_date"]) for company in companies),
        ]
    )
    frequency = deal.get("frequency", "quarter")
    periods: list[Period] = []
    while day <= last:
        periods.append(period_holding(frequency, day))
        day = periods[-1].last + DAY
    return periods
