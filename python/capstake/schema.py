"""The JSON Schema of deal files, made from the field tables.

With it an editor completes keys, shows what each field means and marks mistakes while a deal is
written, and any validator can check a deal without this package.
"""

from __future__ import annotations

from typing import Any

from capstake import _core
from capstake.field_tables import described

__all__ = ["schema"]

_Schema = dict[str, Any]
_Row = dict[str, Any]

# Regular expressions that Python, JavaScript and Rust read alike. The years are those of a deal.
_YEAR = "(19[0-9]{2}|2[01][0-9]{2}|2200)"
_MONTH = "(0[1-9]|1[0-2])"
_DAY = "(0[1-9]|[12][0-9]|3[01])"
_QUARTER = "Q[1-4]"
_PERIODS = {
    "year": f"^{_YEAR}$",
    "quarter": f"^{_YEAR}-{_QUARTER}$",
    "month": f"^{_YEAR}-{_MONTH}$",
}
_DATE: _Schema = {"type": "string", "format": "date", "pattern": f"^{_YEAR}-{_MONTH}-{_DAY}$"}
# A schedule may begin long before the deal.
_DATE_OF_STEP: _Schema = {"format": "date", "pattern": f"^[0-9]{{4}}-{_MONTH}-{_DAY}$"}
_NAME = "^[A-Za-z0-9_-]{1,64}$"
_NAME_IN_FORMULA = "^[A-Za-z_][A-Za-z0-9_]{0,63}$"
_NAME_OR_NOTHING = "^[A-Za-z0-9_-]{0,64}$"
_NO_CONTROL_CHARACTERS = r"^[^\u0000-\u0008\u000b-\u001f\u007f]*$"
_PERCENT = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)? *%$"
_TRUNCATION = {
    "truncated_below": "What lies below is left out of the distribution.",
    "truncated_above": "What lies above is left out of the distribution.",
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of deal files.

    Returns
    -------
    dict
        A schema by draft 2020-12, with titles, meanings, units and bounds from the field tables.
        It describes a deal as JSON; of TOML, dates count as texts such as ``2026-04-27``. A
        ``null``, which the loader reads as a key left out, is no part of it.

    Notes
    -----
    What needs several fields or objects at once (names that must exist, the order of dates, sums
    of weights, bounds of a per cent text or of a distribution) is checked by :func:`load` alone.

    Examples
    --------
    >>> schema()["properties"]["frequency"]["enum"]
    ['month', 'quarter', 'year']
    """
    rows = described()
    fields = [field for row in rows for field in row["fields"]]
    deal = next(row for row in rows if row["type"] == "deal")
    definitions = {f"type.{row['type']}": _record(row) for row in rows if row is not deal}
    for takes_percent in (False, True):
        for name, family in _core.families().items():
            definitions[_family_name(name, takes_percent)] = _family(family, takes_percent)
    for field in fields:
        if field["kind"] in _KINDS_OF_NUMBERS:
            definitions[_number_name(field)] = _number(field)
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **_record(deal), "$defs": definitions}


def _reference(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


def _record(row: _Row) -> _Schema:
    return {
        "title": row["name"],
        "description": row["summary"],
        "type": "object",
        "properties": {"type": {"const": row["type"]}}
        | {field["name"]: _field(field) for field in row["fields"]},
        "required": [field["name"] for field in row["fields"] if field["is_required"]],
        "additionalProperties": False,
    }


def _field(field: _Row) -> _Schema:
    found = {
        "title": _title(field["name"]),
        "description": _description(field),
        **_KINDS[field["kind"]](field),
    }
    default = field["default_text"] if field["choices"] else field["default"]
    return found if default in (None, "") else found | {"default": default}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _description(field: _Row) -> str:
    facts = [
        field["unit"] and f"unit: {field['unit']}",
        field["rule"],
        field["refers_to"] and f"a name in [{field['refers_to']}]",
        field["default_text"] and f"if left out: {field['default_text']}",
    ]
    known = "; ".join(fact for fact in facts if fact)
    return f"{field['meaning']} ({known})" if known else str(field["meaning"])


def _text(field: _Row) -> _Schema:
    if field["refers_to"]:
        return {"type": "string", "pattern": _NAME if field["is_required"] else _NAME_OR_NOTHING}
    least = {"minLength": 1} if field["is_required"] else {}
    return {"type": "string", "pattern": field["pattern"] or _NO_CONTROL_CHARACTERS, **least}


def _texts(field: _Row) -> _Schema:
    return {"type": "array", "items": _text(field | {"is_required": True})}


def _whole(field: _Row) -> _Schema:
    return {"type": "integer", **_bounds(field)}


def _annual(field: _Row) -> _Schema:
    return _by_key(field, {"pattern": _PERIODS["year"]}) | {"minProperties": 1}


def _figures(field: _Row) -> _Schema:
    one_length = [{"propertyNames": {"pattern": pattern}} for pattern in _PERIODS.values()]
    return _numbers_by_key(field) | {"anyOf": one_length, "minProperties": 1}


def _by_key(field: _Row, key: _Schema) -> _Schema:
    return _numbers_by_key(field) | {"propertyNames": key}


def _numbers_by_key(field: _Row) -> _Schema:
    return {"type": "object", "additionalProperties": _reference(_number_name(field))}


def _objects(field: _Row) -> _Schema:
    types = field["types"]
    held = _reference(f"type.{types[0]}") if len(types) == 1 else _union(types)
    return {"type": "object", "propertyNames": {"pattern": _NAME}, "additionalProperties": held}


def _union(types: list[str]) -> _Schema:
    """Tell types apart by the key `type`, so that only the chosen one's mistakes are reported."""
    defaults = {row["type"] for row in described() if row["is_default"]}
    must_say = [] if defaults & set(types) else ["type"]
    return {
        "type": "object",
        "properties": {"type": {"title": "Type", "enum": types}},
        "required": must_say,
        "allOf": [
            {
                "if": {
                    "properties": {"type": {"const": name}},
                    "required": [] if name in defaults else ["type"],
                },
                "then": _reference(f"type.{name}"),
            }
            for name in types
        ],
    }


def _correlations(field: _Row) -> _Schema:
    """Describe a matrix by rows, or pairs of names; a correlation may be sourced."""
    number: _Schema = {"type": "number", **_bounds(field)}
    sourced: _Schema = {
        "type": "object",
        "properties": {"value": number, **_provenance(number)},
        "required": ["value"],
        "additionalProperties": False,
    }
    correlation = {"anyOf": [number, sourced]}
    row = {"type": "array", "items": correlation}
    pair = _list_of([{"type": "string", "minLength": 1}] * 2 + [correlation])
    return {"type": "array", "anyOf": [{"items": row}, {"items": pair}], "minItems": 1}


_KINDS_OF_NUMBERS = ("number", "numbers", "annual", "figures", "dated", "named_numbers")
_KINDS = {
    "number": lambda field: _reference(_number_name(field)),
    "numbers": lambda field: {"type": "array", "items": _reference(_number_name(field))},
    "annual": _annual,
    "figures": _figures,
    "dated": lambda field: _by_key(field, _DATE),
    "named_numbers": lambda field: _by_key(field, {"pattern": _NAME_IN_FORMULA}),
    "date": lambda _: dict(_DATE),
    "whole": _whole,
    "flag": lambda _: {"type": "boolean"},
    "text": _text,
    "formula": _text,
    "texts": _texts,
    "choice": lambda field: {"enum": field["choices"]},
    "correlations": _correlations,
    "objects": _objects,
}


def _number_name(field: _Row) -> str:
    """Name a definition by the rule of a number, which many fields share."""
    unit = "".join(c if c.isalnum() else "_" for c in field["unit"] or "pure")
    low = "any" if field["low"] is None else f"{field['low']:g}"
    high = "any" if field["high"] is None else f"{field['high']:g}"
    low_is_open = ".above" if field["low_is_open"] else ""
    by_date = ".by_date" if field["may_be_by_date"] else ""
    return f"number.{unit}{low_is_open}.{low}.{high}{by_date}"


def _provenance(amount: _Schema) -> _Schema:
    """Describe where a number comes from, and how far it may be off."""
    return {
        "source": {
            "description": "Where it comes from.",
            "type": "string",
            "pattern": _NO_CONTROL_CHARACTERS,
        },
        "status": {"enum": _core.statuses()},
        "range": {
            "description": "Low and high, for sensitivities.",
            **_list_of([amount, amount]),
        },
    }


def _number(field: _Row) -> _Schema:
    """Describe a number in all its forms: plain, per cent, uncertain or by date."""
    amount = _amount(field)
    percent = field["takes_percent"]
    families = {name: _reference(_family_name(name, percent)) for name in _core.families()}
    by_date = {"by_date": _by_date(amount)} if field["may_be_by_date"] else {}
    forms = {"value": amount, **families, **by_date}
    bound = _plain(percent)
    facts = {
        **{key: {"description": meaning, **bound} for key, meaning in _TRUNCATION.items()},
        **_provenance(amount),
    }
    never_truncated: _Schema = {"properties": {"value": False, "by_date": False}}
    return amount | {
        "type": [*amount["type"], "object"],
        "properties": forms | facts,
        "additionalProperties": False,
        "dependentSchemas": dict.fromkeys(_TRUNCATION, never_truncated),
        "if": {"type": "object"},
        "then": {"oneOf": [{"required": [form]} for form in forms]},
    }


def _plain(takes_percent: bool) -> _Schema:
    if takes_percent:
        return {"type": ["number", "string"], "pattern": _PERCENT}
    return {"type": ["number"]}


def _amount(field: _Row) -> _Schema:
    return _plain(field["takes_percent"]) | _bounds(field)


def _bounds(field: _Row) -> _Schema:
    low = "exclusiveMinimum" if field["low_is_open"] else "minimum"
    found = {low: field["low"], "maximum": field["high"]}
    return {key: bound for key, bound in found.items() if bound is not None}


def _by_date(amount: _Schema) -> _Schema:
    return {
        "description": "Each value holds from its date until the next one, the first before it "
        "too.",
        "type": "object",
        "propertyNames": _DATE_OF_STEP,
        "additionalProperties": amount,
        "minProperties": 1,
    }


def _list_of(items: list[_Schema]) -> _Schema:
    n = len(items)
    return {"type": "array", "prefixItems": items, "minItems": n, "maxItems": n}


def _family_name(name: str, takes_percent: bool) -> str:
    return f"distribution.{name}.per_cent" if takes_percent else f"distribution.{name}"


def _family(row: _Row, takes_percent: bool) -> _Schema:
    """Describe the arguments of a distribution, whose values take per cent or not."""
    rows = row["arguments"]
    arguments = {
        argument["name"]: {
            "title": _title(argument["name"]),
            **_argument(argument, takes_percent),
        }
        for argument in rows
    }
    names = ", ".join(arguments)
    if row["is_one_list"]:
        is_data = rows[0]["form"] == "list"
        held = next(iter(arguments.values())) if is_data else _list_of(list(arguments.values()))
        return {"description": f"Uncertain, one draw a path: [{names}].", **held}
    return {
        "description": f"Uncertain, one draw a path: {names}.",
        "type": "object",
        "properties": arguments,
        "required": [argument["name"] for argument in rows if argument["form"] != "optional"],
        "additionalProperties": False,
    }


def _argument(row: _Row, takes_percent: bool) -> _Schema:
    plain = _plain(row["takes_percent"] if row["unit"] else takes_percent)
    return {"type": "array", "items": plain} if row["form"] == "list" else plain
