"""Formulas: parsed, printed and evaluated as Python and NumPy would."""

from __future__ import annotations

import contextlib
import copy
import math
import operator
import pickle
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import capstake as cs
from capstake import _core
from close import close, same_bits

N = 9
FIGURES = {
    "revenue": [10.0, 20.0, 5.0, 40.0, 7.0, 80.0, 2.5, 100.0, 31.0],
    "paid": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
}


def values(formula: cs.Formula | str, start: str = "2026-01-01") -> np.ndarray:
    return np.array(_core.evaluate_formula(str(formula), FIGURES, start, "quarter", N))


# Every case twice: as the text, and as NumPy on the figures.
R, P = (np.array(FIGURES[name]) for name in ("revenue", "paid"))
CASES = {
    "0.2 * revenue": 0.2 * R,
    "20% * revenue": 0.2 * R,
    "1_000 + revenue - paid": 1000 + R - P,
    "revenue - paid - 1": R - P - 1,
    "revenue / 2 / 5": R / 2 / 5,
    "-revenue ** 2": -(R**2),
    "2 ** 3 ** 2 + 0 * revenue": np.full(N, 512.0),
    "2 ** -1 * revenue": R / 2,
    "-(revenue + paid) * 2": -(R + P) * 2,
    "minimum(revenue, 20, paid * 10)": np.minimum(np.minimum(R, 20), P * 10),
    "maximum(revenue - 20, 0)": np.maximum(R - 20, 0),
    "where(revenue > 20, revenue, -1)": np.where(R > 20, R, -1),
    "where(revenue >= 20, 1, 0)": np.where(R >= 20, 1.0, 0.0),
    "where(revenue <= 20, 1, 0)": np.where(R <= 20, 1.0, 0.0),
    "(revenue < 20) * revenue": np.where(R < 20, R, 0),
    "abs(paid - 4)": np.abs(P - 4),
    "cumulative(revenue)": np.cumsum(R),
    "year_to_date(revenue)": np.concatenate([np.cumsum(R[i : i + 4]) for i in (0, 4, 8)]),
    "lag(revenue)": np.concatenate([[0.0], R[:-1]]),
    "lag(revenue, 4)": np.concatenate([np.zeros(4), R[:-4]]),
    "lag(cumulative(revenue), 20)": np.zeros(N),
    'step_up(1, "2027-01-01", 2) * revenue': np.where(np.arange(N) < 4, 1, 2) * R,
    "step_up(1, '2026-12-31', 2) * revenue": np.where(np.arange(N) < 4, 1, 2) * R,
}


@pytest.mark.parametrize("text", CASES)
def test_values(text):
    assert same_bits(values(text), CASES[text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(paid)", np.exp(P)),
        ("log(revenue)", np.log(R)),
        ("sqrt(revenue)", np.sqrt(R)),
        ("revenue ** 0.5", np.sqrt(R)),
        ("revenue ** paid", R**P),
    ],
)
def test_values_of_transcendental_functions(text, expected):
    assert close(values(text), expected, rel=1e-14)


def test_year_to_date_follows_the_calendar():
    assert values("year_to_date(revenue)", start="2026-07-01").tolist() == [
        *(10.0, 30.0),
        *(5.0, 45.0, 52.0, 132.0),
        *(2.5, 102.5, 133.5),
    ]


# Expressions built with operators: the text they print gives the values that Python computes.

LEAVES = [("revenue", R), ("paid", P), (3.0, 3.0), (-2.5, -2.5), (0.125, 0.125), (7, 7)]
BINARY = [operator.add, operator.sub, operator.mul, np.minimum, np.maximum, np.subtract]
UNARY = [operator.neg, abs, np.negative, np.absolute]


def random_expression(rng: random.Random, depth: int) -> tuple[object, object]:
    """Build the same random expression of formulas and of arrays."""
    if depth == 0 or rng.random() < 0.15:
        held, array = rng.choice(LEAVES)
        return (cs.symbol(held) if isinstance(held, str) else held), array
    if rng.random() < 0.2:
        function = rng.choice(UNARY)
        (a, x) = random_expression(rng, depth - 1)
        return function(a), function(x)
    function = rng.choice(BINARY)
    (a, x), (b, y) = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
    return function(a, b), function(x, y)


def test_random_expressions():
    rng = random.Random(1)
    n_formulas = 0
    for _ in range(400):
        formula, array = random_expression(rng, 5)
        if isinstance(formula, cs.Formula):
            n_formulas += 1
            with np.errstate(over="ignore"):
                assert same_bits(values(formula) + 0.0, np.broadcast_to(array, N) + 0.0), formula
    assert n_formulas > 200


def test_numpy_functions():
    r = cs.symbol("revenue")
    for formula, text in [
        (np.where(r > 3, 1, r), "where(3 < revenue, 1, revenue)"),
        (np.cumsum(r), "cumulative(revenue)"),
        (np.exp(-r), "exp(-revenue)"),
        (np.float64(2) * r, "2 * revenue"),
        (np.power(r, 2), "revenue ** 2"),
        (np.greater_equal(r, 1), "revenue >= 1"),
        (np.square(r), "revenue ** 2"),
        (np.float_power(r, 3), "revenue ** 3"),
        (np.reciprocal(r), "1 / revenue"),
        (np.fabs(+np.positive(r - 3)), "abs(revenue - 3)"),
        (np.fmin(r, 3) + np.fmax(r, 2), "minimum(revenue, 3) + maximum(revenue, 2)"),
        (np.clip(r, 1, 3), "minimum(maximum(revenue, 1), 3)"),
    ]:
        assert same_bits(values(formula), values(text))
    for refused in (lambda: np.sin(r), lambda: np.add.reduce(r), lambda: np.add(r, [1, 2])):
        with pytest.raises((TypeError, cs.InputError)):
            refused()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.tanh(x), r"do not take numpy\.tanh;.* add, clip, .* where"),
        (lambda x: np.sum(x), r"do not take numpy\.sum;"),
        (lambda x: np.add.accumulate(x), r"do not take numpy\.add\.accumulate;"),
        (lambda x: np.cumsum(x, axis=0), r"do not take numpy\.cumsum with axis=;"),
        (lambda x: np.maximum(x, 1, dtype=float), r"do not take numpy\.maximum with dtype=;"),
        (lambda x: (x > 1) & (x < 3), r"\(low < x\) \* \(x < high\) for `and`"),
        (lambda x: (x > 1) | (x < 3), r"maximum\(a, b\) for `or`"),
        (lambda x: np.bitwise_or(x > 1, x < 3), r"maximum\(a, b\) for `or`"),
        (lambda x: ~(x > 1), "1 - a for `not`"),
    ],
)
def test_what_numpy_has_and_formulas_do_not(call, message):
    with pytest.raises(cs.FormulaError, match=message):
        call(cs.symbol("revenue"))


X, Y = cs.symbol("x"), cs.symbol("y")


@pytest.mark.parametrize(
    "decide",
    [
        lambda: bool(X > 1),
        lambda: X if X else Y,
        lambda: X > 1 and Y > 1,
        lambda: X or Y,
        lambda: not X,
        lambda: 0 < X < 1,
        lambda: max(X, Y),
        lambda: min(X, 1),
        lambda: sorted([X, Y]),
        lambda: np.logical_and(X, Y),
        lambda: np.logical_not(X),
    ],
)
def test_a_formula_has_no_truth_value(decide: Any):
    with pytest.raises(cs.FormulaError, match=r"no truth value .*capstake\.where") as refused:
        decide()
    assert isinstance(refused.value, TypeError)
    assert isinstance(refused.value, cs.CapstakeError)


OTHERS = [X, Y, 1, 0.5, True, np.float64(1), np.int64(1), np.array([1.0, 2.0])]


@pytest.mark.parametrize("other", OTHERS, ids=repr)
@pytest.mark.parametrize("compare", [operator.eq, operator.ne, np.equal, np.not_equal])
def test_equality_does_not_vanish(compare: Any, other: Any):
    for a, b in ((X, other), (other, X)):
        with pytest.raises(cs.FormulaError, match=r"no == and !=: write .* by a\.text == b\.text"):
            compare(a, b)


def test_formulas_are_told_from_what_is_none():
    assert X != "x"
    assert X not in (None, "x")
    assert hash(X) == hash(cs.symbol("x"))
    assert {X: 1}[X] == 1
    assert pickle.loads(pickle.dumps(X)).text == copy.deepcopy(X).text == "x"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(10**400, "1.00e400"), (-(10**400), "-1.00e400"), (314 * 10**5000, "3.14e5002")],
    ids=["large", "negative", "longer than Python prints"],
)
def test_numbers_beyond_all_floats(number: int, shown: str):
    for make in (lambda: X * number, lambda: number - X, lambda: cs.minimum(X, number)):
        with pytest.raises(cs.InputError, match=rf"must be at most 1.8e\+308, got about {shown}$"):
            make()


def test_numbers_keep_all_their_digits():
    x = cs.symbol("paid")
    for number in (0.1, 1 / 3, 1e300, 5e-324, 123456789.123, -1e-7, 2**53 + 2, 1e15):
        assert same_bits(values(x * 0 + number), np.full(N, float(number)))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "ends where a number"),
        ("1 +", r"ends where .*1 \+<here>"),
        ("foo(1)", "no function is named foo"),
        ("minimun(1, 2)", r"did you mean minimum\?"),
        ("1 2", "go on with an operator"),
        ("a b", "go on with an operator"),
        ("(1", r"must have a '\)' here"),
        ("min)", "go on with an operator"),
        ("minimum(1)", "takes 2 or more arguments"),
        ("where(1, 2)", "takes 3 arguments"),
        ("lag(x, 0)", "whole number of periods"),
        ("lag(x, y)", "whole number of periods"),
        ("lag(x, 1.5)", "whole number of periods"),
        ("'2026-01-01'", "second argument of step_up"),
        ("x + '2026-01-01'", "second argument of step_up"),
        ("minimum(x, '2026-01-01')", "second argument of step_up"),
        ("step_up(1, 2, 3)", "must be a date"),
        ("step_up(1, '2026-02-30', 3)", "a date in quotes"),
        ("'2026-01-01", "a date in quotes"),
        ("1..2", "must be a number"),
        ("1e999", "must be a number"),
        ("0x10", "must be a number"),
        ("x $ y", "go on with an operator"),
        ("$", "must have a number, a name"),
        ("x = 1", "go on with an operator"),
        ("x == 1", r"for a == b write \(a <= b\) \* \(a >= b\)"),
        ("x != 1", r"for a != b write"),
        ("x ^ 2", r"powers are written \*\*"),
        ("20 % * x", r"per cent is written without a blank, such as 20%"),
        ("minimum(x, 20 %)", r"per cent is written without a blank, such as 20%"),
        ("where(x > 1 and x < 3, 1, 0)", r"conditions are joined by \*"),
        ("(x > 1) | (x < 3)", r"conditions are joined by \*"),
        ("x if x > 1 else 0", r"write where\(c, a, b\)"),
        ("max(x, 1)", r"did you mean maximum\?"),
        ("min(x, 1)", r"did you mean minimum\?"),
        ("__import__('os')", "no function is named __import__|date in quotes"),
        ("x[0]", "go on with an operator"),
        ("lambda: 1", "go on with an operator"),
        ("\x00", "must have a number"),
        ("(" * 200, "nested deeper"),
        ("-" * 200 + "1", "nested deeper"),
        ("2 **" * 200 + "1", "nested deeper"),
        ("1 + " * 3000, "at most 10,000 characters"),
    ],
)
def test_refused(text, rule):
    with pytest.raises(cs.InputError, match=rule):
        cs.Formula(text)


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text):
    with contextlib.suppress(cs.InputError):
        assert cs.Formula(text).text == text


TOKENS = ["1", "2.5", "x", "y", "+", "-", "*", "/", "**", "<", ">=", "(", ")", ",", "lag(", "abs("]


@given(st.lists(st.sampled_from(TOKENS), max_size=12))
def test_any_tokens_are_parsed_or_refused(tokens):
    try:
        formula = cs.Formula(" ".join(tokens))
    except cs.InputError:
        return
    assert set(formula.names) <= {"x", "y"}


def test_what_is_no_formula():
    x = cs.symbol("x")
    for refused in (True, None, "2", [1], math.nan, math.inf):
        with pytest.raises(cs.InputError):
            x + refused
    for refused in ("a + b", "1", "", 3, "a b"):
        with pytest.raises(cs.InputError):
            cs.symbol(refused)


def test_names_are_listed_once_in_order():
    assert cs.Formula("b + a * lag(b) - a.c").names == ["b", "a", "a.c"]


def test_every_function_has_a_python_face():
    for name, least, *_ in _core.formula_functions():
        assert callable(getattr(cs, name, None)) or name == "abs", name
        assert least >= 1


def test_the_documentation_lists_functions_and_grammar():
    text = " ".join((cs.Formula.__doc__ or "").split())
    for name, _, _, meaning in _core.formula_functions():
        assert meaning.startswith(f"{name}(")
        assert meaning in text
    for sign in ("**", "<=", "20%", "1_000"):
        assert f"``{sign}``" in text


@pytest.mark.parametrize("name", [row[0] for row in _core.formula_functions() if row[0] != "abs"])
def test_each_function_is_documented_in_full(name):
    text = getattr(cs, name).__doc__
    for part in ("Parameters\n", "Returns\n", "Examples\n"):
        assert part in text
