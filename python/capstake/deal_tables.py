"""A deal as tables: its terms as read and its numbers with their sources.

Fields are put into words here; ``tables`` holds the results.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any, NamedTuple

from capstake import _core
from capstake._core import Deal, Number
from capstake.deal_words import (
    day_text,
    days_text,
    label,
    number_text,
    quantity_text,
    range_text,
    sentence_case,
)
from capstake.field_tables import Row, described, fields_of, summary_of, type_of
from capstake.render import date_text
from capstake.tables import Column, Table
from capstake.valuation import money_unit

__all__ = ["assumptions", "assumptions_changed", "statuses", "terms", "terms_changed"]

STATUSES = ("official", "reported", "derived", "assumed", "default", "not stated")

# What a deal file's tables hold, in the order in which a reader wants them.
_TABLES = {
    "legs": "Contract",
    "stakes": "Stake",
    "companies": "Company",
    "events": "Event",
    "streams": "Revenue",
    "parties": "Party",
    "dependence": "Dependence",
    "deal": "Deal",
}
_UNITS = {"1/yr": "a year", "1/sqrt(yr)": "volatility a year", "x": "multiple", "any": ""}
_NONE = "–"
# A longer text, as of a formula, has a line of its own below the other columns.
_LONGEST = 120


class _Term(NamedTuple):
    """A field of a deal's object, in words."""

    table: str
    key: str
    field: str
    text: str
    meaning: str


def terms(deal: Deal) -> Table:
    """Tabulate the terms of every contract, stake, company and event, as read."""
    rows = []
    for term in _terms(deal):
        texts = ("in full below", term.text) if len(term.text) > _LONGEST else (term.text, "")
        if term.text != _NONE:
            place = _place(deal, term.table, term.key)
            rows.append((place, _words(term.field), texts[0], _meaning(term.meaning), texts[1]))
    columns = (
        Column("Object", "group"),
        Column("Term"),
        Column("As read"),
        Column("What it means"),
        Column("In full", "detail"),
    )
    return Table("Terms as read", columns, tuple(rows))


def terms_changed(old: Deal, new: Deal) -> Table:
    """Tabulate the terms in which two versions of a deal differ."""
    before = {term[:3]: term for term in _terms(old)}
    after = {term[:3]: term for term in _terms(new)}
    rows = []
    places = list(dict.fromkeys([*after, *before]))
    places.sort(key=lambda place: (list(_TABLES).index(place[0]), place[1]))
    lacking = set()
    for place in places:
        table, key, field = place
        deal, held = (new, after) if place in after else (old, before)
        versions = [key in getattr(version, table) for version in (old, new)]
        if not all(versions):
            if (table, key) not in lacking:
                texts = ["part of the deal" if is_there else _NONE for is_there in versions]
                rows.append((_place(deal, held[place].table, held[place].key), "All terms", *texts))
            lacking.add((table, key))
            continue
        texts = [terms[place].text if place in terms else _NONE for terms in (before, after)]
        if texts[0] != texts[1]:
            rows.append((_place(deal, held[place].table, held[place].key), _words(field), *texts))
    columns = (Column("Object", "group"), Column("Term"), Column("Old terms"), Column("New terms"))
    return Table("Terms that changed", columns, tuple(rows))


def assumptions(deal: Deal) -> Table:
    """Tabulate every number of the deal with its range, status and source."""
    return _assumption_table("Assumptions", deal, _assumption_rows(deal))


def assumptions_changed(old: Deal, new: Deal) -> Table:
    """Tabulate the numbers of the old version that the new one lacks or holds differently."""
    known = set(_assumption_rows(new))
    rows = [row for row in _assumption_rows(old) if row not in known]
    return _assumption_table("Numbers of the old terms that differ", old, rows)


def statuses(deal: Deal) -> Table:
    """Count the numbers of the deal by status."""
    counts = Counter(row[4] for row in _assumption_rows(deal))
    rows = [(status, counts[status]) for status in STATUSES if counts[status]]
    return Table(
        "Numbers by status",
        (Column("Status", "status"), Column("Numbers", "whole")),
        (*rows, ("All", sum(counts.values()))),
        n_totals=1,
    )


def _assumption_table(title: str, deal: Deal, rows: list[tuple[str, ...]]) -> Table:
    columns = (
        Column("Object", "group"),
        Column("Number"),
        Column("Value"),
        Column("Unit"),
        Column("Range"),
        Column("Status", "status"),
        Column("Meaning and source", "detail"),
    )
    placed = [(row[0], row[1], row[2], row[3], row[5], row[4], row[6]) for row in rows]
    return Table(title, columns, tuple(placed), unit=money_unit(deal))


def _assumption_rows(deal: Deal) -> list[tuple[str, ...]]:
    """List (object, number, value, unit, status, range, meaning and source)."""
    defaults = {
        (row["type"], field["name"]): field["default"]
        for row in described()
        for field in row["fields"]
    }
    rows: list[tuple[str, ...]] = []
    for row in sorted(_core.assumptions(deal), key=lambda r: list(_TABLES).index(r["table"])):
        number, unit = row["number"], row["unit"]
        holder = getattr(deal, row["table"])[row["object"]] if row["object"] else deal
        owner, clause, field = _owner(holder, row["field"])
        default = defaults.get((type_of(owner), field))
        is_bare = not number.status and not number.source and number.range is None
        is_default = is_bare and number.is_constant and number.value == default
        figure, _, period = row["field"].partition(".")
        is_revenue = figure in ("annual", "figures")
        is_named = field.startswith("numbers.")  # by the deal's author, for a formula
        meaning = "" if is_revenue or is_named else _meaning(row["meaning"])
        source = f"Source: {number.source.strip()}" if number.source.strip() else ""
        rows.append(
            (
                _place(deal, row["table"], row["object"]),
                f"Revenue in {period}"
                if is_revenue
                else _number_name(row["table"], clause, field.removeprefix("numbers.")),
                number_text(number, unit),
                _unit(deal, unit),
                number.status or ("default" if is_default else "not stated"),
                range_text(number, unit),
                " ".join(filter(None, (meaning, source))) or "No source given.",
            )
        )
    return rows


def _number_name(table: str, clause: str, field: str) -> str:
    if table == "dependence" and " of " in field:
        return sentence_case(field)  # names of draws, which are spelt as they are
    return _words(f"{clause}: {_counted(field)}" if clause else _counted(field))


def _owner(holder: Any, field: str) -> tuple[Any, str, str]:
    """Find whose number a path within an object is: the clause's, with its name, or the object's.

    >>> _owner(leg, "clauses.floor.amount")  # doctest: +SKIP
    (leg.clauses["floor"], "floor", "amount")
    """
    table, *rest = field.split(".")
    if table != "clauses":
        return holder, "", field
    name, *key = rest
    return holder.clauses[name], name, ".".join(key)


def _terms(deal: Deal) -> list[_Term]:
    unsaid = {"terms"} if deal.risk_free is not None else {"terms", "risk", "risk_premium"}
    found = []
    for table in ("legs", "stakes", "companies", "events", "streams", "dependence"):
        for key, holder in getattr(deal, table).items():
            for field in fields_of(holder):
                is_table = field["kind"] in ("annual", "figures", "correlations")
                if is_table or field["name"] in unsaid or _says_nothing(holder, field["name"]):
                    continue
                held = getattr(holder, field["name"])
                if field["kind"] == "objects":
                    found += _clause_terms(deal, table, key, held)
                    continue
                text = _held_text(deal, held, field)
                found.append(_Term(table, key, field["name"], text, field["meaning"]))
    return found


def _says_nothing(holder: Any, field: str) -> bool:
    """Whether a field's default is about something that its holder does not have."""
    return field == "percentile_fit" and not (holder.p10 or holder.p90)


def _clause_terms(deal: Deal, table: str, key: str, clauses: dict[str, Any]) -> list[_Term]:
    found = []
    for name, clause in clauses.items():
        kind = type_of(clause).replace("_", " ")
        found.append(_Term(table, key, name, kind, _meaning(summary_of(clause))))
        for field in fields_of(clause):
            text = _held_text(deal, getattr(clause, field["name"]), field)
            found.append(_Term(table, key, f"{name}: {field['name']}", text, field["meaning"]))
    return found


def _held_text(deal: Deal, held: Any, field: Row) -> str:
    if held in (None, "", [], {}):
        return _NONE
    if field["kind"] == "named_numbers":
        return ", ".join(f"{k} = {quantity_text(deal, held[k], field['unit'])}" for k in held)
    if isinstance(held, dict):
        return ", ".join(
            f"{quantity_text(deal, number, field['unit'])} at the end of {date_text(day)}"
            for day, number in held.items()
        )
    if field["kind"] == "choice":
        return str(held).replace("_", " ")
    if isinstance(held, Number):
        return quantity_text(deal, held, field["unit"])
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, dt.date):
        return date_text(held)
    if isinstance(held, list) and field["kind"] == "numbers":
        return ", ".join(quantity_text(deal, h, field["unit"]) for h in held)
    if isinstance(held, list):
        return ", ".join(label(deal, str(h)) if field["refers_to"] else str(h) for h in held)
    if field["refers_to"]:
        return label(deal, str(held))
    if field["unit"] == "days":
        return days_text(held)
    return f"{held} {field['unit']}".strip()


def _place(deal: Deal, table: str, key: str) -> str:
    return f"{_TABLES[table]}: {label(deal, key)}" if key else _TABLES[table]


def _meaning(text: str) -> str:
    """Say a field's meaning without the names of fields: ``accrual_start`` -> ``accrual start``."""
    text = re.sub(r"\b(leg)(s?)\b", r"contract\2", text)
    return re.sub(r"(?<=\w)_(?=\w)", " ", text)


def _counted(field: str) -> str:
    """Name one of several numbers.

    ``weights[0]`` is weights 1, ``p10.2027`` p10 of 2027, and ``revisions[2026-06-30]`` revisions
    of 30 June 2026.
    """
    field = re.sub(r"\[(\d+)\]$", lambda m: f" {int(m[1]) + 1}", field)
    field = re.sub(r"\[(\d+-\d+-\d+)\]$", lambda m: f" of {day_text(m[1])}", field)
    return field.replace(".", " of ")


def _words(key: str) -> str:
    return sentence_case(_meaning(key.replace("_", " ")))


def _unit(deal: Deal, unit: str) -> str:
    return money_unit(deal) if unit == "money" else _UNITS.get(unit, unit)
