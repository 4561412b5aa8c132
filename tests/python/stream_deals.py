"""Deals of the tests that have every type of stream."""

from __future__ import annotations

from typing import Any

from deals import Record


def stream_deal(streams: dict[str, Any], base: str, **deal: Any) -> Record:
    """Two legs on one stream, one of them capped, from the valuation date's quarter on."""
    leg = {
        "payer": "payer",
        "receiver": "receiver",
        "base": base,
        "rate": 0.2,
        "start": "2026-04-01",
        "end": "2029-12-31",
    }
    return {
        "name": "streams",
        "valuation_date": "2026-04-27",
        "currency": "USD",
        "discount_rate": 0.1,
        "parties": {"payer": {"name": "Payer"}, "receiver": {"name": "Receiver"}},
        "streams": streams,
        "legs": {"share": leg, "capped": leg | {"cap": 30.0, "payment_lag": 30}},
    } | deal


PLAN = {
    "type": "forecast",
    "annual": {2025: 40, 2026: 50, 2027: 80, 2028: 110, 2029: 130},
    "growth_haircut": {"uniform": [0.0, 0.5]},
    "volatility": 0.3,
}

# Three channels of one company and what leaks from one to another.
CHANNELS: dict[str, Any] = {
    "plan": PLAN,
    "users": {"type": "forecast", "annual": {y: 3 + y - 2025 for y in range(2025, 2030)}},
    "price": {
        "type": "forecast",
        "annual": dict.fromkeys(range(2025, 2030), 2.5),
        "volatility": 0.15,
    },
    "hosted": {"type": "product", "of": "users", "times": ["price"]},
    "leaks": {
        "type": "ramp",
        "of": "plan",
        "at_start": 0.0,
        "at_end": {"triangular": [0.1, 0.25, 0.4]},
        "start": "2026-05-11",
        "end": "2028-08-20",
    },
    "sold_elsewhere": {
        "type": "ramp",
        "of": "leaks",
        "at_start": 0.9,
        "at_end": 0.5,
        "start": "2027-02-28",
        "end": "2027-03-15",
        "interpolation": "log_linear",
    },
    "total": {"type": "sum", "of": ["plan", "hosted", "sold_elsewhere"], "less": ["leaks"]},
    "seasons": {
        "type": "seasonal",
        "of": "total",
        "weights": [0.2, {"uniform": [0.2, 0.3]}, 0.25, 0.3],
    },
    "known": {
        "type": "history",
        "figures": {"2025-10": 3.3, "2025-11": 3.5, "2025-12": 4, "2026-01": 4, "2026-02": 4.2,
                    "2026-03": {"uniform": [4, 5]}},
        "of": "seasons",
    },
}  # fmt: skip
MONTHS = [0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1]

STREAM_DEALS: dict[str, Record] = {
    "combined": stream_deal(CHANNELS, "known"),
    "combined by month": stream_deal(CHANNELS, "known", frequency="month"),
    "combined by year": stream_deal(CHANNELS, "known", frequency="year"),
    "weights of months": stream_deal(
        {"plan": PLAN, "x": {"type": "seasonal", "of": "plan", "weights": MONTHS}}, "x"
    ),
}
for _frequency in ("month", "year"):
    STREAM_DEALS[f"weights of months, by {_frequency}"] = STREAM_DEALS["weights of months"] | {
        "frequency": _frequency
    }
