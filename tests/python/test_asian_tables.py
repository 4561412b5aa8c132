"""Published tables of Asian options, by the exact value of a capped share.

With a share of A = (sum of n fixings) / n up to a cap of K, what is paid in all is min(A, K), so a
call is D (E A - E min(A, K)) and a put D (K - E min(A, K)), D the discount factor. Continuous
averages are limits: n midpoints and Richardson's extrapolation in 1 / n^2. A seasoned average has
been partly earned, which lowers both revenue and cap. An option on S_T less k times the average is
one on the average seen backwards from S_T, under the measure that has S_T as numeraire.

cases/asian_exact.json holds `recomputed` (an independent recursion, see its sources) for each row,
and the `printed` digits with what they deserve where print is no approximation: Turnbull and
Wakeman's, Levy's and Zhang's Table 7 print approximations, Fu, Madan and Wang's Table 1 is off by
up to 0.05 and does not state its maturities, which are inferred.

Rows of 500 fixings and more, and geometric averages, are simulated in test_asian_simulated.py. Not
matched: the ten rows asian.haug_tw with falling total variance, for which no process exists.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import capstake as cs
from close import close

CASES = json.loads((Path(__file__).parent / "cases" / "asian_exact.json").read_text())
Fixings = tuple[np.ndarray, np.ndarray]  # times [yr], and total variances of log S at them


def capped_mean(spot: float, carry: float, fixings: Fixings, cap: float) -> tuple[float, float]:
    """E A and E min(A, cap) of the average of lognormal fixings."""
    times, variances = fixings
    means = spot * np.exp(carry * times)
    steps = np.diff(variances, prepend=0.0)
    growth = np.diff(np.log(means), prepend=math.log(spot)) - steps / 2
    n = len(times)
    paid = cs.exact_capped_share(
        start=spot,
        cap=cap,
        log_growth=growth,
        volatility=np.sqrt(steps),
        weight=np.full(n, 1 / n),
        discount=np.ones(n),
    )
    return float(means.mean()), float(paid.expected_paid[-1])


def even(n: int, first: float, last: float, sigma: float) -> Fixings:
    times = np.linspace(first, last, n)
    return times, sigma**2 * times


def continuous_gap(x: dict[str, Any], length: float, cap: float) -> float:
    """E min(A, cap) less E A of a continuous average over so many years from now."""

    def gap(n: int) -> float:
        times = (np.arange(n) + 0.5) * length / n
        mean, paid = capped_mean(x["S0"], x["r"] - x["q"], (times, x["sigma"] ** 2 * times), cap)
        return paid - mean

    coarse, middle, fine = gap(12), gap(24), gap(48)
    once, twice = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
    return (16 * twice - once) / 15


def continuous(x: dict[str, Any]) -> float:
    return -math.exp(-x["r"] * x["T"]) * continuous_gap(x, x["T"], x["K"])


def seasoned(x: dict[str, Any]) -> float:
    left = x["T"] - x["elapsed"]
    part = left / x["T"]
    strike = (x["K"] - (1 - part) * x["average"]) / part
    call = -part * continuous_gap(x, left, strike)
    if x["type"] == "call":
        return math.exp(-x["r"] * left) * call
    carry = x["r"] - x["q"]
    mean = x["S0"] * (math.expm1(carry * left) / (carry * left) if carry else 1.0)
    return math.exp(-x["r"] * left) * (call - part * (mean - strike))


def discrete(x: dict[str, Any]) -> float:
    n, sure = x["n"], 0.0
    fixings = even(n, x["first"], x["last"], x["sigma"])
    cap = x["K"]
    if x["first"] == 0.0:  # a fixing of today is known
        fixings = fixings[0][1:], fixings[1][1:]
        sure = x["S0"] / n
    part = len(fixings[0]) / n
    _, paid = capped_mean(x["S0"], x["r"] - x["q"], fixings, (cap - sure) / part)
    return math.exp(-x["r"] * x["last"]) * (cap - sure - part * paid)


def rising(x: dict[str, Any]) -> float:
    """Weekly fixings of a futures price whose Black volatility rises from 7.5% to 20%."""
    i = np.arange(1, x["n"] + 1)
    times = i / 52
    fixings = times, (0.07 + 0.005 * i) ** 2 * times
    mean, paid = capped_mean(x["S0"], 0.0, fixings, x["K"])
    sure = mean if x["type"] == "call" else x["K"]
    return math.exp(-x["r"] * x["T"]) * (sure - paid)


def strike(x: dict[str, Any]) -> float:
    """(S_T - k A)+ = S_T (1 - k A / S_T)+, and S at time s over S_T goes back from 1."""
    times = x["last"] - np.linspace(x["first"], x["last"], x["n"])[:-1][::-1]
    n, k = x["n"], x["k"]
    sure = k / n  # the last fixing is S_T itself
    if sure >= 1.0:
        return 0.0
    part = k * (n - 1) / n
    _, paid = capped_mean(1.0, x["q"] - x["r"], (times, x["sigma"] ** 2 * times), (1 - sure) / part)
    return x["S0"] * math.exp(-x["q"] * x["last"]) * (1 - sure - part * paid)


PRICES = {
    "continuous": continuous,
    "seasoned": seasoned,
    "discrete": discrete,
    "rising": rising,
    "strike": strike,
}
ROWS = [case for case in CASES if case["inputs"].get("n", 0) < 500]


def is_slow(case: dict[str, Any]) -> bool:
    return case["inputs"].get("n", 0) > 60


def params(rows: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(row, id=row["id"], marks=[pytest.mark.slow] if is_slow(row) else [])
        for row in rows
    ]


@pytest.mark.parametrize("case", params(ROWS))
def test_a_capped_share_of_the_average_gives_the_option(case):
    x = case["inputs"]
    price = PRICES[x["kind"]](x)
    # Differences of amounts of the size of the strike: that is what rounding and the quadrature's
    # 1e-10 are relative to.
    size = max(x["S0"], x.get("K", 0.0))
    assert close(price, case["recomputed"], abs=2e-9 * size)
    if "printed" in case:
        assert close(price, case["printed"], abs=case["tolerance"] + 2e-9 * size)
