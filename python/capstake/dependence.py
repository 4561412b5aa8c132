"""Dependence between draws: matrices of correlations that had to be repaired, and its words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capstake import _core
from capstake._core import Deal, Dependence
from capstake.errors import InputError, Issue
from capstake.render import date_text

__all__ = [
    "RepairedCorrelations",
    "dependence_sentences",
    "draw_names",
    "nearest_correlation",
    "repaired_correlations",
]


@dataclass(frozen=True, eq=False)
class RepairedCorrelations:
    """Correlations that no draws can have, and those that are used in their place.

    Attributes
    ----------
    dependence : str
        The dependence's name in the deal.
    draws : tuple of str
        The names of the draws, in the order of rows and columns.
    distance : float
        Frobenius norm of the change.
    given, used : ndarray, shape (n, n)
        Correlations of the normals behind the draws: as they follow from the deal, and the nearest
        possible ones (:func:`nearest_correlation`).
    """

    dependence: str
    draws: tuple[str, ...]
    distance: float
    given: NDArray[np.float64]
    used: NDArray[np.float64]

    @property
    def largest_change(self) -> float:
        """The largest change of a single correlation."""
        return float(np.abs(self.used - self.given).max())

    def __str__(self) -> str:
        """Say what was done in one sentence."""
        return (
            f"dependence.{self.dependence}.correlation: no draws can have all these correlations; "
            f"the nearest ones are used, which differ by up to {self.largest_change:.2g} "
            f"({self.distance:.3g} in the Frobenius norm)"
        )


def draw_names(deal: Deal) -> dict[str, str]:
    """List the random draws of a deal, as a :class:`Dependence` names them.

    Parameters
    ----------
    deal
        Any deal.

    Returns
    -------
    dict of str to str
        By name, ``once a path`` or ``by period``. Where one of each depend on each other, their
        dependence needs a date, ``until``.

    Examples
    --------
    >>> from capstake import load
    >>> draw_names(load("microsoft_openai_2026_04"))["openai_revenue.shock"]
    'by period'
    """
    steps: dict[str, set[int]] = {}
    for name, step, _ in _core.graph_of(deal).draws:
        steps.setdefault(name, set()).add(step)
    return {
        name: "once a path" if found == {0} else "by period"
        for name, found in sorted(steps.items())
        if not name.startswith("dependence.")
    }


def repaired_correlations(deal: Deal) -> tuple[RepairedCorrelations, ...]:
    """List the matrices of correlations of a deal that had to be repaired.

    Parameters
    ----------
    deal
        Any deal.

    Returns
    -------
    tuple of RepairedCorrelations
        One for each dependence whose matrix is not positive semidefinite.

    References
    ----------
    Higham, N. J. (2002). Computing the nearest correlation matrix: a problem from finance. IMA
    Journal of Numerical Analysis 22(3), 329-343.
    """
    return tuple(
        RepairedCorrelations(
            dependence=row["dependence"],
            draws=tuple(row["draws"]),
            distance=row["distance"],
            given=np.array(row["given"]),
            used=np.array(row["used"]),
        )
        for row in _core.repairs(deal)
    )


def nearest_correlation(matrix: ArrayLike) -> tuple[NDArray[np.float64], float]:
    """Return the correlation matrix nearest to a symmetric matrix, and how far it is.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Symmetric and finite, n at least 1.

    Returns
    -------
    nearest : ndarray, shape (n, n)
        Positive semidefinite with ones on the diagonal.
    distance : float
        Frobenius norm of the difference.

    Raises
    ------
    InputError
        The matrix is not square, not symmetric or not finite.

    References
    ----------
    Higham, N. J. (2002). Computing the nearest correlation matrix: a problem from finance. IMA
    Journal of Numerical Analysis 22(3), 329-343, algorithm 3.3.

    Examples
    --------
    >>> nearest, distance = nearest_correlation([[1, 1, 0], [1, 1, 1], [0, 1, 1]])
    >>> print(nearest.round(4)[0], round(distance, 4))
    [1.     0.7607 0.1573] 0.5278
    """
    try:
        rows = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError([Issue("matrix", "must be rows of numbers")]) from None
    if rows.ndim != 2 or rows.shape[0] != rows.shape[1] or not rows.size:
        raise InputError([Issue("matrix", "must be square", f"shape {rows.shape}")])
    if not np.isfinite(rows).all() or not np.array_equal(rows, rows.T):
        raise InputError([Issue("matrix", "must be symmetric and finite")])
    nearest, distance = _core.nearest_correlation(rows.tolist())
    return np.array(nearest), distance


def dependence_sentences(deal: Deal, old: Deal | None = None) -> list[str]:
    """Say which draws depend on each other, how, and what was repaired; of two versions, both."""
    said = _sentences(deal)
    if old is None:
        return said
    before = _sentences(old)
    return [
        *(sentence for sentence in said if sentence in before),
        *(f"The new terms alone: {sentence}" for sentence in said if sentence not in before),
        *(f"The old terms alone: {sentence}" for sentence in before if sentence not in said),
    ]


def _sentences(deal: Deal) -> list[str]:
    said = [_sentence(dependence) for dependence in deal.dependence.values()]
    return said + [_repair_sentence(repair) for repair in repaired_correlations(deal)]


def _sentence(dependence: Dependence) -> str:
    copula = "a Gaussian copula"
    if dependence.degrees_of_freedom is not None:
        freedom = dependence.degrees_of_freedom
        number = f"{freedom.value:g}" if freedom.is_constant else "uncertain"
        copula = f"a Student t copula of {number} degrees of freedom (extremes come together)"
    *most, last = dependence.draws
    of = {
        "pearson": "correlations of the normals behind the draws",
        "spearman": "rank correlations (Spearman)",
        "kendall": "rank correlations (Kendall)",
    }[dependence.kind]
    said = f"{', '.join(most)} and {last} depend on each other by {copula}, given by {of}."
    if dependence.until is None:
        return said
    return (
        f"{said} What is drawn once a path depends on the path of what is drawn by period from the "
        f"valuation date to {date_text(dependence.until)}."
    )


def _repair_sentence(repair: RepairedCorrelations) -> str:
    return (
        f"The correlations given for {', '.join(repair.draws)} cannot hold together. They were "
        f"replaced by the nearest ones that can (Higham 2002): single correlations changed by up "
        f"to {repair.largest_change:.2g}."
    )
