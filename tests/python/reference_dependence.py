"""Draws of one path that depend on each other, in NumPy and SciPy: the part of reference.py."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from draws import PathDraws
from reference_dates import DAY, Record, as_date, period_holding, year_fraction


def correlations(dependence: Record) -> NDArray[np.float64]:
    """Of the normals behind the draws, as a matrix."""
    names, given = dependence["draws"], dependence["correlation"]
    if isinstance(given[0][0], str):
        r = np.eye(len(names))
        for a, b, x in given:
            i, j = names.index(a), names.index(b)
            r[i, j] = r[j, i] = x
    else:
        r = np.array(given, float)
    kind = dependence.get("kind", "pearson")
    if kind == "pearson":
        return r
    if kind == "spearman" and "degrees_of_freedom" in dependence:
        freedom = dependence["degrees_of_freedom"]
        of = np.vectorize(lambda rank: normals_of_spearman(rank, freedom))(r)
    else:
        of = 2 * np.sin(np.pi / 6 * r) if kind == "spearman" else np.sin(np.pi / 2 * r)
    np.fill_diagonal(of, 1.0)
    return of


def spearman_of_t(r: float, freedom: float) -> float:
    """12 E[U V] - 3 of a t copula, by its definition.

    Given X = x, Y is a Student t of one degree more about r x. The rule is double exponential: to
    rounding for 30 degrees of freedom, to about 1e-8 for 4, where E[V | U] bends at the ends.
    """
    k = np.arange(-116, 117) / 32
    e = np.exp(-np.abs(np.pi * np.sinh(k)))
    low = e / (1 + e)
    u = np.where(k < 0, low, 1 - low)
    weight = np.pi * np.cosh(k) * e / (1 + e) ** 2 / 32
    sign = np.where(k < 0, 1, -1)
    x, y = (sign * special.stdtrit(n, low) for n in (freedom, freedom + 1))
    scale = np.sqrt((freedom + x**2) / (freedom + 1) * (1 - r**2))
    v = special.stdtr(freedom, r * x[:, None] + scale[:, None] * y)
    return float(12 * (u * weight) @ v @ weight - 3)


@functools.cache
def normals_of_spearman(rank: float, freedom: float) -> float:
    """Solve spearman_of_t for the correlation of the normals."""
    if abs(rank) == 1:
        return rank
    return float(
        optimize.brentq(lambda r: spearman_of_t(r, freedom) - rank, -1, 1, xtol=1e-15, rtol=1e-14)
    )


BY_PERIOD = re.compile(r"\w+\.(shock|multiple|growth|jumps|jump_size|regime|revision)")


class DependentDraws:
    """The draws of a path: those that depend on each other are made of independent ones."""

    def __init__(self, deal: Record, draws: PathDraws) -> None:
        self._deal = deal
        self._draws = draws
        self._of: dict[str, tuple[str, Record]] = {}
        self._factors: dict[tuple[str, ...], Any] = {}
        self._paths: dict[str, float] = {}
        for name, dependence in deal.get("dependence", {}).items():
            self._of |= {draw: (name, dependence) for draw in dependence["draws"]}

    def normal(self, name: str, step: int = 0) -> float:
        if name not in self._of:
            return self._draws.normal(name, step)
        z, freedom = self._joint(name, step)
        if freedom is None:
            return z
        tail = float(special.ndtri(special.stdtr(freedom, -abs(z))))
        return math.copysign(tail, z)

    def uniform(self, name: str, step: int = 0) -> float:
        if name not in self._of:
            return self._draws.uniform(name, step)
        z, freedom = self._joint(name, step)
        return float(special.ndtr(z) if freedom is None else special.stdtr(freedom, z))

    def _joint(self, name: str, step: int) -> tuple[float, float | None]:
        """A draw as a normal or a Student t, with its degrees of freedom."""
        of, dependence = self._of[name]
        freedom = dependence.get("degrees_of_freedom")
        others = [other for other in dependence["draws"] if BY_PERIOD.fullmatch(other)]
        kin = [other for other in dependence["draws"] if other not in others]
        if name in others:
            kin, others = others, []
        if freedom is not None and len(kin) == 1 and not others and "until" in dependence:
            # The only draw by period: nothing is left that it could depend on.
            return self._draws.normal(name, step), None
        if (*kin, "|", *others) not in self._factors:
            self._factors[*kin, "|", *others] = _given(dependence, kin, others)
        a, rest = self._factors[*kin, "|", *others]
        given = np.array([self._standardised(other, dependence["until"]) for other in others])
        independent = np.array([self._draws.normal(each, step) for each in kin])
        i = kin.index(name)
        if freedom is None:
            return float(a[i] @ given + rest[i] @ independent), None
        x = [math.copysign(special.stdtrit(freedom, special.ndtr(-abs(s))), s) for s in given]
        left = freedom + len(others)
        u = self._draws.uniform(f"dependence.{of}.mixing", step)
        wider = (freedom + math.fsum(t * t for t in x)) / (2 * special.gammaincinv(left / 2, u))
        return float(a[i] @ x + math.sqrt(wider) * (rest[i] @ independent)), freedom

    def _standardised(self, name: str, until: str) -> float:
        """What a draw by period comes to from the valuation date until a date: standard normal."""
        if name not in self._paths:
            self._paths[name] = self._sum(name, until)
        return self._paths[name]

    def _sum(self, name: str, until: str) -> float:
        stream = self._deal.get("streams", {}).get(name.split(".")[0], {})
        today, last = as_date(self._deal["valuation_date"]), as_date(until)
        if name.endswith(".revision"):
            dates = [day for day in map(as_date, stream["revisions"]) if day <= last]
            steps = [((day - dt.date(1900, 1, 1)).days, 1.0) for day in dates]
        else:
            steps = []
            while today < last:
                period = period_holding(self._deal.get("frequency", "quarter"), today + DAY)
                length = self._time(period.last) - self._time(today)
                steps.append((period.step, length))
                today = period.last
        total = math.fsum(length for _, length in steps)
        return math.fsum(
            math.sqrt(length / total) * self.normal(name, step) for step, length in steps
        )

    def _time(self, day: dt.date) -> float:
        count = self._deal.get("day_count", "ACT/365F")
        return year_fraction(count, as_date(self._deal["valuation_date"]), day)


def _given(
    dependence: Record, kin: list[str], others: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The regression of some draws on others, and the lower factor of what it leaves."""
    names = dependence["draws"]
    r = correlations(dependence)
    i, j = [names.index(name) for name in kin], [names.index(name) for name in others]
    a = np.linalg.solve(r[np.ix_(j, j)], r[np.ix_(j, i)]).T
    return a, np.linalg.cholesky(r[np.ix_(i, i)] - a @ r[np.ix_(j, i)])
