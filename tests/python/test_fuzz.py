"""Anything at all in place of a deal: it loads, or is an InputError; nothing else comes out."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import json
import math
import os
import tomllib
from collections.abc import Iterator
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import capstake as cs
from bad_deals import GOOD
from capstake import _core

TYPES = {row["name"]: [field["name"] for field in row["fields"]] for row in _core.describe()}
EXAMPLES = int(os.environ.get("CAPSTAKE_FUZZ", "40"))  # more of them when hunting for faults

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**63, -0.0, 5e-324, 1e308, math.nan, math.inf, 1e-9]),
)
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.binary(max_size=3),
    st.complex_numbers(),
    st.decimals(),
    st.fractions(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.frozensets(st.integers(), max_size=2),
    st.sampled_from([
        object(), len, cs.Deal, cs.Number(1), cs.Number(by_date={"2026-01-01": 1}), NotImplemented,
        cs.Party(name="A"), np.float32(1), np.int64(3), np.bool_(True), np.array([1.0, 2.0]),
        np.array("x"), np.datetime64("2026-01-01"), np.datetime64("NaT"), np.void(b"x"), range(3),
        iter([]), memoryview(b"x"), cs.Estimate(1, 2),
    ]),
)  # fmt: skip
PLAUSIBLE = st.sampled_from([
    "20%", "2026-04-27", "2026-12-31", "microsoft", "openai", "openai_revenue", "openai_failure",
    "forecast", "scaled", "revenue_share", "earn_out", "milestone", "annual", "assumed", "USD", "",
])  # fmt: skip
LEAVES = NUMBERS | ANY_TEXT | STRANGE | PLAUSIBLE
FIELDS = sorted({field for fields in TYPES.values() for field in fields})
KEYS = st.one_of(
    st.sampled_from([*FIELDS, "type", "value", "triangular", "by_date", "range", "2026", "a"]),
    ANY_TEXT,
)
ODD_KEYS = KEYS | st.integers(2020, 2030) | st.dates() | st.none() | st.tuples(st.integers())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(ODD_KEYS, inner, max_size=4),
        st.tuples(st.sampled_from(["uniform", "triangular", "normal", "lognormal", "range"]), inner)
        .map(lambda pair: dict([pair])),
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("name", [*TYPES, "Number"])
@hypothesis.settings(max_examples=EXAMPLES)
@given(st.data())
def test_keywords(name: str, data: st.DataObject):
    keys = st.sampled_from(TYPES.get(name, ["value", "uniform", "by_date", "source", "range"]))
    with contextlib.suppress(cs.InputError, TypeError):
        keywords = data.draw(st.dictionaries(keys | KEYS, VALUES, max_size=8))
        made = getattr(cs, name)(**keywords)
        assert type(made)(**made.to_dict()) == made


@pytest.mark.parametrize("name", TYPES)
@hypothesis.settings(max_examples=EXAMPLES)
@given(record=st.dictionaries(ODD_KEYS, VALUES, max_size=8))
def test_records(name: str, record: dict[Any, Any]):
    type_ = getattr(cs, name)
    with contextlib.suppress(cs.InputError):
        made = type_.from_record(record)
        assert type_.from_record(made.to_dict()) == made


@hypothesis.settings(max_examples=EXAMPLES)
@given(VALUES)
def test_anything_as_a_record(value: Any):
    with contextlib.suppress(cs.InputError, TypeError):
        cs.Deal.from_record(value)


def places(held: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value within a record, the tables themselves too."""
    if path:
        yield path
    keys = held if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ()
    for key in keys:
        yield from places(held[key], (*path, key))


def at(record: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        record = record[key]
    return record


RECORDS = [tomllib.loads(GOOD), *(cs.load(name).to_dict() for name in cs.bundled_deals())]
SCALES = [0, -1, 1e-300, 1e-9, 0.1, 10, 1e3, 1e9, 1e300]


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """A deal with a few accidents: keys lost, renamed or swapped, values scaled or replaced."""
    record = copy.deepcopy(draw(st.sampled_from(RECORDS)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(list(places(record)) or [("name",)]))
        holder, key = at(record, place[:-1]), place[-1]
        if key not in holder and not isinstance(holder, list):
            continue
        accident = draw(st.sampled_from(["lose", "rename", "copy", "scale", "swap", "anything"]))
        held = holder[key]
        if accident == "lose":
            del holder[key]
        elif accident == "rename" and isinstance(holder, dict):
            holder[draw(KEYS)] = holder.pop(key)
        elif accident == "copy" and isinstance(holder, dict):
            holder[draw(KEYS)] = copy.deepcopy(held)
        elif accident == "scale" and isinstance(held, int | float):
            holder[key] = held * draw(st.sampled_from(SCALES))
        elif accident == "scale" and isinstance(held, dt.date):
            holder[key] = held + dt.timedelta(draw(st.sampled_from([-9999, -365, -1, 1, 90, 730])))
        elif accident == "swap":
            holder[key] = copy.deepcopy(at(record, draw(st.sampled_from(list(places(record))))))
        elif accident == "anything":
            holder[key] = draw(VALUES)
    return record


@hypothesis.settings(max_examples=EXAMPLES)
@given(mutants(), st.integers(0, 2**64 - 1))
def test_accidents(record: dict[str, Any], seed: int):
    """What still loads can be valued, and goes through a file and back."""
    try:
        deal = cs.Deal.from_record(record)
    except cs.InputError:
        return
    assert cs.Deal.from_record(deal.to_dict()) == deal
    assert cs.loads(json.dumps(deal.to_dict(), default=str), is_json=True) == deal
    with contextlib.suppress(cs.NumericalError):
        valued = cs.value(deal, paths=8, seed=seed)
        json.dumps(valued.to_dict(), allow_nan=False)


@hypothesis.settings(max_examples=EXAMPLES)
@given(st.data())
def test_damaged_files(data: st.DataObject):
    """Files cut, doubled and overwritten anywhere."""
    is_json = data.draw(st.booleans())
    text = json.dumps(RECORDS[0], default=str, indent=1) if is_json else GOOD
    for _ in range(data.draw(st.integers(1, 3))):
        start, end = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
        end = min(end, start + 40)
        patch = data.draw(
            st.sampled_from(["", text[start:end] * 2, "[", "}", '"', "=", "\n", "\0"])
        )
        text = text[:start] + patch + text[end:]
    with contextlib.suppress(cs.InputError):
        deal = cs.loads(text, is_json=is_json)
        assert isinstance(deal, cs.Deal)
