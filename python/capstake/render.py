"""Tables as text and HTML. How a number is printed is decided here, once."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from capstake.tables import Column, Table

if TYPE_CHECKING:
    from capstake.estimates import Estimate

__all__ = [
    "NO_ERROR",
    "Cell",
    "amount_text",
    "cell_text",
    "cells",
    "date_text",
    "day_text",
    "estimate_text",
    "money_text",
    "plain_text",
    "to_html",
    "to_text",
]

# A standard error below this part of its value is the rounding of sums: the value is deterministic.
NO_ERROR = 1e-12
_MISSING = "–"
_ESTIMATES = ("estimate", "change")
_MONEY = ("money", "exact", *_ESTIMATES)
_UNLIMITED = 12
_TEXT_KINDS = ("text", "group", "detail", "status", "date")
# strftime's month names depend on the locale; a memo must not.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A printed cell: its text, and for an estimate the standard error by itself."""

    text: str
    error: str = ""

    def __str__(self) -> str:
        """Join the text and the error."""
        return f"{self.text} {self.error}" if self.error else self.text


def decimals_for(error: float) -> int:
    """Decimals that show an error with two significant digits, at least 0.

    Examples
    --------
    >>> decimals_for(0.0413), decimals_for(0.96), decimals_for(0.996), decimals_for(37.0)
    (3, 2, 1, 0)
    """
    # Rounding may carry into the next digit (0.996 -> 1.0), which then shows one digit fewer.
    return max(0, -int(f"{error:.1e}".partition("e")[2]) + 1)


def money_decimals(amounts: Iterable[float]) -> int:
    """Decimals for a column of money: 2, none from 100,000 on, more where all is small.

    Examples
    --------
    >>> money_decimals([27.9, -3.2]), money_decimals([2.5e6]), money_decimals([0.0123])
    (2, 0, 4)
    """
    largest = max((abs(a) for a in amounts if math.isfinite(a)), default=0.0)
    if largest >= 1e5:
        return 0
    if largest == 0.0 or largest >= 1.0:
        return 2
    return min(2 - math.floor(math.log10(largest)), 12)


def money_text(value: float, decimals: int = 2) -> str:
    """Print an amount with thousands separators, negatives in parentheses.

    Examples
    --------
    >>> money_text(1234.5), money_text(-0.25), money_text(-0.001)
    ('1,234.50', '(0.25)', '0.00')
    """
    if math.isnan(value):
        return _MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "(∞)"
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not any(digit in text for digit in "123456789")
    return f"({text})" if value < 0 and not is_zero else text


def estimate_text(estimate: Estimate, *, signed: bool = False) -> str:
    """Print a value and its standard error, to two digits of the error.

    Examples
    --------
    >>> from capstake import Estimate
    >>> estimate_text(Estimate(27.9314, 0.0413))
    '27.931 ± 0.041'
    >>> estimate_text(Estimate(-3.2, 0.5), signed=True)
    '(3.20) ± 0.50'
    >>> estimate_text(Estimate(1234.5, 0.0))
    '1,234.50 ± 0'
    """
    return str(_estimate_cell(estimate, signed=signed))


def _estimate_cell(
    estimate: Estimate, decimals: int | None = None, *, signed: bool = False
) -> Cell:
    """Print an estimate in a column of amounts with so many decimals, or one by itself."""
    error = 0.0 if is_exact(estimate) else estimate.standard_error
    if math.isfinite(error) and error > 0:
        most = _UNLIMITED if decimals is None else decimals + 2
        shown = min(decimals_for(error), most)
        cell = Cell(money_text(estimate.value, shown), _error_text(error, shown))
    else:
        shown = money_decimals([estimate.value]) if decimals is None else decimals
        cell = Cell(money_text(estimate.value, shown), "± 0" if error == 0 else "± ?")
    return Cell(f"+{cell.text}", cell.error) if signed and estimate.value > 0 else cell


def _probability_cell(estimate: Estimate) -> Cell:
    chance, error = 100 * estimate.value, 100 * estimate.standard_error
    if error <= 0:
        # On no path or on all: how sure that is, the paths do not say.
        return Cell(f"{chance:.0f}%") if chance in (0.0, 100.0) else Cell(f"{chance:.1f}%", "± 0")
    decimals = min(max(decimals_for(error), 1), 2)
    smallest = 10.0**-decimals
    text = f"{chance:.{decimals}f}%"
    if chance < smallest / 2:
        text = f"<{smallest:.{decimals}f}%"
    elif chance > 100 - smallest / 2:
        text = f">{100 - smallest:.{decimals}f}%"
    return Cell(text, _error_text(error, decimals))


def _error_text(error: float, decimals: int) -> str:
    smallest = 10.0**-decimals
    if error < smallest / 2:
        return f"± <{smallest:.{decimals}f}"
    return f"± {error:,.{decimals}f}"


def plain_text(value: float) -> str:
    """Print up to ten digits of a number, seven of a fraction that does not end before.

    Examples
    --------
    >>> plain_text(0.1 + 0.2), plain_text(1234567.0), plain_text(2.5e-7), plain_text(-0.0)
    ('0.3', '1,234,567', '0.00000025', '0')
    >>> plain_text(28 / 9), plain_text(0.123456789), plain_text(12345678.9)
    ('3.111111', '0.123456789', '12,345,678.9')
    """
    text = f"{value + 0.0:.10g}"
    if float(text) != value and abs(value) < 1e6:
        text = f"{value:.7g}"
    return format(Decimal(text), ",f")


def amount_text(text: str, money: str) -> str:
    """Put a printed amount into its unit, for a sentence; the parts never part at a line's end.

    Examples
    --------
    >>> amount_text("27.931 ± 0.041", "USD billion").replace(chr(0xA0), " ")
    'USD 27.931 ± 0.041 billion'
    """
    currency, _, unit = money.partition(" ")
    return f"{currency} {text} {unit}".strip().replace(" ", "\xa0")


def day_text(day: dt.date) -> str:
    """Print a day of any year for reading: ``27 April``."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def date_text(day: dt.date) -> str:
    """Print a date for reading.

    Examples
    --------
    >>> date_text(dt.date(2026, 4, 27))
    '27 April 2026'
    """
    return f"{day_text(day)} {day.year}"


def _cell(value: Any, column: Column, decimals: int) -> Cell:
    if value is None:
        return Cell(_MISSING)
    match column.kind:
        case "estimate":
            return _estimate_cell(value, decimals)
        case "change":
            return _estimate_cell(value, decimals, signed=True)
        case "derivative":
            return _estimate_cell(value)
        case "probability":
            return _probability_cell(value)
        case "money":
            return Cell(money_text(value, decimals))
        case "percent":
            return Cell(f"{100 * value:.1f}%")
        case "number":
            return Cell(plain_text(value))
        case "exact":
            return Cell(money_text(value, decimals + 2))
        case "errors":
            return Cell(f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else "0.0")
        case "ratio":
            return Cell(f"{value:.3f}")
        case "whole":
            return Cell(f"{value:,}")
        case "date":
            return Cell(value.isoformat() if isinstance(value, dt.date) else str(value))
        case _:
            return Cell(str(value))


def cell_text(value: Any, column: Column) -> str:
    """Print one cell by the kind of its column."""
    if column.kind in _ESTIMATES:
        return estimate_text(value, signed=column.kind == "change")
    return str(_cell(value, column, 2))


def cells(table: Table) -> list[list[Cell]]:
    """Print a table's cells.

    A column of money has the same decimals in all its rows; one of estimates at most two more, and
    one that is exact as many as the surest of the others.
    """
    decimals = [
        money_decimals(float(row[i]) for row in table.rows if row[i] is not None)
        if column.kind in _MONEY
        else 2
        for i, column in enumerate(table.columns)
    ]
    of_exact = [
        _decimals_of_surest((row[i] for row in table.rows), decimals[i])
        if column.kind in _ESTIMATES
        else decimals[i]
        for i, column in enumerate(table.columns)
    ]
    return [
        [
            _cell(value, column, exact if column.kind in _ESTIMATES and is_exact(value) else usual)
            for value, column, usual, exact in zip(
                row, table.columns, decimals, of_exact, strict=True
            )
        ]
        for row in table.rows
    ]


def is_exact(estimate: Estimate | None) -> bool:
    """Whether an estimate has no error, but for the rounding of sums."""
    return estimate is not None and estimate.standard_error <= NO_ERROR * abs(estimate.value)


def _decimals_of_surest(column: Iterable[Estimate | None], usual: int) -> int:
    errors = [
        each.standard_error
        for each in column
        if each is not None and math.isfinite(each.standard_error) and not is_exact(each)
    ]
    return max([usual, *(min(decimals_for(error), usual + 2) for error in errors)])


def is_numeric(column: Column) -> bool:
    """Say whether a column's cells are numbers, which are set flush right."""
    return column.kind not in _TEXT_KINDS


def to_text(table: Table) -> str:
    """Print a table as aligned plain text."""
    header = [column.name for column in table.columns]
    body = [[str(cell) for cell in row] for row in cells(table)]
    widths = [max(len(row[i]) for row in [header, *body]) for i in range(len(header))]

    def line(texts: list[str]) -> str:
        aligned = (
            text.rjust(width) if is_numeric(column) else text.ljust(width)
            for text, width, column in zip(texts, widths, table.columns, strict=True)
        )
        return "  ".join(aligned).rstrip()

    title = f"{table.title} [{table.unit}]" if table.unit else table.title
    lines = [title, line(header), "  ".join("-" * width for width in widths)]
    lines += [line(texts) for texts in body]
    return "\n".join(lines + ([table.note] if table.note else []))


def to_html(table: Table) -> str:
    """Print a table as an HTML fragment for notebooks; every text is escaped."""

    def cell(tag: str, text: str, column: Column) -> str:
        side = "right" if is_numeric(column) else "left"
        return f'<{tag} style="text-align:{side}">{escape(text)}</{tag}>'

    title = f"{table.title} [{table.unit}]" if table.unit else table.title
    head = "".join(cell("th", column.name, column) for column in table.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            cell("td", str(shown), column) for shown, column in zip(row, table.columns, strict=True)
        )
        + "</tr>"
        for row in cells(table)
    )
    note = f"<p><small>{escape(table.note)}</small></p>" if table.note else ""
    return (
        f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>{note}"
    )
