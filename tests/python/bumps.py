"""Deals with one number moved, for differences in place of derivatives."""

from __future__ import annotations

import copy

import capstake as cs


def bumped(record: dict, field: str, by: float) -> cs.Deal:
    changed = copy.deepcopy(record)
    *tables, key = field.removeprefix("deal.").split(".")
    holder = changed
    for table in tables:
        holder = holder[table]
    held = holder[key]
    if isinstance(held, dict):
        held.pop("range", None)
        held["value"] += by
    else:
        holder[key] = held + by
    return cs.Deal.from_record(changed)


def is_bumpable(record: dict, field: str, hazards: bool) -> bool:
    *tables, key = field.removeprefix("deal.").split(".")
    holder = record
    for table in tables:
        holder = holder.get(table, {})
    held = holder.get(key)
    is_number = isinstance(held, float | int) or (isinstance(held, dict) and "value" in held)
    # Hazards jump; fractions of all stakes may not exceed one.
    return is_number and key != "fraction" and (hazards or key != "hazard")
