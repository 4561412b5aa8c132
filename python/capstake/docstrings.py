"""Signatures and docstrings of the domain types, made from their field tables."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

from capstake import _core
from capstake.field_tables import described

__all__ = ["document_formula", "document_records"]

_KEYWORD = inspect.Parameter.KEYWORD_ONLY
_WIDTH = 88  # of a line


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


def _order_of_clauses() -> str:
    text = f"The order in which clauses act: {', '.join(_core.clause_stages())}."
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False)


def _document(row: dict[str, Any]) -> None:
    type_ = getattr(_core, row["name"])
    fields = "\n".join(_field_doc(field) for field in row["fields"])
    raises = "Raises\n------\nInputError\n    A field breaks its rule; with all issues at once.\n"
    type_.__doc__ = f"{row['summary']}\n\nParameters\n----------\n{fields}\n\n{raises}"
    if any(field["name"] == "clauses" for field in row["fields"]):
        type_.__doc__ += f"\nNotes\n-----\n{_order_of_clauses()}\n"
    type_.__module__ = "capstake"
    type_.__signature__ = inspect.Signature(
        [
            inspect.Parameter(field["name"], _KEYWORD, default=_default(field))
            for field in sorted(row["fields"], key=lambda field: not field["is_required"])
        ]
    )


def _default(field: dict[str, Any]) -> Any:
    if field["is_required"]:
        return inspect.Parameter.empty
    return field["default_text"] if field["choices"] else field["default"]


def _number_signature() -> inspect.Signature:
    truncation = ["truncated_below", "truncated_above"]
    keywords = [*_core.families(), *truncation, "by_date", "source", "status", "range"]
    value = inspect.Parameter("value", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
    return inspect.Signature(
        [value, *(inspect.Parameter(name, _KEYWORD, default=None) for name in keywords)]
    )


def document_records() -> None:
    """Give every domain type its docstring and signature."""
    for row in described():
        _document(row)
    _core.Number.__doc__ = _number_doc()
    _core.Number.__signature__ = _number_signature()
    _core.Number.__module__ = "capstake"


def document_formula() -> None:
    """List the functions, as the core describes them, in the documentation of formulas."""
    from capstake.formula import Formula

    before, heading, after = inspect.cleandoc(Formula.__doc__ or "").partition("Parameters\n")
    rows = [f"    {meaning}" for *_, meaning in _core.formula_functions()]
    Formula.__doc__ = "\n".join([f"{before}Functions:", "", *rows, "", heading + after])


def _family_doc(name: str, row: dict[str, Any]) -> str:
    arguments = ", ".join(argument["name"] for argument in row["arguments"])
    kind, held = ("list", f"[{arguments}]") if row["is_one_list"] else ("dict", arguments)
    return f"{name} : {kind}\n    Uncertain, one draw a path: {held}."


def _number_doc() -> str:
    families = "\n".join(_family_doc(name, row) for name, row in _core.families().items())
    return f"""A number of a deal, with where it comes from.

Exactly one of the first arguments says what it is.

Parameters
----------
value : float
    A constant.
{families}
truncated_below, truncated_above : float
    Bounds that a distribution is cut to: what lies beyond is left out, not moved to the bound.
by_date : dict of date to float
    A schedule: each value holds from its date until the next one, the first also before it.
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
>>> Number(metalog={{"probabilities": [0.1, 0.5, 0.9], "values": [20, 38, 60], "low": 0}}).text
'metalog(probabilities 0.1, 0.5, 0.9, values 20, 38, 60, low 0)'

Notes
-----
``pert`` is the beta distribution with mean (low + 4 mode + high) / 6. ``student_t`` needs more than
two degrees of freedom. ``discrete`` and ``empirical`` jump from value to value; each datum is as
likely as the others. A ``metalog`` goes through 3 to 12 percentiles, and has the bounds ``low`` and
``high`` or none; percentiles for which it has no positive density throughout are refused.

References
----------
Keelin (2016), The Metalog Distributions, Decision Analysis 13(4): 243-277, equation 6.
"""
