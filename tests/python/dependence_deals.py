"""Deals whose draws depend on each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import capstake as cs
from deals import EVERYTHING, Record, changed, deal_of, share_deal
from processes import GBM, JUMPS, REGIMES

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


_MIXED = [
    ["failure", "sales.shock", -0.5],
    ["failure", "maker_inc.multiple", -0.3],
    ["legs.share.cap", "sales.shock", 0.4],
    ["legs.share.cap", "failure", 0.2],
    ["legs.share.already_paid", "peer.shock", -0.25],
    ["legs.share.already_paid", "legs.share.cap", 0.3],
    ["sales.shock", "peer.shock", 0.3],
]


def mixed(pairs: list[Any], until: str, **dependence: Any) -> Record:
    """Draws made once a path that depend on draws by period up to a date."""
    draws = list(dict.fromkeys(name for a, b, _ in pairs for name in (a, b)))
    return {"draws": draws, "correlation": pairs, "until": until, **dependence}


def _with_mixed(*dependence: Any, **more: Any) -> Record:
    return changed(_UNCERTAIN, dependence={"all": mixed(*dependence, **more)})


# Of periods that have uniform draws, and of revisions, which have dates of their own.
_OTHER_DRAWS = changed(
    _with_mixed(
        [
            ["failure", "peer.regime", 0.6],
            ["legs.share.cap", "other.jumps", -0.4],
            ["legs.share.cap", "other.jump_size", 0.3],
            ["legs.share.already_paid", "sales.revision", 0.7],
            ["peer.shock", "other.jumps", 0.5],
        ],
        "2028-06-30",
    ),
    streams__peer=dict(REGIMES),
    streams__other=dict(JUMPS),
    streams__sales__revisions={"2026-08-31": 0.1, "2027-02-14": 0.2, "2028-12-31": 0.15},
)

DEPENDENT: dict[str, Record] = {
    "Gaussian": _with(),
    "Gaussian by Spearman's": _with(kind="spearman"),
    "t by Kendall's": _with(copula="t", degrees_of_freedom=3.5, kind="kendall"),
    "t by Spearman's": _with(copula="t", degrees_of_freedom=30, kind="spearman"),
    "t of one degree": _with(copula="t", degrees_of_freedom=1),
    "once a path on by period": _with_mixed(_MIXED, "2029-12-31"),
    "beyond the grid": _with_mixed(
        [[a, b, r / 2] for a, b, r in _MIXED], "2036-03-31", kind="kendall"
    ),
    "within the first period": _with_mixed(_MIXED, "2026-06-30", kind="spearman"),
    "on draws of other kinds": _OTHER_DRAWS,
    "t on a draw by period": _with_mixed(
        _MIXED[:1] + _MIXED[2:4], "2029-12-31", copula="t", degrees_of_freedom=3
    ),
    "t by Spearman's on a draw by period": _with_mixed(
        _MIXED[:1] + _MIXED[2:4], "2034-12-31", copula="t", degrees_of_freedom=30, kind="spearman"
    ),
}


def joint(numbers: dict[str, Any], dependence: Record | None = None) -> Record:
    """A leg for each number, whose value on each path is the number; they depend on each other."""
    deal = share_deal({2026: 1e9})
    (leg,) = deal["legs"].values()
    legs = {name: leg | {"cap": held} for name, held in numbers.items()}
    draws = [f"legs.{name}.cap" for name in numbers]
    more = {"dependence": {"all": {"draws": draws, **dependence}}} if dependence else {}
    return deal | {"legs": legs, "discount_rate": 0.0} | more


N = 2**14
LOGNORMAL = {"lognormal": [5.0, 0.4]}
T4 = {"copula": "t", "degrees_of_freedom": 4}


# Of a pair by rank correlations: the kind, and the correlation of the normals behind it.
OF_NORMALS: list[tuple[str, Callable[[float], float]]] = [
    ("spearman", lambda r: 2 * math.sin(math.pi * r / 6)),
    ("kendall", lambda r: math.sin(math.pi * r / 2)),
]


def pair(r: float, **more: Any) -> Record:
    """The dependence of two draws."""
    return {"correlation": [[1, r], [r, 1]], **more}


def samples(record: Record, *, paths: int = N, seed: int = 1) -> dict[str, np.ndarray]:
    """The value of each leg on each path."""
    found = cs.value(deal_of(record), paths=paths, sampler="philox", seed=seed)
    return {name: np.asarray(found[name].samples) for name in record["legs"]}
