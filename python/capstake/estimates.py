"""What a valuation is made of: estimates, percentiles, the distribution of a position."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capstake import _core
from capstake.errors import InputError, Issue

__all__ = [
    "CapTiming",
    "Correlation",
    "Estimate",
    "Percentile",
    "Position",
    "Reconciliation",
    "Shortfall",
    "YearAmount",
    "percentiles_of",
]

PERCENTS = (5, 25, 50, 75, 95)
# Two-sided 95% of the standard normal.
Z95 = 1.959963984540054

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A Monte Carlo mean and its standard error, in one unit.

    Attributes
    ----------
    value : float
        The mean.
    standard_error : float
        Its standard error, itself estimated.
    degrees_of_freedom : float
        Of the standard error: R - 1 from R independent replicates, infinite from many paths.
    """

    value: float
    standard_error: float
    degrees_of_freedom: float = math.inf

    @property
    def interval(self) -> tuple[float, float]:
        """95% confidence interval of the mean, by Student's t."""
        half = self.standard_error * _core.student_t_quantile(0.975, self.degrees_of_freedom)
        return self.value - half, self.value + half

    def __float__(self) -> float:
        """Return the value alone."""
        return self.value


@dataclass(frozen=True)
class Percentile:
    """A percentile of a distribution with its distribution-free 95% interval.

    Attributes
    ----------
    percent : float
        Between 0 and 100.
    value, low, high : float
        The percentile and its interval, each an outcome of a path; nothing is interpolated.
    atom : float
        Probability that the outcome is this very value, such as a cap that is reached; 0 where no
        other path has it.
    """

    percent: float
    value: float
    low: float
    high: float
    atom: float


@dataclass(frozen=True)
class Shortfall:
    """The mean of the worst or of the best outcomes.

    Attributes
    ----------
    percent : float
        How many of the outcomes count [%].
    tail : str
        ``lower`` (the worst) or ``upper`` (the best).
    value_at_risk : float
        The percentile where the tail begins.
    mean : Estimate
        Mean of the tail; of an atom at the percentile just as much counts as is needed.
    """

    percent: float
    tail: str
    value_at_risk: float
    mean: Estimate


@dataclass(frozen=True)
class YearAmount:
    """An undiscounted amount in a calendar year: its mean and percentiles over the paths."""

    year: int
    mean: Estimate
    percentiles: tuple[Percentile, ...]


@dataclass(frozen=True)
class CapTiming:
    """When a leg's cap is reached.

    Attributes
    ----------
    probability : Estimate
        Probability that it is reached at all.
    by_period : tuple of (str, Estimate)
        Probability that it is reached in each period, such as ``2028-Q4``; they add up to
        ``probability``.
    dates : tuple of (float, date or None)
        Percents of the paths and the day by which so many of them have reached the cap; None
        where fewer ever do.
    """

    probability: Estimate
    by_period: tuple[tuple[str, Estimate], ...]
    dates: tuple[tuple[float, dt.date | None], ...]


@dataclass(frozen=True)
class Correlation:
    """Correlation of two positions' present values, with a 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Reconciliation:
    """A stake at the model's value and at the last round's price.

    Attributes
    ----------
    implied_equity : Estimate
        The company's equity value today that the stake's modelled value implies [money].
    last_round : float
        Equity value in the last round [money].
    discount_rate : float
        The rate used [1/yr].
    reconciling_rate : float or None
        The discount rate at which the model gives the last round's price [1/yr]; None where no
        rate between -50% and 1,000% does.
    """

    company: str
    implied_equity: Estimate
    last_round: float
    discount_rate: float
    reconciling_rate: float | None


@dataclass(frozen=True, eq=False)
class Position:
    """A leg, a stake or a party's position: the distribution of its present value.

    Attributes
    ----------
    kind : str
        ``leg``, ``stake`` or ``party``.
    name : str
        Its name in the deal.
    estimate : Estimate
        Expected present value with its standard error [money].
    samples : ndarray of shape (n_samples,)
        Present values of the first paths [money], read-only.
    """

    kind: str
    name: str
    estimate: Estimate
    samples: Samples

    @property
    def value(self) -> float:
        """Expected present value [money]."""
        return self.estimate.value

    @property
    def standard_error(self) -> float:
        """Standard error of the value [money]."""
        return self.estimate.standard_error

    @property
    def interval(self) -> tuple[float, float]:
        """95% confidence interval of the value [money]."""
        return self.estimate.interval

    def percentiles(self, percents: Sequence[float] = PERCENTS) -> tuple[Percentile, ...]:
        """Take percentiles of the present value over the paths.

        Parameters
        ----------
        percents
            Between 0 and 100, both excluded.

        Returns
        -------
        tuple of Percentile
            Order statistics, never interpolated, with distribution-free 95% intervals.

        Raises
        ------
        InputError
            A percent is not between 0 and 100.
        """
        wanted = tuple(map(float, percents))
        if wanted not in self._known:
            self._known[wanted] = percentiles_of(self.samples, percents)
        return self._known[wanted]

    @cached_property
    def _known(self) -> dict[tuple[float, ...], tuple[Percentile, ...]]:
        """Percentiles taken before: every face of a result asks for the same ones."""
        return {}

    def expected_shortfall(self, percent: float = 5.0, *, tail: str = "lower") -> Shortfall:
        """Take the mean of the lowest, or of the highest, present values over the paths.

        Parameters
        ----------
        percent
            How many of the outcomes count, between 0 and 100, both excluded.
        tail
            ``lower`` or ``upper``.

        Returns
        -------
        Shortfall
            With the standard error of the mean.

        Raises
        ------
        InputError
            A percent or a tail that there is not.

        References
        ----------
        Rockafellar, R. T. and Uryasev, S. (2000). Optimization of conditional value-at-risk.
        Journal of Risk 2(3), equation 4.
        """
        _check_percents("percent", [percent])
        if tail not in ("lower", "upper"):
            raise InputError([Issue("tail", 'must be "lower" or "upper"', repr(tail))])
        sign = 1.0 if tail == "upper" else -1.0
        (row,) = _core.expected_shortfalls(sign * self.samples, [1 - percent / 100])
        quantile, mean, error = row
        return Shortfall(float(percent), tail, sign * quantile, Estimate(sign * mean, error))

    def plot(self, ax: Any = None) -> Any:
        """Draw the distribution of the present value on matplotlib Axes, and return them."""
        from capstake import plots

        return plots.distribution(self, ax=ax)

    def __repr__(self) -> str:
        """Show the value and its standard error."""
        from capstake.render import estimate_text

        return f"<{self.kind} {self.name}: {estimate_text(self.estimate)}>"


def _check_percents(name: str, percents: Sequence[float]) -> None:
    for percent in percents:
        if not isinstance(percent, int | float) or not 0 < percent < 100:
            raise InputError([Issue(name, "must lie between 0 and 100", repr(percent))])


def percentiles_of(samples: Samples, percents: Sequence[float]) -> tuple[Percentile, ...]:
    """Take percentiles of samples, with distribution-free 95% intervals."""
    _check_percents("percents", percents)
    rows = _core.quantiles(samples, [p / 100 for p in percents])
    return tuple(Percentile(float(p), *row) for p, row in zip(percents, rows, strict=True))
