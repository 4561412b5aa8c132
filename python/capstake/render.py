"""Tables as text and HTML. How a number is printed is decided here, once."""

from __future__ import annotations

import datetime as dt
import math
from html import escape
from typing import TYPE_CHECKING, Any

from capstake.tables import Column, Table

if TYPE_CHECKING:
    from capstake.valuation import Estimate

__all__ = ["cell_text", "estimate_text", "money_text", "to_html", "to_text"]

_MISSING = "–"


def decimals_for(error: float) -> int:
    """Decimals that show an error with two significant digits, at least 0.

    Examples
    --------
    >>> decimals_for(0.0413), decimals_for(0.96), decimals_for(0.996), decimals_for(37.0)
    (3, 2, 1, 0)
    """
    # Rounding may carry into the next digit (0.996 -> 1.0), which then shows one digit fewer.
    return max(0, -int(f"{error:.1e}".partition("e")[2]) + 1)


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
    error = estimate.standard_error
    if not math.isfinite(error) or error <= 0:
        shown = money_text(estimate.value)
        return f"{_sign(estimate.value) if signed else ''}{shown} ± {'0' if error == 0 else '?'}"
    decimals = min(decimals_for(error), 12)
    shown = money_text(estimate.value, decimals)
    return f"{_sign(estimate.value) if signed else ''}{shown} ± {error:,.{decimals}f}"


def _sign(value: float) -> str:
    return "+" if value > 0 else ""


def _percent_text(value: float) -> str:
    return f"{100 * value:.1f}%"


def cell_text(value: Any, column: Column) -> str:
    """Print one cell by the kind of its column."""
    if value is None:
        return _MISSING
    match column.kind:
        case "estimate":
            return estimate_text(value)
        case "change":
            return estimate_text(value, signed=True)
        case "probability":
            error = 100 * value.standard_error
            decimals = min(max(decimals_for(error), 1), 4) if error > 0 else 1
            return f"{100 * value.value:.{decimals}f}% ± {error:.{decimals}f}"
        case "money":
            return money_text(value)
        case "percent":
            return _percent_text(value)
        case "ratio":
            return f"{value:.3f}"
        case "date":
            return value.isoformat() if isinstance(value, dt.date) else str(value)
        case _:
            return str(value)


def _is_numeric(column: Column) -> bool:
    return column.kind not in ("text", "date")


def to_text(table: Table) -> str:
    """Print a table as aligned plain text."""
    header = [column.name for column in table.columns]
    body = [
        [cell_text(value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    widths = [max(len(row[i]) for row in [header, *body]) for i in range(len(header))]

    def line(cells: list[str]) -> str:
        aligned = (
            cell.rjust(width) if _is_numeric(column) else cell.ljust(width)
            for cell, width, column in zip(cells, widths, table.columns, strict=True)
        )
        return "  ".join(aligned).rstrip()

    title = f"{table.title} [{table.unit}]" if table.unit else table.title
    lines = [title, line(header), "  ".join("-" * width for width in widths)]
    lines += [line(cells) for cells in body]
    return "\n".join(lines + ([table.note] if table.note else []))


def to_html(table: Table) -> str:
    """Print a table as an HTML fragment; every text is escaped."""

    def cell(tag: str, text: str, column: Column) -> str:
        css = ' style="text-align:right"' if _is_numeric(column) else ' style="text-align:left"'
        return f"<{tag}{css}>{escape(text)}</{tag}>"

    title = f"{table.title} [{table.unit}]" if table.unit else table.title
    head = "".join(cell("th", column.name, column) for column in table.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            cell("td", cell_text(value, column), column)
            for value, column in zip(row, table.columns, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    note = f"<p><small>{escape(table.note)}</small></p>" if table.note else ""
    return (
        f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>{note}"
    )
