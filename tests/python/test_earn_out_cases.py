"""Published earn-outs and digitals, one test each; their ids and sources are in the files.

One date: with a metric that is lognormal at time T, its forward the forecast of one year and its
volatility sigma sqrt(T), a year of the grid stands for T. Rates and lags are scaled to it.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import norm

import capstake as cs
from capstake import _core
from close import close
from deals import Record, changed, deal_of, share_deal

FILES = Path(__file__).parent / "cases"
CASES = {
    case["id"]: case
    for file in ("earnouts.json", "digitals.json")
    for case in json.loads((FILES / file).read_text())
}


def cases(prefix: str) -> list[Any]:
    return [pytest.param(c, id=name) for name, c in CASES.items() if name.startswith(prefix)]


def one_year(metric: Any, volatility: float = 0.0, **legs: Record) -> Record:
    """Legs on the metric of 2026, valued at the end of 2025."""
    record = share_deal({2026: metric}, volatility=volatility)
    del record["legs"]["share"]
    term = {"payer": "payer", "receiver": "receiver", "start": "2026-01-01", "end": "2026-12-31"}
    for name, leg in legs.items():
        base = {} if leg.get("probability") else {"base": "sales"}
        record["legs"][name] = {**term, **base, **leg}
    return changed(record, frequency="year")


def earn_out(**terms: Any) -> Record:
    return {"type": "earn_out", **terms}


def milestone(**terms: Any) -> Record:
    return {"type": "milestone", **terms}


def outputs(record: Record) -> dict[str, float]:
    """What every path of a deal without uncertainty gives."""
    graph = _core.graph_of(deal_of(record))
    return {n: float(row[0]) for n, row in zip(graph.output_names, graph.run(seed=1), strict=True)}


# Payoffs by the words of contracts


@pytest.mark.parametrize("case", cases("earn.graham."))
def test_graham(case):
    leg = earn_out(threshold=8.75e6, amount=7e6, rate=7 / 2.25, cap=14e6)
    paid = outputs(one_year(case["inputs"]["ebitda"], x=leg))["paid.x"]
    assert close(paid, case["outputs"]["payment"], abs=case["tolerance"])
    assert close(paid, case["recomputed"], abs=1e-6)


@pytest.mark.parametrize("i", range(5))
def test_vrc(i):
    case = CASES["earn.vrc"]
    leg = earn_out(threshold=40, rate=6, cap=150)
    paid = outputs(one_year(case["inputs"]["ebitda"][i], x=leg))["paid.x"]
    assert close(paid, case["recomputed"][i], abs=1e-12)


def bruner(**changes: Any) -> Record:
    """Five years on operating income, with a target each; end-of-year payments at 12%."""
    x = CASES["earn.bruner.buyer"]["inputs"]
    targets = {f"{2026 + i}-01-01": target for i, target in enumerate(x["targets"])}
    sales = {2025 + i: x["base_sales"] * (1 + x["growth"]) ** i for i in range(6)}
    record = one_year(1.0, x=earn_out(threshold={"by_date": targets}, rate=1, end="2030-12-31"))
    return changed(
        record,
        compounding="annual",
        discount_rate=x["discount_rate_annual"],
        streams__sales__annual=sales,
        streams__income={"type": "scaled", "of": "sales", "factor": x["operating_margin"]},
        legs__x__base="income",
        **changes,
    )


def test_bruner():
    case = CASES["earn.bruner.buyer"]
    found, exact, printed = outputs(bruner()), case["recomputed"], case["outputs"]
    for i in range(5):
        paid, income = found[f"payment.x.{2026 + i}"], found[f"revenue.income.{2026 + i}"]
        assert close(income, exact["operating_income"][i], rel=1e-14)
        assert close(income, printed["operating_income"][i], abs=case["tolerance"])
        assert close(paid, exact["earnouts"][i], abs=1e-11)
        assert close(paid, printed["earnouts"][i], abs=case["tolerance"])
    assert close(found["leg.x"], exact["pv_earnout"], rel=1e-13)
    assert close(found["leg.x"], printed["pv_earnout"], abs=case["tolerance"])
    cash = case["inputs"]["closing_cash"]
    assert close(cash + found["leg.x"], printed["total"], abs=case["tolerance"])


def test_bruner_with_uncertain_growth_and_margin():
    case = CASES["earn.bruner.mc"]
    # Growth of 10% less a haircut of 0 to 1, once a path, is triangular(0, 5%, 10%).
    record = bruner(streams__income__factor={"triangular": [0, 0.05, 0.1]})
    record["streams"]["sales"] |= {
        "annual": {2025 + i: 10_000 * 1.1**i for i in range(6)},
        "growth_haircut": {"triangular": [0, 0.5, 1]},
    }
    estimate = cs.value(deal_of(record), paths=2**16)["x"].estimate
    assert 0 < estimate.standard_error < 4 * 350 / 2**8 / 3
    # Of 200,000 draws with a deviation of 350: four times 350 / sqrt(200,000).
    mean = case["recomputed"]["mean_one_draw_per_path"]
    assert abs(2000 + estimate.value - mean) < 3.2 + 4 * estimate.standard_error
    # Printed: the mean of 100 draws.
    assert abs(2000 + estimate.value - case["outputs"]["mean"]) < 4 * 35


# Payoffs of a lognormal metric

VFR_LEGS = {
    "linear": earn_out(rate=0.3),
    "milestone": milestone(amount=100, probability=0.6),
    "digital": milestone(amount=100, threshold=2000),
    "call": earn_out(rate=0.3, threshold=2000),
    "asset_or_nothing": earn_out(rate=0.3, threshold=2000, rate_on="whole"),
}


def vfr(leg: Record, x: Record) -> Record:
    years = x["option_time"]
    forward = x["expected_metric"] * math.exp(
        -x["metric_discount_rate"] * x["metric_discount_time"] + x["r"] * years
    )
    record = one_year(forward, x["sigma"] * math.sqrt(years), x=leg)
    # A quarter after the year's end, 1.25 years from the valuation date.
    return changed(record, discount_rate=x["r"] + x["credit_spread"], legs__x__payment_lag=90)


def vfr_by_simulation(leg: Record, x: Record) -> Record:
    """The metric itself, as expected, under the risk-neutral measure.

    A year of the grid stands for the option's time; the metric is earned through it, so that it is
    discounted for half of it.
    """
    record = one_year(x["expected_metric"], x["sigma"] * math.sqrt(x["option_time"]), x=leg)
    assert x["metric_discount_time"] == 0.5
    return changed(
        record,
        measure="risk_neutral",
        risk_free=x["r"],
        streams__sales__risk_premium=x["metric_discount_rate"] - x["r"],
        parties__payer__credit_spread=x["credit_spread"],
        legs__x__payment_lag=90,
    )


PATHS = 2**16


def largest_deviation(record: Record) -> float:
    """Of what the legs pay: an excess varies less than the metric, the rest is within its terms."""
    sales = record["streams"]["sales"]
    variance, forward = sales["volatility"] ** 2, sales["annual"][2026]
    total = 0.0
    for leg in record["legs"].values():
        moments = {"excess": math.sqrt(math.expm1(variance)), "whole": math.exp(variance / 2)}
        total += leg.get("rate", 0.0) * forward * moments[leg.get("rate_on", "excess")]
        total += leg.get("amount", 0.0) / 2
    return total


def check(record: Record, case: Record, signs: dict[str, float], known: float = 0.0) -> None:
    """The value of the legs with their signs, and something known, is the case's."""
    valued = cs.value(deal_of(record), paths=PATHS)
    exact = case["recomputed"]
    scale = math.fsum(abs(sign * valued[name].estimate.value) for name, sign in signs.items())
    value = known + math.fsum(sign * valued[name].estimate.value for name, sign in signs.items())
    error = math.fsum(abs(s) * valued[name].estimate.standard_error for name, s in signs.items())
    assert error < 1.01 * largest_deviation(record) / math.sqrt(PATHS)
    assert abs(value - exact) < 4 * error + 1e-12 * scale, (value, exact, error)


@pytest.mark.parametrize("metric", [vfr, vfr_by_simulation])
@pytest.mark.parametrize("kind", VFR_LEGS)
def test_contingent_consideration(kind, metric):
    case = CASES[f"earn.vfr4_style.{kind}"]
    check(metric(VFR_LEGS[kind], case["inputs"]), case, {"x": 1.0})
    if case["verified"]:
        assert close(case["recomputed"], case["outputs"]["fair_value"], abs=case["tolerance"])


def test_an_amount_at_the_threshold_is_the_milestone():
    case = CASES["earn.vfr4_style.digital"]
    check(vfr(earn_out(amount=100, threshold=2000), case["inputs"]), case, {"x": 1.0})


def option(terms: Record, **legs: Record) -> Record:
    years = terms["T"]
    forward = terms["S0"] * math.exp((terms["r"] - terms["q"]) * years)
    record = one_year(forward, terms["sigma"] * math.sqrt(years), **legs)
    return changed(record, discount_rate=terms["r"] * years)


@pytest.mark.parametrize("case", cases("bs.haug_euro."))
def test_an_excess_over_a_threshold_is_a_call(case):
    x = case["inputs"]
    # Put-call parity: a put is a call, less the metric, plus the strike.
    parity = x["K"] * math.exp(-x["r"] * x["T"]) - x["S0"] * math.exp(-x["q"] * x["T"])
    known = parity if x["type"] == "put" else 0.0
    check(option(x, x=earn_out(rate=1, threshold=x["K"])), case, {"x": 1.0}, known)


def test_cash_or_nothing():
    case = CASES["bs.digital.cash"]
    x = case["inputs"]
    sure = x["cash"] * math.exp(-x["r"] * x["T"])
    check(option(x, x=milestone(amount=x["cash"], threshold=x["K"])), case, {"x": -1.0}, sure)


def test_asset_or_nothing():
    case = CASES["bs.digital.asset"]
    x = case["inputs"]
    whole = x["S0"] * math.exp(-x["q"] * x["T"])
    leg = earn_out(rate=1, threshold=x["K"], rate_on="whole")
    check(option(x, x=leg), case, {"x": -1.0}, whole)


def test_a_gap():
    case = CASES["bs.digital.gap"]
    x = case["inputs"]
    asset = earn_out(rate=1, threshold=x["trigger"], rate_on="whole")
    cash = milestone(amount=x["strike"], threshold=x["trigger"])
    check(option(x, asset=asset, cash=cash), case, {"asset": 1.0, "cash": -1.0})


def test_a_capped_excess_is_a_call_spread():
    # Prices are homogeneous: a call on 110 struck at 100 is 1.1 calls on 100 struck at 100 / 1.1.
    at, below = CASES["bs.haug_euro.17"], CASES["bs.haug_euro.18"]
    x = at["inputs"]
    assert x == {**below["inputs"], "S0": 100.0}
    low = x["K"] / 1.1
    spread = below["recomputed"] / 1.1 - at["recomputed"]
    leg = earn_out(rate=1, threshold=low, cap=x["K"] - low)
    check(option(x, x=leg), {"recomputed": spread}, {"x": 1.0})


# Tiers are sums of digitals and calls (Black 1976): of a forward F and a volatility s over the
# time, with d2 = log(F / K) / s - s / 2, a digital is worth N(d2) and the metric above K is worth
# F N(d2 + s) - K N(d2) of what is paid.
FORWARD, SIGMA, RATE = 100.0, 0.4, 0.05
TIERS = {
    "threshold": 80.0,
    "amount": 5.0,
    "rate": 0.1,
    "above": [100.0, 130.0],
    "amounts": [7.0, 9.0],
    "rates": [0.4, 0.2],
}


def digital(strike: float) -> float:
    return float(norm.cdf(math.log(FORWARD / strike) / SIGMA - SIGMA / 2))


def call(strike: float) -> float:
    return FORWARD * float(norm.cdf(math.log(FORWARD / strike) / SIGMA + SIGMA / 2)) - (
        strike * digital(strike)
    )


def of_tiers(rate_on: str, whole_amount: bool) -> float:
    """What the tiers are worth at the time of payment."""
    t = TIERS
    start = 0.0 if rate_on == "whole" else t["threshold"]
    levels, amounts = [t["threshold"], *t["above"]], [t["amount"], *t["amounts"]]
    rates = [t["rate"], *t["rates"]]
    worth = 0.0
    for i, (level, amount, rate) in enumerate(zip(levels, amounts, rates, strict=True)):
        more = rate - (rates[i - 1] if i else 0.0)
        further = amount - (amounts[i - 1] if i and whole_amount else 0.0)
        worth += further * digital(level) + more * call(level)
        if i == 0 or whole_amount:
            worth += more * (level - start) * digital(level)
    return worth


@pytest.mark.parametrize("rate_on", ["excess", "whole"])
@pytest.mark.parametrize("whole_amount", [False, True])
def test_tiers_are_sums_of_digitals_and_calls(rate_on, whole_amount):
    leg = earn_out(**TIERS, rate_on=rate_on, whole_amount=whole_amount)
    record = changed(one_year(FORWARD, SIGMA, x=leg), discount_rate=RATE)
    estimate = cs.value(deal_of(record), paths=PATHS)["x"].estimate
    # The payoff is within 30 of a line of slope 0.4 at most.
    deviation = 0.4 * FORWARD * math.sqrt(math.expm1(SIGMA**2)) + 30
    assert 0 < estimate.standard_error < deviation / math.sqrt(PATHS)
    exact = math.exp(-RATE) * of_tiers(rate_on, whole_amount)
    assert abs(estimate.value - exact) < 4 * estimate.standard_error + 1e-12 * exact


# Events of a constant hazard h, without other uncertainty: what is due at T is paid with
# probability exp(-h T); the acceleration amount at the end of the period in which the event comes.
HAZARD, METRIC = 0.3, 50.0


def ended(**legs: Record) -> dict[str, float]:
    record = share_deal(dict.fromkeys((2026, 2027, 2028), METRIC))
    del record["legs"]["share"]
    term = {"payer": "payer", "receiver": "receiver", "start": "2026-01-01", "end": "2028-12-31"}
    record["legs"] = {name: term | leg for name, leg in legs.items()}
    record = changed(record, events={"sale": {"hazard": HAZARD}}, discount_rate=RATE)
    valued = cs.value(deal_of(record), paths=2**12)
    return {name: valued[name].estimate.value for name in legs}


def due_at(years: float) -> float:
    return math.exp(-(HAZARD + RATE) * years)


def when_it_comes(last: float) -> float:
    """Of 1 paid at the end of the quarter in which the event comes."""
    ends = [i / 4 for i in range(1, round(4 * last) + 1)]
    return math.fsum(
        math.exp(-RATE * t) * (math.exp(-HAZARD * (t - 0.25)) - math.exp(-HAZARD * t)) for t in ends
    )


def test_events_that_end_an_earn_out():
    base = earn_out(base="sales", threshold=20, rate=0.2)
    found = ended(
        stopped=base | {"stop_events": ["sale"]},
        accelerated=base | {"acceleration": "sale", "acceleration_amount": 4.0},
        left=base | {"acceleration": "sale", "total_cap": 15.0},
    )
    worth = 0.2 * (METRIC - 20)
    tests = [worth * due_at(t) for t in (1, 2, 3)]
    assert close(found["stopped"], math.fsum(tests), rel=1e-12)
    assert close(found["accelerated"], math.fsum(tests) + 4 * when_it_comes(3), rel=1e-12)
    # What is left of 15 falls by what each test makes due: 6, 6, 3.
    left = [15.0, 9.0, 3.0]
    steps = [when_it_comes(1), when_it_comes(2) - when_it_comes(1),
             when_it_comes(3) - when_it_comes(2)]  # fmt: skip
    due = math.fsum([6 * due_at(1), 6 * due_at(2), 3 * due_at(3)])
    at_once = math.fsum(x * y for x, y in zip(left, steps, strict=True))
    assert close(found["left"], due + at_once, rel=1e-12)


def test_events_that_end_a_milestone():
    base = milestone(
        base="sales", amount=10.0, threshold=120.0
    )  # met in the second quarter of 2028
    found = ended(
        stopped=base | {"stop_events": ["sale"]},
        accelerated=base | {"acceleration": "sale", "acceleration_amount": 4.0},
        half=base | {"acceleration": "sale", "probability": 0.5},
    )
    assert close(found["stopped"], 10 * due_at(2.5), rel=1e-12)
    assert close(found["accelerated"], 10 * due_at(2.5) + 4 * when_it_comes(2.5), rel=1e-12)
    after = when_it_comes(3) - when_it_comes(2.5)
    half = 5 * due_at(2.5) + 10 * when_it_comes(2.5) + 5 * after
    assert close(found["half"], half, rel=1e-12)
