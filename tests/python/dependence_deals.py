"""Deals whose draws depend on each other."""

from __future__ import annotations

from typing import Any

from deals import EVERYTHING, Record, changed, share_deal
from processes import GBM

# Of uncertain numbers, once a path, an event among them; and of shocks by period.
ONCE = ["legs.share.cap", "legs.share.already_paid", "companies.maker_inc.multiple", "failure"]
_UNCERTAIN = changed(
    EVERYTHING,
    legs__share__cap={"triangular": [30, 38, 50]},
    legs__share__already_paid={"uniform": [0.0, 10.0]},
    companies__maker_inc__multiple={"lognormal": [20, 0.5]},
    streams__peer=dict(GBM),
    companies__maker_inc__correlation=0.0,
)
_BY_PERIOD = ["maker_inc.multiple", "sales.shock", "peer.shock"]
_MATRIX = [
    [1, 0.3, -0.2, 0.6],
    [0.3, 1, 0.1, 0.25],
    [-0.2, 0.1, 1, -0.45],
    [0.6, 0.25, -0.45, 1],
]


def _with(**dependence: Any) -> Record:
    """Both kinds of draws, in two dependences of one kind."""
    pairs = [["sales.shock", "maker_inc.multiple", 0.3], ["peer.shock", "sales.shock", -0.5]]
    return changed(
        _UNCERTAIN,
        dependence={
            "once": {"draws": ONCE, "correlation": _MATRIX, **dependence},
            "shocks": {"draws": _BY_PERIOD, "correlation": pairs, **dependence},
        },
    )


DEPENDENT: dict[str, Record] = {
    "Gaussian": _with(),
    "Gaussian by Spearman's": _with(kind="spearman"),
    "t by Kendall's": _with(copula="t", degrees_of_freedom=3.5, kind="kendall"),
    "t by Spearman's": _with(copula="t", degrees_of_freedom=30, kind="spearman"),
    "t of one degree": _with(copula="t", degrees_of_freedom=1),
}


def joint(numbers: dict[str, Any], dependence: Record | None = None) -> Record:
    """A leg for each number, whose value on each path is the number; they depend on each other."""
    deal = share_deal({2026: 1e9})
    (leg,) = deal["legs"].values()
    legs = {name: leg | {"cap": held} for name, held in numbers.items()}
    draws = [f"legs.{name}.cap" for name in numbers]
    more = {"dependence": {"all": {"draws": draws, **dependence}}} if dependence else {}
    return deal | {"legs": legs, "discount_rate": 0.0} | more
