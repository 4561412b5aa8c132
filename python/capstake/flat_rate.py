"""The flat discount rate at which expected amounts are worth a given value."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence

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
        """Solve for the rate that gives a value; None where none from -50% to 1,000% does."""
        return _falling_root(self.value, value, low=_LOW, high=_HIGH)


def _falling_root(
    function: Callable[[float], float], target: float, *, low: float, high: float
) -> float | None:
    """Find where a falling function takes the target, by bisection to full precision."""
    if not function(high) <= target <= function(low):
        return None
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if function(middle) > target:
            low = middle
        else:
            high = middle
