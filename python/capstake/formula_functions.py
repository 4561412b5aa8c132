"""The functions of formulas as Python functions: one for each row of the core's table."""

from __future__ import annotations

import datetime as dt

from capstake.errors import InputError, Issue
from capstake.formula import Formula, call

__all__ = [
    "cumulative",
    "exp",
    "lag",
    "log",
    "maximum",
    "minimum",
    "sqrt",
    "step_up",
    "where",
    "year_to_date",
]

Operand = Formula | float


def minimum(*values: Operand) -> Formula:
    """Take the least of two or more values in each period.

    Parameters
    ----------
    *values
        Formulas and numbers.

    Returns
    -------
    Formula
        Their minimum; :func:`numpy.minimum` of formulas is the same.

    Examples
    --------
    >>> minimum(0.2 * symbol("revenue"), symbol("cap") - symbol("paid"))
    Formula('minimum(0.2 * revenue, cap - paid)')
    """
    return call("minimum", *values)


def maximum(*values: Operand) -> Formula:
    """Take the greatest of two or more values in each period.

    Parameters
    ----------
    *values
        Formulas and numbers.

    Returns
    -------
    Formula
        Their maximum; :func:`numpy.maximum` of formulas is the same.

    Examples
    --------
    >>> maximum(symbol("revenue") - 100, 0)
    Formula('maximum(revenue - 100, 0)')
    """
    return call("maximum", *values)


def where(condition: Formula, a: Operand, b: Operand) -> Formula:
    """Take one value in periods where a condition holds, else another.

    Parameters
    ----------
    condition
        A comparison, or any formula: it holds where it is not zero. Comparisons are joined by
        ``*`` for "and", :func:`maximum` for "or".
    a, b
        What to take where it holds, and where it does not.

    Returns
    -------
    Formula
        :func:`numpy.where` of formulas is the same. Its derivative by what the condition compares
        has a jump, which sensitivities spread or report. The branch that is not taken need not be
        a number. One whose slope is infinite just where its condition begins to hold, as that of
        ``where(x > 0, sqrt(x), 0)``, is spread with a bias: ``sqrt(maximum(x, 1e-30))`` has none.

    Examples
    --------
    >>> revenue = symbol("revenue")
    >>> where(revenue > 100, 0.05, 0.03) * revenue
    Formula('where(revenue > 100, 0.05, 0.03) * revenue')
    """
    return call("where", condition, a, b)


def exp(value: Operand) -> Formula:
    """Raise e to a value.

    Parameters
    ----------
    value
        The exponent.

    Returns
    -------
    Formula
        :func:`numpy.exp` of a formula is the same.

    Examples
    --------
    >>> 100 * exp(0.1 * symbol("time"))
    Formula('100 * exp(0.1 * time)')
    """
    return call("exp", value)


def log(value: Operand) -> Formula:
    """Take the natural logarithm.

    Parameters
    ----------
    value
        Must be positive on every path: a run whose values are not finite is refused.

    Returns
    -------
    Formula
        :func:`numpy.log` of a formula is the same.

    Examples
    --------
    >>> log(symbol("revenue") / 100)
    Formula('log(revenue / 100)')
    """
    return call("log", value)


def sqrt(value: Operand) -> Formula:
    """Take the square root.

    Parameters
    ----------
    value
        Must not be negative on any path: a run whose values are not finite is refused.

    Returns
    -------
    Formula
        :func:`numpy.sqrt` of a formula is the same.

    Examples
    --------
    >>> sqrt(symbol("revenue"))
    Formula('sqrt(revenue)')
    """
    return call("sqrt", value)


def cumulative(value: Operand) -> Formula:
    """Add up all periods so far, this one included.

    Parameters
    ----------
    value
        The amount of a period.

    Returns
    -------
    Formula
        The running total; it begins with the term of a clause's leg, or with the first period of a
        stream. :func:`numpy.cumsum` of a formula is the same.

    Examples
    --------
    >>> where(cumulative(symbol("revenue")) > 500, 0.05, 0.1)
    Formula('where(cumulative(revenue) > 500, 0.05, 0.1)')
    """
    return call("cumulative", value)


def year_to_date(value: Operand) -> Formula:
    """Add up the periods of the calendar year so far, this one included.

    Parameters
    ----------
    value
        The amount of a period.

    Returns
    -------
    Formula
        The running total of the year; it begins anew with the first period of each.

    Examples
    --------
    >>> minimum(year_to_date(0.1 * symbol("revenue")), 40)
    Formula('minimum(year_to_date(0.1 * revenue), 40)')
    """
    return call("year_to_date", value)


def lag(value: Operand, periods: int = 1) -> Formula:
    """Take the value of some periods ago.

    Parameters
    ----------
    value
        What to look back at.
    periods
        How many periods; a whole number.

    Returns
    -------
    Formula
        The value then; 0 before there was one.

    Raises
    ------
    InputError
        The number of periods is not a whole one.

    Examples
    --------
    >>> symbol("revenue") - lag(symbol("revenue"), 4)
    Formula('revenue - lag(revenue, 4)')
    """
    return call("lag", value) if periods == 1 else call("lag", value, periods)


def step_up(before: Operand, date: dt.date | str, after: Operand) -> Formula:
    """Take one value in periods that begin before a date, then another.

    Parameters
    ----------
    before, after
        The values.
    date
        The first day of ``after``, for periods that begin on it or later.

    Returns
    -------
    Formula
        The value that holds on the period's first day.

    Raises
    ------
    InputError
        The date is none.

    Examples
    --------
    >>> step_up(0.05, "2028-01-01", 0.03) * symbol("revenue")
    Formula('step_up(0.05, "2028-01-01", 0.03) * revenue')
    """
    if not isinstance(date, dt.date):
        try:
            date = dt.date.fromisoformat(date)
        except (TypeError, ValueError):
            rule = 'must be a date, such as "2028-01-01"'
            raise InputError([Issue("step_up", rule, repr(date))]) from None
    return call("step_up", before, date, after)
