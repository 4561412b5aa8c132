"""The results of two deals on the same draws: ``Comparison``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from capstake.estimates import Estimate, Position
from capstake.results import Key, Results
from capstake.valuation import Valuation

__all__ = ["Comparison"]

_KIND_ORDER = {"leg": 0, "stake": 1, "party": 2}


class Comparison:
    """Two deals, and the change of every leg, stake and party on the same draws.

    Attributes
    ----------
    old, new : Valuation
        Each deal by itself.
    changes : dict of str to Position
        New less old by name; a leg, stake or party that one deal lacks counts as zero there.
    """

    def __init__(self, old: Valuation, new: Valuation, results: Results) -> None:
        self.old = old
        self.new = new
        self._results = results
        self.changes: dict[str, Position] = {}
        names = list(dict.fromkeys([*old, *new]))
        for name in sorted(names, key=lambda n: _KIND_ORDER[(old[n] if n in old else new[n]).kind]):
            kind = (old[name] if name in old else new[name]).kind
            key = ("difference", kind, name, "")
            self.changes[name] = Position(kind, name, results.estimate(key), results.samples(key))

    def __getitem__(self, name: str) -> Position:
        """Look the change of a leg, stake or party up by its name."""
        if name not in self.changes:
            raise KeyError(f"no leg, stake or party named {name!r}; there are {list(self.changes)}")
        return self.changes[name]

    def combined(self, parts: Sequence[tuple[float, Key]]) -> Estimate:
        """Add up results of either version with weights, with the error of the sum."""
        return self._results.combined(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain numbers and texts, the object that ``--json`` prints."""
        from capstake import json_record

        return json_record.comparison_record(self)

    def __repr__(self) -> str:
        """Show one line a position."""
        from capstake import render, tables

        return render.to_text(tables.comparison(self))

    def _repr_html_(self) -> str:
        from capstake import render, tables

        return render.to_html(tables.comparison(self))
