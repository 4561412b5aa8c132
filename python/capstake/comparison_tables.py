"""Two versions of a deal as tables: who gained, and what is paid in each year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capstake.tables import Column, Table

if TYPE_CHECKING:
    from capstake.comparison import Comparison
    from capstake.estimates import Estimate
    from capstake.results import Key
    from capstake.valuation import Valuation

__all__ = ["changes_by_party", "payments_compared"]

# A weighted sum of results.
_Parts = list[tuple[float, "Key"]]


def changes_by_party(compared: Comparison) -> Table:
    """Split the change of each party's position into its contracts and its stakes."""
    old, new = (_holdings(v) for v in (compared.old, compared.new))
    parties = list(dict.fromkeys([*compared.new.deal.parties, *compared.old.deal.parties]))
    rows: list[tuple[Any, ...]] = []
    totals: list[_Parts] = [[], []]
    for party in parties:
        changes = [
            new.get((party, kind), []) + _negative(old.get((party, kind), []))
            for kind in ("leg", "stake")
        ]
        totals = [total + change for total, change in zip(totals, changes, strict=True)]
        holder = compared.new if party in compared.new else compared.old
        change = compared[party].estimate
        rows.append((holder.label(party), *(compared.combined(c) for c in changes), change))
    whole = compared.combined(totals[0] + totals[1])
    rows.append(("All parties", *(compared.combined(total) for total in totals), whole))
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


def _negative(parts: _Parts) -> _Parts:
    return [(-weight, key) for weight, key in parts]


def _holdings(valuation: Valuation) -> dict[tuple[str, str], _Parts]:
    """List what each party has, by (party, kind): legs received less paid, and stakes."""
    found: dict[tuple[str, str], _Parts] = {}

    def add(party: str, kind: str, name: str, sign: float) -> None:
        found.setdefault((party, kind), []).append((sign, valuation.key(kind, name)))

    for name, leg in valuation.deal.legs.items():
        add(leg.receiver, "leg", name, 1.0)
        add(leg.payer, "leg", name, -1.0)
    for name, stake in valuation.deal.stakes.items():
        add(stake.holder, "stake", name, 1.0)
    return found


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
    rows: list[tuple[Any, ...]] = [
        (year, *_old_new_change(compared, old.get(year, []), new.get(year, [])))
        for year in sorted(old.keys() | new.keys())
    ]
    whole = [[part for parts in side.values() for part in parts] for side in (old, new)]
    rows.append(("Total", *_old_new_change(compared, *whole)))
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


def _payments_between(valuation: Valuation, payer: str, receiver: str) -> dict[str, _Parts]:
    found: dict[str, _Parts] = {}
    for name, leg in valuation.deal.legs.items():
        if (leg.payer, leg.receiver) == (payer, receiver):
            for year in map(str, valuation.payment_years(name)):
                found.setdefault(year, []).append((1.0, valuation.key("payment", name, year)))
    return found


def _old_new_change(compared: Comparison, old: _Parts, new: _Parts) -> list[Estimate]:
    return [compared.combined(parts) for parts in (old, new, new + _negative(old))]
