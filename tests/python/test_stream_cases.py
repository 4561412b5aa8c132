"""Published values of streams under a cumulative cap, and of the Schwartz-Moon model.

A cap on the sum of n fixings is an arithmetic Asian option: with rate 1 and cap n K, what is paid
in all is min(sum, n K), so call = D (E sum - E min) / n and put = D (n K - E min) / n, D the
discount factor to the last fixing (by the exact value in test_asian_tables.py). Fixings lie
`spacing` apart; here each is a quarter, with drift and volatility scaled to it. A first fixing
today is an amount already paid. (Of 500 fixings and more: test_asian_simulated.py.)

The discrete version of Schwartz and Moon (2000) is equations 17 (revenue), 18 (growth), 19 and 20
(the volatilities of revenue and of growth), as a public replication of the paper numbers them; the
paper itself was not seen. Its headline, a value of 5,457 million and bankruptcy on 27.9% of the
paths (sm.amazon_base), is not matched: nine readings of its accounts gave 5.4 to 15.6 billion and
23 to 43%. So revenue alone is tested, whose law is exact. Of Schwartz and Moon (2001) neither
equation numbers nor a table of revenue was found. hull.real_options is optimal exercise, which no
contract here has; hull.lambda (0.3 * 0.25 = 0.075) is arithmetic.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import capstake as cs
from close import agrees, close
from deals import deal_of
from processes import MOON, deal

CASES = json.loads((Path(__file__).parent / "cases" / "asian_cap.json").read_text())
MOONS = json.loads((Path(__file__).parent / "cases" / "schwartz_moon.json").read_text())
OPTIONS = [case for case in CASES if "derived" not in case["id"]]
SHARES = [case for case in CASES if "derived" in case["id"]]
# One of each table, with few and many fixings and with the lowest and the highest volatility.
QUICK = ["levy97.put.1", "levy97.put.14", "haug_tw.1", "borovykh.5", "zhou.1", "lord5.1"]


def by_id(cases: list[dict[str, Any]], ids: list[str] | None = None) -> list[Any]:
    return [
        pytest.param(case, id=case["id"])
        for case in cases
        if ids is None or case["id"].removeprefix("asian.") in ids
    ]


def check_option(case: dict[str, Any], paths: int) -> None:
    x = case["inputs"]
    n, h, fixed = x["fixings"], x["spacing"], x["fixed"]
    drift, s_0 = (x["r"] - x["q"]) * h, x["S0"]
    n_all, length = n + fixed, n * h
    stream = {
        "type": "gbm",
        "level": 4 * s_0,
        "growth": 4 * drift,
        "volatility": x["sigma"] * math.sqrt(4 * h),
    }
    cap = n_all * x["K"]
    month = (n - 1) % 4 * 3 + 3
    leg = {
        "cap": cap,
        "already_paid": fixed * s_0,
        "end": f"{2026 + (n - 1) // 4}-{month:02d}-{30 if month in (6, 9) else 31}",
    }
    paid = cs.value(deal_of(deal({"x": stream}, **leg)), paths=paths).total_paid("share")
    total = s_0 * math.fsum(math.exp(drift * i) for i in range(1 - fixed, n + 1))
    discount = math.exp(-x["r"] * length) / n_all
    sure = total if x["type"] == "call" else cap
    price = discount * (sure - fixed * s_0 - paid.value)
    error = discount * paid.standard_error
    # What is paid varies by less than the sum does, and by less than half of the cap.
    deviation = min(s_0 * x["sigma"] * math.sqrt(length) * 1.5, x["K"] / 2)
    assert 0 < error < math.exp(-x["r"] * length) * deviation / math.sqrt(paths)
    assert abs(price - case["recomputed"]) < 4 * error, (price, error, case["recomputed"])


@pytest.mark.parametrize("case", by_id(OPTIONS, QUICK))
def test_a_cumulative_cap_is_an_asian_option(case):
    check_option(case, 2**15)


@pytest.mark.slow
@pytest.mark.parametrize("case", by_id(OPTIONS))
def test_a_cumulative_cap_is_an_asian_option_in_every_case(case):
    check_option(case, 2**19)


@pytest.mark.parametrize("case", by_id(SHARES))
def test_a_capped_share_by_exact_asian_calls(case):
    x, expected = case["inputs"], case["outputs"]
    stream = {"type": "gbm", "level": x["revenue0"], "growth": x["drift"], "volatility": x["sigma"]}
    record = deal(
        {"x": stream}, "year", rate=x["share_rate"], cap=x["cap"], discount_rate=x["r"],
        end=f"{2025 + x['years']}-12-31",
    )  # fmt: skip
    v = cs.value(deal_of(record), paths=2**16)
    assert agrees(v["share"].estimate, expected["pv"], largest_error=2e-3)
    assert agrees(v.total_paid("share"), expected["expected_cumulative"], largest_error=2e-3)
    for row, amount in zip(v.payments("share"), expected["expected_payments"], strict=True):
        assert 0 < row.mean.standard_error < 2e-3 * expected["expected_cumulative"]
        assert abs(row.mean.value - amount) < 4 * row.mean.standard_error


# Schwartz and Moon (2000), Amazon: by quarter in the paper, by year here.

AMAZON = MOON | {"level": 4 * 356.0}


def test_the_papers_parameters_by_year():
    x = MOONS[0]["inputs"]
    by_year = {
        "type": "schwartz_moon",
        "level": 4 * x["R0"],
        "growth": 4 * x["mu0"],
        "growth_long_run": 4 * x["mubar"],
        "growth_reversion": 4 * x["kappa"],
        "growth_volatility": 8 * x["eta0"],
        "growth_volatility_decay": 4 * x["kappa2"],
        "volatility": 2 * x["sigma0"],
        "volatility_long_run": 2 * x["sigmabar"],
        "volatility_reversion": 4 * x["kappa1"],
        "risk_price": 2 * x["lambda1"],
    }
    assert all(
        close(by_year[key], held, rel=1e-15) for key, held in AMAZON.items() if key != "type"
    )


def log_moments(quarters: int) -> tuple[float, float]:
    """Mean and variance of log revenue a quarter: a linear recursion of Gaussian variables,
    equations 17 to 20 of Schwartz and Moon (2000)."""
    r, growth = math.log(356), 0.11
    # Loadings of log revenue and of growth on the shocks so far, which are independent.
    on_log, on_growth = [], []
    for t in range(quarters):
        kept = math.exp(-0.07 * t)
        s, e = 0.1 * kept + 0.05 * (1 - kept), 0.03 * kept
        r += growth - 0.01 * s - s**2 / 2
        on_log = [a + b for a, b in zip(on_log, on_growth, strict=True)] + [s, 0.0]
        growth = math.exp(-0.07) * growth + (1 - math.exp(-0.07)) * 0.015
        deviation = math.sqrt((1 - math.exp(-0.14)) / 0.14) * e
        on_growth = [math.exp(-0.07) * b for b in on_growth] + [0.0, deviation]
    return r, math.fsum(a * a for a in on_log)


@pytest.mark.parametrize("case", by_id(MOONS[1:]))
def test_the_moments_of_amazons_revenue_by_recursion(case):
    mean, variance = log_moments(case["inputs"]["quarters"])
    assert close(mean, case["outputs"]["mean_log_revenue"], rel=1e-12)
    assert close(variance, case["outputs"]["var_log_revenue"], rel=1e-12)


def check_moments(case: dict[str, Any], paths: int) -> None:
    quarters, expected = case["inputs"]["quarters"], case["outputs"]
    year = 2025 + quarters // 4
    leg = {"start": f"{year}-10-01", "end": f"{year}-12-31"}
    v = cs.value(deal_of(deal({"x": AMAZON}, **leg)), paths=paths)
    x = np.log(v["share"].samples)
    mean, variance = expected["mean_log_revenue"], expected["var_log_revenue"]
    n = len(x)
    assert abs(x.mean() - mean) < 4 * math.sqrt(variance / n)
    # The variance of a normal sample has the error variance sqrt(2 / n).
    assert abs(((x - mean) ** 2).mean() - variance) < 4 * variance * math.sqrt(2 / n)
    # That of a lognormal mean is sqrt(exp(variance) - 1) / sqrt(n), relative.
    largest = 1.5 * math.sqrt(math.expm1(variance) / paths)
    assert agrees(
        v.total_paid("share"), expected["mean_revenue_per_quarter"], largest_error=largest
    )
    for p, name in ((0.05, "p05"), (0.5, "median_revenue"), (0.95, "p95")):
        share = (x < math.log(expected[name])).mean()
        assert abs(share - p) < 4 * math.sqrt(p * (1 - p) / n)


@pytest.mark.parametrize("case", by_id(MOONS[1:3]))
def test_the_moments_of_amazons_revenue(case):
    check_moments(case, 2**14)


@pytest.mark.slow
@pytest.mark.parametrize("case", by_id(MOONS[1:]))
def test_the_moments_of_amazons_revenue_on_a_million_paths(case):
    check_moments(case, 2**20)
