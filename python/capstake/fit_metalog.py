"""Metalog distributions fitted to data by least squares, for :func:`capstake.fit`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capstake._core import Number
from capstake.errors import InputError, Issue
from capstake.fit_results import FamilyFit, goodness

if TYPE_CHECKING:
    from capstake.fit_families import Ends

__all__ = ["LEAST_TERMS", "MOST_TERMS", "MetalogFit", "metalog_fits"]

# As many as a deal's metalog has percentiles.
LEAST_TERMS, MOST_TERMS = 3, 12
# Percentiles that stand for a fitted curve lie between these logits, as a deal's may.
_REACH = 7.0
_END = 60.0  # logits beyond it have no weight

Data = NDArray[np.float64]


def _basis(logit: Data, n: int) -> Data:
    """Keelin (2016), equation 6: columns of the quantile function's terms, and n of them."""
    t = np.tanh(logit / 2) / 2
    columns = [np.ones_like(t), logit, t * logit, t]
    for k in range(4, n):
        power = t ** (k // 2)
        columns.append(power * logit if k % 2 else power)
    return np.stack(columns[:n], axis=-1)


def _slopes(logit: Data, n: int) -> Data:
    """Return the derivatives of the terms by the logit."""
    t = np.tanh(logit / 2) / 2
    rise = (0.5 - t) * (0.5 + t)
    columns = [np.zeros_like(t), np.ones_like(t), t + rise * logit, rise]
    for k in range(4, n):
        m = k // 2
        slope = m * t ** (m - 1) * rise
        columns.append(t**m + slope * logit if k % 2 else slope)
    return np.stack(columns[:n], axis=-1)


class MetalogLaw:
    """A metalog distribution by its coefficients, with what goodness of fit asks of a law."""

    def __init__(self, coefficients: ArrayLike, ends: Ends) -> None:
        self.coefficients = np.asarray(coefficients, float)
        self.low, self.high = ends

    def to_unbounded(self, x: Data) -> Data:
        """Keelin (2016), sections 4.1 and 4.2: log, negative log or logit of what has ends."""
        y = np.log(x - self.low) if self.low is not None else np.zeros_like(x)
        if self.high is not None:
            y = y - np.log(self.high - x)
        return x if self.low is None and self.high is None else y

    def at(self, logit: Data) -> Data:
        """Return the quantiles of probabilities that are given by their logits."""
        y: Data = _basis(logit, len(self.coefficients)) @ self.coefficients
        if self.low is not None and self.high is not None:
            y = self.low + (self.high - self.low) / (1 + np.exp(-y))
        elif self.low is not None:
            y = self.low + np.exp(y)
        elif self.high is not None:
            y = self.high - np.exp(-y)
        return y

    def logit(self, x: Data) -> Data:
        """Return the logit of the probability of at most x, by bisection."""
        y = self.to_unbounded(x)
        below, above = np.full_like(y, -_END), np.full_like(y, _END)
        for _ in range(60):
            middle = (below + above) / 2
            is_low = _basis(middle, len(self.coefficients)) @ self.coefficients < y
            below, above = np.where(is_low, middle, below), np.where(is_low, above, middle)
        return (below + above) / 2

    def cdf(self, x: Data) -> Data:
        """Return the probabilities of at most x."""
        return np.exp(self.logcdf(x))

    def logcdf(self, x: Data) -> Data:
        """Return the logarithms of the probabilities of at most x."""
        return -np.logaddexp(0.0, -self.logit(x))

    def logsf(self, x: Data) -> Data:
        """Return the logarithms of the probabilities of more than x."""
        return -np.logaddexp(0.0, self.logit(x))

    def logpdf(self, x: Data) -> Data:
        """Return the logarithms of the density."""
        logit = self.logit(x)
        rise = _slopes(logit, len(self.coefficients)) @ self.coefficients
        of_logit = -np.logaddexp(0.0, logit) - np.logaddexp(0.0, -logit)
        stretch = np.zeros_like(x)  # log of the unbounded value's derivative
        if self.low is not None:
            stretch = stretch - np.log(x - self.low)
        if self.high is not None:
            stretch = stretch - np.log(self.high - x)
        if self.low is not None and self.high is not None:
            stretch = stretch + math.log(self.high - self.low)
        with np.errstate(divide="ignore", invalid="ignore"):
            density: Data = of_logit - np.log(rise) + stretch
        return density

    def rvs(self, size: int, random_state: np.random.Generator) -> Data:
        """Draw a sample."""
        u = random_state.uniform(size=size)
        return self.at(np.log(u) - np.log1p(-u))

    @property
    def _logits(self) -> Data:
        return np.linspace(-_REACH, _REACH, len(self.coefficients))

    def percentiles(self) -> Data:
        """Return as many values of the curve as it has terms."""
        return self.at(self._logits)

    def number(self, **facts: Any) -> Number:
        """Make the uncertain number whose percentiles lie on the curve.

        As many as there are terms: no other metalog of these goes through them. Raises InputError
        where the density is not positive throughout.
        """
        held: dict[str, Any] = {
            "probabilities": (1 / (1 + np.exp(-self._logits))).tolist(),
            "values": self.percentiles().tolist(),
        }
        ends = {"low": self.low, "high": self.high}
        held |= {name: end for name, end in ends.items() if end is not None}
        return Number(metalog=held, **facts)


@dataclass(frozen=True, eq=False)
class MetalogFit(FamilyFit):
    """A metalog whose coefficients ``a1``, ``a2``, ... are fitted by least squares."""

    def number(self, **more: Any) -> Number:
        """Make the uncertain number that a deal takes: percentiles on the fitted curve."""
        source = f"Metalog of {self.n_parameters} terms fitted to {self.n:,} data by least squares"
        return self._law.number(**{"status": "derived", "source": source, **more})

    def why_none(self) -> str:
        """Say why the curve is no distribution that a deal takes; empty where it is one."""
        if not np.isfinite(self.log_likelihood) or not (np.diff(self._law.percentiles()) > 0).all():
            return "has no positive density throughout"
        try:
            self.number()
        except InputError as error:
            return f"is refused: {error.issues[0].rule}"
        return ""

    @property
    def _law(self) -> MetalogLaw:
        return MetalogLaw(list(self.arguments.values()), self._ends)

    @property
    def _why_no_information(self) -> str:
        return "the fit is by least squares"

    def _refit(self, data: Data) -> FamilyFit:
        return _fitted(data, self._ends, self.n_parameters)


def _fitted(data: Data, ends: Ends, terms: int) -> MetalogFit:
    """Keelin (2016), equation 7: least squares of the sorted data at (i - 1/2) / n."""
    n = len(data)
    p = (np.arange(1, n + 1) - 0.5) / n
    y = MetalogLaw([], ends).to_unbounded(np.sort(data))
    basis = _basis(np.log(p) - np.log1p(-p), terms)
    coefficients = np.linalg.lstsq(basis, y, rcond=None)[0]
    law = MetalogLaw(coefficients, ends)
    ks, ad = goodness(law, data)
    return MetalogFit(
        family="metalog",
        arguments={f"a{k + 1}": float(a) for k, a in enumerate(coefficients)},
        n=n,
        n_parameters=terms,
        log_likelihood=float(law.logpdf(data).sum()),
        ks=ks,
        ad=ad,
        _data=data,
        _ends=ends,
    )


def _unfit(data: Data, ends: Ends) -> str:
    low, high = ends
    if low is not None and not low < data.min():
        return "needs data above `low`"
    return "" if high is None or data.max() < high else "needs data below `high`"


def metalog_fits(
    data: Data, ends: Ends, terms: int | None
) -> tuple[list[FamilyFit], dict[str, str]]:
    """Fit metalogs to data.

    Parameters
    ----------
    data, ends
        As for the other families; metalogs keep strictly within the ends that are given.
    terms
        The number of terms, 3 to 12 and fewer than the different data; None: each of these.

    Returns
    -------
    fits : list of FamilyFit
        Those whose density is positive throughout.
    left_out : dict of str to str
        What was wrong with the others.
    """
    most = min(MOST_TERMS, len(np.unique(data)) - 1)
    if terms is not None and not LEAST_TERMS <= terms <= most:
        rule = f"must be between {LEAST_TERMS} and {most} for these data"
        raise InputError([Issue("terms", rule, repr(terms))])
    if why := _unfit(data, ends):
        return [], {"metalog": why}
    fits: list[FamilyFit] = []
    left_out: dict[str, str] = {}
    for k in range(LEAST_TERMS, most + 1) if terms is None else [terms]:
        found = _fitted(data, ends, k)
        if why := found.why_none():
            left_out[f"metalog of {k} terms"] = why
        else:
            fits.append(found)
    return fits, left_out
