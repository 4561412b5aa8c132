"""Published Asian options that take a simulation: of 500 and more fixings, of geometric averages.

By the exact value of test_asian_tables.py, whose time grows with the square of the fixings, a
thousand take minutes; here each fixing is a month, with growth and volatility scaled to it. (Months
of 30E/360 are twelfths of a year, but February lends its last two days to March: a twelfth of the
fixings are early by a fifteenth of their distance, which is 1e-5 of the average's variance.)

A geometric average is a formula of the sum of logarithms that only the last period pays. What a leg
pays of it up to a cap of K is min(G, K), so a put is D (K - E min) and a call D (E G - E min).
"""

from __future__ import annotations

import calendar
import json
import math
from pathlib import Path
from typing import Any

import pytest

import capstake as cs
from close import close
from deals import Record, deal_of
from processes import deal

CASES = Path(__file__).parent / "cases"
EXACT = json.loads((CASES / "asian_exact.json").read_text())
MANY = [case for case in EXACT if case["inputs"].get("n", 0) >= 500]
GEOMETRIC = json.loads((CASES / "asian_geometric.json").read_text())
PER_YEAR = {"month": 12, "quarter": 4}


def paid(stream: Record, periods: int, frequency: str, paths: int, **leg: Any) -> cs.Estimate:
    """In all, by a leg that shares all revenue of so many periods."""
    n = PER_YEAR[frequency]
    year, month = 2026 + (periods - 1) // n, ((periods - 1) % n + 1) * 12 // n
    end = f"{year}-{month:02d}-{calendar.monthrange(year, month)[1]}"
    record = deal({**stream}, frequency, end=end, **leg)
    return cs.value(deal_of(record), paths=paths).total_paid("share")


def gbm(level: Any, carry: float, sigma: float, spacing: float, frequency: str) -> Record:
    """A period's revenue is the price at its end, with fixings so far apart [yr]."""
    n = PER_YEAR[frequency]
    growth, volatility = n * spacing * carry, sigma * math.sqrt(n * spacing)
    return {"type": "gbm", "level": level, "growth": growth, "volatility": volatility}


def put(x: dict[str, Any], paths: int) -> tuple[float, float]:
    """Price and its error: a first fixing of today has been paid, an earlier start is drawn."""
    n, carry, spacing = x["n"], x["r"] - x["q"], (x["last"] - x["first"]) / (x["n"] - 1)
    level: Any = 12 * x["S0"]
    fixed = 1 if x["first"] == 0.0 else 0
    if not fixed:
        waited = x["first"] - spacing
        level = {"lognormal": [level * math.exp(carry * waited), x["sigma"] * math.sqrt(waited)]}
    stream = gbm(level, carry, x["sigma"], spacing, "month")
    cap, already = n * x["K"], fixed * x["S0"]
    found = paid({"x": stream}, n - fixed, "month", paths, cap=cap, already_paid=already)
    discount = math.exp(-x["r"] * x["last"]) / n
    return discount * (cap - already - found.value), discount * found.standard_error


def average_strike(x: dict[str, Any], paths: int) -> tuple[float, float]:
    """(S_T - A)+ = S_T (1 - A / S_T)+: under the measure that has S_T as numeraire, prices seen
    backwards from S_T grow at q - r from 1, and the last fixing is S_T itself."""
    n, spacing = x["n"], (x["last"] - x["first"]) / (x["n"] - 1)
    stream = gbm(12.0, x["q"] - x["r"], x["sigma"], spacing, "month")
    found = paid({"x": stream}, n - 1, "month", paths, cap=n - 1.0)
    forward = x["S0"] * math.exp(-x["q"] * x["last"]) / n
    return forward * (n - 1 - found.value), forward * found.standard_error


@pytest.mark.slow
@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in MANY])
def test_a_cap_on_hundreds_of_periods_is_an_asian_option(case):
    x = case["inputs"]
    price, error = (put if x["kind"] == "discrete" else average_strike)(x, 2**15)
    assert 0 < error < case["tolerance"] / 8
    assert abs(price - case["recomputed"]) < 4 * error, (price, error)
    assert abs(price - case["printed"]) < case["tolerance"]


def discrete_geometric(x: dict[str, Any], paths: int) -> tuple[float, float]:
    n, carry, step = x["n"], x["r"] - x["q"], x["first"]
    streams = {
        "g": gbm(4 * x["S0"], carry, x["sigma"], step, "quarter"),
        "x": {
            "type": "formula",
            "formula": f"where(time > {(n - 0.5) / 4}, exp(cumulative(log(g)) / {n}), 0)",
        },
    }
    found = paid(streams, n, "quarter", paths, cap=x["K"])
    # Kemna and Vorst (1990), with fixings at step, 2 step, ... n step.
    variance = x["sigma"] ** 2 * step * (n + 1) * (2 * n + 1) / (6 * n)
    mean = x["S0"] * math.exp((carry - x["sigma"] ** 2 / 2) * step * (n + 1) / 2 + variance / 2)
    discount = math.exp(-x["r"] * x["last"])
    return discount * (mean - found.value), discount * found.standard_error


def continuous_geometric(x: dict[str, Any], paths: int) -> tuple[float, float]:
    """By the trapezoid of a hundred steps, whose variance is (1 - 1 / 40,000) of the integral's."""
    n, carry = 100, x["r"] - x["q"]
    today = math.log(x["S0"])
    mean = f"(cumulative(log(g)) - log(g) / 2 + {today / 2!r}) / {n}"
    streams = {
        "g": gbm(4 * x["S0"], carry, x["sigma"], x["last"] / n, "quarter"),
        "x": {"type": "formula", "formula": f"where(time > {(n - 0.5) / 4}, exp({mean}), 0)"},
    }
    found = paid(streams, n, "quarter", paths, cap=x["K"])
    discount = math.exp(-x["r"] * x["last"])
    return discount * (x["K"] - found.value), discount * found.standard_error


PRICES = {"discrete": discrete_geometric, "continuous": continuous_geometric}


@pytest.mark.parametrize("paths", [2**14, pytest.param(2**20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in GEOMETRIC])
def test_a_capped_geometric_average_is_an_option(case, paths):
    x = case["inputs"]
    price, error = PRICES[x["averaging"]](x, paths)
    # Of 2^20 paths a tenth of a thousandth, as the one price is printed.
    assert 0 < error < 0.15 / math.sqrt(paths)
    assert abs(price - case["recomputed"]) < 4 * error + 2e-5, (price, error)
    assert close(case["recomputed"], case["printed"], abs=case["tolerance"])
