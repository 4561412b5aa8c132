"""Deals of the tests, as records: what a deal file holds, before it is checked."""

from __future__ import annotations

import copy
import math
from typing import Any

import capstake as cs

Record = dict[str, Any]


def deal_of(record: Record) -> cs.Deal:
    return cs.Deal.from_record(record)


def _keys(place: str) -> list[Any]:
    return [int(key) if key.isdigit() else key for key in place.split("__")]


def changed(record: Record, **changes: Any) -> Record:
    """A deep copy with some keys set: `legs__share__cap=38` is record["legs"]["share"]["cap"]."""
    result = copy.deepcopy(record)
    for place, held in changes.items():
        *tables, key = _keys(place)
        table = result
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = held
    return result


def without(record: Record, place: str) -> Record:
    """A deep copy without one key, named as in `changed`."""
    result = copy.deepcopy(record)
    *tables, key = _keys(place)
    table = result
    for name in tables:
        table = table[name]
    del table[key]
    return result


def share_deal(annual: dict[int, float], *, volatility: float = 0.0, **leg: Any) -> Record:
    """One leg, `share`, on one forecast, `sales`; 30E/360 and continuous compounding."""
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

# A deal with every term: two-way legs, capped ones, stops, lags, a haircut, a company that is
# charged for the legs, fails and exits by chance, diluted stakes.
EVERYTHING: Record = {
    "name": "everything",
    "valuation_date": "2026-04-27",
    "currency": "USD",
    "discount_rate": 0.11,
    "parties": {
        "maker": {"name": "Maker"},
        "partner": {"name": "Partner"},
        "fund": {"name": "Fund"},
    },
    "streams": {
        "sales": {
            "type": "forecast",
            "annual": {2025: 13.07, 2026: 30, 2027: 62, 2028: 112, 2029: 189, 2030: 282, 2031: 300},
            "growth_haircut": {"triangular": [0.0, 0.25, 0.5]},
            "volatility": 0.3,
        },
        "licences": {"type": "scaled", "of": "sales", "factor": 0.3},
    },
    "events": {
        "failure": {"hazard": 0.12},
        "trigger": {"hazard": 0.2},
        "flotation": {"hazard": 0.25},
    },
    "legs": {
        "share": {
            "payer": "maker",
            "receiver": "partner",
            "base": "sales",
            "rate": 0.2,
            "start": "2026-01-01",
            "end": "2030-12-31",
            "cap": 38.0,
            "already_paid": 3.6,
            "payment_lag": 45,
            "stop_events": ["failure"],
            "discount_rate": 0.12,
        },
        "reverse": {
            "payer": "partner",
            "receiver": "maker",
            "base": "licences",
            "rate": 0.15,
            "start": "2026-01-01",
            "end": "2029-06-30",
            "payment_lag": 20,
            "stop_events": ["trigger", "failure"],
        },
        "royalty": {
            "payer": "maker",
            "receiver": "fund",
            "base": "sales",
            "rate": 0.01,
            "start": "2026-04-01",
            "end": "2031-12-31",
            "cap": 3.0,
            "payment_lag": 400,
        },
    },
    "companies": {
        "maker_inc": {
            "party": "maker",
            "revenue": "sales",
            "multiple": 20.0,
            "long_run_multiple": 6.0,
            "reversion": 0.6,
            "multiple_volatility": 0.45,
            "correlation": 0.3,
            "exit_date": "2030-12-31",
            "exit": "flotation",
            "failure": "failure",
            "recovery": 0.1,
            "charges_legs": True,
            "cash_rate": 0.04,
            "last_round": 852.0,
        },
    },
    "stakes": {
        "partner_stake": {
            "holder": "partner",
            "company": "maker_inc",
            "fraction": 0.27,
            "dilution": 0.03,
            "issue_at_exit": 0.065,
            "discount_rate": 0.15,
        },
        "fund_stake": {"holder": "fund", "company": "maker_inc", "fraction": 0.5},
    },
}
