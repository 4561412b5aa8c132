"""Revenue streams of a deal on one path, in plain Python: the stream part of reference.py.

Written from the docstrings of the types of streams. Every method takes a stream's record and
returns its revenue by step of the grid; periods without a figure are left out.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import reference_processes
from reference_dates import DAY, Period, Record, as_date
from reference_formula import ReferenceFormula
from reference_processes import Process

if TYPE_CHECKING:
    from reference import ReferencePath

Revenue = dict[int, float]

# Types whose revenue is a rate at a period's end, a Gbm unless it takes the mean.
SEEN_AT_END = {"gbm", "mean_reverting_growth", "jump_diffusion", "regime_switching"}


def is_seen_at_end(stream: Record) -> bool:
    return stream.get("type") in SEEN_AT_END and stream.get("sampling") != "period_mean"


class ReferenceStreams:
    """The streams of one path."""

    def __init__(self, path: ReferencePath, takes_premium: bool) -> None:
        self.path = path
        self.takes_premium = takes_premium
        self._revenue: dict[str, Revenue] = {}

    def revenue(self, name: str) -> Revenue:
        if name not in self._revenue:
            stream = self.path.deal["streams"][name]
            revenue = getattr(self, stream.get("type", "forecast"))(name, stream)
            self._revenue[name] = self.priced(name, stream, revenue)
        return self._revenue[name]

    def priced(self, name: str, stream: Record, revenue: Revenue) -> Revenue:
        """Revenue less the stream's risk premium."""
        held = stream.get("risk_premium", 0.0)
        if not self.takes_premium or not held:
            return revenue
        path = f"streams.{name}.risk_premium"
        found = dict(revenue)
        for p in self.path.grid:
            if p.last <= self.path.today or p.step not in revenue:
                continue
            begin = max(p.first - DAY, self.path.today)
            first, last = (-math.log(self.path.decay(path, held, day)) for day in (begin, p.last))
            exponent = (first + last) / 2 * (p.last - begin).days / p.days
            found[p.step] *= math.exp(-(last if is_seen_at_end(stream) else exponent))
        return found

    def parents(self, name: str) -> list[str]:
        stream = self.path.deal["streams"][name]
        found: list[str] = []
        for key in ("of", "times", "less", "scenarios"):
            held = stream.get(key, [])
            found += [held] if isinstance(held, str) else held
        # Names that end before a bracket are functions; of the others streams are parents.
        names = re.findall(r"[A-Za-z_]\w*(?!\w|\()", stream.get("formula", ""))
        return found + [n for n in names if n in self.path.deal["streams"]]

    def shock(self, name: str, p: Period) -> float:
        """That of the only random stream below this one."""
        below = {name}
        while any(self.parents(s) for s in below):
            below = {p for s in below for p in (self.parents(s) or [s])}
        streams = self.path.deal["streams"]
        sure = {
            s
            for s in below
            if streams[s].get("volatility", 0.0) == 0.0
            and not streams[s].keys() & {"p10", "revisions"}
        }
        (source,) = (below - sure) or below
        return reference_processes.shock(Process(self.path, source, streams[source]), p)

    # Combinations

    def scaled(self, name: str, stream: Record) -> Revenue:
        base = self.revenue(stream["of"])
        path = f"streams.{name}.factor"
        return {
            p.step: base[p.step] * self.path.number(path, stream["factor"], p.first)
            for p in self.path.grid
            if p.step in base
        }

    def sum(self, name: str, stream: Record) -> Revenue:
        plus = [self.revenue(s) for s in stream["of"]]
        minus = [self.revenue(s) for s in stream.get("less", [])]
        return {
            step: math.fsum([*(r[step] for r in plus), *(-r[step] for r in minus)])
            for step in plus[0]
            if all(step in r for r in [*plus, *minus])
        }

    def product(self, name: str, stream: Record) -> Revenue:
        base, others = self.revenue(stream["of"]), [self.revenue(s) for s in stream["times"]]
        return {
            step: amount * math.prod(r[step] * self.path.n for r in others)
            for step, amount in base.items()
            if all(step in r for r in others)
        }

    def ramp(self, name: str, stream: Record) -> Revenue:
        a, b = (
            self.path.number(f"streams.{name}.{key}", stream[key]) for key in ("at_start", "at_end")
        )
        start, end = as_date(stream["start"]), as_date(stream["end"])

        def part(hours: float) -> float:
            """How much of the way lies behind, so many hours after the end of day `start`."""
            return min(max(hours / 24 / (end - start).days, 0.0), 1.0)

        def mean_part(p: Period) -> float:
            # A day is climbed evenly, so its middle is its mean.
            first = (p.first - start).days
            return math.fsum(part(24 * (first + i) - 12) for i in range(p.days)) / p.days

        base = self.revenue(stream["of"])
        is_linear = stream.get("interpolation", "linear") == "linear"
        return {
            p.step: base[p.step]
            * (
                a + (b - a) * mean_part(p)
                if is_linear
                else a ** (1 - mean_part(p)) * b ** mean_part(p)
            )
            for p in self.path.grid
            if p.step in base
        }

    def seasonal(self, name: str, stream: Record) -> Revenue:
        base = self.revenue(stream["of"])
        place = f"streams.{name}.weights"
        return {
            p.step: base[p.step]
            * self.path.n
            * reference_processes.season(self.path, place, stream["weights"], p)
            for p in self.path.grid
            if p.step in base
        }

    def history(self, name: str, stream: Record) -> Revenue:
        revenue = dict(self.revenue(stream["of"]))
        monthly: dict[tuple[int, int], float] = {}
        for label, held in stream["figures"].items():
            label = str(label)
            year, rest = int(label[:4]), label[5:]
            amount = self.path.number(f"streams.{name}.figures.{label}", held)
            if not rest:
                months = range(12)
            elif rest[0] == "Q":
                months = range(3 * int(rest[1]) - 3, 3 * int(rest[1]))
            else:
                months = range(int(rest) - 1, int(rest))
            monthly |= {(year, m): amount / len(months) for m in months}
        for p in self.path.grid:
            months = range(p.index * 12 // self.path.n, (p.index + 1) * 12 // self.path.n)
            known = [monthly[p.year, m] for m in months if (p.year, m) in monthly]
            if len(known) == len(months):
                revenue[p.step] = math.fsum(known)
            elif known:
                rest = revenue[p.step] / len(months) * (len(months) - len(known))
                revenue[p.step] = math.fsum([*known, rest])
        return revenue

    def mixture(self, name: str, stream: Record) -> Revenue:
        weights = [
            self.path.number(f"streams.{name}.weights[{i}]", w)
            for i, w in enumerate(stream["weights"])
        ]
        u = self.path.draws.uniform(f"{name}.scenario") * math.fsum(weights)
        scenario = 0
        while scenario + 1 < len(weights) and not u < math.fsum(weights[: scenario + 1]):
            scenario += 1
        revenues = [self.revenue(s) for s in stream["scenarios"]]
        return {
            step: x for step, x in revenues[scenario].items() if all(step in r for r in revenues)
        }

    def formula(self, name: str, stream: Record) -> Revenue:
        numbers = stream.get("numbers", {})
        parents = self.parents(name)
        formula = ReferenceFormula(stream["formula"])
        found: Revenue = {}
        begin = as_date(stream.get("start") or self.path.today + DAY)
        looks_back = re.search(r"\b(cumulative|year_to_date|lag)\b", stream["formula"])
        for p in self.path.grid:
            if looks_back and p.last < begin:
                continue
            if not all(p.step in self.revenue(s) for s in parents):
                continue

            def value(key: str, p: Period = p) -> float:
                if key == "time":
                    return self.path.time(p.last)
                if key in numbers:
                    return self.path.number(f"streams.{name}.numbers.{key}", numbers[key], p.first)
                return self.revenue(key)[p.step]

            found[p.step] = formula.step(p, value)
        return found

    # Processes and forecasts

    def __getattr__(self, kind: str) -> Any:
        """A type that stands in reference_processes.py, by its name."""
        lower = getattr(reference_processes, kind)
        return lambda name, stream: lower(Process(self.path, name, self.without_prices(stream)))

    def without_prices(self, stream: Record) -> Record:
        """Prices of risk are 0 in the real world, if the deal tells measures apart."""
        if self.takes_premium or "risk_free" not in self.path.deal:
            return stream
        return {key: held for key, held in stream.items() if not key.endswith("risk_price")}
