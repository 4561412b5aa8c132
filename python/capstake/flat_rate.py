"""The flat discount rate at which expected amounts are worth a given value."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from capstake import _core
from capstake._core import Deal

__all__ = ["FlatDiscounting"]

# Rates beyond these say nothing.
_LOW, _HIGH = -0.5, 10.0


class FlatDiscounting:
    """Expected amounts on dates, discounted at one rate under a deal's conventions.

    Parameters
    ----------
    deal
        For its valuation date, day count and compounding.
    flows
        Dates and expected amounts [money].
    """

    def __init__(self, deal: Deal, flows: Sequence[tuple[dt.date, float]]) -> None:
        self._is_annual = deal.compounding == "annual"
        self._flows = [
            (_core.year_fraction(deal.day_count, deal.valuation_date, date), amount)
            for date, amount in flows
        ]

    def factors(self, rate: float) -> list[float]:
        """Return the discount factor of each flow."""
        growth = math.log1p(rate) if self._is_annual else rate
        return [math.exp(-growth * time) for time, _ in self._flows]

    def value(self, rate: float) -> float:
        """Discount all flows at the rate."""
        factors = self.factors(rate)
        return math.fsum(f * amount for f, (_, amount) in zip(factors, self._flows, strict=True))

    def slope(self, rate: float) -> float:
        """Differentiate the value by the rate."""
        factors = self.factors(rate)
        by_growth = math.fsum(
            -time * f * amount for f, (time, amount) in zip(factors, self._flows, strict=True)
        )
        return by_growth / (1.0 + rate) if self._is_annual else by_growth

    def rate(self, value: float) -> float | None:
        """Solve for the rate that gives a value; None where no single one from -50% to 1,000% does.

        References
        ----------
        Norstrom, C. J. (1972). A sufficient condition for a unique nonnegative internal rate of
        return. Journal of Financial and Quantitative Analysis 7(3), 1835-1839.
        """
        # No more rates above the lowest give the value than what is left of it, compounding at the
        # lowest rate, changes its sign. Of two or fewer an odd number is one.
        if self._turns(value) > 2:
            return None
        return _root(lambda rate: self.value(rate) - value, low=_LOW, high=_HIGH)

    def _turns(self, value: float) -> int:
        """Count how often running totals change sign: value paid today, amounts compounding."""
        factors = zip(self.factors(_LOW), self._flows, strict=True)
        flows = sorted((time, factor * amount) for factor, (time, amount) in factors)
        totals = accumulate((amount for _, amount in flows), initial=-value)
        signs = [total > 0 for total in totals if total]
        return sum(a != b for a, b in pairwise(signs))


def _root(function: Callable[[float], float], *, low: float, high: float) -> float | None:
    """Find where a function changes its sign, by bisection to full precision; None if nowhere."""
    first, last = function(low), function(high)
    if not min(first, last) <= 0 <= max(first, last):
        return None
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if (function(middle) > 0) == (first > last):
            low = middle
        else:
            high = middle
