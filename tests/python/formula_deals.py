"""A deal with a custom clause, for the tests of formulas."""

from __future__ import annotations

from typing import Any

from deals import Record, changed, share_deal

YEARS = range(2026, 2031)
BASE = changed(
    share_deal({y: 30.0 * 1.3 ** (y - 2026) for y in YEARS}, volatility=0.5),
    events={"stop": {"hazard": 0.25}},
    streams__other={"type": "forecast", "annual": dict.fromkeys(YEARS, 20.0), "volatility": 0.3},
)

# A share up to a cap, in a formula.
CAPPED = "minimum(0.2 * revenue, maximum(limit - paid, 0))"


def with_leg(record: Record = BASE, **leg: Any) -> Record:
    return changed(record, **{f"legs__share__{key}": held for key, held in leg.items()})


def custom(formula: Any, stage: str = "accrual", **numbers: Any) -> Record:
    return {"c": {"type": "custom", "formula": formula, "numbers": numbers, "stage": stage}}
