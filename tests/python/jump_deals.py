"""Two years of sales whose first is tested against a target, and their exact values."""

from __future__ import annotations

import math
from typing import Any

from scipy.stats import norm

from deals import Record, changed, share_deal

VOLATILITY, DISCOUNT = 0.3, 0.05


def two_years(**changes: Any) -> Record:
    """20% of sales whose means are 80 and 100; the first year's are lognormal."""
    record = share_deal({2026: 80.0, 2027: 100.0}, volatility=VOLATILITY)
    return changed(record, frequency="year", **changes)


def distance(place: float) -> float:
    """Of the first year's sales from their mean, in deviations of their logarithm."""
    return (math.log(place / 80.0) + VOLATILITY**2 / 2) / VOLATILITY


def springing(target: float, **changes: Any) -> Record:
    """30% of the second year's sales if the first's missed the target."""
    sprung = {
        "type": "springing_rate",
        "test_date": "2026-12-31",
        "target": target,
        "rate_if_missed": 0.3,
    }
    return two_years(legs__share__clauses={"sprung": sprung}, **changes)


def springing_value(target: float, rate_if_missed: float = 0.3) -> float:
    """By the truncated mean of a lognormal: the second year's on paths that missed."""
    missed = 100.0 * norm.cdf(distance(target) - VOLATILITY)
    first, second = math.exp(-DISCOUNT), math.exp(-2 * DISCOUNT)
    return first * 0.2 * 80.0 + second * (0.2 * 100.0 + (rate_if_missed - 0.2) * missed)
