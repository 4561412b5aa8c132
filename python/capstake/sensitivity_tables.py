"""Sensitivities as tables."""

from __future__ import annotations

import math

from capstake.deal_words import label
from capstake.sensitivity import SecondSensitivity, Sensitivities, Sensitivity
from capstake.tables import Column, Table

__all__ = ["first_derivatives", "second_derivatives"]

_SMOOTHED = " Smoothed: biased; by how much is estimated beside the field."


def first_derivatives(found: Sensitivities, position: str) -> Table:
    """Tabulate one position's sensitivities, the widest swing first.

    Numbers that do not move it are left out; those that move it by a jump never are.
    """
    rows_of = found[position].values()
    shown = [row for row in rows_of if row.derivative.value != 0.0 or row.has_jump]
    shown.sort(key=_weight, reverse=True)
    rows = [
        (
            row.field + _remark(row),
            row.at,
            row.derivative,
            row.elasticity,
            *(row.swing or (None, None)),
        )
        for row in shown
    ]
    columns = (
        Column("Field"),
        Column("At", "number"),
        Column("Derivative", "derivative"),
        Column("For +1% of it", "money"),
        Column("To the low end", "money"),
        Column("To the high end", "money"),
    )
    return Table(
        f"Sensitivities of {label(found.deal, position)}",
        columns,
        tuple(rows),
        unit=found.money,
        note="Derivative: change of the value for one more unit of the field, ± its standard "
        "error. Ends of the range: by the derivative alone, so without curvature."
        + (_SMOOTHED if any(row.bias for row in shown) else ""),
    )


def second_derivatives(found: Sensitivities, position: str) -> Table:
    """Tabulate one position's second derivatives by the first field, the largest effect first.

    Pairs that do not move it are left out; those that move it by a jump never are.
    """
    at = {row.field: row.at for row in found[position].values()}
    rows_of = found.second(position).values()
    shown = [row for row in rows_of if row.derivative.value != 0.0 or row.has_jump]
    shown.sort(
        key=lambda row: (row.fields[0], math.isnan(row.derivative.value), -abs(_mixed(row, at)))
    )
    rows = [
        (row.fields[0], row.fields[1] + _remark(row), row.derivative, _mixed(row, at))
        for row in shown
    ]
    columns = (
        Column("First by", "group"),
        Column("Then by"),
        Column("Second derivative", "derivative"),
        Column("For +1% of both", "money"),
    )
    return Table(
        f"Second derivatives of {label(found.deal, position)}",
        columns,
        tuple(rows),
        unit=found.money,
        note="Second derivative: change of the first derivative for one more unit of the second "
        "field, ± its standard error. For +1% of both: what the second derivative adds to the "
        "effects of 1% more of each number."
        + (_SMOOTHED if any(row.bias for row in shown) else ""),
    )


def _mixed(row: SecondSensitivity, at: dict[str, float]) -> float:
    """Return the second derivative times 1% of both numbers; half of it where they are the same."""
    first, second = (at[field] / 100 for field in row.fields)
    effect = row.derivative.value * first * second
    return effect / 2 if row.fields[0] == row.fields[1] else effect


def _remark(row: Sensitivity | SecondSensitivity) -> str:
    if row.has_jump:
        return " (jumps: no derivative)"
    if row.method == "unbounded":
        return " (no finite derivative here)"
    if row.bias is None:
        return ""
    return f" (smoothed: bias about {abs(row.bias.value) + 2 * row.bias.standard_error:.1g})"


def _weight(row: Sensitivity) -> float:
    if not math.isfinite(row.derivative.value):
        return math.inf
    if row.swing is not None:
        return max(abs(change) for change in row.swing)
    return abs(row.elasticity)
