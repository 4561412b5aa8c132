"""Earn-outs and milestones on one path in plain Python: a part of reference.py.

Written from the docstrings of `capstake.EarnOut` and `capstake.Milestone`.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from reference_dates import DAY, Period, as_date, year_begin
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

    def year(self, p: Period) -> dt.date:
        return year_begin(self.record, p)

    def metric(self, periods: list[Period]) -> float:
        revenue = self.path.revenue(self.record["base"], self.record.get("risk", "systematic"))
        total = 0.0
        for p in periods:
            days = (min(p.last, self.end) - max(p.first, self.start)).days + 1
            total += revenue[p.step] * days / p.days
        return total

    def spread(self, to: dt.date) -> float:
        return 1.0

    def is_over(self, p: Period) -> bool:
        """Whether an event has ended the leg by the period's last day in its term."""
        ends = [*self.record.get("stop_events", []), self.record.get("acceleration")]
        return any(self.has_come(event, min(p.last, self.end)) for event in ends if event)

    def accelerates(self, p: Period) -> bool:
        event = self.record.get("acceleration")
        last = min(p.last, self.end)
        return (
            bool(event)
            and self.has_come(event, last)
            and (p is self.periods[0] or not self.has_come(event, max(p.first, self.start) - DAY))
            and not any(self.has_come(stop, last) for stop in self.record.get("stop_events", []))
        )

    def has_come(self, event: str, by: dt.date) -> bool:
        return by > self.path.today and self.path.event_time(event) < self.path.time(by)

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
        start = 0.0 if on_whole else terms["threshold"]
        tiers = [(terms["threshold"], terms["amount"], terms["rate"])]
        for i in range(len(self.record.get("above", []))):
            tiers.append((terms[f"above[{i}]"], terms[f"amounts[{i}]"], terms[f"rates[{i}]"]))
        reached = [tier for tier in tiers if metric >= tier[0]]
        if self.record.get("whole_amount"):
            _, amount, rate = reached[-1]
            return min(terms["cap"], amount + rate * (metric - start))
        due = 0.0
        for i, (level, amount, rate) in enumerate(reached):
            begin = start if i == 0 else level
            until = reached[i + 1][0] if i + 1 < len(reached) else metric
            due += amount + rate * (until - begin)
        return min(terms["cap"], due)

    def terms(self, on: dt.date) -> dict[str, float]:
        found = {key: self.number(key, 0.0, on) for key in ("threshold", "amount", "rate")}
        whole = self.record.get("whole_amount")
        for i, level in enumerate(self.record.get("above", [])):
            without = {"amounts": found["amount"] if whole else 0.0, "rates": found["rate"]}
            found[f"above[{i}]"] = self.element("above", i, level, on)
            for key, default in without.items():
                held = self.record[key][i] if self.record.get(key) else default
                found[f"{key}[{i}]"] = self.element(key, i, held, on)
        return found | {"cap": self.number("cap", math.inf, on)}

    def element(self, key: str, i: int, held: Any, on: dt.date) -> float:
        return self.path.number(f"legs.{self.name}.{key}[{i}]", held, on)

    def run(self) -> tuple[list[Payment], float, dict[str, float]]:
        due, payments = 0.0, []
        limit = self.number("total_cap", math.inf)
        tests = {last: now for last, now in self.due()}
        for p in self.periods:
            if self.accelerates(p):
                amount = self.number("acceleration_amount", math.inf, p.first)
                payments.append(self.payment(p, min(amount, limit - min(due, limit))))
            if p in tests:
                made = min(tests[p], limit) - min(due, limit)
                payments.append(self.payment(p, 0.0 if self.is_over(p) else made))
                due = tests[p]
        return payments, math.inf, {}

    def due(self) -> list[tuple[Period, float]]:
        """By test: its last period, and what is due by then."""
        tested = self.record.get("tested", "each_year")
        if tested == "total":
            return [
                (self.periods[-1], self.payoff(self.metric(self.periods), self.terms(self.start)))
            ]
        due, annual, found = 0.0, 0.0, []
        so_far: dict[str, float] = {}
        for year in sorted({self.year(p) for p in self.periods}):
            of_year = [p for p in self.periods if self.year(p) == year]
            terms = self.terms(max(self.start, year))
            if tested == "cumulative":
                until = [p for p in self.periods if self.year(p) <= year]
                due = max(due, self.payoff(self.metric(until), terms))
            else:
                metric = self.metric(of_year)
                annual += self.payoff(metric, terms)
                for key, held in {**terms, "metric": metric}.items():
                    so_far[key] = held if "rate" in key else so_far.get(key, 0.0) + held
                made_up = self.payoff(so_far["metric"], so_far)
                due = max(due, annual, made_up) if self.record.get("catch_up") else annual
            found.append((of_year[-1], due))
        return found


class ReferenceMilestone(_OnePayoffLeg):
    def run(self) -> tuple[list[Payment], float, dict[str, float]]:
        payments, was_met = [], False
        chance = self.number("probability", 1.0)
        for p in self.periods:
            amount = self.number("amount", None, p.first)
            if self.accelerates(p):
                at_once = self.number("acceleration_amount", amount, p.first)
                payments.append(self.payment(p, at_once * (1 - chance if was_met else 1.0)))
            is_met = not was_met and self.is_met(p)
            is_due = is_met and not self.is_over(p)
            payments.append(self.payment(p, amount * chance if is_due else 0.0))
            was_met = was_met or is_met
        return payments, math.inf, {}

    def is_met(self, p: Period) -> bool:
        if self.record.get("base"):
            each_year = self.record.get("measured") == "each_year"
            of = [
                q
                for q in self.periods
                if q.step <= p.step and not (each_year and self.year(q) != self.year(p))
            ]
            return self.metric(of) >= self.number("threshold", None, p.first)
        if self.record.get("event"):
            begin = max(max(p.first, self.start) - DAY, self.path.today)
            end = min(p.last, self.end)
            t = self.path.event_time(self.record["event"])
            return end > begin and self.path.time(begin) <= t < self.path.time(end)
        return p is self.periods[-1]
