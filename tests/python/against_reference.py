"""The engine's graph, path by path, against the plain-Python reference of reference.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from capstake import _core
from close import close
from deals import Record, deal_of
from draws import Draws
from reference import ReferencePath

KINDS = {
    "leg",
    "stake",
    "party",
    "paid",
    "payment",
    "revenue",
    "cap_reached",
    "cap_days",
    "stake_flow",
}


def _largest(held: Any) -> float:
    return max(held.get("triangular", [0.0])) if isinstance(held, dict) else float(held or 0.0)


def assert_is_the_reference(
    record: Record, *, kinds=frozenset(KINDS), seed: int = 7, block: int = 0, paths: int = 200
):
    graph = _core.graph_of(deal_of(record))
    rows = graph.run(seed=seed, first_block=block)
    draws = Draws(seed, block * rows.shape[1], paths)
    expected = [ReferencePath(record, draws.of_path(i)).outputs() for i in range(paths)]
    assert set(graph.output_names) >= {name for path in expected for name in path}
    assert {name.split(".")[0] for name in graph.output_names} <= KINDS
    largest_cap = max((_largest(leg.get("cap", 0)) for leg in record["legs"].values()), default=0.0)
    revenue = max(x for path in expected for n, x in path.items() if n.startswith("revenue."))
    for name, row in zip(graph.output_names, rows[:, :paths], strict=True):
        kind = name.split(".")[0]
        if kind not in kinds:
            continue
        # Nothing flows from a stake at the ends of periods other than that of its sale or failure,
        # and in some years a leg pays on those paths alone where something is clawed back.
        reference = np.array(
            [
                path.get(name, 0.0) if kind in ("stake_flow", "payment") else path[name]
                for path in expected
            ]
        )
        # Differences of running totals, and positions, cancel: the error is that of their terms.
        largest = np.abs(reference[np.isfinite(reference)]).max(initial=largest_cap)
        allowed = 1e-13 * max(largest, revenue)
        verdict = close(row, reference, rel=1e-12, abs=allowed)
        assert verdict, f"{name}: {verdict}"
