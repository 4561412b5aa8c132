"""Deals, as JSON holds them, that have between them every type, clause and family."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import capstake as cs
from bad_deals import GOOD
from deals import Record, changed, share_deal
from dependence_deals import DEPENDENT
from stream_deals import STREAM_DEALS

AMOUNTS: dict[str, dict[str, Any]] = {
    "plain": {"value": 38, "source": "10-Q", "status": "reported", "range": [30, 50]},
    "by_date": {"by_date": {"2026-01-01": 38, "2028-06-30": 60}},
    "uniform": {"uniform": [20, 60]},
    "triangular": {"triangular": [20, 38, 60], "truncated_above": 55},
    "pert": {"pert": [20, 38, 60]},
    "normal": {"normal": [38, 7], "truncated_below": 1},
    "lognormal": {"lognormal": [38, 0.3], "source": "", "status": ""},
    "student_t": {"student_t": [38, 2, 4.5], "truncated_below": 1, "truncated_above": 99},
    "beta": {"beta": [2.5, 1.7, 20, 60]},
    "gamma": {"gamma": [4.5, 8], "status": "assumed"},
    "discrete": {"discrete": {"values": [40, 20, 60], "weights": [1, 2, 0.5]}},
    "empirical": {"empirical": [31, 40, 28, 52, 40]},
    "metalog": {
        "metalog": {
            "probabilities": ["10%", 0.5, 0.9],
            "values": [20, 38, 60],
            "low": 0,
            "high": 200,
        }
    },
}
RATES: dict[str, Any] = {
    "per cent": "20%",
    "value": {"value": "20%", "range": ["15 %", 0.25]},
    "uniform": {"uniform": ["10%", 0.3]},
    "discrete": {"discrete": {"values": ["10%", 0.3], "weights": [1, 3]}},
    "by_date": {"by_date": {"2026-01-01": ".5e1%", "2027-01-01": 0.3}},
}
CLAUSES: dict[str, Record] = {
    "tiers": {"above": [20, 45], "rates": ["10%", {"by_date": {"2026-01-01": 0.0}}]},
    "threshold": {"amount": 25, "per": "period"},
    "springing_rate": {"test_date": "2027-12-31", "target": 80, "rate_if_missed": 0.3},
    "catch_up": {"target": 9, "rate": 0.06},
    "minimum_guarantee": {"amount": {"uniform": [2, 9]}, "per": "term", "until": "2028-06-30"},
    "period_cap": {"amount": 5, "carry_forward": True, "per": "year"},
    "recoup_then_split": {"multiple": 1, "rate": 0.25, "since": "2026-01-15", "interest": 0.2},
    "cap_multiple": {"multiple": {"by_date": {"2026-01-01": 1.65, "2029-01-01": 2.0}}},
    "springing_cap": {
        "test_date": "2027-12-31",
        "target": {"uniform": [60, 90]},
        "multiple_if_missed": "210%",
        "since": "2025-06-30",
    },
    "accreting_cap": {"rate": 0.16},
    "true_up": {"rate": {"by_date": {"2026-01-01": "16%"}}, "amount": 30, "part": "60%"},
    "tail_rate": {"rate": 0.02},
    "balloon": {"part": 0.7},
    "buy_out": {"on": "2028-05-15", "multiple": 2.2},
    "change_of_control": {"event": "sale", "amount": 30, "less_paid": False},
    "deferral": {"part": 0.4, "days": 500, "interest": 0.08},
    "grace_period": {"until": "2028-02-29", "interest": "10%"},
    "payer_credit": {"failure": "stop", "recovery": 0.3},
    "clawback": {"event": "sale", "part": 0.4, "look_back": 365},
    "custom": {
        "formula": "minimum(accrual, most) * kept",
        "numbers": {"most": {"uniform": [1, 9]}, "kept": "95%"},
    },
}
_NEED_A_CAP = ("tail_rate", "balloon", "true_up")
_SALES = share_deal(
    {y: 30.0 * 1.3 ** (y - 2026) for y in range(2025, 2031)}, volatility=0.5, investment=20.0
)


def _with_legs(terms: dict[str, Record]) -> Record:
    """One leg for each: the terms besides those that all legs have."""
    (leg,) = _SALES["legs"].values()
    return changed(
        _SALES,
        events={
            "stop": {"hazard": 0.25, "meaning": "it stops"},
            "sale": {"hazard": {"value": 0.3}},
        },
        legs={name: leg | held for name, held in terms.items()},
    )


LEGS: dict[str, Record] = {
    "earn_out": {
        "threshold": 40.0,
        "amount": 3,
        "rate": {"uniform": [0.1, 0.5]},
        "rate_on": "whole",
        "cap": {"by_date": {"2026-01-01": 9, "2028-01-01": 12}},
        "total_cap": 30,
        "catch_up": True,
        "above": [60, {"by_date": {"2026-01-01": 70, "2028-01-01": 90}}],
        "amounts": [1, 2],
        "rates": [0.4, {"uniform": [0.5, 0.9]}],
        "acceleration": "sale",
        "loss_events": ["stop"],
    },
    "milestone": {
        "amount": 7,
        "threshold": 60,
        "measured": "each_year",
        "year_start": "2025-04-01",
        "probability": "60%",
        "stop_events": ["stop"],
        "acceleration": "sale",
        "acceleration_amount": 5,
    },
}


def _other_legs() -> Record:
    """One leg of each type besides revenue shares, with what those have in common with them."""
    (share,) = _SALES["legs"].values()
    common = {key: share[key] for key in ("payer", "receiver", "base", "start", "end")}
    legs = {name: {"type": name, **common, **terms} for name, terms in LEGS.items()}
    return _with_legs({}) | {"legs": legs}


def _risk_neutral() -> Record:
    """What the measures tell apart, and what they need."""
    return changed(
        _other_legs(),
        measure="risk_neutral",
        risk_free={"by_date": {"2025-12-31": "3%", "2028-01-01": 0.04}},
        parties__payer__credit_spread={"uniform": [0.01, "2%"]},
        streams__sales__risk_premium={"value": 0.07, "range": [0.05, "9%"]},
        legs__milestone__risk="diversifiable",
    )


def _clause(name: str) -> Record:
    cap = {"cap": 18.0} if name in _NEED_A_CAP else {}
    clauses = {name: {"type": name, **CLAUSES[name]}}
    if name == "springing_cap":
        clauses["cap"] = {"type": "cap_multiple", "multiple": 1.5}
    return {"clauses": clauses, **cap}


def as_json(record: Record) -> Record:
    """What JSON makes of a deal file: dates and years are texts."""
    held: Record = json.loads(json.dumps(record, default=str))
    return held


BUNDLED = {
    name: as_json(tomllib.loads(path.read_text("utf-8")))
    for name, path in cs.bundled_deals().items()
}
OTHERS = {
    name: as_json(record)
    for name, record in {
        "everything else": tomllib.loads(GOOD),
        "every amount": _with_legs({name: {"cap": held} for name, held in AMOUNTS.items()}),
        "every rate": _with_legs({str(i): {"rate": held} for i, held in enumerate(RATES.values())}),
        "every clause": _with_legs({name: _clause(name) for name in CLAUSES}),
        "every other leg": _other_legs(),
        "risk-neutral": _risk_neutral(),
        **STREAM_DEALS,
        **{f"dependence: {name}": held for name, held in DEPENDENT.items()},
    }.items()
}
