"""Deals with every term that a measure may change."""

from __future__ import annotations

from typing import Any

from deals import EVERYTHING, changed

CURVE = {"by_date": {"2026-04-27": 0.04, "2027-09-30": 0.03, "2029-06-30": 0.045}}
FALLING = {"by_date": {"2026-01-01": 0.09, "2027-05-15": 0.05, "2029-03-31": -0.02}}
TERMS: dict[str, Any] = {"measure": "risk_neutral", "risk_free": CURVE}

EVERY_TERM = changed(
    EVERYTHING,
    **TERMS,
    streams__sales__risk_premium=0.08,
    streams__licences__risk_premium=FALLING,
    parties__maker__credit_spread={"by_date": {"2026-04-27": 0.01, "2028-01-01": 0.03}},
    parties__partner__credit_spread={"uniform": [0.0, 0.05]},
    companies__maker_inc__risk_premium=0.03,
    legs__royalty__risk="diversifiable",
    legs__reverse__clauses__credit={"type": "payer_credit", "spread": 0.015},
)
TERM = {"payer": "maker", "receiver": "fund", "start": "2026-01-01", "end": "2030-12-31"}
EARN_OUTS = changed(
    EVERY_TERM,
    legs={
        "tested": {**TERM, "type": "earn_out", "base": "sales", "threshold": 80, "rate": 0.3},
        "own": {
            **TERM,
            "type": "earn_out",
            "base": "licences",
            "threshold": 20,
            "amount": 5,
            "risk": "diversifiable",
        },
        "met": {**TERM, "type": "milestone", "base": "sales", "threshold": 300, "amount": 9},
        "met_by_luck": {
            **TERM,
            "type": "milestone",
            "base": "sales",
            "threshold": 300,
            "amount": 9,
            "risk": "diversifiable",
        },
        "approved": {**TERM, "type": "milestone", "amount": 50, "probability": 0.6},
    },
)
