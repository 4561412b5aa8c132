"""Results as tables: the single source of every number that a face of capstake shows.

A cell is a plain value (float, int, str, date, Estimate, None); its column says how to print it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from capstake import _core
from capstake._core import Deal, Number
from capstake.errors import InputError
from capstake.provenance import provenance

if TYPE_CHECKING:
    from capstake.valuation import Comparison, Estimate, Position, Valuation

__all__ = ["Column", "Table"]

SCHEMA_VERSION = 1

_KINDS = {"leg": "Contract", "stake": "Stake", "party": "Position"}


@dataclass(frozen=True)
class Column:
    """A column: its heading and how its cells are printed.

    ``kind`` is ``text``, ``money``, ``estimate`` (a value and its standard error in money),
    ``change`` (an estimate printed with its sign), ``probability`` (an estimate in per cent),
    ``percent``, ``ratio``, ``whole`` or ``date``.
    """

    name: str
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """A titled table, with the unit of its money and a note for its foot."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    unit: str = ""
    note: str = ""


def _percent_columns(percents: tuple[float, ...]) -> tuple[Column, ...]:
    return tuple(Column(f"{p:g}%", "money") for p in percents)


def positions(valuation: Valuation) -> Table:
    """Tabulate the value of each leg, stake and party with percentiles over the paths."""
    rows = []
    percents: tuple[float, ...] = ()
    for name, position in valuation.positions.items():
        percentiles = position.percentiles()
        percents = tuple(p.percent for p in percentiles)
        rows.append(
            (
                _KINDS[position.kind],
                valuation.label(name),
                position.estimate,
                *(p.value for p in percentiles),
            )
        )
    columns = (Column("Kind"), Column("Name"), Column("Value", "estimate"))
    return Table(
        f"{valuation.deal.name}: value at {valuation.deal.valuation_date}",
        columns + _percent_columns(percents),
        tuple(rows),
        unit=valuation.money,
        note="Value: expected present value ± its standard error. Percentiles: over the paths.",
    )


def percentile_intervals(valuation: Valuation) -> Table:
    """Tabulate the percentiles with their 95% intervals."""
    rows = []
    for name, position in valuation.positions.items():
        for p in position.percentiles():
            rows.append((valuation.label(name), f"{p.percent:g}%", p.value, p.low, p.high))
    columns = (
        Column("Name"),
        Column("Percentile"),
        Column("Present value", "money"),
        Column("95% interval, low", "money"),
        Column("high", "money"),
    )
    return Table("Percentiles with intervals", columns, tuple(rows), unit=valuation.money)


def payments(valuation: Valuation, leg: str) -> Table:
    """Tabulate a leg's payments by calendar year of payment, undiscounted."""
    amounts = valuation.payments(leg)
    percents = tuple(p.percent for p in amounts[0].percentiles) if amounts else ()
    rows: list[tuple[Any, ...]] = [
        (str(a.year), a.mean, *(p.value for p in a.percentiles)) for a in amounts
    ]
    rows.append(("Total", valuation.total_paid(leg), *(None for _ in percents)))
    columns = (Column("Paid in"), Column("Expected", "estimate"))
    return Table(
        f"{valuation.label(leg)}: payments by year, undiscounted",
        columns + _percent_columns(percents),
        tuple(rows),
        unit=valuation.money,
    )


def cap_timing(valuation: Valuation, leg: str) -> Table | None:
    """Tabulate the probability that a leg's cap is reached in each period; None without a cap."""
    cap = valuation.cap(leg)
    if cap is None:
        return None
    rows: list[tuple[Any, ...]] = []
    reached = 0.0
    for period, estimate in cap.by_period:
        reached += estimate.value
        if estimate.value > 0.0:
            rows.append((period, estimate, reached))
    rows.append(("Reached at all", cap.probability, cap.probability.value))
    rows.append(("Never", _complement(cap.probability), None))
    columns = (
        Column("Quarter" if valuation.deal.frequency == "quarter" else "Period"),
        Column("Probability", "probability"),
        Column("By its end", "percent"),
    )
    days = "; ".join(
        f"{percent:g}% of the paths by {day}" for percent, day in cap.dates if day is not None
    )
    return Table(
        f"{valuation.label(leg)}: when the cap is reached",
        columns,
        tuple(rows),
        note=f"Reached in {days}." if days else "Fewer than 5% of the paths reach the cap.",
    )


def _complement(probability: Estimate) -> Estimate:
    from capstake.valuation import Estimate

    return Estimate(1.0 - probability.value, probability.standard_error)


def correlations(valuation: Valuation) -> Table:
    """Tabulate the correlation of every leg with every stake."""
    rows = []
    for leg in valuation.of_kind("leg"):
        for stake in valuation.of_kind("stake"):
            c = valuation.correlation(leg.name, stake.name)
            if not math.isnan(c.value):
                rows.append(
                    (valuation.label(leg.name), valuation.label(stake.name), c.value, c.low, c.high)
                )
    columns = (
        Column("Contract"),
        Column("Stake"),
        Column("Correlation", "ratio"),
        Column("95% interval, low", "ratio"),
        Column("high", "ratio"),
    )
    return Table("Correlation of present values", columns, tuple(rows))


def reconciliation(valuation: Valuation) -> Table:
    """Tabulate each stake's modelled value beside the last round's price."""
    rows = []
    for stake in valuation.of_kind("stake"):
        r = valuation.reconciliation(stake.name)
        if r is not None:
            rows.append(
                (
                    valuation.label(stake.name),
                    r.implied_equity,
                    r.last_round,
                    r.discount_rate,
                    r.reconciling_rate,
                )
            )
    columns = (
        Column("Stake"),
        Column("Equity value implied by the model", "estimate"),
        Column("Last round", "money"),
        Column("Discount rate used", "percent"),
        Column("Rate that gives the last round's price", "percent"),
    )
    return Table(
        "The model's value beside the last round's price", columns, tuple(rows),
        unit=valuation.money,
    )


def comparison(compared: Comparison) -> Table:
    """Tabulate old value, new value and the change on the same draws."""
    rows = []
    for name, change in compared.changes.items():
        holder = compared.new if name in compared.new else compared.old
        rows.append(
            (
                _KINDS[change.kind],
                holder.label(name),
                compared.old[name].estimate if name in compared.old else None,
                compared.new[name].estimate if name in compared.new else None,
                change.estimate,
            )
        )
    columns = (
        Column("Kind"),
        Column("Name"),
        Column("Old", "estimate"),
        Column("New", "estimate"),
        Column("Change", "change"),
    )
    return Table(
        f"From “{compared.old.deal.name}” to “{compared.new.deal.name}”",
        columns,
        tuple(rows),
        unit=compared.new.money,
        note="Change: on the same draws, so its standard error is smaller than those beside it.",
    )


def terms(deal: Deal) -> Table:
    """Tabulate the terms of every leg, as read."""
    described = _described()
    rows = []
    for name, leg in deal.legs.items():
        for field in described[type(leg).__name__]["fields"]:
            held = getattr(leg, field["name"])
            if held not in (None, "", []):
                rows.append((_plain(name), _plain(field["name"]), _held_text(deal, held, field)))
    columns = (Column("Contract"), Column("Term"), Column("As read"))
    return Table("Terms as read", columns, tuple(rows), unit=_money(deal))


def assumptions(deal: Deal) -> Table:
    """Tabulate every number of the deal with its source, status and range."""
    rows = []
    for row in _core.assumptions(deal):
        number: Number = row["number"]
        place = " · ".join(_plain(part) for part in (row["object"], row["field"]) if part)
        rows.append(
            (
                place,
                number_text(number, row["unit"]),
                _unit(deal, row["unit"]),
                range_text(number, row["unit"]),
                number.status or "not stated",
                number.source or row["meaning"],
            )
        )
    columns = (
        Column("Number"),
        Column("Value"),
        Column("Unit"),
        Column("Range"),
        Column("Status"),
        Column("Source"),
    )
    return Table("Assumptions", columns, tuple(rows), unit=_money(deal))


def reproducibility(valuation: Valuation) -> Table:
    """Tabulate what it takes to get the same bits again."""
    facts = {
        "Deal": valuation.deal.name,
        "Deal hash (SHA-256)": valuation.input_hash,
        "Paths": f"{valuation.paths:,}",
        "Seed": str(valuation.seed),
        **provenance(),
    }
    return Table(
        "Reproducibility", (Column("What"), Column("Value")), tuple(facts.items()),
        note="The same deal, paths, seed and version give the same numbers to the last bit, on "
        "any number of threads.",
    )


def valuation_record(valuation: Valuation) -> dict[str, Any]:
    """Return a valuation as plain numbers and texts: the object that ``--json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "deal": valuation.deal.name,
        "valuation_date": valuation.deal.valuation_date.isoformat(),
        "unit": valuation.money,
        "paths": valuation.paths,
        "seed": valuation.seed,
        "deal_hash": valuation.input_hash,
        "positions": {n: _position_record(p) for n, p in valuation.positions.items()},
        "payments": {
            leg.name: {
                str(a.year): _estimate_record(a.mean) | {"percentiles": _percentile_records(a)}
                for a in valuation.payments(leg.name)
            }
            for leg in valuation.of_kind("leg")
        },
        "caps": {
            leg.name: record
            for leg in valuation.of_kind("leg")
            if (record := _cap_record(valuation, leg.name)) is not None
        },
        "correlations": [
            dict(zip(("leg", "stake", "value", "low", "high"), row, strict=True))
            for row in _correlation_rows(valuation)
        ],
        "reconciliation": {
            stake.name: {
                "company": r.company,
                "implied_equity": _estimate_record(r.implied_equity),
                "last_round": r.last_round,
                "discount_rate": r.discount_rate,
                "reconciling_rate": r.reconciling_rate,
            }
            for stake in valuation.of_kind("stake")
            if (r := valuation.reconciliation(stake.name)) is not None
        },
        "provenance": provenance(),
    }


def comparison_record(compared: Comparison) -> dict[str, Any]:
    """Return a comparison as plain numbers and texts: the object that ``--json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "old": valuation_record(compared.old),
        "new": valuation_record(compared.new),
        "changes": {n: _position_record(p) for n, p in compared.changes.items()},
    }


def _correlation_rows(valuation: Valuation) -> list[tuple[str, str, float, float, float]]:
    rows = []
    for leg in valuation.of_kind("leg"):
        for stake in valuation.of_kind("stake"):
            c = valuation.correlation(leg.name, stake.name)
            if not math.isnan(c.value):
                rows.append((leg.name, stake.name, c.value, c.low, c.high))
    return rows


def _estimate_record(estimate: Estimate) -> dict[str, Any]:
    return {"value": estimate.value, "standard_error": estimate.standard_error}


def _percentile_records(holder: Any) -> list[dict[str, float]]:
    percentiles = holder.percentiles() if callable(holder.percentiles) else holder.percentiles
    return [
        {"percent": p.percent, "value": p.value, "low": p.low, "high": p.high} for p in percentiles
    ]


def _position_record(position: Position) -> dict[str, Any]:
    return {
        "kind": position.kind,
        **_estimate_record(position.estimate),
        "percentiles": _percentile_records(position),
    }


def _cap_record(valuation: Valuation, leg: str) -> dict[str, Any] | None:
    cap = valuation.cap(leg)
    if cap is None:
        return None
    return {
        "probability": _estimate_record(cap.probability),
        "by_period": {period: _estimate_record(e) for period, e in cap.by_period},
        "dates": [
            {"percent": percent, "date": None if day is None else day.isoformat()}
            for percent, day in cap.dates
        ],
    }


def _described() -> dict[str, Any]:
    return {row["name"]: row for row in _core.describe()}


def _plain(key: str) -> str:
    """Turn a key into words: ``annual.2027`` -> ``Annual 2027``."""
    words = key.replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def _money(deal: Deal) -> str:
    return deal.currency if deal.unit == "one" else f"{deal.currency} {deal.unit}"


def _unit(deal: Deal, unit: str) -> str:
    names = {"money": _money(deal), "1/yr": "a year", "1/sqrt(yr)": "a year (volatility)"}
    return names.get(unit, unit)


def _is_per_cent(unit: str) -> bool:
    return unit in ("share", "1/yr", "1/sqrt(yr)")


def _amount_text(value: float, unit: str) -> str:
    return f"{100 * value:.10g}%" if _is_per_cent(unit) else f"{value:,.10g}"


def number_text(number: Number, unit: str) -> str:
    """Print a number of the deal in its unit; an uncertain or dated one in words."""
    if number.is_constant:
        return _amount_text(number.value, unit)
    record = number.to_dict()
    if "by_date" in record:
        steps = (f"{_amount_text(v, unit)} from {day}" for day, v in record["by_date"].items())
        return ", ".join(steps)
    for family, names in _core.families().items():
        if family in record:
            amounts = (_amount_text(v, unit) for v in record[family])
            return f"{family}: " + ", ".join(
                f"{name.replace('_', ' ')} {amount}"
                for name, amount in zip(names, amounts, strict=True)
            )
    raise InputError(f"a number of an unknown kind: {number!r}")


def range_text(number: Number, unit: str) -> str:
    """Print the range of a number, or nothing."""
    if number.range is None:
        return ""
    low, high = number.range
    return f"{_amount_text(low, unit)} to {_amount_text(high, unit)}"


def _held_text(deal: Deal, held: Any, field: dict[str, Any]) -> str:
    if isinstance(held, Number):
        return f"{number_text(held, field['unit'])}" + (
            f" {_money(deal)}" if field["unit"] == "money" else ""
        )
    if isinstance(held, dt.date):
        return held.isoformat()
    if isinstance(held, list):
        return ", ".join(_plain(str(h)) for h in held)
    if field["refers_to"] == "parties":
        return str(deal.parties[held].name)
    if field["refers_to"]:
        return _plain(str(held))
    return f"{held} {field['unit']}".strip()
