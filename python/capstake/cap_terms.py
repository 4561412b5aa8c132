"""A leg's total cap as agreed: an amount, or amounts by date, of the leg itself or of a clause."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from capstake._core import AccretingCap, CapMultiple, Number, RevenueShare, SpringingCap

__all__ = ["CapStep", "cap_amount", "cap_steps"]


class CapStep(NamedTuple):
    """An amount of a cap [money] and the day from which it is agreed; None from the first."""

    since: dt.date | None
    amount: float


def cap_steps(leg: Any) -> list[CapStep]:
    """List the amounts of a leg's total cap; none where it has no cap or the cap is uncertain.

    It is uncertain, too, where a test resets it, and where a return has to be earned as well.
    """
    if not isinstance(leg, RevenueShare):
        return []
    if leg.cap is not None:
        return _steps(leg.cap, 1.0)
    clauses = list(leg.clauses.values())
    if any(isinstance(clause, AccretingCap | SpringingCap) for clause in clauses):
        return []
    for clause in clauses:
        if isinstance(clause, CapMultiple) and leg.investment and leg.investment.is_constant:
            return _steps(clause.multiple, leg.investment.value)
    return []


def cap_amount(leg: Any) -> float | None:
    """Return a leg's total cap [money] where it is one certain amount."""
    steps = cap_steps(leg)
    return steps[0].amount if len(steps) == 1 else None


def _steps(number: Number, scale: float) -> list[CapStep]:
    if number.is_constant:
        return [CapStep(None, number.value * scale)]
    by_date = number.to_dict().get("by_date", {})
    return [
        CapStep(dt.date.fromisoformat(str(day)), value * scale) for day, value in by_date.items()
    ]
