"""Deals of the tests, as records: what a deal file holds, before it is checked."""

from __future__ import annotations

import copy
import math
from typing import Any

import capstake as cs

Record = dict[str, Any]


def deal_of(record: Record) -> cs.Deal:
    return cs.Deal.from_record(record)


def changed(record: Record, **changes: Any) -> Record:
    """A deep copy with some keys set: `legs__share__cap=38` is record["legs"]["share"]["cap"]."""
    result = copy.deepcopy(record)
    for place, held in changes.items():
        *tables, key = place.split("__")
        table = result
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = held
    return result


def without(record: Record, place: str) -> Record:
    """A deep copy without one key, named as in `changed`."""
    result = copy.deepcopy(record)
    *tables, key = place.split("__")
    table = result
    for name in tables:
        table = table[name]
    del table[key]
    return result


def share_deal(annual: dict[int, float], *, volatility: float = 0.0, **leg: Any) -> Record:
    """One leg, `share`, on one forecast, `sales`; whole years in 30E/360, continuous compounding."""
    first, last = min(annual), max(annual)
    return {
        "name": "a revenue share",
        "valuation_date": f"{first - 1}-12-31",
        "currency": "USD",
        "discount_rate": 0.05,
        "compounding": "continuous",
        "day_count": "30E/360",
        "parties": {"payer": {"name": "Payer"}, "receiver": {"name": "Receiver"}},
        "streams": {
            "sales": {"type": "forecast", "annual": dict(annual), "volatility": volatility}
        },
        "legs": {
            "share": {
                "payer": "payer",
                "receiver": "receiver",
                "base": "sales",
                "rate": 0.2,
                "start": f"{first}-01-01",
                "end": f"{last}-12-31",
                **leg,
            }
        },
    }


# The capped share whose value is known to 14 digits: R_0 = 30 a year, growth 0.30, volatility 0.35,
# 20 quarters, 20% up to 38 in all, discounted at 5%. Revenue of quarter t: mean 7.5 exp(0.075 t).
GROWTH_PER_QUARTER = 0.30 / 4
QUARTERS = 20
CAPPED_SHARE = share_deal(
    {
        2026 + year: math.fsum(
            7.5 * math.exp(GROWTH_PER_QUARTER * (4 * year + q)) for q in (1, 2, 3, 4)
        )
        for year in range(QUARTERS // 4)
    },
    volatility=0.35,
    cap=38.0,
)
# Present value and expected total paid: given with the task, and recomputed in
# test_published_values.py by the convolution of exact.py.
CAPPED_SHARE_VALUE = 32.729352493911
CAPPED_SHARE_PAID = 36.581149011568
