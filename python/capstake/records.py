"""The type stub of the domain types, made from their field tables.

``python -m capstake.records`` prints what stands in ``_core.pyi`` below its marker.
"""

from __future__ import annotations

from typing import Any

from capstake import _core

__all__ = ["stub_text"]

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
    "figures": "Mapping[str, Number | float]",
    "numbers": "Sequence[Number | float]",
    "named_numbers": "Mapping[str, Number | float]",
    "formula": "Formula | str",
    "dated": "Mapping[datetime.date | str, Number | float]",
    "correlations": "Sequence[Sequence[float | str | Number | dict[str, Any]]]",
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
    "figures": "dict[str, Number]",
    "numbers": "list[Number]",
    "named_numbers": "dict[str, Number]",
    "formula": "str",
    "dated": "dict[datetime.date, Number]",
    "correlations": "list[list[Any]]",
    "objects": "dict[str, {types}]",
}


_WIDTH = 100  # of a line


def _type_names(field: dict[str, Any], by_type: dict[str, str]) -> str:
    """Name what may stand in a table of objects: by an alias where it may be several types."""
    names = [by_type[t] for t in field["types"]]
    return names[0] if len(names) == 1 else f"_{field['name'].removesuffix('s').title()}"


def _aliases(rows: list[dict[str, Any]], by_type: dict[str, str]) -> str:
    found = []
    for field in (field for row in rows for field in row["fields"] if len(field["types"]) > 1):
        names = [by_type[t] for t in field["types"]]
        head = f"{_type_names(field, by_type)}: TypeAlias = "
        text = " | ".join(names)
        if len(head + text) > _WIDTH:
            inner = text if len(text) + 4 <= _WIDTH else "\n    | ".join(names)
            text = f"(\n    {inner}\n)"
        found.append(f"{head}{text}\n\n")
    return "".join(found)


def stub_text() -> str:
    """Return the type stub of the domain types, as it stands in ``_core.pyi``.

    A test compares the two, so the stub cannot drift from the field tables.
    """
    rows = _core.describe()
    by_type = {row["type"]: row["name"] for row in rows}
    return _aliases(rows, by_type) + "\n".join(_class_stub(row, by_type) for row in rows)


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
        f"class {row['name']}(_Record):",
        "    def __init__(",
        "        self,",
        "        *,",
        *arguments,
        "    ) -> None: ...",
        "    @staticmethod",
        f"    def from_record(record: dict[str, Any], path: str = ...) -> {row['name']}: ...",
        *properties,
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(stub_text(), end="")
