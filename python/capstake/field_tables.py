"""The field tables of the domain types, as the core states them, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

from capstake import _core

__all__ = ["Row", "described", "fields_of", "row_of", "summary_of", "type_of"]

# A type or a field of one: what it is called, means and may hold.
Row = dict[str, Any]


@cache
def described() -> tuple[Row, ...]:
    """Return a row for each domain type; they are shared, and not to be changed."""
    return tuple(_core.describe())


@cache
def _by_type() -> dict[str, Row]:
    return {row["type"]: row for row in described()}


@cache
def _by_class() -> dict[str, Row]:
    return {row["name"]: row for row in described()}


def row_of(type_: str) -> Row:
    """Return the row of a type, by the ``type`` that a deal file gives it."""
    return _by_type()[type_]


def type_of(holder: object) -> str:
    """Return the ``type`` that a deal file gives an object, such as ``revenue_share``."""
    return str(_by_class()[type(holder).__name__]["type"])


def fields_of(holder: object) -> list[Row]:
    """Return the fields of an object, in the order of their table."""
    return list(row_of(type_of(holder))["fields"])


def summary_of(holder: object) -> str:
    """Return the first sentence about an object's type."""
    summary = str(_by_class()[type(holder).__name__]["summary"])
    return summary.partition("\n\n")[0].replace("\n", " ")
