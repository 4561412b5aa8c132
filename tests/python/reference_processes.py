"""Streams that rest on no other, on one path, in plain Python: see reference_streams.py.

Each function has the name of a type of stream, and takes a Process: its record and its draws.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from reference_dates import DAY, Period, Record, as_date

if TYPE_CHECKING:
    from reference import ReferencePath

Revenue = dict[int, float]
CENTURY = dt.date(1900, 1, 1)


class Process:
    """A stream of one path, and what all of them need."""

    def __init__(self, path: ReferencePath, name: str, stream: Record) -> None:
        self.path, self.name, self.stream = path, name, stream
        self.ahead = [p for p in path.grid if p.last > path.today]

    def number(self, field: str, default: float = 0.0, on: dt.date | None = None) -> float:
        held = self.stream.get(field, default)
        return self.path.number(f"streams.{self.name}.{field}", held, on)

    def normal(self, what: str, p: Period) -> float:
        return self.path.draws.normal(f"{self.name}.{what}", p.step)

    def years(self, p: Period) -> float:
        """Of the period, after the valuation date."""
        return self.path.time(p.last) - max(self.path.time(p.first - DAY), 0.0)

    def brownian(self) -> dict[int, float]:
        w, found = 0.0, {}
        for p in self.ahead:
            w += math.sqrt(self.years(p)) * self.normal("shock", p)
            found[p.step] = w
        return found

    def level(self) -> dict[int, float]:
        """exp(s W_t - s^2 t / 2) at each period's end; 1 in past ones."""
        s, w = self.number("volatility"), self.brownian()
        found = {p.step: 1.0 for p in self.path.grid}
        for p in self.ahead:
            found[p.step] = math.exp(s * w[p.step] - s**2 * self.path.time(p.last) / 2)
        return found


def shock(x: Process, p: Period) -> float:
    """What others correlate with: in a period with revisions, all that moves the level."""
    z = x.normal("shock", p)
    revisions = {as_date(d): s for d, s in x.stream.get("revisions", {}).items()}
    inside = {d: s for d, s in revisions.items() if p.first <= d <= p.last}
    if not inside:
        return z
    moves = [(x.number("volatility") * math.sqrt(x.years(p)), z)]
    for date, held in inside.items():
        s = x.path.number(f"streams.{x.name}.revisions[{date}]", held)
        moves.append((s, x.path.draws.normal(f"{x.name}.revision", (date - CENTURY).days)))
    return math.fsum(s * z for s, z in moves) / math.sqrt(math.fsum(s * s for s, _ in moves))


def season(path: ReferencePath, place: str, weights: list[Any], p: Period) -> float:
    """The period's part of a year."""
    drawn = [path.number(f"{place}[{i}]", w) for i, w in enumerate(weights)]
    of_month = [drawn[m * len(drawn) // 12] / (12 / len(drawn)) for m in range(12)]
    months = 12 // path.n
    return math.fsum(of_month[p.index * months : (p.index + 1) * months]) / math.fsum(drawn)


def gbm(x: Process) -> Revenue:
    path, level = x.path, x.level()

    def log_growth(to: float) -> float:
        pieces = path.pieces(f"streams.{x.name}.growth", x.stream["growth"], path.grid[-1].last)
        return math.fsum(g * (min(b, to) - a) for a, b, g in pieces if a < to)

    def mean_growth(p: Period) -> float:
        """The mean of exp(M) by Gauss-Legendre between the dates on which the drift changes."""
        begin, end = path.time(p.first - DAY), path.time(p.last)
        pieces = path.pieces(f"streams.{x.name}.growth", x.stream["growth"], path.grid[-1].last)
        cuts = [begin, *(a for a, _, _ in pieces if begin < a < end), end]
        total = 0.0
        for a, b in itertools.pairwise(cuts):
            middle, half = (a + b) / 2, (b - a) / 2
            for node, weight in GAUSS:
                t = middle + half * node
                total += half * weight * (math.exp(log_growth(t)) if t > 0 else 1.0)
        return total / (end - begin)

    is_mean = x.stream.get("sampling") == "period_mean"
    return {
        p.step: x.number("level")
        / path.n
        * level[p.step]
        * (mean_growth(p) if is_mean else math.exp(log_growth(path.time(p.last))))
        for p in x.ahead
    }


# Nodes and weights of Gauss-Legendre with six points: exact to degree 11.
GAUSS = [
    (sign * node, weight)
    for node, weight in (
        (0.2386191860831969, 0.4679139345726910),
        (0.6612093864662645, 0.3607615730481386),
        (0.9324695142031521, 0.1713244923791704),
    )
    for sign in (-1, 1)
]


def schwartz_moon(x: Process) -> Revenue:
    mu, long_run, k = (x.number(f) for f in ("growth", "growth_long_run", "growth_reversion"))
    e_0, k2 = x.number("growth_volatility"), x.number("growth_volatility_decay")
    s_0, s_bar, k1 = (
        x.number(f) for f in ("volatility", "volatility_long_run", "volatility_reversion")
    )
    rho, l1, l2 = (x.number(f) for f in ("correlation", "risk_price", "growth_risk_price"))
    rate, t, revenue = x.number("level"), 0.0, {}
    for p in x.ahead:
        d = x.years(p)
        s = s_0 * math.exp(-k1 * t) + s_bar * (1 - math.exp(-k1 * t))
        e = e_0 * math.exp(-k2 * t)
        z1 = x.normal("shock", p)
        z2 = rho * z1 + math.sqrt(1 - rho**2) * x.normal("growth", p)
        rate *= math.exp((mu - l1 * s - s**2 / 2) * d + s * math.sqrt(d) * z1)
        mu = (
            math.exp(-k * d) * mu
            + (1 - math.exp(-k * d)) * (long_run - l2 * e / k)
            + math.sqrt((1 - math.exp(-2 * k * d)) / (2 * k)) * e * z2
        )
        t += d
        revenue[p.step] = rate / x.path.n
    return revenue


def mean_reverting_growth(x: Process) -> Revenue:
    g, m, k = (x.number(f) for f in ("growth", "growth_long_run", "growth_reversion"))
    e, s, rho = (x.number(f) for f in ("growth_volatility", "volatility", "correlation"))
    log_rate, revenue = math.log(x.number("level")), {}
    for p in x.ahead:
        d = x.years(p)
        b = (1 - math.exp(-k * d)) / k
        of_growth = e**2 * (1 - math.exp(-2 * k * d)) / (2 * k)
        of_log = (
            (e / k) ** 2 * (d - 2 * b + (1 - math.exp(-2 * k * d)) / (2 * k))
            + s**2 * d
            + 2 * rho * s * e * (d - b) / k
        )
        shared = (e**2 * b**2 / 2 + rho * s * e * b) / math.sqrt(of_log) if of_log else 0.0
        z = x.normal("shock", p)
        log_rate += m * d + (g - m) * b - s**2 * d / 2 + math.sqrt(max(of_log, 0.0)) * z
        own = math.sqrt(max(of_growth - shared**2, 0.0))
        g = m + (g - m) * math.exp(-k * d) + shared * z + own * x.normal("growth", p)
        revenue[p.step] = math.exp(log_rate) / x.path.n
    return revenue


def jump_diffusion(x: Process) -> Revenue:
    mu, s = x.number("growth"), x.number("volatility")
    rate, j, v = (x.number(f) for f in ("jump_rate", "jump_mean", "jump_volatility"))
    log_rate, revenue = math.log(x.number("level")), {}
    for p in x.ahead:
        d = x.years(p)
        u = x.path.draws.uniform(f"{x.name}.jumps", p.step)
        n, term = 0, math.exp(-rate * d)
        below = term
        while below < u and n < 200:
            n += 1
            term *= rate * d / n
            below += term
        log_rate += (mu - rate * j - s**2 / 2) * d + s * math.sqrt(d) * x.normal("shock", p)
        log_rate += n * (math.log1p(j) - v**2 / 2) + v * math.sqrt(n) * x.normal("jump_size", p)
        revenue[p.step] = math.exp(log_rate) / x.path.n
    return revenue


def regime_switching(x: Process) -> Revenue:
    a, b = x.number("switch_rate"), x.number("return_rate")
    regimes = [
        (x.number("growth"), x.number("volatility")),
        (x.number("other_growth"), x.number("other_volatility")),
    ]
    other = x.path.draws.uniform(f"{x.name}.start") < x.number("starts_in_other")
    log_rate, revenue = math.log(x.number("level")), {}
    for p in x.ahead:
        d = x.years(p)
        g, s = regimes[other]
        log_rate += (g - s**2 / 2) * d + s * math.sqrt(d) * x.normal("shock", p)
        revenue[p.step] = math.exp(log_rate) / x.path.n
        changed = (1 - math.exp(-(a + b) * d)) / (a + b) if a + b else d
        u = x.path.draws.uniform(f"{x.name}.regime", p.step)
        other = u < (1 - b * changed if other else a * changed)
    return revenue


def logistic(x: Process) -> Revenue:
    start, market, k = (x.number(f) for f in ("level", "market", "growth"))
    level, revenue = x.level(), {}

    def sold(t: float) -> float:
        """The integral of the rate from the valuation date."""
        return market / k * math.log1p(start / market * math.expm1(k * t)) if t > 0 else start * t

    for p in x.ahead:
        begin, end = x.path.time(p.first - DAY), x.path.time(p.last)
        mean = (sold(end) - sold(begin)) / (end - begin)
        revenue[p.step] = mean / x.path.n * level[p.step]
    return revenue


def bass(x: Process) -> Revenue:
    market, p, q = (x.number(f) for f in ("market", "innovation", "imitation"))
    level, launch, revenue = x.level(), x.path.time(as_date(x.stream["launch"])), {}

    def part(t: float) -> float:
        left = math.exp(-(p + q) * max(t - launch, 0.0))
        return (1 - left) / (1 + q / p * left)

    def years(t: float) -> float:
        since = max(t - launch, 0.0)
        return since + math.log((p + q * math.exp(-(p + q) * since)) / (p + q)) / q

    for period in x.path.grid:
        begin, end = x.path.time(period.first - DAY), x.path.time(period.last)
        if x.stream.get("revenue_from") == "adopters":
            amount = market * (years(end) - years(begin)) / (end - begin) / x.path.n
        else:
            amount = market * (part(end) - part(begin))
        revenue[period.step] = amount * level[period.step]
    return revenue


# Forecasts


def _span(label: str) -> tuple[int, int]:
    """First month and number of months of a figure: months counted from year 0."""
    year, rest = int(label[:4]), label[5:]
    if not rest:
        return 12 * year, 12
    if rest[0] == "Q":
        return 12 * year + 3 * int(rest[1]) - 3, 3
    return 12 * year + int(rest) - 1, 1


def forecast(x: Process) -> Revenue:
    """Figures cut, shaped and moved; all figures are of one length."""
    path = x.path
    field = "annual" if x.stream.get("annual") else "figures"
    given = {
        _span(str(label)): path.number(f"streams.{x.name}.{field}.{label}", held)
        for label, held in x.stream[field].items()
    }
    spans = sorted(given)
    months = spans[0][1]
    haircut = x.number("growth_haircut")
    none = [s for s in spans if given[s] == 0.0]  # before a launch
    rest = spans[len(none) :]
    growth = {s: given[s] / given[s[0] - months, months] for s in rest[1:]}
    cut = {s: given[s] for s in [*none, rest[0]]}
    for s in rest[1:]:
        is_past = _last_day(s) <= path.today
        before = cut[s[0] - months, months]
        cut[s] = given[s] if is_past else before * (1 + (1 - haircut) * (growth[s] - 1))
    factor = _factors(x, given)
    revenue = {}
    for p in path.grid:
        first, length = 12 * p.year + p.index * 12 // path.n, 12 // path.n
        inside = [s for s in spans if s[0] <= first < s[0] + months]  # it is part of these
        parts = [s for s in spans if first <= s[0] < first + length] if length > months else inside
        if len(parts) != max(length // months, 1):
            continue
        amounts = []
        for s in parts:
            moves = {} if s in none else growth
            part = _part(x, s, moves, first, length) if length < months else 1.0
            is_sure = p.last <= path.today or s in none
            amounts.append(given[s] * part if is_sure else cut[s] * part * factor(p, s))
        revenue[p.step] = math.fsum(amounts)
    return revenue


def _last_day(span: tuple[int, int]) -> dt.date:
    end = sum(span)
    return dt.date(end // 12, end % 12 + 1, 1) - DAY


def _part(
    x: Process, span: tuple[int, int], growth: dict[tuple[int, int], float], first: int, length: int
) -> float:
    """The part of a figure that falls on a period."""
    start, months = span
    here = growth.get(span, growth.get((start + months, months), 1.0))
    after = growth.get((start + months, months), here)
    n = months // length
    step = (here * after) ** (1 / (2 * n))
    weights = x.stream.get("seasonality")

    def size(i: int) -> float:
        if not weights:
            return step**i
        place = f"streams.{x.name}.seasonality"
        of_month = [x.path.number(f"{place}[{j}]", w) for j, w in enumerate(weights)]
        begin = (start + i * length) % 12
        months_here = range(begin, begin + length)
        return step**i * math.fsum(of_month[m * len(weights) // 12] for m in months_here)

    return size((first - start) // length) / math.fsum(size(i) for i in range(n))


def _factors(x: Process, given: dict[tuple[int, int], float]) -> Any:
    """Return the random factor of a period on a figure."""
    level, brownian = x.level(), x.brownian()
    revised = {p.step: _revised(x, p) for p in x.ahead}
    low, high = (
        {
            _span(str(label)): x.path.number(f"streams.{x.name}.{field}.{label}", held)
            for label, held in x.stream.get(field, {}).items()
        }
        for field in ("p10", "p90")
    )

    def factor(p: Period, span: tuple[int, int]) -> float:
        if not low:
            return level[p.step] * revised[p.step]
        if span not in low:
            return 1.0
        z = brownian[p.step] / math.sqrt(x.path.time(p.last))
        if x.stream.get("percentile_fit") == "lognormal":
            quantile = NormalDist().inv_cdf(0.9)
            return math.exp(math.log(high[span] / low[span]) / (2 * quantile) * z)
        # The metalog through three points: a1 + a2 L + a3 (u - 1/2) L, solved at 0.1, 0.5, 0.9.
        up = math.log(high[span] / given[span])
        down = math.log(given[span] / low[span])
        a2, a3 = (up + down) / (2 * math.log(9)), (up - down) / (0.8 * math.log(9))
        u, v = 0.5 * math.erfc(-z / math.sqrt(2)), 0.5 * math.erfc(z / math.sqrt(2))
        odds = math.log(u) - math.log(v)
        return math.exp(a2 * odds + a3 * (u - 0.5) * odds)

    return factor


def _revised(x: Process, p: Period) -> float:
    """The mean of the revisions' factor over the period's days."""
    total, factor, day = 0.0, 1.0, p.first
    for date, held in sorted((as_date(d), s) for d, s in x.stream.get("revisions", {}).items()):
        if date > p.last:
            break
        if date >= day:
            total += factor * ((date - day).days + 1)
            day = date + DAY
        s = x.path.number(f"streams.{x.name}.revisions[{date}]", held)
        z = x.path.draws.normal(f"{x.name}.revision", (date - CENTURY).days)
        factor *= math.exp(s * z - s**2 / 2)
    return (total + factor * ((p.last - day).days + 1)) / p.days
