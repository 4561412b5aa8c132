"""What becomes of a period's accrual under each clause, as the clause would be settled by hand.

Written from the docstrings of the clauses: each is a small ledger that is asked period by period;
nothing here is shared with the engine.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reference_dates import Period, Record, as_date, year_begin

if TYPE_CHECKING:
    from reference import ReferencePath


@dataclass
class Earned:
    """What a period earns; `rate` is the leg's in the period."""

    period: Period
    rate: float
    revenue: float  # of the shared days
    accrual: float
    shared_days: float
    paid: float  # in all before it
    resets: list[tuple[str, float, float]]  # of tests: what becomes of tiers, old and new rate
    below: float = 0.0  # of the revenue what is below a threshold
    towards_cap: float = 0.0  # of the revenue above it what is shared in accruals that count


@dataclass
class Leg:
    """The dates of a leg and what depends on them alone."""

    path: ReferencePath
    name: str
    record: Record
    start: dt.date
    end: dt.date
    periods: list[Period] = field(default_factory=list)  # of the term

    def number(self, clause: str, key: str, default: Any, on: dt.date | None = None) -> float:
        held = self.record["clauses"][clause].get(key, default)
        return self.path.number(f"legs.{self.name}.clauses.{clause}.{key}", held, on)

    def number_of(self, clause: str, key: str, on: dt.date) -> float:
        """One of the numbers of a formula."""
        held = self.record["clauses"][clause]["numbers"][key]
        return self.path.number(f"legs.{self.name}.clauses.{clause}.numbers.{key}", held, on)

    def turn(self, clause: str) -> tuple[Any, ...]:
        """When a clause has its turn among those of its type."""
        terms = self.record["clauses"][clause]
        if terms["type"] in ("springing_rate", "springing_cap"):
            return (as_date(terms["test_date"]),)
        if terms["type"] == "recoup_then_split":
            return (self.price(clause),)
        spans = ["period", "year", "term"]
        return spans.index(terms.get("per", "year")), as_date(terms.get("until") or self.end)

    def price(self, clause: str, on: dt.date | None = None) -> float:
        """A price in money, or as a multiple of the investment."""
        if self.record["clauses"][clause].get("amount") is not None:
            return self.number(clause, "amount", None, on)
        return self.number(clause, "multiple", None, on) * self.investment

    @property
    def investment(self) -> float:
        return self.path.number(f"legs.{self.name}.investment", self.record["investment"])

    @property
    def already_paid(self) -> float:
        held = self.record.get("already_paid", 0.0)
        return self.path.number(f"legs.{self.name}.already_paid", held)

    @property
    def lag(self) -> dt.timedelta:
        return dt.timedelta(days=self.record.get("payment_lag", 0))

    def settled(self, day: dt.date) -> dt.date:
        """Last day of the quarter, half year or year in which what is earned is paid together."""
        months = {"quarter": 3, "half_year": 6, "year": 12}.get(self.record.get("settlement", ""))
        if months is None:
            return day
        last_month = next(m for m in range(months, 13, months) if m >= day.month)
        later = dt.date(day.year, last_month, 28) + dt.timedelta(days=4)
        return later.replace(day=1) - dt.timedelta(days=1)

    def growth(self, clause: str, key: str, begin: dt.date, end: dt.date) -> float:
        """What 1 on one day has grown to on a later one, at a rate of a clause."""
        held = self.record["clauses"][clause].get(key, 0.0)
        days = [begin, end]
        if isinstance(held, dict) and "by_date" in held:
            days += [d for d in map(as_date, held["by_date"]) if begin < d < end]
        grown = 1.0
        for a, b in itertools.pairwise(sorted(days)):
            rate, years = self.number(clause, key, 0.0, a), self.path.time(b) - self.path.time(a)
            annual = self.path.deal.get("compounding", "annual") == "annual"
            grown *= (1 + rate) ** years if annual else math.exp(rate * years)
        return grown if begin <= end else 1 / grown

    def term_days(self, p: Period) -> int:
        return (min(p.last, self.end) - max(p.first, self.start)).days + 1

    def year(self, p: Period) -> dt.date:
        """First day of the contract year that a period is in."""
        return year_begin(self.record, p)

    def span(self, per: str, p: Period) -> list[Period]:
        """The periods of the term that lie in the same span."""
        if per == "period":
            return [p]
        return [q for q in self.periods if per == "term" or self.year(q) == self.year(p)]

    def span_days(self, per: str, p: Period, prorated: bool) -> tuple[float, float]:
        """Days of the term in the span, and those that a whole amount is for."""
        in_term = sum(self.term_days(q) for q in self.span(per, p))
        whole = {
            "period": p.days,
            "year": (self.year(p).replace(year=self.year(p).year + 1) - self.year(p)).days,
            "term": in_term,
        }[per]
        return in_term, whole if prorated else in_term


def rate_at(level: float, rate: float, above: list[float], rates: list[float]) -> float:
    for bound, higher in zip(above, rates, strict=True):
        if level > bound:
            rate = higher
    return rate


class Tiers:
    def __init__(self, leg: Leg, name: str) -> None:
        self.leg, self.name, self.terms = leg, name, leg.record["clauses"][name]
        self.per = self.terms.get("per", "year")
        self.level = leg.number(name, "revenue_before", 0.0)
        self.shared = self.entitled = self.accrued = 0.0

    def table(self, e: Earned) -> tuple[list[float], list[float]]:
        place = f"legs.{self.leg.name}.clauses.{self.name}"
        number = self.leg.path.number
        above = [number(f"{place}.above[{i}]", b) for i, b in enumerate(self.terms["above"])]
        rates = [
            number(f"{place}.rates[{i}]", r, e.period.first)
            for i, r in enumerate(self.terms["rates"])
        ]
        for tiers, old, new in e.resets:
            rates = [new if tiers == "replaced" else r * new / old for r in rates]
        return above, rates

    def settle(self, e: Earned) -> None:
        span = self.leg.span(self.per, e.period)
        if e.period == span[0] and e.period != self.leg.periods[0]:
            self.level = 0.0
        if e.period == span[0]:
            self.shared = self.accrued = 0.0
        above, rates = self.table(e)
        before, self.level = self.level, self.level + e.revenue
        if self.terms.get("whole_amount"):
            self.shared += e.revenue
            entitled = self.shared * rate_at(self.level, e.rate, above, rates)
            e.accrual = max(entitled - self.accrued, 0.0)
            self.accrued += e.accrual
            return
        e.accrual = 0.0
        bounds = [0.0, *above, math.inf]
        for low, high, rate in zip(bounds, bounds[1:], [e.rate, *rates], strict=False):
            within = min(self.level, high) - max(before, low)
            e.accrual += rate * max(within, 0.0)


class Threshold:
    def __init__(self, leg: Leg, name: str) -> None:
        self.leg, self.name, self.terms = leg, name, leg.record["clauses"][name]
        self.per = self.terms.get("per", "year")
        self.level = leg.number(name, "revenue_before", 0.0)

    def settle(self, e: Earned) -> None:
        first = self.leg.span(self.per, e.period)[0]
        if e.period == first and e.period != self.leg.periods[0]:
            self.level = 0.0
        amount = self.leg.number(self.name, "amount", None, first.first)
        before, self.level = self.level, self.level + e.revenue
        above = max(self.level, amount) - max(before, amount)
        e.accrual, e.below = e.rate * above, e.revenue - above


class MinimumGuarantee:
    def __init__(self, leg: Leg, name: str) -> None:
        self.leg, self.name, self.terms = leg, name, leg.record["clauses"][name]
        self.per = self.terms.get("per", "year")
        self.earned = self.days = self.credit = 0.0

    def settle(self, e: Earned) -> None:
        span = self.leg.span(self.per, e.period)
        if self.terms.get("until"):
            span = [p for p in span if p.first <= as_date(self.terms["until"])]
        if e.period not in span:
            return
        if e.period == span[0]:
            self.earned = self.days = 0.0
        self.earned += e.accrual
        self.days += e.shared_days
        if e.period != span[-1]:
            return
        _, whole = self.leg.span_days(self.per, e.period, self.terms.get("prorated", True))
        if self.per == "term":
            whole = sum(self.leg.term_days(p) for p in span)
        least = self.leg.number(self.name, "amount", None, span[0].first) * self.days / whole
        if self.earned < least:
            e.accrual += least - self.earned
            self.credit += least - self.earned
        elif self.terms.get("recoupable"):
            withheld = min(self.earned - least, self.credit, e.accrual)
            self.credit -= withheld
            e.accrual -= withheld


class PeriodCap:
    def __init__(self, leg: Leg, name: str) -> None:
        self.leg, self.name, self.terms = leg, name, leg.record["clauses"][name]
        self.per = self.terms.get("per", "year")
        self.room = self.owed = 0.0

    def settle(self, e: Earned) -> None:
        span = self.leg.span(self.per, e.period)
        if e.period == span[0]:
            days, whole = self.leg.span_days(self.per, e.period, self.terms.get("prorated", True))
            self.room = self.leg.number(self.name, "amount", None, e.period.first) * days / whole
            if not self.terms.get("carry_forward"):
                self.owed = 0.0
        # Within a span what was cut stays cut: there is no more room for it anyway.
        self.owed += e.accrual
        e.accrual = min(self.owed, self.room)
        self.room -= e.accrual
        self.owed -= e.accrual


class CatchUp:
    def __init__(self, leg: Leg, name: str) -> None:
        self.leg, self.name = leg, name
        self.arrears = 0.0  # negative while accruals are ahead of the plan

    def settle(self, e: Earned) -> None:
        _, year = self.leg.span_days("year", e.period, True)
        on = e.period.first
        self.arrears += self.leg.number(self.name, "target", None, on) * e.shared_days / year
        self.arrears -= e.accrual
        share = self.leg.number(self.name, "rate", None, on) * e.revenue
        more = min(max(self.arrears, 0.0), share)
        e.accrual += more
        self.arrears -= more


class RecoupThenSplit:
    """The hurdle is a balance that is paid off."""

    def __init__(self, leg: Leg, name: str) -> None:
        self.leg, self.name, self.terms = leg, name, leg.record["clauses"][name]
        self.balance, self.paid = leg.price(name), 0.0
        self.day = as_date(self.terms.get("since") or leg.start)
        lower = [
            other
            for other, held in leg.record["clauses"].items()
            if held["type"] == "recoup_then_split" and leg.price(other) < self.balance
        ]
        self.below = max(lower, key=leg.price, default=None)

    def settle(self, e: Earned) -> None:
        self.balance -= e.paid - self.paid
        self.paid = e.paid
        due = self.leg.settled(e.period.last) + self.leg.lag
        if self.terms.get("interest") is not None:
            self.balance *= self.leg.growth(self.name, "interest", self.day, due)
        self.day = due
        kept = min(e.accrual, max(self.balance, 0.0))
        rate = self.leg.number(self.name, "rate", None, e.period.first)
        below = self.below
        before = e.rate if below is None else self.leg.number(below, "rate", None, e.period.first)
        e.accrual = kept + (e.accrual - kept) / before * rate


ACCRUAL_CLAUSES: list[tuple[str, Any]] = [
    ("tiers", Tiers),
    ("threshold", Threshold),
    ("recoup_then_split", RecoupThenSplit),
    ("catch_up", CatchUp),
    ("minimum_guarantee", MinimumGuarantee),
    ("period_cap", PeriodCap),
]
