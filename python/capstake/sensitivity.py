"""Sensitivities: the derivative of every value by every number of a deal, from one run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from capstake import _core
from capstake._core import CancelToken, Deal, Number
from capstake.estimates import Estimate
from capstake.progress import default_progress
from capstake.run import checked_deal, checked_run
from capstake.tables import Column, Table
from capstake.valuation import hash_of, money_unit

__all__ = ["Sensitivities", "Sensitivity", "sensitivities"]

DEFAULT_PATHS = 2**17

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sensitivity:
    """The derivative of one value by one number of the deal.

    Attributes
    ----------
    position : str
        Leg, stake or party whose value is differentiated.
    field : str
        Key path of the number, such as ``legs.microsoft_share.cap``; arguments of an uncertain
        number have names of their own, such as ``legs.x.cap.mode``.
    at : float
        The number's value.
    derivative : Estimate
        Money per unit of the number. Its standard error comes from 32 groups of paths.
    range : (float, float) or None
        The number's range in the deal.
    has_jump : bool
        The value jumps with the number and the derivative is that of the smooth part alone.
    """

    position: str
    field: str
    at: float
    derivative: Estimate
    range: tuple[float, float] | None
    has_jump: bool

    @property
    def swing(self) -> tuple[float, float] | None:
        """Change of the value from here to the low and to the high end of the range, linearly."""
        if self.range is None:
            return None
        low, high = self.range
        return self.derivative.value * (low - self.at), self.derivative.value * (high - self.at)

    @property
    def elasticity(self) -> float:
        """Change of the value when the number grows by 1% of itself [money]."""
        return self.derivative.value * self.at / 100


class Sensitivities:
    """All sensitivities of a deal. Index by the name of a leg, stake or party."""

    def __init__(self, deal: Deal, rows: list[Sensitivity], *, paths: int, seed: int) -> None:
        self.deal = deal
        self.rows = rows
        self.paths = paths
        self.seed = seed

    @property
    def money(self) -> str:
        """The unit of values, such as ``USD billion``."""
        return money_unit(self.deal)

    @property
    def deal_hash(self) -> str:
        """SHA-256 of the deal."""
        return hash_of(self.deal)

    def __getitem__(self, position: str) -> dict[str, Sensitivity]:
        """Return one position's sensitivities by field."""
        found = {row.field: row for row in self.rows if row.position == position}
        if not found:
            names = list(dict.fromkeys(row.position for row in self.rows))
            raise KeyError(f"no leg, stake or party named {position!r}; there are {names}")
        return found

    def table(self, position: str) -> Table:
        """Tabulate one position's sensitivities, the widest swing first.

        Numbers that do not move it are left out; those that move it by a jump never are.
        """
        rows_of = self[position].values()
        shown = [row for row in rows_of if row.derivative.value != 0.0 or row.has_jump]
        shown.sort(key=_weight, reverse=True)
        rows = [
            (
                row.field + (" (jumps: smooth part only)" if row.has_jump else ""),
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
            Column("Derivative", "estimate"),
            Column("For +1% of it", "money"),
            Column("To the low end", "money"),
            Column("To the high end", "money"),
        )
        return Table(
            f"Sensitivities of {position}",
            columns,
            tuple(rows),
            unit=self.money,
            note="Derivative: change of the value a unit of the field, ± its standard error. "
            "Ends of the range: by the derivative, so without curvature.",
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as plain numbers and texts; a derivative that is none is None."""
        return [
            {
                "position": row.position,
                "field": row.field,
                "at": row.at,
                "derivative": _finite(row.derivative.value),
                "standard_error": _finite(row.derivative.standard_error),
                "range": row.range,
                "has_jump": row.has_jump,
            }
            for row in self.rows
        ]

    def __repr__(self) -> str:
        """Count what there is."""
        positions = list(dict.fromkeys(row.position for row in self.rows))
        return f"<sensitivities of {', '.join(positions)} by {len(self[positions[0]])} numbers>"

    def _repr_html_(self) -> str:
        from capstake import render

        positions = dict.fromkeys(row.position for row in self.rows)
        return "".join(render.to_html(self.table(position)) for position in positions)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _weight(row: Sensitivity) -> float:
    if not math.isfinite(row.derivative.value):
        return math.inf
    if row.swing is not None:
        return max(abs(change) for change in row.swing)
    return abs(row.elasticity)


def sensitivities(
    deal: Deal,
    *,
    paths: int = DEFAULT_PATHS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | bool | None = None,
    cancel: CancelToken | None = None,
) -> Sensitivities:
    """Differentiate the value of every leg, stake and party by every number of a deal.

    Parameters
    ----------
    deal
        What to differentiate.
    paths
        Number of simulated paths, rounded up to a multiple of 16,384.
    seed, threads, progress, cancel
        As for :func:`value`.

    Returns
    -------
    Sensitivities
        With standard errors.

    Raises
    ------
    InputError
        An argument is out of range.
    NumericalError
        A value or derivative is not finite on some path.

    Notes
    -----
    Derivatives are pathwise, by reverse mode through the graph of the simulation; kinks such as
    caps are exact almost everywhere. The hazard of an event at which a value jumps is
    differentiated by the likelihood ratio. A number that moves a value by a jump in any other way
    is marked.

    References
    ----------
    Glasserman, P. (2003). Monte Carlo Methods in Financial Engineering, chapter 7. Springer.
    Giles, M. and Glasserman, P. (2006). Smoking adjoints: fast Monte Carlo Greeks. Risk 19(1).

    Examples
    --------
    >>> found = sensitivities(load("microsoft_openai_2026_04"), paths=2**14)
    >>> 0.5 < found["microsoft_share"]["legs.microsoft_share.cap"].derivative.value < 0.7
    True
    """
    checked_deal("deal", deal)
    spec = checked_run(paths, seed, threads)
    del spec["sample_paths"]
    with default_progress(progress) as report:
        raw, n_paths, _ = _core.sensitivities(deal, **spec, progress=report, cancel=cancel)
    ranges = _ranges(deal)
    rows = [
        Sensitivity(position, field, at, Estimate(value, error), ranges.get(field), has_jump)
        for position, field, at, value, error, has_jump in raw
    ]
    return Sensitivities(deal, rows, paths=n_paths, seed=spec["seed"])


def _ranges(deal: Deal) -> dict[str, tuple[float, float]]:
    found = {}
    for row in _core.assumptions(deal):
        number: Number = row["number"]
        if number.range is not None:
            path = ".".join(part for part in (row["table"], row["object"], row["field"]) if part)
            found[path] = number.range
    return found
