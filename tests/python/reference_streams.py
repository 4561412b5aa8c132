"""Revenue streams of a deal on one path, in plain Python: the stream part of reference.py.

Written from the docstrings of the types of streams. Every method takes a stream's record and
returns its revenue by step of the grid; periods without a figure are left out.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from reference_dates import DAY, Period, Record, as_date

if TYPE_CHECKING:
    from reference import ReferencePath

Revenue = dict[int, float]


class ReferenceStreams:
    """The streams of one path."""

    def __init__(self, path: ReferencePath) -> None:
        self.path = path
        self._revenue: dict[str, Revenue] = {}

    def revenue(self, name: str) -> Revenue:
        if name not in self._revenue:
            stream = self.path.deal["streams"][name]
            self._revenue[name] = getattr(self, stream.get("type", "forecast"))(name, stream)
        return self._revenue[name]

    def parents(self, name: str) -> list[str]:
        stream = self.path.deal["streams"][name]
        found: list[str] = []
        for key in ("of", "times", "less", "scenarios"):
            held = stream.get(key, [])
            found += [held] if isinstance(held, str) else held
        return found

    def shock_name(self, name: str) -> str:
        """The only random stream's below this one."""
        below = {name}
        while any(self.parents(s) for s in below):
            below = {p for s in below for p in (self.parents(s) or [s])}
        sure = {s for s in below if self.path.deal["streams"][s].get("volatility", 0.0) == 0.0}
        (source,) = (below - sure) or below
        return f"{source}.shock"

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

    def season(self, place: str, weights: list, p: Period) -> float:
        """The period's part of a year."""
        drawn = [self.path.number(f"{place}[{i}]", w) for i, w in enumerate(weights)]
        of_month = [drawn[m * len(drawn) // 12] / (12 / len(drawn)) for m in range(12)]
        months = 12 // self.path.n
        return math.fsum(of_month[p.index * months : (p.index + 1) * months]) / math.fsum(drawn)

    def seasonal(self, name: str, stream: Record) -> Revenue:
        base = self.revenue(stream["of"])
        place = f"streams.{name}.weights"
        return {
            p.step: base[p.step] * self.path.n * self.season(place, stream["weights"], p)
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
            if all((p.year, m) in monthly for m in months):
                revenue[p.step] = math.fsum(monthly[p.year, m] for m in months)
        return revenue

    # Forecasts

    def forecast(self, name: str, stream: Record) -> dict[int, float]:
        path = f"streams.{name}"
        given = {
            int(y): self.path.number(f"{path}.annual.{y}", v) for y, v in stream["annual"].items()
        }
        years = sorted(given)
        growth = {y: given[y] / given[y - 1] for y in years[1:]}
        haircut = self.path.number(f"{path}.growth_haircut", stream.get("growth_haircut", 0.0))
        volatility = self.path.number(f"{path}.volatility", stream.get("volatility", 0.0))
        cut = {years[0]: given[years[0]]}
        for y in years[1:]:
            is_past = dt.date(y, 12, 31) <= self.path.today
            cut[y] = given[y] if is_past else cut[y - 1] * (1 + (1 - haircut) * (growth[y] - 1))
        revenue = {}
        brownian = 0.0
        for p in self.path.grid:
            ahead = max(self.path.time(p.last) - max(self.path.time(p.first - DAY), 0.0), 0.0)
            if p.last > self.path.today:
                brownian += math.sqrt(ahead) * self.path.draws.normal(f"{name}.shock", p.step)
            if p.year not in given:
                continue
            here = growth.get(p.year, growth.get(p.year + 1, 1.0))
            after = growth.get(p.year + 1, here)
            step = (here * after) ** (1 / (2 * self.path.n))
            part = step**p.index / math.fsum(step**i for i in range(self.path.n))
            if p.last <= self.path.today:
                revenue[p.step] = given[p.year] * part
                continue
            level = math.exp(volatility * brownian - volatility**2 * self.path.time(p.last) / 2)
            revenue[p.step] = cut[p.year] * part * level
        return revenue
