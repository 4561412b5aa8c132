"""A deal as tables: its terms as read and its numbers with their sources; and its words.

Names, numbers and fields are put into words here; ``tables`` holds the results.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from capstake import _core
from capstake._core import Deal, Number
from capstake.render import amount_text, date_text
from capstake.tables import Column, Table

__all__ = ["assumptions", "assumptions_changed", "label", "statuses", "terms", "terms_changed"]

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
_UNITS = {"1/yr": "a year", "1/sqrt(yr)": "volatility a year", "x": "multiple"}
_IN_WORDS = {
    "uniform": "uncertain, anywhere between {0} and {1}",
    "triangular": "uncertain, between {0} and {2}, most likely {1}",
    "normal": "uncertain, normal with mean {0} and standard deviation {1}",
    "lognormal": "uncertain, lognormal with mean {0} and volatility {1}",
    "pert": "uncertain, PERT between {0} and {2}, most likely {1}",
    "student_t": "uncertain, Student t around {0} with scale {1} and {2} degrees of freedom",
    "beta": "uncertain, beta({0}, {1}) between {2} and {3}",
    "gamma": "uncertain, gamma with shape {0} and scale {1}",
    "discrete": "uncertain, one of {values} with weights {weights}",
    "empirical": "uncertain, one of the {n} data {values}",
    "metalog": "uncertain, metalog through {values} at probabilities {probabilities}{bounds}",
}
# Arguments of distributions that have no unit.
_PURE = ("degrees_of_freedom", "alpha", "beta", "shape", "volatility", "weights", "probabilities")
_NONE = "–"


class _Term(NamedTuple):
    """A field of a deal's object, in words."""

    table: str
    key: str
    field: str
    text: str
    meaning: str


def money(deal: Deal) -> str:
    """Return the unit of every amount, such as ``USD billion``."""
    return deal.currency if deal.unit == "one" else f"{deal.currency} {deal.unit}"


def label(deal: Deal, key: str) -> str:
    """Name an object for people: a party's own name, else its key in words, spelt as in the deal.

    A word of the key that the deal's parties and events spell with capitals, such as OpenAI or
    AGI, is spelt that way.
    """
    if key in deal.parties:
        return str(deal.parties[key].name)
    meanings = " ".join(event.meaning for event in deal.events.values())
    spelt = {w.lower(): w for w in re.findall(r"\w+", meanings) if w[1:] != w[1:].lower()}
    spelt |= {name: party.name for name, party in deal.parties.items()}
    words = " ".join(spelt.get(word.lower(), word) for word in key.replace("_", " ").split(" "))
    return _sentence_case(words)


def number_text(number: Number, unit: str) -> str:
    """Print a number of the deal as its unit is read; an uncertain or dated one in words."""
    return _in_words(number, lambda value: _plain_amount(value, unit))


def _in_words(number: Number, show: Callable[[float], str]) -> str:
    if number.is_constant:
        return show(number.value)
    record = number.to_dict()
    if "by_date" in record:
        steps = record["by_date"].items()
        return ", ".join(f"{show(value)} from {_date(day)}" for day, value in steps)
    family = next(name for name in _core.families() if name in record)
    text = _IN_WORDS[family]
    held = record[family]
    if family in ("discrete", "metalog", "empirical"):
        text = text.format(**_lists_in_words(held, show))
    else:
        rows = _core.families()[family]["arguments"]
        is_money = [row["name"] not in _PURE for row in rows]
        pairs = zip(held, is_money, strict=True)
        text = text.format(*(show(value) if money else f"{value:g}" for value, money in pairs))
    return text + _truncation_in_words(record, show)


def _lists_in_words(held: Any, show: Callable[[float], str]) -> dict[str, Any]:
    if isinstance(held, list):
        return {"n": len(held), "values": f"from {show(min(held))} to {show(max(held))}"}
    lists = {name: listed([f"{x:g}" for x in held.get(name, ())]) for name in _PURE}
    bounds = [f"{side} {show(held[side])}" for side in ("low", "high") if side in held]
    text = f", {' and '.join(bounds)}" if bounds else ""
    return {**lists, "values": listed([show(x) for x in held["values"]]), "bounds": text}


def listed(parts: list[str], word: str = "and") -> str:
    """Join parts: ``a, b and c``."""
    return f" {word} ".join([*filter(None, [", ".join(parts[:-1])]), *parts[-1:]])


def _truncation_in_words(record: dict[str, Any], show: Callable[[float], str]) -> str:
    sides = {"truncated_below": "above", "truncated_above": "below"}
    cut = [f"{word} {show(record[key])}" for key, word in sides.items() if key in record]
    return f", cut to what lies {' and '.join(cut)}" if cut else ""


def range_text(number: Number, unit: str) -> str:
    """Print the range of a number, or nothing."""
    if number.range is None:
        return ""
    return " to ".join(_plain_amount(bound, unit) for bound in number.range)


def quantity_text(deal: Deal, number: Number, unit: str) -> str:
    """Print a number with its unit, for a sentence: ``USD 38 billion``, ``12% a year``."""

    def show(value: float) -> str:
        text = _plain_amount(value, unit)
        if unit == "money":
            return amount_text(text, money(deal))
        return f"{text} a year" if unit in ("1/yr", "1/sqrt(yr)") else text

    return _in_words(number, show)


def terms(deal: Deal) -> Table:
    """Tabulate the terms of every contract, stake, company and event, as read."""
    rows = [
        (_place(deal, term.table, term.key), _words(term.field), term.text, _meaning(term.meaning))
        for term in _terms(deal)
        if term.text != _NONE
    ]
    columns = (
        Column("Object", "group"),
        Column("Term"),
        Column("As read"),
        Column("What it means"),
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
    return Table(title, columns, tuple(placed), unit=money(deal))


def _assumption_rows(deal: Deal) -> list[tuple[str, ...]]:
    """List (object, number, value, unit, status, range, meaning and source)."""
    defaults = {
        (row["type"], field["name"]): field["default"]
        for row in _core.describe()
        for field in row["fields"]
    }
    rows: list[tuple[str, ...]] = []
    for row in sorted(_core.assumptions(deal), key=lambda r: list(_TABLES).index(r["table"])):
        number, unit = row["number"], row["unit"]
        holder = getattr(deal, row["table"])[row["object"]] if row["object"] else deal
        owner, clause, field = _owner(holder, row["field"])
        default = defaults.get((_type_of(owner), field))
        is_bare = not number.status and not number.source and number.range is None
        is_default = is_bare and number.is_constant and number.value == default
        figure, _, period = row["field"].partition(".")
        meaning = "" if figure in ("annual", "figures") else _meaning(row["meaning"])
        source = f"Source: {number.source.strip()}" if number.source.strip() else ""
        rows.append(
            (
                _place(deal, row["table"], row["object"]),
                _number_name(row["table"], clause, field) if meaning else f"Revenue in {period}",
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
        return _sentence_case(field)  # names of draws, which are spelt as they are
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
    fields = {row["type"]: row["fields"] for row in _core.describe()}
    unsaid = {"terms"} if deal.risk_free is not None else {"terms", "risk", "risk_premium"}
    found = []
    for table in ("legs", "stakes", "companies", "events", "streams", "dependence"):
        for key, holder in getattr(deal, table).items():
            for field in fields[_type_of(holder)]:
                is_table = field["kind"] in ("annual", "figures", "correlations")
                if is_table or field["name"] in unsaid:
                    continue
                held = getattr(holder, field["name"])
                if field["kind"] == "objects":
                    found += _clause_terms(deal, table, key, held, fields)
                    continue
                text = _held_text(deal, held, field)
                found.append(_Term(table, key, field["name"], text, field["meaning"]))
    return found


def _clause_terms(
    deal: Deal, table: str, key: str, clauses: dict[str, Any], fields: dict[str, Any]
) -> list[_Term]:
    found = []
    for name, clause in clauses.items():
        type_ = _type_of(clause)
        found.append(_Term(table, key, name, type_.replace("_", " "), clause_summary(clause)))
        for field in fields[type_]:
            text = _held_text(deal, getattr(clause, field["name"]), field)
            found.append(_Term(table, key, f"{name}: {field['name']}", text, field["meaning"]))
    return found


def clause_summary(clause: Any) -> str:
    """Say in one sentence what a clause is."""
    if isinstance(clause, _core.Custom):
        does = "pays" if clause.stage == "payment" else "accrues"
        return f"What a period {does} is {clause.formula}."
    summaries = {row["name"]: str(row["summary"]) for row in _core.describe()}
    return _meaning(summaries[type(clause).__name__].partition("\n\n")[0].replace("\n", " "))


def _type_of(holder: Any) -> str:
    name = type(holder).__name__
    return next(str(row["type"]) for row in _core.describe() if row["name"] == name)


def _held_text(deal: Deal, held: Any, field: dict[str, Any]) -> str:
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
    field = re.sub(r"\[(\d+-\d+-\d+)\]$", lambda m: f" of {_date(m[1])}", field)
    return field.replace(".", " of ")


def _words(key: str) -> str:
    return _sentence_case(_meaning(key.replace("_", " ")))


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unit(deal: Deal, unit: str) -> str:
    return money(deal) if unit == "money" else _UNITS.get(unit, unit)


def _date(day: Any) -> str:
    return date_text(day if isinstance(day, dt.date) else dt.date.fromisoformat(day))


def _plain_amount(value: float, unit: str) -> str:
    is_per_cent = unit in ("share", "1/yr", "1/sqrt(yr)")
    return f"{_plain(100 * value)}%" if is_per_cent else _plain(value)


def _plain(value: float) -> str:
    """Print ten digits of a number without an exponent."""
    return format(Decimal(f"{value:.10g}"), ",f")
