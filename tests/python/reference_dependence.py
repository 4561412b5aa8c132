"""Draws of one path that depend on each other, in NumPy and SciPy: the part of reference.py."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

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
    of = 2 * np.sin(np.pi / 6 * r) if kind == "spearman" else np.sin(np.pi / 2 * r)
    np.fill_diagonal(of, 1.0)
    return of


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
