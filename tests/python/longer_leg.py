"""A leg beside another that needs a longer grid of periods."""

from __future__ import annotations

import numpy as np

from capstake import _core
from close import same_bits
from deals import Record, changed, deal_of

YEARS = range(2022, 2046)


def beside_a_longer_leg(record: Record, *, starts: str = "2027-02-10") -> Record:
    """The deal with a leg of its own stream that ends years after all others."""
    leg = {"payer": "payer", "receiver": "receiver", "base": "long", "rate": 1.0}
    return changed(
        record,
        streams__long={"type": "forecast", "annual": dict.fromkeys(YEARS, 1.0)},
        legs__longer=leg | {"start": starts, "end": "2045-10-20"},
    )


def outputs_of_other_legs(record: Record) -> dict[str, np.ndarray]:
    graph = _core.graph_of(deal_of(record))
    kinds = ("leg.", "paid.", "payment.")
    return {
        name: row
        for name, row in zip(graph.output_names, graph.run(seed=3), strict=True)
        if name.startswith(kinds) and ".longer" not in name
    }


def assert_a_longer_leg_changes_no_bit(record: Record) -> None:
    """Neither one that ends later nor one that starts earlier as well."""
    before = outputs_of_other_legs(record)
    for starts in ("2027-02-10", "2022-05-05"):
        after = outputs_of_other_legs(beside_a_longer_leg(record, starts=starts))
        assert after.keys() == before.keys()
        for name, row in before.items():
            assert same_bits(after[name], row), (name, starts)
