"""Formulas that are wrong, endless or not numbers: clear errors, no crash and no hang."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import capstake as cs
from deals import changed, deal_of
from formula_deals import BASE, custom, with_leg

CIRCLE = {
    "a": {"type": "formula", "formula": "sales + b"},
    "b": {"type": "formula", "formula": "minimum(a, 1)"},
}
HOSTILE: dict[str, tuple[str, str]] = {
    "deep": ("(" * 5000 + "1" + ")" * 4999, "nested deeper than 100 levels"),
    "deep signs": ("-" * 9999 + "1", "nested deeper than 100 levels"),
    "long": ("1 + " * 5000 + "1", "at most 10,000 characters"),
    "a long name": ("x" * 10_000, "uses a name that means nothing here"),
    "not a number": ("nan * revenue", "uses a name that means nothing here"),
    "infinite": ("minimum(accrual, inf)", "uses a name that means nothing here"),
    "beyond numbers": ("1e400 * revenue", "must be a number"),
    "chained": ("where(2 < revenue < 3, 1, 0)", "must not chain comparisons"),
    "chained equal": ("accrual <= cap >= paid", "must not chain comparisons"),
    "code": ("__import__('os').system('true')", "no function is named __import__|in quotes"),
    "an attribute": ("revenue.__class__", "uses a name that means nothing here"),
    "a lag without end": ("lag(revenue, 1e9)", "whole number of periods"),
    "a control character": ("\0", "must hold no control characters"),
    "itself": ("c + 1", "uses a name that means nothing here"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_formulas_are_refused_by_their_place(name):
    formula, rule = HOSTILE[name]
    with pytest.raises(cs.InputError, match=rule) as caught:
        deal_of(with_leg(clauses=custom(formula)))
    assert [issue.path for issue in caught.value.issues] == ["legs.share.clauses.c.formula"]
    assert len(str(caught.value)) < 500


def test_streams_that_go_in_a_circle_are_refused():
    with pytest.raises(cs.InputError, match=r"a -> b -> a|b -> a -> b"):
        deal_of(changed(BASE, **{f"streams__{name}": s for name, s in CIRCLE.items()}))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_of_formulas_are_finite(number):
    with pytest.raises(cs.InputError, match=r"legs\.share\.clauses\.c\.numbers\.x"):
        deal_of(with_leg(clauses=custom("x * revenue", x=number)))


@pytest.mark.parametrize(
    "formula", ["0 / 0", "log(-1)", "exp(1000) * revenue", "1 / (paid - paid)"]
)
def test_values_that_are_no_numbers_are_reported(formula):
    with pytest.raises(cs.NumericalError):
        cs.value(deal_of(with_leg(clauses=custom(formula))), paths=512)


@pytest.mark.parametrize("stage", ["accrual", "payment"])
@pytest.mark.parametrize("formula", ["log(-1)", "revenue / 0", "exp(1000)", "log(revenue - 20)"])
def test_no_cap_hides_what_is_not_finite(formula, stage):
    deal = deal_of(with_leg(cap=1.0, clauses=custom(formula, stage=stage)))
    with pytest.raises(cs.NumericalError, match="not finite on"):
        cs.value(deal, paths=512)


def test_the_longest_formula_can_be_valued():
    # 1,800 operations in each of 60 months.
    formula = " + ".join(["revenue * 0.1"] + [f"abs(other-{i})" for i in range(590)])
    assert 9_000 < len(formula) <= 10_000
    record = changed(with_leg(clauses=custom(formula)), frequency="month")
    assert cs.value(deal_of(record), paths=512)["share"].value > 0


def test_a_formula_too_long_for_its_periods_is_refused():
    formula = " + ".join(["0.1 * revenue"] * 600)
    record = changed(with_leg(clauses=custom(formula)), frequency="month")
    assert cs.value(deal_of(record), paths=512)["share"].value > 0
    record["streams"]["sales"]["annual"] = dict.fromkeys(range(2026, 2076), 1.0)
    with pytest.raises(cs.InputError, match="2399 in each of 601 periods"):
        deal_of(changed(record, legs__share__end="2075-12-31"))


def test_formulas_that_grow_without_end_are_refused():
    def grown(times: int, step: Any) -> cs.Formula:
        formula = cs.symbol("x") + 1
        for _ in range(times):
            formula = step(formula)
        return formula

    with pytest.raises(cs.InputError, match="at most 10,000 characters"):
        grown(60, lambda x: x * x)
    with pytest.raises(cs.InputError, match="nested deeper"):
        grown(1000, lambda x: 1 - x)
    assert len(grown(300, lambda x: x + 1).text) < 10_000


def test_sums_of_sums_in_a_condition_are_differentiated():
    # Each cumulative() doubles and more the ways from the condition to its comparisons.
    condition = "cumulative(" * 12 + "revenue > 8" + ")" * 12
    deal = deal_of(with_leg(clauses=custom(f"where({condition}, accrual, 0.5 * accrual)")))
    assert cs.sensitivities(deal, paths=2**13)["share"]
