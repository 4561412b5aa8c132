"""Checks on a valuation as tables and sentences, for the memo."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from capstake.checks import conservation_gap, exact_checks, runs_checks
from capstake.tables import Column, Table, kind_of

if TYPE_CHECKING:
    from capstake.valuation import Valuation

__all__ = ["conservation_sentence", "exact_values", "two_runs"]

# Steps of quadrature: half a second for quarters, a few for ten years of months.
_STEPS = 25_000
# A gap of this part of what moves is more than rounding.
_ROUNDING = 1e-9

_NOTE = (
    "Difference: in standard errors. It is taken for chance unless chance goes as far only once in "
    "16,000 times: beyond 4 of them where they come from many paths, beyond 5.5 from 16 replicates."
)


def exact_values(valuation: Valuation) -> Table:
    """Tabulate the simulated value of each leg beside its exact value, where there is one."""
    rows = [
        (
            valuation.label(check.leg),
            check.simulated,
            check.exact,
            None if check.exact is None else check.difference,
            check.verdict,
            f"No exact value: {check.why_not}." if check.why_not else "",
        )
        for check in exact_checks(valuation, max_steps=_STEPS)
    ]
    columns = (
        Column("Contract"),
        Column("Simulated", "estimate"),
        Column("Exact", "exact"),
        Column("Difference", "errors"),
        Column("Verdict", "status"),
        Column("Why", "detail"),
    )
    return Table(
        "Contracts by simulation and by quadrature",
        columns,
        tuple(rows),
        unit=valuation.money,
        note=f"Exact: without simulation, by numerical integration from the same terms. {_NOTE}",
    )


def two_runs(valuation: Valuation) -> Table:
    """Tabulate each value beside the mean over the plain paths; no rows where it is the same."""
    rows = [
        (
            kind_of(valuation, check.name),
            valuation.label(check.name),
            check.value,
            check.plain,
            check.difference,
            check.verdict,
        )
        for check in runs_checks(valuation)
    ]
    columns = (
        Column("Kind", "group"),
        Column("Name"),
        Column("Value", "estimate"),
        Column("Plain paths", "estimate"),
        Column("Difference", "errors"),
        Column("Verdict", "status"),
    )
    return Table(
        "Values by two simulations",
        columns,
        tuple(rows),
        unit=valuation.money,
        note=_NOTE,
    )


def conservation_sentence(valuation: Valuation) -> str:
    """Say whether on each path what parties pay is what others receive."""
    gap, n = conservation_gap(valuation), f"{valuation.run.sample_paths:,}"
    over = f"over all parties, positions add up to the stakes on each of the {n} random paths"
    if gap > _ROUNDING:
        return (
            f"Money is not conserved: {over.replace('add', 'should add')}, but on some path they "
            f"are {gap:.1%} of what moves apart. The figures of this memo are not to be trusted."
        )
    digits = 16 if gap == 0.0 else min(16, math.floor(-math.log10(gap)))
    return (
        f"What one party pays another receives: {over}, and they do, to {digits} digits of what "
        "moves on the path."
    )
