"""Streams that rest on no other, one of each type, and what tests ask of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import capstake as cs
from capstake import _core
from close import close
from deals import Record, deal_of

YEARS = 5
GBM = {"type": "gbm", "level": 100.0, "growth": 0.3, "volatility": 0.35}
OU = {
    "type": "mean_reverting_growth",
    "level": 100.0,
    "growth": 0.6,
    "growth_long_run": 0.05,
    "growth_reversion": 0.7,
    "growth_volatility": 0.2,
    "volatility": 0.15,
    "correlation": 0.4,
}
JUMPS = {
    "type": "jump_diffusion",
    "level": 100.0,
    "growth": 0.2,
    "volatility": 0.2,
    "jump_rate": 0.6,
    "jump_mean": -0.25,
    "jump_volatility": 0.15,
}
REGIMES = {
    "type": "regime_switching",
    "level": 100.0,
    "growth": 0.4,
    "volatility": 0.15,
    "other_growth": -0.2,
    "other_volatility": 0.35,
    "switch_rate": 0.4,
    "return_rate": 0.8,
    "starts_in_other": 0.25,
}
MOON = {
    "type": "schwartz_moon",
    "level": 100.0,
    "growth": 0.44,
    "growth_long_run": 0.06,
    "growth_reversion": 0.28,
    "growth_volatility": 0.24,
    "growth_volatility_decay": 0.28,
    "volatility": 0.2,
    "volatility_long_run": 0.1,
    "volatility_reversion": 0.28,
    "risk_price": 0.02,
}
LOGISTIC = {"type": "logistic", "level": 100.0, "market": 700.0, "growth": 0.9, "volatility": 0.2}
BASS = {
    "type": "bass",
    "market": 1000.0,
    "innovation": 0.03,
    "imitation": 0.38,
    "launch": "2025-12-31",
    "volatility": 0.2,
}


def deal(streams: dict[str, Any], frequency: str = "quarter", **leg: Any) -> Record:
    """One leg on stream `x`; quarters are exactly a fourth of a year, and rates compound so."""
    return {
        "name": "a process",
        "valuation_date": "2025-12-31",
        "currency": "USD",
        "discount_rate": 0.0,
        "compounding": "continuous",
        "day_count": "30E/360",
        "frequency": frequency,
        "parties": {"a": {"name": "A"}, "b": {"name": "B"}},
        "streams": streams,
        "legs": {
            "share": {
                "payer": "a",
                "receiver": "b",
                "base": "x",
                "rate": 1.0,
                "start": "2026-01-01",
                "end": f"{2025 + YEARS}-12-31",
                **leg,
            }
        },
    }


def revenue(stream: Record, frequency: str = "quarter") -> dict[int, np.ndarray]:
    """Revenue by year of one stream on the first block of paths."""
    graph = _core.graph_of(deal_of(deal({"x": stream}, frequency)))
    rows = dict(zip(graph.output_names, graph.run(seed=5), strict=True))
    return {y: rows[f"revenue.x.{y}"] for y in range(2026, 2026 + YEARS)}


def valued(stream: Record, paths: int, frequency: str = "year", **others: Record) -> cs.Valuation:
    return cs.value(deal_of(deal({"x": stream, **others}, frequency)), paths=paths)


def samples(v: cs.Valuation) -> dict[int, np.ndarray]:
    """Revenue by year on the first paths: what a leg of rate 1 pays in it."""
    return v.payment_samples("share")


def same(got: dict[int, np.ndarray], expected: dict[int, Any], rel: float) -> bool:
    return all(close(got[y], np.broadcast_to(expected[y], got[y].shape), rel=rel) for y in expected)


PERCENTILES = {
    "type": "forecast",
    "annual": {2026: 100.0, 2027: 150.0, 2028: 220.0, 2029: 260.0, 2030: 280.0},
    "p10": {"2027": 120.0, "2028": 150.0, "2029": 130.0, "2030": 100.0},
    "p90": {"2027": 180.0, "2028": 350.0, "2029": 470.0, "2030": 700.0},
}


def check_variance(x: np.ndarray, variance: float) -> None:
    """Within four standard errors, which are those of the sample's fourth moment."""
    squares = (x - x.mean()) ** 2
    error = squares.std() / math.sqrt(len(x))
    assert error < 4 * variance / math.sqrt(len(x))
    assert abs(squares.mean() - variance) < 4 * error
