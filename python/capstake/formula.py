"""Formulas written in Python: expressions that become text in a deal and nodes of its graph."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from capstake import _core
from capstake.errors import InputError, Issue

__all__ = [
    "Formula",
    "cumulative",
    "exp",
    "lag",
    "log",
    "maximum",
    "minimum",
    "sqrt",
    "step_up",
    "symbol",
    "where",
    "year_to_date",
]

# How tightly the outermost operation of a text binds; a looser operand gets parentheses.
_COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 7)


class Formula:
    """A formula over names, one value a period: what a custom clause or stream computes.

    Made from :func:`symbol` and the functions of this module, with Python's operators and NumPy's
    functions where they mean the same. Nothing is computed until it is evaluated on figures.
    :class:`Custom` clauses and :class:`FormulaStream` streams of a deal hold one; what the names
    stand for is said there.

    Parameters
    ----------
    text
        A formula such as ``"minimum(0.2 * revenue, cap - paid)"``.

    Raises
    ------
    InputError
        The text is no formula; the message shows the place.

    Examples
    --------
    >>> revenue = symbol("revenue")
    >>> minimum(0.2 * revenue, 5.0) - lag(revenue)
    Formula('minimum(0.2 * revenue, 5) - lag(revenue)')
    >>> np.maximum(revenue - 100, 0) ** 2
    Formula('maximum(revenue - 100, 0) ** 2')
    """

    __slots__ = {"_level": None, "text": "The formula as text."}

    text: str
    _level: int

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise InputError([Issue("formula", "must be a text", type(text).__name__)])
        _core.formula_names(text)
        self.text = text
        self._level = _COMPARISON

    @classmethod
    def _made(cls, text: str, level: int) -> Formula:
        # Refuses a wrong number of arguments, and what is too long or too deep, in its words.
        _core.formula_names(text)
        made = object.__new__(cls)
        made.text = text
        made._level = level
        return made

    @property
    def names(self) -> list[str]:
        """The names that the formula uses, each once."""
        return _core.formula_names(self.text)

    def __repr__(self) -> str:
        """Show the text."""
        return f"Formula({self.text!r})"

    def __str__(self) -> str:
        """Return the text."""
        return self.text

    def __eq__(self, other: object) -> bool:
        """Whether the texts are equal."""
        return isinstance(other, Formula) and other.text == self.text

    def __hash__(self) -> int:
        """Hash the text."""
        return hash(self.text)

    def __bool__(self) -> bool:
        """Refuse: a formula is neither true nor false before it runs."""
        raise TypeError("a formula has no truth value; use capstake.where(condition, a, b)")

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        """Take NumPy's functions for the operations of the same meaning."""
        if method != "__call__" or kwargs or ufunc not in _UFUNCS:
            return NotImplemented
        return _UFUNCS[ufunc](*args)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Take ``numpy.where`` and ``numpy.cumsum``."""
        if kwargs or function not in _FUNCTIONS:
            return NotImplemented
        return _FUNCTIONS[function](*args)

    def __add__(self, other: Any) -> Formula:
        return _binary("+", self, other, _SUM)

    def __radd__(self, other: Any) -> Formula:
        return _binary("+", other, self, _SUM)

    def __sub__(self, other: Any) -> Formula:
        return _binary("-", self, other, _SUM)

    def __rsub__(self, other: Any) -> Formula:
        return _binary("-", other, self, _SUM)

    def __mul__(self, other: Any) -> Formula:
        return _binary("*", self, other, _PRODUCT)

    def __rmul__(self, other: Any) -> Formula:
        return _binary("*", other, self, _PRODUCT)

    def __truediv__(self, other: Any) -> Formula:
        return _binary("/", self, other, _PRODUCT)

    def __rtruediv__(self, other: Any) -> Formula:
        return _binary("/", other, self, _PRODUCT)

    def __pow__(self, other: Any) -> Formula:
        return _power(self, other)

    def __rpow__(self, other: Any) -> Formula:
        return _power(other, self)

    def __neg__(self) -> Formula:
        return Formula._made("-" + _operand(self, _SIGN), _SIGN)

    def __pos__(self) -> Formula:
        return self

    def __abs__(self) -> Formula:
        return _call("abs", self)

    def __lt__(self, other: Any) -> Formula:
        return _binary("<", self, other, _COMPARISON)

    def __le__(self, other: Any) -> Formula:
        return _binary("<=", self, other, _COMPARISON)

    def __gt__(self, other: Any) -> Formula:
        return _binary(">", self, other, _COMPARISON)

    def __ge__(self, other: Any) -> Formula:
        return _binary(">=", self, other, _COMPARISON)


def symbol(name: str) -> Formula:
    """Name something that a formula is about: a stream, ``revenue``, ``paid``, a number.

    Raises
    ------
    InputError
        The text is not one name.
    """
    if not isinstance(name, str) or _core.formula_names(name) != [name.strip()]:
        raise InputError([Issue("symbol", "must be one name", repr(name))])
    return Formula._made(name.strip(), _ATOM)


def minimum(*values: Formula | float) -> Formula:
    """Take the least of two or more values in each period."""
    return _call("minimum", *values)


def maximum(*values: Formula | float) -> Formula:
    """Take the greatest of two or more values in each period."""
    return _call("maximum", *values)


def where(condition: Formula, a: Formula | float, b: Formula | float) -> Formula:
    """Take ``a`` in periods where the condition holds, else ``b``."""
    return _call("where", condition, a, b)


def exp(value: Formula) -> Formula:
    """Raise e to the value."""
    return _call("exp", value)


def log(value: Formula) -> Formula:
    """Take the natural logarithm."""
    return _call("log", value)


def sqrt(value: Formula) -> Formula:
    """Take the square root."""
    return _call("sqrt", value)


def cumulative(value: Formula) -> Formula:
    """Add up all periods so far, this one included."""
    return _call("cumulative", value)


def year_to_date(value: Formula) -> Formula:
    """Add up the periods of the calendar year so far, this one included."""
    return _call("year_to_date", value)


def lag(value: Formula, periods: int = 1) -> Formula:
    """Take the value of so many periods ago; 0 before there was one."""
    return _call("lag", value) if periods == 1 else _call("lag", value, periods)


def step_up(before: Formula | float, date: dt.date | str, after: Formula | float) -> Formula:
    """Take ``before`` in periods that begin before the date, then ``after``."""
    day = date.isoformat() if isinstance(date, dt.date) else str(date)
    text = f'step_up({_text(before)}, "{day}", {_text(after)})'
    return Formula._made(text, _ATOM)


def _text(value: Any) -> str:
    return _as_formula(value).text


def _as_formula(value: Any) -> Formula:
    if isinstance(value, Formula):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError([Issue("formula", "takes formulas and numbers", type(value).__name__)])
    number = float(value)
    if not math.isfinite(number):
        raise InputError([Issue("formula", "numbers must be finite", repr(value))])
    text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return Formula._made(text, _SIGN if number < 0 else _ATOM)


def _operand(value: Any, level: int) -> str:
    formula = _as_formula(value)
    return formula.text if formula._level >= level else f"({formula.text})"


def _binary(sign: str, a: Any, b: Any, level: int) -> Formula:
    return Formula._made(f"{_operand(a, level)} {sign} {_operand(b, level + 1)}", level)


def _power(a: Any, b: Any) -> Formula:
    return Formula._made(f"{_operand(a, _ATOM)} ** {_operand(b, _SIGN)}", _POWER)


def _call(name: str, *args: Any) -> Formula:
    return Formula._made(f"{name}({', '.join(map(_text, args))})", _ATOM)


_UFUNCS: dict[Any, Callable[..., Formula]] = {
    np.add: lambda a, b: _binary("+", a, b, _SUM),
    np.subtract: lambda a, b: _binary("-", a, b, _SUM),
    np.multiply: lambda a, b: _binary("*", a, b, _PRODUCT),
    np.true_divide: lambda a, b: _binary("/", a, b, _PRODUCT),
    np.power: _power,
    np.negative: lambda a: -a,
    np.absolute: lambda a: _call("abs", a),
    np.exp: exp,
    np.log: log,
    np.sqrt: sqrt,
    np.minimum: minimum,
    np.maximum: maximum,
    np.less: lambda a, b: _binary("<", a, b, _COMPARISON),
    np.less_equal: lambda a, b: _binary("<=", a, b, _COMPARISON),
    np.greater: lambda a, b: _binary(">", a, b, _COMPARISON),
    np.greater_equal: lambda a, b: _binary(">=", a, b, _COMPARISON),
}
_FUNCTIONS: dict[Any, Callable[..., Formula]] = {np.where: where, np.cumsum: cumulative}
