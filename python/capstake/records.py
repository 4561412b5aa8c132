"""Signatures and docstrings of the domain types, made from their field tables."""

from __future__ import annotations

import inspect
from typing import Any

from capstake import _core

__all__ = ["document_records", "stub_text"]

# Python types of the keywords, by the kind of field.
_ANNOTATIONS = {
    "number": "Number | float | str | dict[str, Any]",
    "date": "datetime.date | str",
    "whole": "int",
    "flag": "bool",
    "text": "str",
    "texts": "Sequence[str]",
    "choice": "str",
    "annual": "Mapping[int, Number | float]",
    "objects": "Mapping[str, {types}]",
}
# Python types of the properties.
_PROPERTIES = {
    "number": "Number",
    "date": "datetime.date",
    "whole": "int",
    "flag": "bool",
    "text": "str",
    "texts": "list[str]",
    "choice": "str",
    "annual": "dict[int, Number]",
    "objects": "dict[str, {types}]",
}


def _type_names(field: dict[str, Any], by_type: dict[str, str]) -> str:
    return " | ".join(by_type[t] for t in field["types"])


def _default_text(field: dict[str, Any]) -> str:
    if field["is_required"]:
        return "required"
    return str(field["default_text"] or field["default"])


def _field_doc(field: dict[str, Any]) -> str:
    facts = [field["unit"] and f"[{field['unit']}]", field["rule"], f"({_default_text(field)})"]
    choices = [f'"{c}"' for c in field["choices"]]
    if choices:
        facts.insert(0, "one of " + ", ".join(choices))
    if field["refers_to"]:
        facts.insert(0, f"a name in `{field['refers_to']}`")
    head = f"{field['name']} : {' '.join(fact for fact in facts if fact)}"
    return f"{head}\n    {field['meaning']}"


def _document(row: dict[str, Any]) -> None:
    type_ = getattr(_core, row["name"])
    fields = "\n".join(_field_doc(field) for field in row["fields"])
    raises = "Raises\n------\nInputError\n    A field breaks its rule; with all issues at once.\n"
    type_.__doc__ = f"{row['summary']}\n\nParameters\n----------\n{fields}\n\n{raises}"
    type_.__module__ = "capstake"
    parameters = [
        inspect.Parameter(
            field["name"],
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field["is_required"] else field["default"],
        )
        for field in sorted(row["fields"], key=lambda field: not field["is_required"])
    ]
    type_.__signature__ = inspect.Signature(parameters)


def document_records() -> None:
    """Give every domain type its docstring and signature."""
    for row in _core.describe():
        _document(row)
    _core.Number.__doc__ = _number_doc()
    _core.Number.__module__ = "capstake"


def _number_doc() -> str:
    families = "\n".join(
        f"{name} : list\n    Uncertain, one draw a path: [{', '.join(arguments)}]."
        for name, arguments in _core.families().items()
    )
    return f"""A number of a deal, with where it comes from.

Exactly one of the first arguments says what it is.

Parameters
----------
value : float
    A constant.
{families}
by_date : dict of date to float
    A schedule: each value holds from its date until the next one.
source : str
    Where it comes from.
status : str
    ``official``, ``reported``, ``derived`` or ``assumed``.
range : (float, float)
    Low and high, for sensitivities.

Examples
--------
>>> Number(0.27, source="10-Q", status="official", range=(0.23, 0.27)).value
0.27
>>> float(Number(triangular=[30, 38, 50]))
39.333333333333336
"""


def stub_text() -> str:
    """Return the type stub of the domain types, as it stands in ``_core.pyi``.

    A test compares the two, so the stub cannot drift from the field tables.
    """
    rows = _core.describe()
    by_type = {row["type"]: row["name"] for row in rows}
    return "\n".join(_class_stub(row, by_type) for row in rows)


def _class_stub(row: dict[str, Any], by_type: dict[str, str]) -> str:
    arguments = []
    properties = []
    for field in sorted(row["fields"], key=lambda field: not field["is_required"]):
        types = _type_names(field, by_type)
        optional = "" if field["is_required"] else " | None = ..."
        keyword = _ANNOTATIONS[field["kind"]].format(types=types)
        arguments.append(f"        {field['name']}: {keyword}{optional},")
        held = _PROPERTIES[field["kind"]].format(types=types)
        may_lack = field["default_text"] and field["kind"] in ("number", "date")
        lacks = " | None" if may_lack else ""
        properties.append(f"    @property\n    def {field['name']}(self) -> {held}{lacks}: ...")
    lines = [
        "@final",
        f"class {row['name']}:",
        "    def __init__(",
        "        self,",
        "        *,",
        *arguments,
        "    ) -> None: ...",
        "    @staticmethod",
        f"    def from_record(record: dict[str, Any], path: str = ...) -> {row['name']}: ...",
        *properties,
        "    def replace(self, **changes: Any) -> Self: ...",
        "    def to_dict(self) -> dict[str, Any]: ...",
        "    def _record(self) -> dict[str, Any]: ...",
        "    def __eq__(self, other: object) -> bool: ...",
        "    def __hash__(self) -> int: ...",
        "    def __getstate__(self) -> dict[str, Any]: ...",
        "    def __setstate__(self, state: dict[str, Any]) -> None: ...",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(stub_text())
