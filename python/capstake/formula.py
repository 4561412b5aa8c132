"""Formulas written in Python: expressions that become text in a deal and nodes of its graph."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import numpy as np

from capstake import _core
from capstake.errors import FormulaError, InputError, Issue

__all__ = ["Formula", "call", "symbol"]

# How tightly the outermost operation of a text binds; a looser operand gets parentheses.
_COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 7)


class Formula:
    """A formula over names, one value a period: what a custom clause or stream computes.

    Made from :func:`symbol` and the functions below, with Python's operators and NumPy's functions
    where they mean the same, or from a text. Nothing is computed until it is evaluated on figures.
    :class:`Custom` clauses and :class:`FormulaStream` streams of a deal hold one; what the names
    stand for is said there.

    A text holds numbers (``0.2``, ``1_000``, ``1e6``; ``20%`` is 0.2), names, parentheses,
    functions, and from the loosest to the tightest: comparisons (``<``, ``<=``, ``>``, ``>=``: 1
    where they hold, else 0), ``+`` and ``-``, ``*`` and ``/``, the sign, and ``**`` (from right to
    left).

    There is no ``==`` (of texts, compare `text`) and no truth value, so that nothing is decided
    before there are figures: see :class:`FormulaError`.

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

    def __eq__(self, other: object) -> Any:
        """Refuse: a comparison that Python decides at once would vanish from the formula."""
        return _no_equality(self, other) if _can_be_operand(other) else NotImplemented

    def __ne__(self, other: object) -> Any:
        """Refuse, as ``==``."""
        return self.__eq__(other)

    def __hash__(self) -> int:
        """Hash the text."""
        return hash(self.text)

    def __bool__(self) -> bool:
        """Refuse: a formula is neither true nor false before it runs."""
        return _no_truth_value()

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        """Take NumPy's functions for the operations of the same meaning."""
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        if method != "__call__" or kwargs or ufunc not in _UFUNCS:
            _no_such_function(name, kwargs)
        return _UFUNCS[ufunc](*args)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Take ``numpy.where``, ``numpy.cumsum`` and ``numpy.clip``."""
        if kwargs or function not in _FUNCTIONS:
            _no_such_function(function.__name__, kwargs)
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
        return call("abs", self)

    def __and__(self, other: Any) -> NoReturn:
        """Refuse, as a truth value: conditions are joined by ``*``."""
        _no_truth_value()

    __rand__ = __or__ = __ror__ = __and__

    def __invert__(self) -> NoReturn:
        """Refuse, as a truth value: ``1 - condition`` is its opposite."""
        _no_truth_value()

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


def _can_be_operand(value: object) -> bool:
    return isinstance(value, Formula | int | float | np.integer | np.floating)


def _no_equality(*_: object) -> NoReturn:
    raise FormulaError(
        "a formula has no == and !=: write (a <= b) * (a >= b) and (a < b) + (a > b), or compare "
        "texts by a.text == b.text"
    )


def _no_truth_value(*_: object) -> NoReturn:
    raise FormulaError(
        "a formula has no truth value before there are figures: write capstake.where(condition, "
        "a, b) for `if`, minimum and maximum for `min` and `max`, (low < x) * (x < high) for `and` "
        "and chained comparisons, maximum(a, b) for `or`, 1 - a for `not`"
    )


def _no_such_function(name: str, kwargs: dict[str, Any]) -> NoReturn:
    takes = sorted({function.__name__ for function in [*_UFUNCS, *_FUNCTIONS]} - _REFUSED)
    given = f" with {', '.join(kwargs)}=" if kwargs else ""
    raise FormulaError(
        f"formulas do not take numpy.{name}{given}; of NumPy's functions they take, with formulas "
        f"and numbers alone, {', '.join(takes)}"
    )


def _text(value: Any) -> str:
    return f'"{value.isoformat()}"' if isinstance(value, dt.date) else _as_formula(value).text


def _as_formula(value: Any) -> Formula:
    if isinstance(value, Formula):
        return value
    if isinstance(value, bool) or not _can_be_operand(value):
        raise InputError([Issue("formula", "takes formulas and numbers", type(value).__name__)])
    try:
        number = float(value)
    except OverflowError:
        rule = f"numbers must be at most {sys.float_info.max:.2g}"
        raise InputError([Issue("formula", rule, _power_of_ten(value))]) from None
    if not math.isfinite(number):
        raise InputError([Issue("formula", "numbers must be finite", repr(value))])
    text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return Formula._made(text, _SIGN if number < 0 else _ATOM)


def _power_of_ten(value: int) -> str:
    """Return a whole number in a few digits; of the longest, Python would not print all."""
    exponent = math.floor(math.log10(abs(value)))
    digits = value // 10 ** (exponent - 2)
    return f"about {digits / 100:.2f}e{exponent}"


def _operand(value: Any, level: int) -> str:
    formula = _as_formula(value)
    return formula.text if formula._level >= level else f"({formula.text})"


def _binary(sign: str, a: Any, b: Any, level: int) -> Formula:
    return Formula._made(f"{_operand(a, level)} {sign} {_operand(b, level + 1)}", level)


def _power(a: Any, b: Any) -> Formula:
    return Formula._made(f"{_operand(a, _ATOM)} ** {_operand(b, _SIGN)}", _POWER)


def call(name: str, *args: Any) -> Formula:
    """Apply a function of formulas, by its name, to formulas, numbers and texts of dates."""
    return Formula._made(f"{name}({', '.join(map(_text, args))})", _ATOM)


_UFUNCS: dict[Any, Callable[..., Formula]] = {
    np.add: lambda a, b: _binary("+", a, b, _SUM),
    np.subtract: lambda a, b: _binary("-", a, b, _SUM),
    np.multiply: lambda a, b: _binary("*", a, b, _PRODUCT),
    np.true_divide: lambda a, b: _binary("/", a, b, _PRODUCT),
    np.power: _power,
    np.negative: lambda a: -a,
    np.positive: lambda a: +a,
    np.absolute: partial(call, "abs"),
    np.fabs: partial(call, "abs"),
    np.square: lambda a: _power(a, 2),
    np.reciprocal: lambda a: _binary("/", 1, a, _PRODUCT),
    np.float_power: _power,
    np.exp: partial(call, "exp"),
    np.log: partial(call, "log"),
    np.sqrt: partial(call, "sqrt"),
    np.minimum: partial(call, "minimum"),
    np.maximum: partial(call, "maximum"),
    np.fmin: partial(call, "minimum"),
    np.fmax: partial(call, "maximum"),
    np.equal: _no_equality,
    np.not_equal: _no_equality,
    np.logical_and: _no_truth_value,
    np.logical_or: _no_truth_value,
    np.logical_not: _no_truth_value,
    np.bitwise_and: _no_truth_value,
    np.bitwise_or: _no_truth_value,
    np.invert: _no_truth_value,
    np.less: lambda a, b: _binary("<", a, b, _COMPARISON),
    np.less_equal: lambda a, b: _binary("<=", a, b, _COMPARISON),
    np.greater: lambda a, b: _binary(">", a, b, _COMPARISON),
    np.greater_equal: lambda a, b: _binary(">=", a, b, _COMPARISON),
}
_FUNCTIONS: dict[Any, Callable[..., Formula]] = {
    np.where: partial(call, "where"),
    np.cumsum: partial(call, "cumulative"),
    np.clip: lambda a, low, high: call("minimum", call("maximum", a, low), high),
}
# In the tables above so that their errors say what to write instead.
_REFUSED = {
    ufunc.__name__ for ufunc, made in _UFUNCS.items() if made in (_no_equality, _no_truth_value)
}
