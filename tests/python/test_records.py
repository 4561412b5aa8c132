"""The domain types: keywords, immutability, equality, copies, pickles, and their text forms."""

from __future__ import annotations

import copy
import datetime
import doctest
import inspect
import json
import pickle
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from fractions import Fraction
from multiprocessing import get_context
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import capstake as cs
from capstake import _core
from deals import deal_of
from record_objects import DEAL, OBJECTS
from stream_deals import STREAM_DEALS

BUNDLED = [cs.load(name) for name in cs.bundled_deals()]
DEALS = [DEAL, *BUNDLED]
STREAMS_TOO = [
    deal_of(STREAM_DEALS[name] | {"name": name})
    for name in ("combined", "processes by quarter", "forecasts by quarter")
]

EMPTY: dict[str, Any] = {
    "text": "", "texts": [], "whole": 0, "flag": False,
    "annual": {}, "figures": {}, "numbers": [], "dated": {}, "objects": {},
    "named_numbers": {}, "formula": "",
}  # fmt: skip
# Needed, unless there are other figures, or a rate.
EITHER = {
    ("Forecast", "annual"),
    ("EarnOut", "amount"),
    ("SpringingCap", "multiple_if_missed"),
}
TYPES = {row["name"]: row for row in _core.describe()}

CLAUSES = ("Balloon", "PayerCredit")  # need nothing

NUMBERS = [
    cs.Number(0.27),
    cs.Number(-0.0),
    cs.Number(1e300),
    cs.Number(5e-324),
    cs.Number(0.27, source="10-Q", status="official", range=(0.23, 0.27)),
    cs.Number(triangular=[30, 38, 50]),
    cs.Number(uniform=(1, 2), source="“x” \\ \n é"),
    cs.Number(normal=[0, 1], status="assumed"),
    cs.Number(lognormal=[1, 0.5]),
    cs.Number(by_date={"2026-01-01": 0.2, datetime.date(2027, 1, 1): 0.3}),
]


def test_every_type_has_an_object_here():
    assert OBJECTS.keys() == TYPES.keys()


@pytest.mark.parametrize("name", OBJECTS)
class TestEveryType:
    def test_defaults(self, name: str):
        held, _ = OBJECTS[name]
        for field in TYPES[name]["fields"]:
            value = getattr(held, field["name"])
            if (name == "Deal" and not field["is_required"]) or (name, field["name"]) in EITHER:
                continue  # the deal here has more than it needs
            if field["is_required"]:
                assert value not in (None, "", {})
            elif field["kind"] == "number":
                assert value == (None if field["default_text"] else cs.Number(field["default"]))
            elif field["kind"] == "date":
                assert value is None
            elif field["kind"] == "choice":
                assert value == field["default_text"]
            else:
                assert value == (field["default"] or EMPTY[field["kind"]])

    def test_keywords_only(self, name: str):
        with pytest.raises(TypeError):
            getattr(cs, name)({})
        with pytest.raises(cs.InputError, match=rf"{name}\.nme: is not a known key"):
            getattr(cs, name)(nme=1)

    def test_nothing_given(self, name: str):
        required = [f["name"] for f in TYPES[name]["fields"] if f["is_required"]]
        if not required and name in CLAUSES:
            assert getattr(cs, name)() == getattr(cs, name)()
            return
        with pytest.raises(cs.InputError) as refused:
            getattr(cs, name)()
        assert [i.path for i in refused.value.issues][: len(required)] == [
            f"{name}.{field}" for field in required
        ]

    def test_immutable(self, name: str):
        held, _ = OBJECTS[name]
        before = repr(held)
        for field in TYPES[name]["fields"]:
            value = getattr(held, field["name"])
            with pytest.raises(AttributeError):
                setattr(held, field["name"], value)
            with pytest.raises(AttributeError):
                delattr(held, field["name"])
            if isinstance(value, dict | list):
                value.clear()  # a copy
        with pytest.raises(AttributeError):
            held.another = 1
        with pytest.raises(AttributeError):
            vars(type(held))["replace"].__get__(held).another = 1
        assert repr(held) == before

    def test_final(self, name: str):
        with pytest.raises(TypeError, match="not an acceptable base type"):
            type("Mine", (getattr(cs, name),), {})

    def test_replace(self, name: str):
        held, change = OBJECTS[name]
        other = held.replace(**change)
        assert other != held
        assert hash(other) != hash(held)
        for field in TYPES[name]["fields"]:
            key = field["name"]
            if key not in change:
                assert getattr(other, key) == getattr(held, key)
        (key,) = change
        assert other.replace(**{key: getattr(held, key)}) == held
        assert held.replace() == held
        with pytest.raises(cs.InputError, match=rf"{name}\.nme: is not a known key"):
            held.replace(nme=1)
        with pytest.raises(TypeError):
            held.replace(change)

    def test_equality_and_hash(self, name: str):
        held, change = OBJECTS[name]
        twin = getattr(cs, name).from_record(held.to_dict())
        assert twin is not held
        assert twin == held
        assert (twin != held) is False
        assert hash(twin) == hash(held)
        assert len({twin, held, held.replace(**change)}) == 2
        assert held != held.to_dict()
        assert held != None  # noqa: E711
        assert all(held != other for key, (other, _) in OBJECTS.items() if key != name)

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickle(self, name: str, protocol: int):
        for held in (OBJECTS[name][0], OBJECTS[name][0].replace(**OBJECTS[name][1])):
            assert pickle.loads(pickle.dumps(held, protocol)) == held

    def test_copies(self, name: str):
        held, _ = OBJECTS[name]
        assert copy.copy(held) == held
        assert copy.deepcopy([held, held])[1] == held

    def test_repr_makes_it_again(self, name: str):
        for held in (OBJECTS[name][0], OBJECTS[name][0].replace(**OBJECTS[name][1])):
            assert repr(held).startswith(f"{name}(")
            assert eval(repr(held), {"datetime": datetime, name: getattr(cs, name)}) == held

    def test_signature_and_documentation(self, name: str):
        type_ = getattr(cs, name)
        fields = TYPES[name]["fields"]
        parameters = inspect.signature(type_).parameters
        assert set(parameters) == {field["name"] for field in fields}
        for field in fields:
            parameter = parameters[field["name"]]
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
            assert (parameter.default is inspect.Parameter.empty) == field["is_required"]
            assert field["meaning"] in type_.__doc__
            assert getattr(type_, field["name"]).__doc__ == field["meaning"]
            for word in (field["unit"] and f"[{field['unit']}]", field["rule"]):
                assert word in type_.__doc__
        assert type_.__module__ == "capstake"
        defaults = {key: p.default for key, p in parameters.items() if p.default is not p.empty}
        held, _ = OBJECTS[name]
        kept = {k: v for k, v in defaults.items() if name != "Deal" and (name, k) not in EITHER}
        assert held.replace(**kept) == held


STREAMS = next(f for f in TYPES["Deal"]["fields"] if f["name"] == "streams")["types"]


@pytest.mark.parametrize("type_", [r["name"] for r in TYPES.values() if r["type"] in STREAMS])
def test_examples_of_streams_run(type_: str):
    examples = doctest.DocTestParser().get_doctest(
        getattr(cs, type_).__doc__, dict(vars(cs)), type_, None, None
    )
    assert examples.examples
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_number(number: cs.Number):
    assert cs.Number(**number.to_dict()) == number
    assert eval(repr(number), {"Number": cs.Number}) == number
    assert pickle.loads(pickle.dumps(number)) == number
    assert copy.deepcopy(number) == number
    assert hash(cs.Number(**number.to_dict())) == hash(number)
    assert float(number) == number.value
    event = cs.Event(hazard=0.1).replace(hazard=abs(number.value) % 1)
    assert isinstance(event.hazard, cs.Number)
    for name in ("value", "source", "text", "range", "status", "another"):
        with pytest.raises(AttributeError):
            setattr(number, name, 1)


def test_equal_numbers_are_alike():
    assert cs.Number(-0.0) == cs.Number(0)
    assert hash(cs.Number(-0.0)) == hash(cs.Number(0.0))
    assert str(cs.Number(-0.0)) == "Number(0)"
    assert cs.Number(1) == cs.Number(1.0) == cs.Number(np.float32(1)) == cs.Number(True + 0)
    assert cs.Number(1) != cs.Number(1, source="x") != cs.Number(1, source="y")


@pytest.mark.parametrize(
    ("args", "keywords", "error", "message"),
    [
        ([], {}, cs.InputError, "Number: must hold exactly one of value"),
        ([None], {}, cs.InputError, "Number: must hold exactly one of value"),
        ([1], {"uniform": [1, 2]}, cs.InputError, "Number: must hold exactly one of value"),
        ([1], {"value": 2}, TypeError, "its value twice"),
        ([1, 2], {}, TypeError, "one positional argument"),
        ([cs.Number(1)], {}, TypeError, "must be a number"),
        ([{"value": 1}], {}, TypeError, "must be a number"),
        (["1"], {}, cs.InputError, "write it without quotes"),
        ([True], {}, cs.InputError, "must be a number or a text such as .*, got true"),
        ([1], {"range": 3}, cs.InputError, "Number.range: must be a list, got 3"),
        ([1], {"status": "rumour"}, cs.InputError, "Number.status: must be"),
        ([1], {"colour": "red"}, cs.InputError, "Number.colour: is not a known key"),
    ],
)
def test_numbers_refused(args: list, keywords: dict, error: type, message: str):
    with pytest.raises(error, match=message):
        cs.Number(*args, **keywords)


def test_deals_cross_to_another_process():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(copy.deepcopy, [DEAL, *NUMBERS])
        shown = pool.submit(repr, DEAL)
        assert there.result() == [DEAL, *NUMBERS]
        assert shown.result() == repr(DEAL)


def toml_of(record: dict[str, Any]) -> str:
    """The record as TOML, by the plainest writer there is: every table inline."""

    def value(held: Any) -> str:
        if isinstance(held, dict):
            return "{" + ", ".join(f"{json.dumps(k)} = {value(v)}" for k, v in held.items()) + "}"
        if isinstance(held, list):
            return "[" + ", ".join(map(value, held)) + "]"
        return held.isoformat() if isinstance(held, datetime.date) else json.dumps(held)

    return "".join(f"{key} = {value(held)}\n" for key, held in record.items())


@pytest.mark.parametrize("deal", [*DEALS, *STREAMS_TOO], ids=lambda deal: deal.name)
def test_round_trips(deal: cs.Deal):
    record = deal.to_dict()
    assert cs.Deal.from_record(record) == deal
    assert cs.Deal.from_record(record).to_dict() == record
    assert tomllib.loads(toml_of(record)) == record
    assert cs.loads(toml_of(record)) == deal
    assert cs.loads(json.dumps(record, default=str), is_json=True) == deal
    assert cs.Deal(**record) == deal
    parts = ("parties", "streams", "events", "legs", "companies", "stakes")
    assert cs.Deal(**record | {part: getattr(deal, part) for part in parts}) == deal
    assert pickle.loads(pickle.dumps(deal)) == deal
    assert eval(repr(deal), {"datetime": datetime, "Deal": cs.Deal}) == deal


# Numbers as other packages write them.
@pytest.mark.parametrize(
    "number",
    [
        np.float64(0.25), np.float32(0.25), np.float16(0.25), np.longdouble(0.25),
        np.array(0.25), Decimal("0.25"), Fraction(1, 4), "25%",
    ],
    ids=lambda n: type(n).__name__,
)  # fmt: skip
def test_numbers_of_other_types(number: Any):
    stake = cs.Stake(holder="a", company="c", fraction=number)
    assert stake.fraction == cs.Number(0.25)


@pytest.mark.parametrize("lag", [np.int8(45), np.uint64(45), np.array(45), 45.0, Decimal(45)])
def test_whole_numbers_of_other_types(lag: Any):
    assert DEAL.legs["share"].replace(payment_lag=lag).payment_lag == 45


def test_containers_of_other_types():
    made = cs.Forecast(annual=MappingProxyType({np.int64(2026): np.float64(1)}))
    assert made == cs.Forecast(annual={"2026": 1})
    assert cs.Number(uniform=np.array([1, 2])) == cs.Number(uniform=(1, 2))
    assert cs.Number(uniform=range(1, 3)) == cs.Number(uniform=[1, 2])
    assert DEAL.replace(notes=("one", "two")) == DEAL
    assert cs.Company.from_record(
        OBJECTS["Company"][0].to_dict() | {"charges_legs": np.True_}
    ).charges_legs


def test_pandas():
    pd = pytest.importorskip("pandas")
    assert cs.Number(uniform=pd.Series([1, 2])) == cs.Number(uniform=[1, 2])
    assert cs.Stake(holder="a", company="c", fraction=pd.Series([0.3])[0]).fraction.value == 0.3
    company = OBJECTS["Company"][0]
    assert company.replace(exit_date=pd.Timestamp("2027-12-31").date()) == company
    for day in (pd.Timestamp("2027-12-31"), pd.NaT):
        with pytest.raises(cs.InputError, match=r"must be a date such as .*, got a value of type"):
            company.replace(exit_date=day)
    with pytest.raises(cs.InputError, match=r"must be a number or .*, got a value of type NAType"):
        company.replace(multiple=pd.NA)


@pytest.mark.parametrize(
    ("day", "is_date"),
    [
        ("2027-12-31", True),
        (datetime.date(2027, 12, 31), True),
        (np.datetime64("2027-12-31"), True),
        (datetime.datetime(2027, 12, 31), False),
        (np.datetime64("2027-12-31T00:00"), False),
        (datetime.time(12), False),
        ("31 December 2027", False),
        ("2027-12-31T00:00", False),
        (20271231, False),
    ],
)
def test_dates(day: Any, is_date: bool):
    company = OBJECTS["Company"][0]
    if is_date:
        assert company.replace(exit_date=day) == company
    else:
        with pytest.raises(cs.InputError, match="exit_date: must be a date such as 2026-04-27"):
            company.replace(exit_date=day)


def test_keys_that_stand_twice():
    for annual in ({2026: 1, "2026": 2}, {np.int64(2026): 1, "2026": 2}):
        with pytest.raises(cs.InputError, match=r"annual.2026: stands twice"):
            cs.Forecast(annual=annual)


def test_a_huge_key_is_refused():
    limit = sys.get_int_max_str_digits()
    with pytest.raises(cs.InputError, match="has a key that is no text, year or date"):
        cs.Forecast(annual={10 ** (limit + 1): 1})
