"""Value at risk and expected shortfall of a lognormal year and of a normal number.

Not matched: sens.ishigami, sens.g8 and their like, indices of functions that are no contract.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import capstake as cs
from close import agrees
from deals import changed, deal_of, share_deal

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "cases" / "risk.json").read_text())
}


def check_percentile(v: cs.Valuation, level: float, expected: float) -> None:
    # 95% intervals, widened to 4 standard errors.
    (found,) = v["share"].percentiles([level])
    assert abs(found.value - expected) < 4 / 1.96 * (found.high - found.low) / 2
    assert found.high - found.low < 0.03 * expected


@pytest.mark.parametrize("name", [n for n in CASES if n.startswith("risk.lognormal")])
def test_a_lognormal_year(name):
    x, printed = CASES[name]["inputs"], CASES[name]["outputs"]
    mean = math.exp(x["mu"] + x["sigma"] ** 2 / 2)
    record = share_deal({2026: mean}, rate=1.0, volatility=x["sigma"])
    v = cs.value(deal_of(changed(record, frequency="year", discount_rate=0.0)), paths=2**18)
    percent = 100 * (1 - x["p"])
    check_percentile(v, 100 * x["p"], printed["upper_VaR"])
    check_percentile(v, percent, printed["lower_quantile"])
    worst = v["share"].expected_shortfall(percent).mean
    assert agrees(worst, printed["lower_tail_mean"], largest_error=0.01)
    best = v["share"].expected_shortfall(percent, tail="upper").mean
    assert agrees(best, printed["upper_CVaR"], largest_error=0.05)


def test_a_normal_number():
    printed = CASES["risk.normal"]["recomputed"]
    normal = {"normal": [10.0, 1.0], "truncated_below": 1.0}  # nine deviations away
    record = changed(share_deal({2026: 1e6}, rate=1.0, cap=normal), frequency="year")
    v = cs.value(deal_of(changed(record, discount_rate=0.0)), paths=2**18)
    check_percentile(v, 97.5, 10 + printed["VaR"])
    best = v["share"].expected_shortfall(2.5, tail="upper").mean
    assert agrees(best, 10 + printed["ES"], largest_error=0.001)
