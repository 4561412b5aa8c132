"""Published values of options on several assets: revenue lines that depend on each other, capped.

Lines S_i of correlated lognormal revenue are added up (`scaled` and `sum` streams) or compared (a
`formula`) to a basket B, of which everything is shared up to a cap of K: E min(B, K). A call is
D (E B - E min(B, K)) and a put D (K - E min(B, K)), D the discount factor. A sure amount is added
to basket and cap where K is not positive. One period of a year, with drift and volatility scaled.

cases/baskets.json holds `recomputed` (quadrature, or randomised Sobol points with their errors; see
the sources) for each row, and the `printed` digits where print is no approximation: Kirk's is.

Not matched, as no contract pays so: one-touch and barrier options and lookbacks (bs.onetouch,
bs.barrier, bs.lookback), which watch a price continuously.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import capstake as cs
from close import close
from deals import Record, deal_of
from processes import deal

CASES = json.loads((Path(__file__).parent / "cases" / "baskets.json").read_text())
QUICK = [
    "basket.dempster_hong.1", "basket.choi.1", "basket.lo.16", "basket.krekel.20",
    "basket.deng_li_zhou.11", "basket.quantlib_new.1", "margrabe.21", "two_asset.1",
    "two_asset.39", "two_asset.57", "pyfeng_kirk.1",
]  # fmt: skip


def basket(x: dict[str, Any], sure: float) -> Record:
    """Streams s0, s1, ... and their basket x, `sure` more than what is capped."""
    years = x["T"]
    lines = {
        f"s{i}": {
            "type": "gbm",
            "level": spot,
            "growth": (x["r"] - q) * years,
            "volatility": sigma * math.sqrt(years),
        }
        for i, (spot, sigma, q) in enumerate(zip(x["S0"], x["sigma"], x["q"], strict=True))
    }
    if x["of"] != "sum":
        streams = lines | {"x": {"type": "formula", "formula": f"{x['of']}imum(s0, s1)"}}
    else:
        weighted = {
            f"w{i}": {"type": "scaled", "of": f"s{i}", "factor": abs(w)}
            for i, w in enumerate(x["weights"])
        }
        fixed = {"sure": {"type": "gbm", "level": sure, "growth": 0.0, "volatility": 0.0}}
        of = [f"w{i}" for i, w in enumerate(x["weights"]) if w > 0]
        less = [f"w{i}" for i, w in enumerate(x["weights"]) if w < 0]
        total = {"type": "sum", "of": [*of, *(fixed if sure else {})], "less": less}
        streams = lines | weighted | (fixed if sure else {}) | {"x": total}
    record = deal(streams, "year", end="2026-12-31", cap=x["K"] + sure)
    draws = [f"{name}.shock" for name in lines]
    return record | {"dependence": {"all": {"draws": draws, "correlation": x["rho"]}}}


def mean_of(x: dict[str, Any]) -> float:
    """E B of a sum; of the larger and the smaller of two by Margrabe (1978)."""
    forwards = [s * math.exp((x["r"] - q) * x["T"]) for s, q in zip(x["S0"], x["q"], strict=True)]
    if x["of"] == "sum":
        return math.fsum(w * f for w, f in zip(x["weights"], forwards, strict=True))
    (a, b), (s, t) = forwards, x["sigma"]
    v = math.sqrt((s * s + t * t - 2 * x["rho"][0][1] * s * t) * x["T"])
    d = math.log(a / b) / v + v / 2
    normal = lambda z: 0.5 * math.erfc(-z / math.sqrt(2))  # noqa: E731
    exchange = a * normal(d) - b * normal(d - v)
    return a - exchange if x["of"] == "min" else b + exchange


def check(case: dict[str, Any], paths: int) -> None:
    x = case["inputs"]
    sure = 0.0 if x["K"] > 0 else 100.0 - x["K"]
    paid = cs.value(deal_of(basket(x, sure)), paths=paths).total_paid("share")
    discount = math.exp(-x["r"] * x["T"])
    capped = paid.value - sure
    price = discount * ((mean_of(x) if x["type"] == "call" else x["K"]) - capped)
    # As rare as 4 standard errors of the normal, for an error from few replicates.
    wide = stats.t.ppf(stats.norm.cdf(4.0), paid.degrees_of_freedom)
    error = discount * paid.standard_error
    # What is paid varies by less than the lines do together.
    spread = math.fsum(
        abs(w) * s * math.sqrt(math.expm1(sigma**2 * x["T"])) * math.exp(abs(x["r"] - q) * x["T"])
        for w, s, sigma, q in zip(x["weights"], x["S0"], x["sigma"], x["q"], strict=True)
    )
    assert 0 < error < spread / math.sqrt(paths)
    assert close(price, case["recomputed"], abs=wide * error + 1e-9), (price, error)
    if "printed" in case:
        assert close(price, case["printed"], abs=wide * error + case["tolerance"])


@pytest.mark.parametrize("name", QUICK)
def test_lines_under_one_cap_are_a_basket_option(name):
    (case,) = [case for case in CASES if case["id"] == f"bs.{name}"]
    check(case, 2**14)


@pytest.mark.slow
@pytest.mark.parametrize("case", [pytest.param(c, id=c["id"]) for c in CASES])
def test_lines_under_one_cap_are_a_basket_option_in_every_case(case):
    check(case, 2**17)


def test_the_tables_have_every_kind_of_basket():
    assert {case["inputs"]["of"] for case in CASES} == {"sum", "min", "max"}
    assert np.any([case["inputs"]["K"] <= 0 for case in CASES])
