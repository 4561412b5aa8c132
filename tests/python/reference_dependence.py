"""Draws of one path that depend on each other, in NumPy and SciPy: the part of reference.py."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from draws import PathDraws
from reference_dates import Record


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


class DependentDraws:
    """The draws of a path: those that depend on each other are made of independent ones."""

    def __init__(self, deal: Record, draws: PathDraws) -> None:
        self._draws = draws
        self._of: dict[str, tuple[str, Record]] = {}
        self._factors: dict[str, Any] = {}
        for name, dependence in deal.get("dependence", {}).items():
            self._factors[name] = np.linalg.cholesky(correlations(dependence))
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
        of, dependence = self._of[name]
        names = dependence["draws"]
        row = self._factors[of][names.index(name)]
        independent = [self._draws.normal(each, step) for each in names]
        z = math.fsum(a * b for a, b in zip(row, independent, strict=True))
        freedom = dependence.get("degrees_of_freedom")
        if freedom is None:
            return z, None
        u = self._draws.uniform(f"dependence.{of}.mixing", step)
        return z * math.sqrt(freedom / (2 * special.gammaincinv(freedom / 2, u))), freedom
