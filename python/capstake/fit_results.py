"""Distributions fitted to data, with their errors and their goodness of fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capstake import _core
from capstake._core import Number
from capstake.errors import InputError, Issue
from capstake.settings import whole
from capstake.tables import Column, Table

if TYPE_CHECKING:
    from capstake.fit_families import Ends, Family

__all__ = ["CRITERIA", "FamilyFit", "Fit", "fitted", "goodness"]

CRITERIA = {
    "aic": "Akaike's information criterion",
    "bic": "the Bayesian information criterion",
    "ks": "the Kolmogorov-Smirnov distance",
    "ad": "the Anderson-Darling distance",
}

Data = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FamilyFit:
    """The most likely distribution of one family.

    Attributes
    ----------
    family : str
        Such as ``lognormal``.
    arguments : dict of str to float
        As a deal file names them.
    n, n_parameters : int
        Number of data, and of arguments that were estimated.
    log_likelihood : float
        Of the data.
    ks : float
        Kolmogorov-Smirnov distance: the largest difference from the data's distribution function.
    ad : float
        Anderson-Darling distance A squared, which weighs tails more; infinite where a datum lies
        on an end of the support, as for a uniform distribution between the data.
    """

    family: str
    arguments: dict[str, float]
    n: int
    n_parameters: int
    log_likelihood: float
    ks: float
    ad: float
    _data: Data = field(repr=False)
    _ends: Ends = field(repr=False)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; less is better."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """The Bayesian information criterion; less is better."""
        return self.n_parameters * math.log(self.n) - 2 * self.log_likelihood

    def number(self, **more: Any) -> Number:
        """Make the uncertain number that a deal takes.

        Parameters
        ----------
        **more
            Further keywords of :class:`Number`: ``truncated_below``, ``source``, ``range``, ...
        """
        source = f"Fitted to {self.n:,} data by maximum likelihood"
        facts: dict[str, Any] = {self.family: list(self.arguments.values()), "status": "derived"}
        return Number(**{**facts, "source": source, **more})

    def standard_errors(
        self, method: str | None = None, *, resamples: int = 200, seed: int = 1
    ) -> dict[str, float]:
        """Estimate the standard errors of the arguments.

        Parameters
        ----------
        method
            ``information``: from the curvature of the likelihood at its maximum. ``bootstrap``:
            the spread of fits to samples of the fitted distribution. None: the first, and the
            second where the first does not hold: ends that were estimated, and the mode of a
            triangular distribution, at which the likelihood has a kink.
        resamples, seed
            Of the bootstrap.

        Returns
        -------
        dict of str to float
            0 for an end of the support that was given. NaN where the likelihood has no curvature,
            as at a limit of an argument.

        Raises
        ------
        InputError
            The method is neither, or not to be had for this family.
        """
        if method not in (None, "information", "bootstrap"):
            rule = 'must be "information" or "bootstrap"'
            raise InputError([Issue("method", rule, repr(method))])
        why_not = self._why_no_information
        if method == "information" and why_not:
            raise InputError([Issue("method", f"must be bootstrap where {why_not}", repr(method))])
        if method == "information" or (method is None and not why_not):
            errors = self._information_errors()
        else:
            errors = np.std([r[1:] for r in self._refitted(resamples, seed)], axis=0, ddof=1)
        return dict(zip(self.arguments, map(float, errors), strict=True))

    def p_values(self, *, resamples: int = 199, seed: int = 1) -> dict[str, float]:
        """Test whether the data may come from the family, by both distances.

        The distances of samples of the fitted distribution from their own fits are what the data's
        are compared with: tables for known distributions would be too kind.

        Parameters
        ----------
        resamples, seed
            Of the parametric bootstrap.

        Returns
        -------
        dict of str to float
            Probabilities ``ks`` and ``ad`` of distances as large as the data's.

        References
        ----------
        Stute, W., Gonzales Manteiga, W. and Presedo Quindimil, M. (1993). Bootstrap based
        goodness-of-fit tests. Metrika 40, 243-256.
        """
        found = {"ks": 1, "ad": 1}
        for refit, *_ in self._refitted(resamples, seed):
            found["ks"] += refit.ks >= self.ks
            found["ad"] += refit.ad >= self.ad
        return {name: n / (resamples + 1) for name, n in found.items()}

    @property
    def _of(self) -> Family:
        from capstake.fit_families import FAMILIES

        return FAMILIES[self.family]

    @property
    def _law(self) -> Any:
        return self._of.law(*self.arguments.values())

    @property
    def _free(self) -> list[int]:
        return self._of.free(len(self.arguments), self._ends)

    @property
    def _why_no_information(self) -> str:
        """Say why errors do not follow from the curvature of the likelihood; empty if they do."""
        if self._of.has_free_end(self._ends):
            return "the ends of the support are estimated"
        return "" if self._of.is_smooth else "the likelihood has a kink, as at a triangular's mode"

    def _refitted(self, resamples: int, seed: int) -> list[tuple[Any, ...]]:
        """Fit samples of this distribution: the fits, each with its arguments."""
        n = whole("resamples", resamples, 2, 100_000)
        generator = np.random.default_rng(whole("seed", seed, 0, 2**64 - 1))
        refits = []
        for _ in range(n):
            refit = self._refit(self._law.rvs(self.n, random_state=generator))
            refits.append((refit, *refit.arguments.values()))
        return refits

    def _refit(self, data: Data) -> FamilyFit:
        return fitted(self.family, data, self._ends)

    def _information_errors(self) -> Data:
        at = np.array(list(self.arguments.values()))
        free = self._free
        # Steps of about a hundredth of the error that n data leave.
        size = np.maximum(np.abs(at), 1e-2 * float(self._data.std()))
        steps = 1e-2 * size[free] / math.sqrt(self.n)

        def log_likelihood(moves: Data) -> float:
            moved = at.copy()
            moved[free] += moves * steps
            return self._of.log_likelihood(self._data, moved)

        k = len(free)
        unit = np.eye(k)
        middle = log_likelihood(np.zeros(k))
        curvature = np.empty((k, k))
        for i in range(k):
            for j in range(i + 1):
                a, b = unit[i], unit[j]
                if i == j:
                    second = log_likelihood(a) - 2 * middle + log_likelihood(-a)
                else:
                    second = (
                        log_likelihood(a + b)
                        - log_likelihood(a - b)
                        - log_likelihood(b - a)
                        + log_likelihood(-a - b)
                    ) / 4
                curvature[i, j] = curvature[j, i] = -second / (steps[i] * steps[j])
        errors = np.zeros(len(at))
        errors[free] = math.nan
        if k and np.isfinite(curvature).all() and np.linalg.eigvalsh(curvature).min() > 0:
            errors[free] = np.sqrt(np.diag(np.linalg.inv(curvature)))
        return errors


class Fit:
    """Distributions fitted to the same data, best first. Index by the name of a family."""

    def __init__(self, fits: Sequence[FamilyFit], criterion: str, left_out: dict[str, str]) -> None:
        self.fits = tuple(sorted(fits, key=lambda each: float(getattr(each, criterion))))
        self.criterion = criterion
        self.left_out = left_out

    @property
    def best(self) -> FamilyFit:
        """The best by the criterion."""
        return self.fits[0]

    @cached_property
    def number(self) -> Number:
        """The best as an uncertain number, which a deal takes."""
        number = self.best.number()
        if len(self.fits) == 1:
            return number
        how = f"best of {len(self.fits)} fits by {CRITERIA[self.criterion]}"
        return self.best.number(source=f"{number.source}, {how}")

    def __getitem__(self, family: str) -> FamilyFit:
        """Look a family's fit up by its name."""
        for each in self.fits:
            if each.family == family:
                return each
        why = f": {self.left_out[family]}" if family in self.left_out else ""
        raise KeyError(f"{family!r} was not fitted{why}; there are {[f.family for f in self.fits]}")

    def table(self) -> Table:
        """Tabulate the fits, best first."""
        rows = [
            (
                each.family.replace("_", " "),
                ", ".join(f"{name} {held:.6g}" for name, held in each.arguments.items()),
                each.log_likelihood,
                each.aic,
                each.bic,
                each.ks,
                each.ad if math.isfinite(each.ad) else None,
            )
            for each in self.fits
        ]
        names = ("Log likelihood", "AIC", "BIC", "KS distance", "AD distance")
        columns = (
            Column("Family"),
            Column("Arguments"),
            *(Column(name, "number") for name in names),
        )
        left = "; ".join(f"{name} {why}" for name, why in self.left_out.items())
        note = f"Best first by {CRITERIA[self.criterion]}." + (f" Left out: {left}." * bool(left))
        return Table(f"Fits to {self.best.n:,} data", columns, tuple(rows), note=note)

    def __repr__(self) -> str:
        """Name the best family and its arguments."""
        return f"<fit of {self.best.n:,} data: {self.number.text}, best of {len(self.fits)}>"

    def _repr_html_(self) -> str:
        from capstake import render

        return render.to_html(self.table())


def goodness(law: Any, data: Data) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov and the Anderson-Darling distance of data from a law."""
    x = np.sort(data)
    n = len(x)
    i = np.arange(1, n + 1)
    cdf = law.cdf(x)
    with np.errstate(divide="ignore"):
        tails = law.logcdf(x) + law.logsf(x)[::-1]
    ks = float(np.maximum(i / n - cdf, cdf - (i - 1) / n).max())
    return ks, float(-n - ((2 * i - 1) / n * tails).sum())


def fitted(name: str, data: Data, ends: Ends) -> FamilyFit:
    """Fit one family to data that it can have given."""
    from capstake.fit_families import FAMILIES

    family = FAMILIES[name]
    arguments = family.fit(data, ends)
    names = [row["name"] for row in _core.families()[name]["arguments"]]
    ks, ad = goodness(family.law(*arguments), data)
    return FamilyFit(
        family=name,
        arguments=dict(zip(names, map(float, arguments), strict=True)),
        n=len(data),
        n_parameters=len(family.free(len(names), ends)),
        log_likelihood=family.log_likelihood(data, arguments),
        ks=ks,
        ad=ad,
        _data=data,
        _ends=ends,
    )
