"""Deal files written: a deal as TOML or JSON text that :func:`capstake.load` reads as its equal.

As in the bundled files, each object has a section, and so has a number that does not fit on a line.
Fields at their defaults are left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import tomlkit
from tomlkit.items import AbstractTable, Array, Item

from capstake._core import Deal
from capstake.errors import InputError, Issue
from capstake.field_tables import Row, row_of
from capstake.inputs import LARGEST_FILE
from capstake.output_file import write_whole

__all__ = ["dumps", "save"]

_Table: TypeAlias = tomlkit.TOMLDocument | AbstractTable

_WIDTH = 100  # of a line
_MOST_DIGITS = 1e15  # below which a whole number is written without a point


def save(deal: Deal, path: str | Path) -> Path:
    """Write a deal file.

    Parameters
    ----------
    deal
        What to write.
    path
        File to write, ending in ``.toml`` or ``.json``. It appears whole or not at all; a file
        that is there already is replaced, with its comments.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        The file has another ending, `deal` is no Deal, or it is larger than a file may be.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> deal = load("gust_rbn").replace(discount_rate=0.25)
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load(save(deal, f"{folder}/my_note.toml")) == deal
    True
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in (".toml", ".json"):
        rule = "must end in .toml or .json, the formats of deal files"
        raise InputError([Issue("path", rule, repr(path.name))])
    text = dumps(deal, is_json=ending == ".json")
    if len(text.encode()) > LARGEST_FILE:
        raise InputError("is too large: a deal file may have at most 4 MiB", str(path))
    write_whole(path, text, "the deal")
    return path


def dumps(deal: Deal, *, is_json: bool = False) -> str:
    """Write a deal as text.

    Parameters
    ----------
    deal
        What to write.
    is_json
        Whether to write JSON, with the same keys, instead of TOML.

    Returns
    -------
    str
        What :func:`capstake.loads` reads as an equal deal: every number to its last bit, with its
        source, status and range. Fields at their defaults are left out.

    Raises
    ------
    InputError
        `deal` is no Deal.

    Examples
    --------
    >>> dumps(load("gust_rbn")).splitlines()[1]
    'valuation_date = 2025-12-31'
    >>> loads(dumps(load("gust_rbn"))) == load("gust_rbn")
    True
    """
    given: object = deal
    if not isinstance(given, Deal):
        raise InputError([Issue("deal", "must be a Deal", type(given).__name__)])
    record = _stated(deal.to_dict(), row_of("deal"))
    if is_json:
        return json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n"
    document = tomlkit.document()
    _fill(document, record, row_of("deal"))
    return tomlkit.dumps(document)


def _type_in(field: Row, record: dict[str, Any]) -> Row:
    """Return the type of an object that stands in a table of objects."""
    return row_of(record.get("type", field["types"][0]))


def _stated(record: dict[str, Any], row: Row) -> dict[str, Any]:
    """Return the record of an object without what is so by default."""
    stated = {"type": record["type"]} if "type" in record else {}
    for field in row["fields"]:
        held = record.get(field["name"])
        default = field["default_text"] if field["choices"] else field["default"]
        if held is None or held == default:
            continue
        if field["kind"] == "objects":
            held = {name: _stated(part, _type_in(field, part)) for name, part in held.items()}
        stated[field["name"]] = held
    return stated


def _fill(table: _Table, record: dict[str, Any], row: Row | None = None) -> _Table:
    """Lay out an object, or a table of numbers: first what fits on lines, then sections."""
    fields = {f["name"]: f for f in row["fields"]} if row else {}
    objects = {name: f for name, f in fields.items() if f["kind"] == "objects"}
    sections = {k: v for k, v in record.items() if k in objects or not _fits(k, v)}
    for key, held in record.items():
        if key not in sections:
            table.append(key, _line(key, held))
    for key, held in sections.items():
        section: _Table = tomlkit.table()
        if key in objects:
            for name, part in held.items():
                section.append(name, _fill(tomlkit.table(), part, _type_in(objects[key], part)))
        elif key in fields and fields[key]["kind"] == "named_numbers":
            _fill_in_order(section, held)
        else:
            _fill(section, held)
        table.append(key, section)
    return table


def _fill_in_order(table: _Table, numbers: dict[str, Any]) -> None:
    """Lay out a formula's numbers, which differ if their order does: no line after a section."""
    takes_lines = True
    for name, held in numbers.items():
        takes_lines = takes_lines and _fits(name, held)
        if takes_lines:
            table.append(name, _line(name, held))
        else:
            parts = held if isinstance(held, dict) else {"value": held}
            table.append(name, _fill(tomlkit.table(), parts))


def _fits(key: str, held: Any) -> bool:
    """Whether a value takes one line; a list may take several."""
    return not isinstance(held, dict) or len(f"{key} = {_inline(held).as_string()}") <= _WIDTH


def _line(key: str, held: Any) -> Item:
    item = _inline(held)
    if isinstance(item, Array) and len(f"{key} = {item.as_string()}") > _WIDTH:
        item.multiline(True)
    return item


def _inline(held: Any) -> Item:
    if isinstance(held, dict):
        table = tomlkit.inline_table()
        for key, part in held.items():
            table.append(key, _inline(part))
        return table
    if isinstance(held, list):
        array = tomlkit.array()
        for part in held:
            array.append(_inline(part))
        return array
    is_whole = isinstance(held, float) and held.is_integer() and abs(held) < _MOST_DIGITS
    return tomlkit.item(int(held) if is_whole else held)
