"""Distributions fitted to data, ready to stand in a deal, with their goodness of fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capstake.errors import InputError, Issue
from capstake.fit_results import CRITERIA, FamilyFit, Fit, fitted
from capstake.settings import whole

if TYPE_CHECKING:
    from capstake.fit_families import Ends

__all__ = ["fit"]

LEAST_DATA = 10
_METALOG = "metalog"
# Families that a deal has and that need or have no fit, with what to do.
_OTHERS = {
    "empirical": "needs no fit: Number(empirical=data)",
    "discrete": "needs no fit: Number(discrete={values, weights})",
}

Data = NDArray[np.float64]


def fit(
    data: ArrayLike,
    families: str | Sequence[str] | None = None,
    *,
    criterion: str = "bic",
    low: float | None = None,
    high: float | None = None,
    terms: int | None = None,
) -> Fit:
    """Fit distributions to data, by maximum likelihood or as metalogs, and choose the best.

    Needs SciPy: ``pip install "capstake[fit]"``.

    Parameters
    ----------
    data : array_like, shape (n,)
        Independent observations in the unit of the number they are for, 10 or more.
    families
        Names of the families to fit: uniform, triangular, pert, normal, lognormal, student_t, beta,
        gamma, metalog. None: all that the data allow, but for metalogs.
    criterion
        What the best one is least in: ``bic`` (log-likelihood, less a price for each estimated
        argument that grows with n), ``aic`` (with a lower price), ``ks`` or ``ad`` (the
        Kolmogorov-Smirnov or the Anderson-Darling distance, which ask no price).
    low, high
        Ends of the support, where they are known: of uniform, triangular, pert, metalog and beta,
        which needs both.
    terms
        Of a metalog: 3 to 12. None: all of these are fitted, and the best is chosen.

    Returns
    -------
    Fit
        ``number`` is the best one, for a deal; ``table()`` compares all.

    Raises
    ------
    InputError
        There are too few data, or some are not finite, or all the same; a family is not known, or
        cannot have given the data; low is not below high; the least squares of so many terms are
        no distribution.
    ImportError
        SciPy is not installed.

    Notes
    -----
    Arguments keep to the limits of a deal: shapes from 0.1 to 10,000, degrees of freedom above 2.
    Where ends are estimated (uniform, triangular, pert) the information criteria are a guide only,
    as the theory behind them does not hold.

    A metalog's quantile function is fitted by least squares to the sorted data at probabilities
    (i - 1/2) / n, or, where it has ends, to their logarithms (Keelin 2016). Such a fit whose
    density is not positive throughout is left out. As it is not the most likely one, the criteria
    favour other families a little.

    References
    ----------
    Keelin, T. (2016). The Metalog Distributions. Decision Analysis 13(4), 243-277.
    Burnham, K. and Anderson, D. (2002). Model Selection and Multimodel Inference, chapter 2.
    Stephens, M. (1974). EDF statistics for goodness of fit. J. Amer. Statist. Assoc. 69, 730-737.

    Examples
    --------
    >>> growth = [0.31, 0.52, 0.18, 0.44, 0.27, 0.39, 0.61, 0.22, 0.35, 0.48, 0.29, 0.41]
    >>> found = fit(growth, ["normal", "lognormal"], criterion="aic")
    >>> found.best.family
    'lognormal'
    >>> share = RevenueShare(payer="a", receiver="b", base="s", rate=found.number,
    ...     start="2027-01-01", end="2030-12-31")  # doctest: +SKIP
    """
    try:
        from capstake.fit_families import FAMILIES
    except ImportError as error:
        raise ImportError('capstake.fit needs SciPy: pip install "capstake[fit]"') from error
    if criterion not in CRITERIA:
        rule = "must be " + ", ".join(CRITERIA)
        raise InputError([Issue("criterion", rule, repr(criterion))])
    ends = _known_ends(low, high)
    x = _sound(data)
    asked = _asked(families, list(FAMILIES))
    if terms is not None and _METALOG not in asked:
        raise InputError([Issue("terms", "goes with the family metalog", repr(terms))])
    others = [name for name in asked if name != _METALOG]
    left_out = {name: why for name in others if (why := FAMILIES[name].unfit(x, ends))}
    fits: list[FamilyFit] = [fitted(name, x, ends) for name in others if name not in left_out]
    metalogs, no_metalogs = _metalogs(x, ends, terms) if _METALOG in asked else ([], {})
    refused = left_out | ({} if metalogs else no_metalogs)
    if families is not None and refused:
        got = f"{x.min():g} to {x.max():g}"
        raise InputError(
            [Issue("data", f"cannot be {name}: {why}", got) for name, why in refused.items()]
        )
    return Fit(fits + metalogs, criterion, left_out | no_metalogs)


def _metalogs(x: Data, ends: Ends, terms: int | None) -> tuple[list[FamilyFit], dict[str, str]]:
    from capstake.fit_metalog import LEAST_TERMS, MOST_TERMS, metalog_fits

    if terms is not None:
        terms = whole("terms", terms, LEAST_TERMS, MOST_TERMS)
    return metalog_fits(x, ends, terms)


def _sound(data: ArrayLike) -> Data:
    try:
        x = np.array(data, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError([Issue("data", "must be numbers")]) from None
    if x.ndim != 1:
        raise InputError([Issue("data", "must be one row of numbers", f"shape {x.shape}")])
    bad = np.flatnonzero(~np.isfinite(x))
    if bad.size:
        got = f"{x[bad[0]]} at [{bad[0]}]" + (f" and {bad.size - 1} more" * (bad.size > 1))
        raise InputError([Issue("data", "must be finite", got, "leave out what is missing")])
    if len(x) < LEAST_DATA:
        raise InputError([Issue("data", f"must be {LEAST_DATA} or more", str(len(x)))])
    if np.ptp(x) <= 1e-12 * np.abs(x).max():
        raise InputError([Issue("data", "must not all be the same", f"{x[0]:g}")])
    return x


def _known_ends(low: float | None, high: float | None) -> Ends:
    for name, end in (("low", low), ("high", high)):
        if end is not None and not math.isfinite(end):
            raise InputError([Issue(name, "must be a finite number", repr(end))])
    if low is not None and high is not None and not low < high:
        raise InputError([Issue("low", "must be below high", f"{low:g} and {high:g}")])
    return (None if low is None else float(low), None if high is None else float(high))


def _asked(families: str | Sequence[str] | None, known: list[str]) -> list[str]:
    if families is None:
        return known
    asked = [families] if isinstance(families, str) else list(families)
    issues = [
        Issue("families", _OTHERS.get(name, "must be " + ", ".join([*known, _METALOG])), repr(name))
        for name in asked
        if name not in [*known, _METALOG]
    ]
    if not asked:
        issues = [Issue("families", "must name at least one", "[]")]
    if issues:
        raise InputError(issues)
    return list(dict.fromkeys(asked))
