"""A revenue share on one path in plain Python: the leg part of reference.py.

Written from the docstrings of `capstake.RevenueShare` and of the clauses. What a period accrues is
settled in reference_clauses.py; here are caps, endings, and when what is owed falls due.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reference_clauses import ACCRUAL_CLAUSES, Earned, Leg
from reference_clawbacks import given_back
from reference_dates import DAY, Period, as_date
from reference_formula import ReferenceFormula

if TYPE_CHECKING:
    from reference import ReferencePath


@dataclass(frozen=True)
class Payment:
    date: dt.date
    amount: float


class Cap:
    """The total cap of a leg: what is left under it, and when it is reached."""

    def __init__(self, leg: ReferenceLeg, kind: str = "") -> None:
        self.leg = leg
        self.grid = leg.path.grid
        self.accreting = leg.by_type[kind] if kind == "accreting_cap" else None
        self.tests = [
            CapTest(leg, clause) for clause in sorted(leg.all("springing_cap"), key=leg.leg.turn)
        ]
        self.total = 0.0 if self.accreting else leg.leg.already_paid
        self.day = leg.leg.start
        self.paid = self.total
        self.ending = 0.0  # what an ending takes of the room in the period
        self.ahead = dict.fromkeys(leg.formulas, 0.0)  # what formulas paid beyond what was due
        self.agreed = self.agreed_in(self.grid[0])
        self.days, self.reached = math.inf, dict.fromkeys((p.label for p in self.grid), 0.0)
        if self.accreting:
            terms = leg.record["clauses"][self.accreting]
            self.day = as_date(terms.get("since") or leg.leg.start)
        if self.total >= self.agreed:
            self.days, self.reached[self.grid[0].label] = 0.0, 1.0

    def agreed_in(self, p: Period) -> float:
        """What holds on a period's payment; nothing that was agreed before the term counts."""
        leg, on = self.leg, max(p.last, self.leg.leg.periods[0].last)
        on = leg.leg.settled(on) + leg.leg.lag
        if self.accreting:
            if leg.record["clauses"][self.accreting].get("amount") is not None:
                return leg.leg.number(self.accreting, "amount", None)
            return leg.leg.investment
        if "cap_multiple" in leg.by_type:
            name = leg.by_type["cap_multiple"]
            multiple = leg.leg.number(name, "multiple", None, on)
            for test in self.tests:
                multiple = test.reset(multiple, on)
            return multiple * leg.leg.investment
        return leg.number("cap", math.inf, on)

    def accrete(self, due: dt.date) -> None:
        """The balance grows to the day of the next payment: total and cap are as of that day."""
        if self.accreting:
            grown = self.leg.leg.growth(self.accreting, "rate", self.day, due)
            self.agreed *= grown
            self.total *= grown
            self.paid *= grown
            self.ahead = {name: held * grown for name, held in self.ahead.items()}
            self.day = due

    def step(self, p: Period) -> None:
        if not self.accreting and self.total < self.agreed:
            self.agreed = self.agreed_in(p)

    def take(self, p: Period, counted: float, begin: float, until: float) -> tuple[float, float]:
        """What of an accrual is within the cap, and what is beyond it."""
        room = max(self.agreed - self.total, 0.0)
        if self.total < self.agreed <= self.total + counted:
            self.reached[p.label] = 1.0
            elapsed = begin + room / counted * (until - begin)
            self.days = (p.first - self.grid[0].first).days + elapsed
        before, self.total = self.total, self.total + counted
        kept = min(counted, room)
        if counted < 0:  # what was beyond the cap goes first
            kept = min(self.total, self.agreed) - min(before, self.agreed)
        self.paid += kept
        return kept, counted - kept

    @property
    def room(self) -> float:
        return max(self.agreed - self.paid, 0.0)

    @property
    def left(self) -> float:
        """What may still accrue before it is reached."""
        return max(self.agreed - self.total, 0.0)

    def limited(self, formula: str, due: float, written: float) -> float:
        """What a formula of payments pays in place of what is due."""
        left = self.room - self.ending
        for name, ahead in self.ahead.items():
            left -= ahead
            if name == formula:
                break
        self.ahead[formula] += min(written, due + left) - due
        return min(written, due + left)


class GreaterCap:
    """A multiple and a return: payments go on until both have been reached."""

    def __init__(self, leg: ReferenceLeg) -> None:
        self.caps = [Cap(leg, "cap_multiple"), Cap(leg, "accreting_cap")]
        self.agreed = math.nan  # in no one unit
        self.ending = 0.0

    def accrete(self, due: dt.date) -> None:
        for cap in self.caps:
            cap.accrete(due)

    def step(self, p: Period) -> None:
        for cap in self.caps:
            cap.step(p)

    def take(self, p: Period, counted: float, begin: float, until: float) -> tuple[float, float]:
        kept = max(cap.take(p, counted, begin, until)[0] for cap in self.caps)
        return kept, counted - kept

    @property
    def room(self) -> float:
        return max(cap.room for cap in self.caps)

    @property
    def left(self) -> float:
        return max(cap.left for cap in self.caps)

    @property
    def days(self) -> float:
        return max(cap.days for cap in self.caps)

    @property
    def reached(self) -> dict[str, float]:
        """1 in the period in which the later of them is."""
        last = max(self.caps, key=lambda cap: cap.days)
        is_reached = [any(cap.reached.values()) for cap in self.caps]
        return last.reached if all(is_reached) else dict.fromkeys(last.reached, 0.0)


class CapTest:
    """A test that resets the multiple of a cap."""

    def __init__(self, leg: ReferenceLeg, name: str) -> None:
        self.leg, self.name = leg, name
        self.terms = leg.record["clauses"][name]
        self.date = as_date(self.terms["test_date"])
        self.since = as_date(self.terms["since"]) if self.terms.get("since") else None

    def measured(self) -> float:
        leg = self.leg
        if self.terms.get("measure", "revenue") == "payments":
            first = self.since or dt.date.min
            before = 0.0 if self.since else leg.leg.already_paid
            return before + math.fsum(x for day, x in leg.fallen_due if first <= day <= self.date)
        first = self.since or leg.leg.start
        revenue = leg.path.revenue(leg.record["base"], leg.record.get("risk", "systematic"))
        return math.fsum(
            revenue[p.step] * ((min(p.last, self.date) - max(p.first, first)).days + 1) / p.days
            for p in leg.path.grid
            if p.last >= first and p.first <= self.date
        )

    def reset(self, multiple: float, on: dt.date) -> float:
        if on <= self.date:
            return multiple
        is_missed = self.measured() < self.leg.leg.number(self.name, "target", None)
        key = "multiple_if_missed" if is_missed else "multiple_if_met"
        if self.terms.get(key) is None:
            return multiple
        return max(self.leg.leg.number(self.name, key, None), multiple)


class TrueUp:
    """A balance with interest, which is made up for when the cap is reached."""

    def __init__(self, leg: ReferenceLeg, name: str) -> None:
        self.leg, self.name = leg.leg, name
        terms = leg.record["clauses"][name]
        self.day = as_date(terms.get("since") or leg.leg.start)
        self.part = leg.leg.number(name, "part", 1.0)
        self.balance = leg.leg.investment
        if terms.get("amount") is not None:
            self.balance = leg.leg.number(name, "amount", None)

    def accrete(self, due: dt.date) -> None:
        self.balance *= self.leg.growth(self.name, "rate", self.day, due)
        self.day = due

    def missing(self, amount: float) -> float:
        return max(self.balance - self.part * amount, 0.0)

    def pay(self, amount: float) -> None:
        self.balance -= self.part * amount


class Test:
    """A springing rate: what has been paid by its date, and how it came out."""

    __test__ = False

    def __init__(self, leg: ReferenceLeg, name: str) -> None:
        self.leg, self.name = leg, name
        self.terms = leg.record["clauses"][name]
        self.date = as_date(self.terms["test_date"])
        self.tiers = self.terms.get("tiers", "replaced") if "tiers" in leg.by_type else ""
        self.paid, self.revenue = leg.paid, 0.0
        self.is_missed: bool | None = None
        self.lacking = self.made = 0.0

    def settle(self) -> None:
        leg, number = self.leg.leg, self.leg.leg.number
        target = number(self.name, "target", None)
        of_payments = self.terms.get("measure", "revenue") == "payments"
        before = number(self.name, "revenue_before", 0.0)
        reached = self.paid if of_payments else self.leg.revenue_so_far + before
        self.is_missed = reached < target
        self.lacking, self.made = target - leg.already_paid, reached - leg.already_paid

    def reset(self, rate: float, p: Period) -> float | None:
        """The new rate of a later period, if any; the test is settled at the first of them."""
        if self.is_missed is None:
            self.settle()
        key = "rate_if_missed" if self.is_missed else "rate_if_met"
        if self.terms.get(key) is not None:
            return self.leg.leg.number(self.name, key, None, p.first)
        if not self.is_missed:
            return None
        if self.tiers == "replaced":
            return min(self.lacking / self.revenue, 1.0) if self.revenue > 0 else 1.0
        if self.made <= 0:
            return 1.0 if rate > 0 else 0.0
        return min(rate * self.lacking / self.made, 1.0)


class ReferenceLeg:
    """One leg on one path: its payments, and when its cap is reached."""

    def __init__(self, path: ReferencePath, name: str) -> None:
        self.path, self.name = path, name
        self.record = path.deal["legs"][name]
        clauses = self.record.get("clauses", {})
        self.by_type = {c["type"]: n for n, c in clauses.items()}
        start, end = as_date(self.record["start"]), as_date(self.record["end"])
        stops = list(self.record.get("stop_events", []))
        if "buy_out" in self.by_type:
            end = min(end, as_date(clauses[self.by_type["buy_out"]]["on"]))
        stops += [clauses[name]["event"] for name in self.all("change_of_control")]
        self.leg = Leg(path, name, self.record, start, end)
        self.leg.periods = [p for p in path.grid if p.last >= start and p.first <= end]
        self.stops = {event: path.event_time(event) for event in stops}
        self.counted_from = as_date(self.record.get("accrual_start") or start)
        self.ledgers = [
            make(self.leg, clause)
            for kind, make in ACCRUAL_CLAUSES
            for clause in sorted(self.all(kind), key=self.leg.turn)
        ]
        self.formulas = {
            name: ReferenceFormula(c["formula"])
            for name, c in clauses.items()
            if c["type"] == "custom"
        }
        self.revenue_so_far, self.paid = 0.0, self.leg.already_paid
        self.is_sold = False  # and its price was paid in place of all later payments
        self.tests = [
            Test(self, clause) for clause in sorted(self.all("springing_rate"), key=self.leg.turn)
        ]
        self.fallen_due: list[tuple[dt.date, float]] = []
        self.true_ups = [TrueUp(self, clause) for clause in self.all("true_up")]

    def number(self, key: str, default: Any, on: dt.date | None = None) -> float:
        held = self.record.get(key)
        held = default if held is None else held
        return self.path.number(f"legs.{self.name}.{key}", held, on)

    def all(self, kind: str) -> list[str]:
        """The names of all clauses of a type, in the leg's order."""
        return [n for n, c in self.record.get("clauses", {}).items() if c["type"] == kind]

    def clause(self, kind: str) -> tuple[str, dict[str, Any]] | None:
        name = self.by_type.get(kind)
        return None if name is None else (name, self.record["clauses"][name])

    @property
    def has_cap(self) -> bool:
        caps = {"cap_multiple", "accreting_cap"}
        return self.record.get("cap") is not None or bool(caps & set(self.by_type))

    def shared_days(self, p: Period, first: dt.date, last: dt.date) -> tuple[float, float]:
        """From when to when, in days from the period's start, revenue is shared."""
        alive = min([self.path.days_before(t, p) for t in self.stops.values()], default=p.days)
        begin = max((first - p.first).days, 0)
        return begin, max(min((last - p.first).days + 1, alive, p.days), begin)

    def is_stopped(self, by: dt.date, event: str = "") -> bool:
        """Whether one of the stop events, or the named one, has come by a date."""
        if by <= self.path.today:
            return False
        times = [self.stops[event]] if event else self.stops.values()
        return any(t < self.path.time(by) for t in times)

    def run(self) -> tuple[list[Payment], float, dict[str, float]]:
        """Payments; days from the grid's first day to the cap; 1 in the period it is reached."""
        cap = self.cap()
        dues: list[tuple[Period, dt.date, float]] = []
        for p in self.path.grid:
            cap.step(p)
            if p in self.leg.periods:
                due = self.leg.settled(p.last) + self.leg.lag
                cap.accrete(due)
                for true_up in self.true_ups:
                    true_up.accrete(due)
                amount = self.rewritten("payment", p, cap, self.earn(p, cap))
                self.paid += amount
                self.fallen_due.append((due, amount))
                for true_up in self.true_ups:
                    true_up.pay(amount)
                for test in self.tests:
                    if due <= test.date:
                        test.paid, test.revenue = self.paid, self.revenue_so_far
                dues.append((p, due, amount))
        payments = self.lost(self.postponed(dues))
        back = [Payment(day, -amount) for day, amount in given_back(self, payments)]
        return payments + back, cap.days, cap.reached

    def cap(self) -> Cap | GreaterCap:
        kinds = [kind for kind in ("cap_multiple", "accreting_cap") if kind in self.by_type]
        return GreaterCap(self) if len(kinds) == 2 else Cap(self, "".join(kinds))

    def earn(self, p: Period, cap: Cap | GreaterCap) -> float:
        e, uncounted = self.accrue(p, cap)
        begin, until = self.shared_days(p, self.counted_from, self.leg.end)
        was_reached = cap.days < math.inf
        room, counted = cap.left, e.accrual - uncounted
        kept, beyond = cap.take(p, counted, begin, until)
        amount = uncounted + kept
        if cap.days < math.inf and not was_reached:
            amount += math.fsum(true_up.missing(uncounted + kept) for true_up in self.true_ups)
        cap.ending = 0.0
        if tail := self.clause("tail_rate"):
            after = beyond / counted if room > 0 and counted > 0 else float(room == 0)
            amount += after * e.towards_cap * self.leg.number(tail[0], "rate", None, p.first)
        is_last = p == self.leg.periods[-1]
        if is_last and (balloon := self.clause("balloon")) and not self.is_stopped(self.leg.end):
            cap.ending = cap.room * self.leg.number(balloon[0], "part", 1.0)
            amount += cap.ending
        if is_last and (out := self.clause("buy_out")) and not self.is_stopped(self.leg.end):
            cap.ending = self.price(out, as_date(out[1]["on"]), amount, cap)
            amount += cap.ending
        if self.is_sold:
            return 0.0
        if sale := self.sale_in(p):
            self.is_sold = True
            cap.ending = self.price((sale, self.record["clauses"][sale]), p.first, amount, cap)
            amount += cap.ending
        return amount

    def sale_in(self, p: Period) -> str | None:
        """The clause whose event ends the leg in the period, unless a stop event has come."""
        last = min(p.last, self.leg.end)
        begins = max(self.path.time(max(p.first, self.leg.start) - DAY), 0.0)
        clauses = self.record.get("clauses", {})
        sales = {clauses[name]["event"]: name for name in self.all("change_of_control")}
        times = {event: self.stops[event] for event in sales}
        others = [event for event in self.stops if event not in sales]
        came = [name for event, name in sales.items() if times[event] < self.path.time(last)]
        has_ended = any(t < begins for t in times.values())
        if last <= self.path.today or not came or has_ended:
            return None
        return None if any(self.is_stopped(last, event) for event in others) else came[0]

    def price(self, ending: Any, on: dt.date, earned: float, cap: Cap | GreaterCap) -> float:
        name, terms = ending
        price = self.leg.price(name, on)
        if terms.get("less_paid", True):
            price = max(price - self.paid - earned, 0.0)
        return min(price, cap.room) if self.has_cap else price

    def rate(self, p: Period) -> tuple[float, list[tuple[str, float, float]]]:
        """The leg's rate in a period, and by which tests it is another than at first."""
        rate, resets = self.number("rate", None, p.first), []
        for test in self.tests:
            new = test.reset(rate, p) if p.first > test.date else None
            if new is not None:
                resets.append((test.tiers, rate, new))
                rate = new
        return rate, resets

    def accrue(self, p: Period, cap: Cap | GreaterCap) -> tuple[Earned, float]:
        """The period's accrual, and how much of it does not count towards the cap."""
        leg = self.leg
        risk = self.record.get("risk", "systematic")
        revenue = self.path.revenue(self.record["base"], risk)[p.step]
        begin, until = self.shared_days(p, leg.start, leg.end)
        rate, resets = self.rate(p)
        shared = revenue * (until - begin) / p.days
        self.revenue_so_far += shared
        e = Earned(p, rate, shared, rate * shared, until - begin, self.paid, resets)
        last_uncounted = min(self.counted_from - DAY, leg.end)
        begin, until = self.shared_days(p, leg.start, last_uncounted)
        base, uncounted = e.accrual, rate * revenue * (until - begin) / p.days
        for ledger in self.ledgers:
            ledger.settle(e)
        e.accrual = self.rewritten("accrual", p, cap, e.accrual, e)
        # What clauses change counts by the days of the period whose accruals count.
        before = max((last_uncounted - max(p.first, leg.start)).days + 1, 0)
        not_counting = min(before / leg.term_days(p), 1.0)
        uncounted += (e.accrual - base) * not_counting
        begin, until = self.shared_days(p, self.counted_from, leg.end)
        e.towards_cap = revenue * (until - begin) / p.days - e.below * (1.0 - not_counting)
        return e, uncounted

    def rewritten(
        self, stage: str, p: Period, cap: Cap | GreaterCap, amount: float, e: Earned | None = None
    ) -> float:
        """What custom clauses of a stage make of an amount."""
        if e is not None:
            self.earned = e
        for clause, formula in self.formulas.items():
            terms = self.record["clauses"][clause]
            if terms.get("stage", "accrual") != stage:
                continue
            begin, until = self.shared_days(p, self.leg.start, self.leg.end)
            known = {
                stage: lambda held=amount: held,
                "revenue": lambda: self.earned.revenue,
                "rate": lambda: self.earned.rate,
                "paid": lambda: self.paid,
                "investment": lambda: self.leg.investment,
                "already_paid": lambda: self.leg.already_paid,
                "cap": lambda: cap.agreed,
                "part": lambda until=until, begin=begin: (until - begin) / p.days,
                "time": lambda: self.path.time(p.last),
            }
            for key in terms.get("numbers", {}):
                known[key] = lambda name=clause, key=key: self.leg.number_of(name, key, p.first)
            written = formula.step(
                p,
                lambda name, known=known: known[name]() if name in known else self.stream(name, p),
            )
            written = amount if self.is_stopped(p.first - DAY) else written
            limits = stage == "payment" and isinstance(cap, Cap) and self.has_cap
            amount = cap.limited(clause, amount, written) if limits else written
        return amount

    def stream(self, name: str, p: Period) -> float:
        return self.path.revenue(name)[p.step]

    def postponed(self, dues: list[tuple[Period, dt.date, float]]) -> list[Payment]:
        payments: list[Payment] = []
        for p, day, amount in dues:
            parts, left = [], amount
            for name in self.all("deferral"):
                days = self.record["clauses"][name]["days"]
                later = day + dt.timedelta(days=days)
                part = self.leg.number(name, "part", None, p.first) * amount
                left -= part
                parts.append((later, part * self.leg.growth(name, "interest", day, later)))
            parts.insert(0, (day, left))
            for when, money in parts:
                if grace := self.clause("grace_period"):
                    until = as_date(grace[1]["until"])
                    if when < until:
                        grown = money * self.leg.growth(grace[0], "interest", when, until)
                        payments.append(Payment(until, grown))
                        continue
                payments.append(Payment(when, money))
        return payments

    def lost(self, payments: list[Payment]) -> list[Payment]:
        """What is left of payments after failures."""
        kept = dict.fromkeys(self.record.get("loss_events", []), 0.0)
        credit = self.clause("payer_credit")
        left = []
        for payment in payments:
            part = 1.0
            if payment.date > self.path.today:
                t = self.path.time(payment.date)
                for event, recovery in kept.items():
                    part *= recovery if self.path.event_time(event) < t else 1.0
                if credit and credit[1].get("failure"):
                    failed = self.path.event_time(credit[1]["failure"]) < t
                    part *= self.leg.number(credit[0], "recovery", 0.0) if failed else 1.0
            left.append(Payment(payment.date, payment.amount * part))
        return left

    def spread(self, to: dt.date) -> float:
        """What the payer's credit takes off the value of a payment."""
        credit = self.clause("payer_credit")
        if credit is None:
            return 1.0
        path = f"legs.{self.name}.clauses.{credit[0]}.spread"
        return self.path.decay(path, credit[1].get("spread", 0.0), to)
