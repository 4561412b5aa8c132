"""Two versions of a deal as tables: who gained, and what is paid in each year."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from capstake.tables import Column, Samples, Table

if TYPE_CHECKING:
    from capstake.estimates import Estimate
    from capstake.valuation import Comparison, Valuation

__all__ = ["changes_by_party", "payments_compared"]


class _Amount(NamedTuple):
    """A mean over all paths and the values on the first paths, of a sum of positions."""

    mean: float
    samples: Samples

    def plus(self, other: _Amount, sign: float = 1.0) -> _Amount:
        return _Amount(self.mean + sign * other.mean, self.samples + sign * other.samples)


_NOTHING = _Amount(0.0, np.zeros(1))


def changes_by_party(compared: Comparison) -> Table:
    """Split the change of each party's position into its contracts and its stakes."""
    old, new = (_holdings(v) for v in (compared.old, compared.new))
    parties = list(dict.fromkeys([*compared.new.deal.parties, *compared.old.deal.parties]))
    rows = []
    totals = [_NOTHING, _NOTHING]
    for party in parties:
        parts = [
            new.get((party, kind), _NOTHING).plus(old.get((party, kind), _NOTHING), -1.0)
            for kind in ("leg", "stake")
        ]
        totals = [total.plus(part) for total, part in zip(totals, parts, strict=True)]
        holder = compared.new if party in compared.new else compared.old
        rows.append(_party_row(holder.label(party), parts, compared.new.paths))
    rows.append(_party_row("All parties", totals, compared.new.paths))
    columns = (
        Column("Party"),
        Column("Contracts, received less paid", "change"),
        Column("Stakes", "change"),
        Column("Position", "change"),
    )
    return Table(
        "Change by party",
        columns,
        tuple(rows),
        unit=compared.new.money,
        note="Contracts add up to zero over all parties: what one pays, another receives.",
        n_totals=1,
    )


def _holdings(valuation: Valuation) -> dict[tuple[str, str], _Amount]:
    """Sum what each party has, by (party, kind): legs received less paid, and stakes."""
    sums: dict[tuple[str, str], _Amount] = {}

    def add(party: str, kind: str, name: str, sign: float) -> None:
        held = _Amount(valuation[name].value, valuation[name].samples)
        sums[party, kind] = sums.get((party, kind), _NOTHING).plus(held, sign)

    for name, leg in valuation.deal.legs.items():
        add(leg.receiver, "leg", name, 1.0)
        add(leg.payer, "leg", name, -1.0)
    for name, stake in valuation.deal.stakes.items():
        add(stake.holder, "stake", name, 1.0)
    return sums


def _party_row(name: str, parts: list[_Amount], paths: int) -> tuple[Any, ...]:
    # What cancels leaves rounding, which must print as nothing.
    scale = max(float(np.abs(part.samples).max()) for part in parts)
    whole = parts[0].plus(parts[1])
    return (name, *(_estimate(part, paths, scale) for part in (*parts, whole)))


def _estimate(amount: _Amount, paths: int, scale: float) -> Estimate:
    from capstake.estimates import Estimate

    n = len(amount.samples)
    deviation = float(np.std(amount.samples, ddof=1)) if n > 1 else 0.0
    negligible = 1e-12 * max(scale, 1e-300)
    return Estimate(
        amount.mean if abs(amount.mean) > negligible else 0.0,
        deviation / math.sqrt(paths) if deviation > negligible else 0.0,
    )


def payments_compared(compared: Comparison) -> list[Table]:
    """Tabulate expected payments by year under both versions, for each payer and receiver."""
    pairs = {
        (leg.payer, leg.receiver): None
        for v in (compared.new, compared.old)
        for leg in v.deal.legs.values()
    }
    return [_pair_payments(compared, payer, receiver) for payer, receiver in pairs]


def _pair_payments(compared: Comparison, payer: str, receiver: str) -> Table:
    old, new = (_payments_between(v, payer, receiver) for v in (compared.old, compared.new))
    paths = compared.new.paths
    totals = [_NOTHING, _NOTHING]
    rows = []
    for year in sorted(old.keys() | new.keys()):
        parts = [old.get(year, _NOTHING), new.get(year, _NOTHING)]
        totals = [total.plus(part) for total, part in zip(totals, parts, strict=True)]
        rows.append((str(year), *_old_new_change(parts, paths)))
    rows.append(("Total", *_old_new_change(totals, paths)))
    columns = (
        Column("Paid in"),
        Column("Old terms", "estimate"),
        Column("New terms", "estimate"),
        Column("Change", "change"),
    )
    names = [
        compared.new.label(p) if p in compared.new else compared.old.label(p)
        for p in (payer, receiver)
    ]
    title = f"What {names[0]} is expected to pay {names[1]}, undiscounted"
    return Table(title, columns, tuple(rows), unit=compared.new.money, n_totals=1)


def _payments_between(valuation: Valuation, payer: str, receiver: str) -> dict[int, _Amount]:
    sums: dict[int, _Amount] = {}
    for name, leg in valuation.deal.legs.items():
        if (leg.payer, leg.receiver) == (payer, receiver):
            samples = valuation.payment_samples(name)
            for amount in valuation.payments(name):
                held = _Amount(amount.mean.value, samples[amount.year])
                sums[amount.year] = sums.get(amount.year, _NOTHING).plus(held)
    return sums


def _old_new_change(parts: list[_Amount], paths: int) -> list[Estimate]:
    scale = max(float(np.abs(part.samples).max()) for part in parts)
    return [_estimate(p, paths, scale) for p in (*parts, parts[1].plus(parts[0], -1.0))]
