"""Earn-outs and milestones on one path in plain Python: a part of reference.py.

Written from the docstrings of `capstake.EarnOut` and `capstake.Milestone`.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from reference_dates import DAY, Period, as_date
from reference_leg import Payment

if TYPE_CHECKING:
    from reference import ReferencePath


class _OnePayoffLeg:
    """What both types share: dates, numbers, the metric, and losses."""

    has_cap = False

    def __init__(self, path: ReferencePath, name: str) -> None:
        self.path, self.name = path, name
        self.record = path.deal["legs"][name]
        self.start, self.end = as_date(self.record["start"]), as_date(self.record["end"])
        self.periods = [p for p in path.grid if p.last >= self.start and p.first <= self.end]

    def number(self, key: str, default: Any, on: dt.date | None = None) -> float:
        held = self.record.get(key)
        held = default if held is None else held
        return self.path.number(f"legs.{self.name}.{key}", held, on)

    def metric(self, periods: list[Period]) -> float:
        revenue = self.path.revenue(self.record["base"], self.record.get("risk", "systematic"))
        total = 0.0
        for p in periods:
            days = (min(p.last, self.end) - max(p.first, self.start)).days + 1
            total += revenue[p.step] * days / p.days
        return total

    def spread(self, to: dt.date) -> float:
        return 1.0

    def payment(self, p: Period, amount: float) -> Payment:
        day = p.last + dt.timedelta(days=self.record.get("payment_lag", 0))
        if day > self.path.today:
            t = self.path.time(day)
            losses = self.record.get("loss_events", [])
            if any(self.path.event_time(event) < t for event in losses):
                amount = 0.0
        return Payment(day, amount)


class ReferenceEarnOut(_OnePayoffLeg):
    def payoff(self, metric: float, terms: dict[str, float]) -> float:
        if metric < terms["threshold"]:
            return 0.0
        on_whole = self.record.get("rate_on") == "whole"
        measured = metric if on_whole else metric - terms["threshold"]
        return min(terms["cap"], terms["amount"] + terms["rate"] * measured)

    def terms(self, on: dt.date) -> dict[str, float]:
        found = {key: self.number(key, 0.0, on) for key in ("threshold", "amount", "rate")}
        return found | {"cap": self.number("cap", math.inf, on)}

    def run(self) -> tuple[list[Payment], float, dict[str, float]]:
        due, payments = 0.0, []
        limit = self.number("total_cap", math.inf)
        for last, now in self.due():
            payments.append(self.payment(last, min(now, limit) - min(due, limit)))
            due = now
        return payments, math.inf, {}

    def due(self) -> list[tuple[Period, float]]:
        """By test: its last period, and what is due by then."""
        tested = self.record.get("tested", "each_year")
        if tested == "total":
            return [
                (self.periods[-1], self.payoff(self.metric(self.periods), self.terms(self.start)))
            ]
        due, annual, found = 0.0, 0.0, []
        so_far = {"metric": 0.0, "threshold": 0.0, "amount": 0.0, "cap": 0.0}
        for year in sorted({p.year for p in self.periods}):
            of_year = [p for p in self.periods if p.year == year]
            terms = self.terms(max(self.start, dt.date(year, 1, 1)))
            if tested == "cumulative":
                until = [p for p in self.periods if p.year <= year]
                due = max(due, self.payoff(self.metric(until), terms))
            else:
                metric = self.metric(of_year)
                annual += self.payoff(metric, terms)
                so_far = {k: v + {**terms, "metric": metric}[k] for k, v in so_far.items()}
                made_up = self.payoff(so_far["metric"], {**so_far, "rate": terms["rate"]})
                due = max(due, annual, made_up) if self.record.get("catch_up") else annual
            found.append((of_year[-1], due))
        return found


class ReferenceMilestone(_OnePayoffLeg):
    def run(self) -> tuple[list[Payment], float, dict[str, float]]:
        payments, was_met = [], False
        for p in self.periods:
            amount = self.number("amount", None, p.first) * self.number("probability", 1.0)
            is_met = not was_met and self.is_met(p)
            payments.append(self.payment(p, amount if is_met else 0.0))
            was_met = was_met or is_met
        return payments, math.inf, {}

    def is_met(self, p: Period) -> bool:
        if self.record.get("base"):
            each_year = self.record.get("measured") == "each_year"
            of = [
                q for q in self.periods if q.step <= p.step and not (each_year and q.year != p.year)
            ]
            return self.metric(of) >= self.number("threshold", None, p.first)
        if self.record.get("event"):
            begin = max(max(p.first, self.start) - DAY, self.path.today)
            end = min(p.last, self.end)
            t = self.path.event_time(self.record["event"])
            return end > begin and self.path.time(begin) <= t < self.path.time(end)
        return p is self.periods[-1]
