"""A deal on one path in plain Python: slow, simple, and no part of the engine.

Written from the docstrings of the domain types (`capstake.RevenueShare.__doc__` and so on), not
from the graph that the engine lowers a deal to. It takes a deal's record (the dict of a deal file)
and the draws of one path, and returns what the engine names its outputs: `leg.x`, `paid.x`,
`payment.x.2027`, `stake.y`, `party.z`, `cap_days.x`, `cap_reached.x.2027-Q1`, `revenue.s.2027`,
`stake_flow.y.2027-Q1`.

The names of draws are the engine's: `<stream>.shock` (see reference_streams.py) and
`<company>.multiple` by period of the grid, `<event>` once a path, and an uncertain number by the
path of its field, `legs.x.cap`.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import Any

from draws import PathDraws
from reference_dates import DAY, PERIODS, Period, Record, as_date, grid_of, year_fraction
from reference_dependence import DependentDraws
from reference_distributions import quantile
from reference_earn_outs import ReferenceEarnOut, ReferenceMilestone
from reference_leg import Payment, ReferenceLeg
from reference_streams import ReferenceStreams

AnyLeg = ReferenceLeg | ReferenceEarnOut | ReferenceMilestone
LEGS = {
    "revenue_share": ReferenceLeg,
    "earn_out": ReferenceEarnOut,
    "milestone": ReferenceMilestone,
}


class ReferencePath:
    """One path of a deal."""

    def __init__(self, deal: Record, draws: PathDraws) -> None:
        self.deal = deal
        self.draws = DependentDraws(deal, draws)
        self.today = as_date(deal["valuation_date"])
        self.n = PERIODS[deal.get("frequency", "quarter")]
        self.grid = grid_of(deal)
        self.is_risk_neutral = deal.get("measure") == "risk_neutral"
        self.streams = ReferenceStreams(self, self.is_risk_neutral)
        self.real_world = ReferenceStreams(self, takes_premium=False)
        self._leg_of: dict[str, AnyLeg] = {}
        self._legs: dict[str, tuple[list[Payment], float, dict[str, float]]] = {}

    # Numbers, times and rates

    def time(self, day: dt.date) -> float:
        return year_fraction(self.deal.get("day_count", "ACT/365F"), self.today, day)

    def number(self, path: str, held: Any, on: dt.date | None = None) -> float:
        if not isinstance(held, dict):
            return float(held)
        if "value" in held:
            return float(held["value"])
        if "by_date" in held:
            steps = sorted((as_date(day), v) for day, v in held["by_date"].items())
            holding = [v for day, v in steps if day <= (on or self.today)]
            return float(holding[-1] if holding else steps[0][1])
        if "normal" in held and not any(key.startswith("truncated") for key in held):
            mean, sd = held["normal"]
            return mean + sd * self.draws.normal(path)
        return quantile(held, self.draws.uniform(path))

    def pieces(self, path: str, held: Any, to: dt.date) -> list[tuple[float, float, float]]:
        """(from, to, rate) over the stretches, in years, on which a rate is constant."""
        days = [self.today, to]
        if isinstance(held, dict) and "by_date" in held:
            days += [d for d in map(as_date, held["by_date"]) if self.today < d < to]
        days.sort()
        return [
            (self.time(a), self.time(b), self.number(path, held, a))
            for a, b in itertools.pairwise(days)
        ]

    def growth(self, path: str, held: Any, to: dt.date) -> float:
        """What 1 grows to that earns the rate from the valuation date on."""
        grown = 1.0
        for begin, end, rate in self.pieces(path, held, to):
            if self.deal.get("compounding", "annual") == "annual":
                grown *= (1 + rate) ** (end - begin)
            else:
                grown *= math.exp(rate * (end - begin))
        return grown

    def discount(self, table: str, name: str, to: dt.date) -> float:
        own = self.deal[table][name].get("discount_rate")
        spread = self.spread(name, to) if table == "legs" else 1.0
        if self.is_risk_neutral:
            return spread / self.growth("deal.risk_free", self.deal["risk_free"], to)
        if own is not None:
            return spread / self.growth(f"{table}.{name}.discount_rate", own, to)
        return spread / self.growth("deal.discount_rate", self.deal["discount_rate"], to)

    def spread(self, leg: str, to: dt.date) -> float:
        """What credit takes off: a leg's own clause, or else under the risk-neutral measure."""
        record = self.deal["legs"][leg]
        clauses = record.get("clauses", {}).values()
        if not self.is_risk_neutral or any(c["type"] == "payer_credit" for c in clauses):
            return self.leg_of(leg).spread(to)
        payer = record["payer"]
        held = self.deal["parties"][payer].get("credit_spread", 0.0)
        return self.decay(f"parties.{payer}.credit_spread", held, to)

    def decay(self, path: str, held: Any, to: dt.date) -> float:
        """exp(-integral of a rate from the valuation date), compounding continuously."""
        return math.exp(-math.fsum((b - a) * s for a, b, s in self.pieces(path, held, to)))

    # Events

    def event_time(self, name: str) -> float:
        """Years from the valuation date: the integral of the hazard reaches an exponential draw."""
        left = -math.log(self.draws.uniform(name))
        far = self.grid[-1].last + dt.timedelta(days=40_000)  # of the last deferred payment
        for begin, end, hazard in self.pieces(
            f"events.{name}.hazard", self.deal["events"][name]["hazard"], far
        ):
            if hazard * (end - begin) >= left:
                return begin + left / hazard
            left -= hazard * (end - begin)
        return math.inf

    def days_before(self, event_time: float, period: Period) -> float:
        """Days of the period, from its first on, that pass before the event."""
        begin = max(period.first - DAY, self.today)
        if period.last <= begin or event_time >= self.time(period.last):
            return period.days
        ahead = (period.last - begin).days
        part = (event_time - self.time(begin)) / (self.time(period.last) - self.time(begin))
        return period.days - ahead + ahead * max(part, 0.0)

    # Legs

    def revenue(self, name: str, risk: str = "systematic") -> dict[int, float]:
        """By step of the grid; periods without a figure are left out."""
        return (self.streams if risk == "systematic" else self.real_world).revenue(name)

    def payments(self, name: str) -> list[Payment]:
        """All payments of a leg, those dated by the valuation date included."""
        return self.leg(name)[0]

    def leg_of(self, name: str) -> AnyLeg:
        if name not in self._leg_of:
            make = LEGS[self.deal["legs"][name].get("type", "revenue_share")]
            self._leg_of[name] = make(self, name)
        return self._leg_of[name]

    def leg(self, name: str) -> tuple[list[Payment], float, dict[str, float]]:
        """Payments; days from the grid's first day to the cap; 1 in the period it is reached."""
        if name not in self._legs:
            self._legs[name] = self.leg_of(name).run()
        return self._legs[name]

    # Companies and stakes

    def multiples(self, name: str) -> dict[int, float]:
        company = self.deal["companies"][name]
        path = f"companies.{name}"
        today = self.number(f"{path}.multiple", company["multiple"])
        long_run = self.number(f"{path}.long_run_multiple", company.get("long_run_multiple", today))
        k = self.number(f"{path}.reversion", company.get("reversion", 0.0))
        s = self.number(f"{path}.multiple_volatility", company.get("multiple_volatility", 0.0))
        rho = self.number(f"{path}.correlation", company.get("correlation", 0.0))

        def variance(t: float) -> float:
            return s**2 * (t if k == 0 else (1 - math.exp(-2 * k * t)) / (2 * k))

        x, multiples = 0.0, {}
        for p in self.grid:
            if p.last <= self.today:
                continue
            t = self.time(p.last)
            ahead = t - max(self.time(p.first - DAY), 0.0)
            z = rho * self.streams.shock(company["revenue"], p) if rho else 0.0
            z += math.sqrt(1 - rho**2) * self.draws.normal(f"{name}.multiple", p.step)
            x = x * math.exp(-k * ahead) + math.sqrt(variance(ahead)) * z
            mean = math.exp(
                math.log(long_run) + (math.log(today) - math.log(long_run)) * math.exp(-k * t)
            )
            multiples[p.step] = mean * math.exp(x - variance(t) / 2)
            if self.is_risk_neutral:
                premium = company.get("risk_premium", 0.0)
                multiples[p.step] *= self.decay(f"{path}.risk_premium", premium, p.last)
        return multiples

    def charge(self, company_name: str, day: dt.date) -> float:
        """What legs take off the equity: made, at the cash rate, and due, at the leg's rate."""
        company = self.deal["companies"][company_name]
        if not company.get("charges_legs"):
            return 0.0
        taken = 0.0
        path = f"companies.{company_name}.cash_rate"
        cash = company.get("cash_rate", 0.0)
        for name, leg in self.deal.get("legs", {}).items():
            sign = (leg["payer"] == company["party"]) - (leg["receiver"] == company["party"])
            if sign == 0:
                continue
            for payment in self.payments(name):
                if payment.date <= self.today:
                    continue
                if payment.date <= day:
                    factor = self.growth(path, cash, day) / self.growth(path, cash, payment.date)
                else:
                    factor = self.discount("legs", name, payment.date) / self.discount(
                        "legs", name, day
                    )
                taken += sign * payment.amount * factor
        return taken

    def proceeds(self, company_name: str) -> tuple[Period, float, bool] | None:
        """When all of the equity is turned to money, how much it is, and whether by failure."""
        company = self.deal["companies"][company_name]
        exit_day = as_date(company["exit_date"])
        event = {
            kind: self.event_time(company[kind]) if company.get(kind) else math.inf
            for kind in ("exit", "failure")
        }
        for p in self.grid:
            if p.last <= self.today:
                continue
            t = self.time(p.last)
            fails = event["failure"] < t
            if not (fails or event["exit"] < t or p.last >= exit_day):
                continue
            gross = self.revenue(company["revenue"])[p.step] * self.n
            equity = gross * self.multiples(company_name)[p.step]
            if company.get("charges_legs"):
                equity = max(equity - self.charge(company_name, p.last), 0.0)
            if fails:
                path = f"companies.{company_name}.recovery"
                equity *= self.number(path, company.get("recovery", 0.0))
            return p, equity, fails
        raise AssertionError("no exit by the end of the grid")

    def stake(self, name: str) -> tuple[Period, float, float]:
        """When it is turned to money, the money, and its present value."""
        stake = self.deal["stakes"][name]
        period, equity, is_failure = self.proceeds(stake["company"])
        owned = self.number(f"stakes.{name}.fraction", stake["fraction"])
        dilution = self.number(f"stakes.{name}.dilution", stake.get("dilution", 0.0))
        owned *= (1 - dilution) ** self.time(period.last)
        if not is_failure:
            path = f"stakes.{name}.issue_at_exit"
            owned *= 1 - self.number(path, stake.get("issue_at_exit", 0.0))
        money = owned * equity
        return period, money, money * self.discount("stakes", name, period.last)

    # The whole deal

    def outputs(self) -> dict[str, float]:
        out: dict[str, float] = {}
        positions = dict.fromkeys(self.deal["parties"], 0.0)
        for name, leg in self.deal.get("legs", {}).items():
            payments, cap_days, reached = self.leg(name)
            payments = [p for p in payments if p.date > self.today]
            value = math.fsum(p.amount * self.discount("legs", name, p.date) for p in payments)
            out[f"leg.{name}"] = value
            out[f"paid.{name}"] = math.fsum(p.amount for p in payments)
            for year in {p.date.year for p in payments}:
                out[f"payment.{name}.{year}"] = math.fsum(
                    p.amount for p in payments if p.date.year == year
                )
            if self.leg_of(name).has_cap:
                out[f"cap_days.{name}"] = cap_days
                out.update({f"cap_reached.{name}.{p}": one for p, one in reached.items()})
            positions[leg["receiver"]] += value
            positions[leg["payer"]] -= value
        for name, stake in self.deal.get("stakes", {}).items():
            period, money, value = self.stake(name)
            out[f"stake.{name}"] = value
            out[f"stake_flow.{name}.{period.label}"] = money
            positions[stake["holder"]] += value
        for name in self.deal.get("streams", {}):
            revenue = self.revenue(name)
            for year in {p.year for p in self.grid}:
                steps = [p.step for p in self.grid if p.year == year and p.step in revenue]
                if len(steps) == self.n:
                    out[f"revenue.{name}.{year}"] = math.fsum(revenue[i] for i in steps)
        out.update({f"party.{name}": value for name, value in positions.items()})
        return out
