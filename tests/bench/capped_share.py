"""The contract that the benchmark values: a capped share of lognormal revenue, 20 quarters."""

from __future__ import annotations

import math

import capstake as cs

QUARTERS = 20
RATE, CAP, DISCOUNT = 0.20, 38.0, 0.05
START, GROWTH, VOLATILITY = 30.0, 0.30, 0.35  # revenue a year before; a year; root of a year

STEP = VOLATILITY / 2  # standard deviation of a quarter's log growth
DRIFT = (GROWTH - VOLATILITY**2 / 2) / 4
# On a path with shocks z, quarter t earns SCALES[t] exp(STEP (z[0] + ... + z[t])).
SCALES = [RATE * START / 4 * math.exp(DRIFT * (t + 1)) for t in range(QUARTERS)]
FACTORS = [math.exp(-DISCOUNT * (t + 1) / 4) for t in range(QUARTERS)]


def deal() -> cs.Deal:
    """Return the contract as a deal on an exact quarterly grid."""
    annual = {
        2026 + year: sum(
            START / 4 * math.exp(GROWTH / 4 * t) for t in range(4 * year + 1, 4 * year + 5)
        )
        for year in range(QUARTERS // 4)
    }
    share = cs.RevenueShare(
        payer="a",
        receiver="b",
        base="revenue",
        rate=RATE,
        cap=CAP,
        start="2026-01-01",
        end="2030-12-31",
    )
    return cs.Deal(
        name="Benchmark",
        valuation_date="2025-12-31",
        currency="USD",
        discount_rate=DISCOUNT,
        compounding="continuous",
        day_count="30E/360",
        parties={"a": cs.Party(name="A"), "b": cs.Party(name="B")},
        streams={"revenue": cs.Forecast(annual=annual, volatility=VOLATILITY)},
        legs={"share": share},
    )


def exact_value() -> float:
    """Return the value without simulation error."""
    return cs.exact_capped_share(
        start=START / 4,
        cap=CAP,
        log_growth=[DRIFT] * QUARTERS,
        volatility=[STEP] * QUARTERS,
        weight=[RATE] * QUARTERS,
        discount=FACTORS,
    ).present_value
