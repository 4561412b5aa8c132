"""Formulas at the edge of what is a number: which one failed is named, and where one has no say, or
a branch is not taken, its derivatives do not count either."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

import capstake as cs
from capstake import _core
from close import close, same_bits
from deals import Record, changed, deal_of
from formula_deals import BASE, custom, with_leg

FEW = 2**12
# Events that depend on each other are sampled, so that paths go on past them.
SAMPLED = changed(
    BASE,
    events={"stop": {"hazard": 0.25}, "other": {"hazard": 0.1}},
    dependence={"d": {"draws": ["stop", "other"], "correlation": [[1, 0.5], [0.5, 1]]}},
)
SURE = changed(BASE, streams__sales__volatility=0.0, streams__other__volatility=0.0)


def leg_with(formula: str, record: Record = BASE, **leg: Any) -> cs.Deal:
    stage = "payment" if "payment" in formula else "accrual"
    return deal_of(with_leg(record, clauses=custom(formula, stage=stage), **leg))


# Derivatives

# Formulas without a finite slope at no revenue, and what they are where there is some.
NO_SLOPE_AT_ZERO = [
    "0.1 * revenue ** 1.5",
    "sqrt(revenue)",
    "0.1 * revenue ** 2 / revenue",
    "maximum(log(revenue), 0)",
    "exp(minimum(700 / revenue, 3))",
    "sqrt(accrual) + lag(sqrt(revenue))",
]


def derivative(deal: cs.Deal, field: str, step: float, paths: int = FEW) -> float:
    """By the difference of two values on the same draws."""
    table, name, key = field.split(".")
    held = getattr(deal, table)[name]

    def value_at(change: float) -> float:
        moved = held.replace(**{key: getattr(held, key).value + change})
        there = deal.replace(**{table: getattr(deal, table) | {name: moved}})
        return cs.value(there, paths=paths, sampler="philox")["share"].value

    return (value_at(step) - value_at(-step)) / (2 * step)


@pytest.mark.parametrize("formula", NO_SLOPE_AT_ZERO)
def test_a_formula_past_a_stop_event_spoils_no_derivative(formula: str):
    found = cs.sensitivities(
        leg_with(formula, SAMPLED, stop_events=["stop"]), paths=FEW, sampler="philox"
    )["share"]
    assert all(math.isfinite(row.derivative.value) for row in found.values())
    volatility = found["streams.sales.volatility"]
    assert volatility.derivative.standard_error > 0


@pytest.mark.parametrize("formula", ["0.1 * revenue ** 1.5", "sqrt(revenue)"])
def test_the_derivatives_are_those_of_the_value(formula: str):
    deal = leg_with(formula, SAMPLED, stop_events=["stop"])
    found = cs.sensitivities(deal, paths=FEW, sampler="philox")["share"]
    field = "streams.sales.volatility"
    by_difference = derivative(deal, field, 1e-4)
    row = found[field].derivative
    assert abs(row.value - by_difference) < 4 * row.standard_error


def paid_on_paths(deal: cs.Deal) -> np.ndarray:
    graph = _core.graph_of(deal)
    return graph.run(seed=3)[graph.output_names.index("leg.share")]


BRANCHES: dict[str, tuple[str, str]] = {
    # A formula, and one of the same value that needs no branch.
    "a root": ("where(revenue > 8, sqrt(revenue - 4), 2)", "sqrt(maximum(revenue, 8) - 4)"),
    "in the other branch": (
        "where(revenue <= 8, 2, sqrt(revenue - 4))",
        "sqrt(maximum(revenue, 8) - 4)",
    ),
    "within another branch": (
        "where(revenue > 0, where(revenue > 8, (revenue - 8) ** 1.5, 0), 0)",
        "maximum(revenue - 8, 1e-30) ** 1.5",
    ),
    "a quotient": ("where(paid > 0, 5 / paid, 0) * paid + accrual", "5 * (paid > 0) + accrual"),
    "a power below zero": (
        "where(paid > 0, paid ** -2, 1) * paid ** 2 + accrual",
        "(paid > 0) + accrual",
    ),
    "a logarithm of a total": (
        "where(cumulative(revenue) > 60, log(cumulative(revenue) / 60), 0)",
        "log(maximum(cumulative(revenue) / 60, 1))",
    ),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_that_is_not_taken_spoils_no_derivative(name: str):
    branched, plain = (leg_with(formula) for formula in BRANCHES[name])
    assert close(paid_on_paths(branched), paid_on_paths(plain), rel=1e-9, abs=1e-12)
    found = cs.sensitivities(branched, paths=2**15)["share"]
    expected = cs.sensitivities(plain, paths=2**15)["share"]
    for field in ("streams.sales.volatility", "streams.sales.annual.2027"):
        a, b = found[field].derivative, expected[field].derivative
        error = 4 * math.hypot(a.standard_error, b.standard_error)
        stated = abs(found[field].bias.value) if found[field].bias else 0.0
        assert abs(a.value - b.value) < 1e-6 * abs(b.value) + error + 2 * stated


@pytest.mark.parametrize(
    "formula",
    ["sqrt(revenue)", "1 / revenue", "log(revenue) ** 2", "exp(-revenue)"],
)
def test_a_branch_changes_no_bit_where_it_is_taken(formula: str):
    branched = leg_with(f"where(revenue > 1e-9, {formula}, 0)")
    assert same_bits(paid_on_paths(branched), paid_on_paths(leg_with(formula)))


# Which formula failed

PLACE = r"legs\.share\.clauses\.c\.formula"
FAILING = {
    "log(-1)": "log(-1)",
    "revenue / 0": None,
    "1 / (paid - paid)": "1 / 0",
    "exp(1000) * revenue": "exp(1000)",
    "accrual * 10 ** 400": "10 ** 400",
    "sqrt(4 - time * 4)": None,
    "(0 - 2) ** 0.5 + accrual": "-2 ** 0.5",
}


@pytest.mark.parametrize("formula", FAILING)
def test_the_formula_that_failed_is_named(formula: str):
    with pytest.raises(cs.NumericalError) as failed:
        cs.value(leg_with(formula), paths=FEW)
    found = re.search(rf"where {PLACE} computes (.+) in (2026-Q\d|2027-Q1)$", str(failed.value))
    assert found, str(failed.value)
    assert FAILING[formula] in (None, found[1])


def test_the_period_and_the_figures_are_those_of_the_path():
    deal = leg_with("log(31 - revenue)", SURE | {"frequency": "year"})
    with pytest.raises(cs.NumericalError, match="not finite on 4096 of 4096 paths") as failed:
        cs.value(deal, paths=FEW)
    # Revenue is 30, 39, 50.7, ...: the second year is the first to fail.
    assert str(failed.value).endswith("where legs.share.clauses.c.formula computes log(-8) in 2027")


def test_the_path_is_the_one_that_failed():
    deal = leg_with("sqrt(120 - revenue)", BASE | {"frequency": "year"})
    with pytest.raises(cs.NumericalError) as failed:
        cs.value(deal, paths=FEW, sampler="philox")
    message = str(failed.value)
    found = re.search(r"computes sqrt\((-[\d.e+-]+)\) in (\d+)$", message)
    assert found, message
    graph = _core.graph_of(deal)
    first = int(re.search(r"first on path (\d+)", message)[1])
    block = 512
    sales = graph.run(seed=1, first_block=first // block)[
        graph.output_names.index(f"revenue.sales.{found[2]}")
    ]
    assert float(found[1]) == pytest.approx(120 - sales[first % block], rel=1e-5)


@pytest.mark.parametrize("stage", ["accrual", "payment"])
def test_it_is_named_with_a_cap_too(stage: str):
    deal = leg_with(f"log(revenue - 20) + 0 * {stage}", cap=1.0)
    with pytest.raises(cs.NumericalError, match=rf"where {PLACE} computes log\(-"):
        cs.value(deal, paths=FEW)


def test_a_stream_that_failed_is_named():
    streams = {
        "root": {"type": "formula", "formula": "sqrt(sales - 20)"},
        "twice": {"type": "formula", "formula": "2 * root"},
    }
    record = changed(BASE, **{f"streams__{name}": held for name, held in streams.items()})
    deal = deal_of(with_leg(record, base="twice"))
    with pytest.raises(cs.NumericalError, match=r"where streams\.root\.formula computes sqrt\(-"):
        cs.value(deal, paths=FEW)


def test_past_an_event_that_is_integrated_out():
    deal = leg_with("accrual * log(paid - 8)", stop_events=["stop"])
    with pytest.raises(cs.NumericalError, match=rf"where {PLACE} computes log\("):
        cs.value(deal, paths=FEW)


def test_every_kind_of_run_names_it():
    good, bad = leg_with("accrual"), leg_with("log(-1) * accrual")
    neutral = deal_of(with_leg(changed(BASE, risk_free=0.03), clauses=custom("log(-1) * accrual")))
    named = rf"where {PLACE} computes log\(-1\)"
    with pytest.raises(cs.NumericalError, match=f"where the new deal's {named[6:]}"):
        cs.compare(good, bad, paths=FEW)
    for run in (cs.sensitivities, cs.value):
        with pytest.raises(cs.NumericalError, match=named):
            run(bad, paths=FEW)
    with pytest.raises(cs.NumericalError, match=named):
        cs.measures(neutral, paths=2**13)
    with pytest.raises(cs.NumericalError, match=named):
        cs.value(bad, precision=0.01)
