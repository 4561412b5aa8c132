"""The JSON Schema of deal files says what the loader says, as far as a schema can."""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

import capstake as cs
from capstake import _core
from capstake.cli import app
from deals import Record, changed, without
from one_of_each import AMOUNTS, BUNDLED, CLAUSES, OTHERS
from record_objects import OBJECTS

SCHEMA = cs.schema()
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
ALL = BUNDLED | OTHERS
TYPES = {row["type"]: row for row in _core.describe()}
FILE = 5  # exit code

# Rules of the loader that look at several fields, objects or arguments at once, or at the number
# within a text: what a schema made from tables of fields cannot say. Of each class the rules, and a
# change of the deal "everything else" that only the loader refuses.
BEYOND_A_SCHEMA: dict[str, tuple[str, str, Any]] = {
    "names that must exist": (
        r"^must be a name in \[|means nothing here|circle|a chain of streams|^the name is taken"
        r"|^is not used by the formula",
        "legs__share__base",
        "sale",
    ),
    "sums": (r"add up to", "stakes__rest__fraction", 0.5),
    "figures without gaps, for all that needs them": (
        r"^must have (a figure for each|the (same )?periods)|^needs revenue from"
        r"|figures are 0 only before",
        "legs__share__end",
        "2028-12-31",
    ),
    "order of dates and levels": (
        r"(come|lies?|is not) (before|after|between start|in the past|past)|last day of a"
        r"|low must|low <= mode <= high|P10 < P50|must ascend|higher than the level before"
        r"|must not fall|must be below truncated_above",
        "legs__share__end",
        "2025-12-31",
    ),
    "arguments of a distribution together, and the field's bounds": (
        r"^every value it can take|^needs (as many|1 to 1,000)|between 0\.1 and 10,000|degrees of "
        r"freedom|(scale|mean|deviation|weights) must be|metalog|truncat|one point|so heavy",
        "legs__share__rate",
        {"normal": [0.5, 0.1]},
    ),
    "lengths of lists": (
        r"^must (hold|have) (4 weights|a weight for|one (rate )?for)|^must name at least one",
        "streams__sales__seasonality",
        [0.5, 0.5],
    ),
    "fields and clauses together": (
        r"^is required where|^cannot (stand|be combined)|already|`amount` or|^is a multiple"
        r"|same type|one total cap|^must differ|^counts towards|^is what is|^a deal needs"
        r"|^needs (a rate|the dates)|has none|names none|log-linear|several random|must span"
        r"|within a factor|^has no effect",
        "legs__share__receiver",
        "payer",
    ),
    "draws and correlations together": (
        r"^must name (a draw|2 to 32)|^depends on others|^is correlated already|^is (never )?drawn"
        r"|^stands twice|^must have a row and a column|^must be (1 |the same above|one of draws)"
        r"|^must be two draws|^is required for a t|goes with a t|no closed form",
        "dependence",
        {"x": {"draws": ["sales.shock", "sales.shck"], "correlation": [[1, 0], [0, 1]]}},
    ),
    "a per cent text's bounds": (
        r'^must be (between|above|>=?|<=) .*%"$',
        "legs__share__rate",
        "101%",
    ),
}


def errors(record: Record) -> list[tuple[str, str]]:
    """Place and keyword of every mistake."""
    found = VALIDATOR.iter_errors(record)
    return [(".".join(map(str, error.absolute_path)), error.validator) for error in found]


def issues(record: Record) -> tuple[cs.Issue, ...]:
    try:
        cs.Deal.from_record(record)
    except cs.InputError as error:
        return error.issues
    return ()


def test_the_schema_knows_what_a_currency_may_be():
    deal = ALL["everything else"]
    for code in ("zz", "usd", "US$", "USDT"):
        assert ("currency", "pattern") in errors(changed(deal, currency=code))
        assert any(issue.path == "currency" for issue in issues(changed(deal, currency=code)))
    assert not errors(changed(deal, currency="JPY"))


def test_the_schema_is_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


def test_every_reference_leads_somewhere_and_every_definition_is_used():
    used = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(SCHEMA)))
    assert used == set(SCHEMA["$defs"])


@pytest.mark.parametrize("name", ALL)
def test_good_deals_are_valid(name):
    assert issues(ALL[name]) == ()
    assert errors(ALL[name]) == []


def test_the_deals_have_every_type_clause_and_family():
    text = json.dumps(ALL)
    tagged = [name for name, row in TYPES.items() if row["is_tagged"]]
    assert [name for name in tagged if f'"type": "{name}"' not in text] == []
    assert [name for name in _core.families() if f'"{name}": ' not in text] == []
    clauses = next(row for row in TYPES["revenue_share"]["fields"] if row["name"] == "clauses")
    assert sorted(CLAUSES) == sorted(clauses["types"])
    assert set(_core.families()) < set(AMOUNTS)


@pytest.mark.parametrize("name", OBJECTS)
def test_what_python_objects_write_is_valid(name):
    made, changes = OBJECTS[name]
    for held in (made, made.replace(**changes)):
        record = json.loads(json.dumps(held.to_dict(), default=str))
        row = next(row for row in TYPES.values() if row["name"] == name)
        place = SCHEMA if row["type"] == "deal" else SCHEMA["$defs"][f"type.{row['type']}"]
        assert (
            list(VALIDATOR.evolve(schema=place | {"$defs": SCHEMA["$defs"]}).iter_errors(record))
            == []
        )


@pytest.mark.parametrize("row", TYPES.values(), ids=lambda row: row["type"])
def test_field_tables_are_all_there(row):
    place = SCHEMA if row["type"] == "deal" else SCHEMA["$defs"][f"type.{row['type']}"]
    properties = place["properties"]
    assert set(properties) == {"type"} | {field["name"] for field in row["fields"]}
    for field in row["fields"]:
        description = properties[field["name"]]["description"]
        assert description.startswith(field["meaning"])
        assert field["unit"] in description
        assert field["rule"] in description
        assert (field["name"] in place["required"]) == field["is_required"]


# Key path of the change, what is put there, and where and by which keyword it is refused.
@pytest.mark.parametrize(
    ("place", "held", "at", "keyword"),
    [
        ("frequency", "quater", "frequency", "enum"),
        ("valuation_date", "2025-02-30", "valuation_date", "format"),
        ("valuation_date", "1850-01-01", "valuation_date", "pattern"),
        ("legs__share__rate", 20, "legs.share.rate", "maximum"),
        ("legs__share__rate", "20", "legs.share.rate", "pattern"),
        ("legs__share__cap", 0, "legs.share.cap", "exclusiveMinimum"),
        ("legs__share__cap", "20%", "legs.share.cap", "type"),
        ("legs__share__cap", {"uniform": [1, 2], "value": 1}, "legs.share.cap", "oneOf"),
        ("legs__share__cap", {"value": 1, "status": "sure"}, "legs.share.cap.status", "enum"),
        ("legs__share__cap", {"uniform": [1]}, "legs.share.cap.uniform", "minItems"),
        ("legs__share__cap", {"unifrom": [1, 2]}, "legs.share.cap", "additionalProperties"),
        ("legs__share__cpa", 3, "legs.share", "additionalProperties"),
        ("legs__share__start", "2026-13-01", "legs.share.start", "pattern"),
        ("legs__share__payment_lag", 1.5, "legs.share.payment_lag", "type"),
        ("streams__sales__type", "forcast", "streams.sales.type", "enum"),
        ("streams__sales__annual__2026a", 3, "streams.sales.annual", "pattern"),
        ("companies__issuer__charges_legs", 1, "companies.issuer.charges_legs", "type"),
        ("parties__a b", {"name": "x"}, "parties", "pattern"),
    ],
)
def test_a_mistake_is_reported_where_it_is(place, held, at, keyword):
    record = changed(OTHERS["everything else"], **{place: held})
    assert (at, keyword) in errors(record)
    assert issues(record)


def test_of_a_table_of_many_types_only_the_chosen_ones_mistakes_are_reported():
    record = without(OTHERS["everything else"], "streams__part__factor")
    assert errors(record) == [("streams.part", "required")]


def test_no_truncation_without_a_distribution():
    record = changed(OTHERS["everything else"], legs__share__cap={"value": 4, "truncated_above": 5})
    assert {place for place, _ in errors(record)} == {"legs.share.cap"}
    assert issues(record)


@pytest.mark.parametrize(
    ("place", "held"),
    [
        ("companies__issuer__exit", ""),
        ("events__default__meaning", ""),
        ("events__default__type", "event"),
        ("legs__share__clauses", {}),
        ("legs__share__payment_lag", 30.0),
        ("legs__share__rate", {"value": "1.5e1 %", "source": "two\nlines", "status": ""}),
        ("legs__share__stop_events", []),
        ("streams__part__factor", {"by_date": {"0001-01-01": 1}}),
    ],
)
def test_what_the_loader_takes_is_valid(place, held):
    record = changed(OTHERS["everything else"], **{place: held})
    assert issues(record) == ()
    assert errors(record) == []


JUNK = [
    "", "text", "20%", "-3 %", "1e2%", "250%", "%", "2026-02-30", "2026-4-1", "1850-01-01",
    "2300-01-01", "2027-06-30", "tab\t", "bell\a", True, False, -1, -0.5, 0, 0.5, 1.5, 2.5, 3.0,
    30, 250, 1e12, [], [1], [0.5, 2], ["x"], {}, {"value": 1}, {"value": "5%", "source": 3},
    {"value": 0.3, "status": "guess"}, {"by_date": {}}, {"by_date": {"2026-13-01": 1}},
    {"by_date": {"2026-01-01": 0.1}}, {"uniform": [1]}, {"uniform": [0.1, 0.2]},
    {"uniform": ["10%", 0.2]}, {"triangular": [0, 1, "x"]}, {"unifrom": [0, 1]},
    {"value": 0.1, "range": [0, 1]}, {"value": 0.1, "range": [0]}, {"type": "gbm"},
    {"type": "forecast", "annual": {}}, {"empirical": [0.2, 0.3]}, {"empirical": ["a"]},
    {"normal": [0.5, 0.1], "truncated_below": 0.2, "truncated_above": 0.7},
    {"gamma": [1, 1], "truncated_below": "low"}, {"value": 0.1, "truncated_below": 0},
    {"discrete": {"values": [0.1], "weights": [1]}}, {"discrete": {"values": [0.1]}},
    {"2026": 1}, {"2026-Q1": 1, "2026-01": 2}, {"2026-Q1": 1, "2026-Q2": 0.5}, {"2026-Q5": 1},
]  # fmt: skip


def places(held: Any) -> list[tuple[Any, Any]]:
    """Every (table or list, key or index) below."""
    found = []
    for key, below in held.items() if isinstance(held, dict) else enumerate(held):
        found.append((held, key))
        if isinstance(below, dict | list):
            found += places(below)
    return found


def misspelt(chance: random.Random, word: str) -> str:
    at = chance.randrange(len(word) + 1)
    return word[:at] + chance.choice(["", "x", "-"]) + word[at + chance.choice([0, 1]) :]


def spoil(chance: random.Random, record: Record) -> Record:
    """One change at random: another value, key or choice, or something more or less."""
    record = copy.deepcopy(record)
    table, key = chance.choice(places(record))
    held = table[key]
    way = chance.choice(["junk", "junk", "misspell", "leave out", "add", "scale"])
    if way == "misspell" and isinstance(held, str):
        table[key] = misspelt(chance, held)
    elif way == "misspell" and isinstance(table, dict):
        table[misspelt(chance, key)] = table.pop(key)
    elif way == "leave out":
        del table[key]
    elif way == "add" and isinstance(table, dict):
        name = chance.choice(["note", "type", "value", "source", "2031", "cap", "of"])
        table.setdefault(name, chance.choice(JUNK))
    elif way == "add":
        table.append(copy.deepcopy(held))
    elif way == "scale" and isinstance(held, float | int) and not isinstance(held, bool):
        table[key] = held * chance.choice([-1, 1000, 0, 1e-3])
    else:
        table[key] = copy.deepcopy(chance.choice(JUNK))
    return record


def vary(chance: random.Random, record: Record) -> Record:
    """Say a number in another form, or change it a little: mostly as good as before."""
    record = copy.deepcopy(record)
    numbers = [(table, key) for table, key in places(record) if type(table[key]) in (int, float)]
    table, key = chance.choice(numbers)
    x = table[key]
    forms = [
        x * 1.01,
        {"value": x, "source": "a", "status": "derived", "range": [x, x * 1.1]},
        {"by_date": {"1700-01-01": x, "2027-01-01": x}},
        {"uniform": [x * 0.99, x * 1.01]},
        {"triangular": [x * 0.9, x, x], "truncated_below": x * 0.95},
        {"discrete": {"values": [x, x * 0.99], "weights": [1, 2]}},
        {"empirical": [x, x], "status": "reported"},
        f"{100 * x}%",
    ]
    table[key] = chance.choice(forms)
    return record


def class_of(issue: cs.Issue) -> str | None:
    """Name the class of BEYOND_A_SCHEMA that an issue is of."""
    text = f"{issue.rule} {issue.got}"
    return next((n for n, (rule, *_) in BEYOND_A_SCHEMA.items() if re.search(rule, text)), None)


@pytest.mark.parametrize("name", BEYOND_A_SCHEMA)
def test_what_a_schema_cannot_say(name):
    _, place, held = BEYOND_A_SCHEMA[name]
    record = changed(OTHERS["everything else"], **{place: held})
    assert errors(record) == []
    assert {class_of(issue) for issue in issues(record)} == {name}


def test_no_rule_of_a_single_field_counts_as_beyond_a_schema():
    for field in (field for row in TYPES.values() for field in row["fields"]):
        assert class_of(cs.Issue("", field["rule"], got="30")) is None


@pytest.mark.parametrize(
    ("n_refused", "n_accepted"),
    [(30, 15), pytest.param(1000, 500, marks=pytest.mark.slow)],
    ids=str,
)
def test_schema_and_loader_agree_on_changed_deals(n_refused, n_accepted):
    chance = random.Random(20261125)
    pool = [*BUNDLED.values()] * 3 + [*OTHERS.values()]
    beyond: Counter[str | None] = Counter()
    refused = accepted = 0
    while refused < n_refused or accepted < n_accepted:
        change = chance.choice([spoil, spoil, vary])
        record = change(chance, chance.choice(pool))
        found = issues(record)
        is_valid = VALIDATOR.is_valid(record)
        assert found or is_valid, errors(record)
        if found and is_valid:
            classes = [class_of(issue) for issue in found]
            assert None not in classes, found
            beyond[classes[0]] += 1
        refused += bool(found)
        accepted += not found
    assert beyond.total() < 0.2 * refused, beyond


def as_toml(held: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(held, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {as_toml(v)}" for k, v in held.items()) + "}"
    if isinstance(held, list):
        return "[" + ", ".join(map(as_toml, held)) + "]"
    return held.isoformat() if isinstance(held, dt.date) else json.dumps(held, ensure_ascii=False)


@pytest.mark.parametrize("name", ALL)
def test_deals_go_round_trip_by_toml_and_by_json(name):
    deal = cs.Deal.from_record(ALL[name])
    record = deal.to_dict()
    toml = "\n".join(f"{key} = {as_toml(held)}" for key, held in record.items())
    assert cs.loads(toml) == deal
    in_json = json.dumps(record, default=str)
    assert cs.loads(in_json, is_json=True) == deal
    assert errors(json.loads(in_json)) == []


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_files_are_what_they_are_as_records(name):
    assert cs.load(name) == cs.Deal.from_record(BUNDLED[name])


def test_command(tmp_path: Path):
    run = CliRunner().invoke(app, ["schema"])
    assert (run.exit_code, json.loads(run.stdout)) == (0, SCHEMA)
    file = tmp_path / "deal.schema.json"
    run = CliRunner().invoke(app, ["schema", "-o", str(file)])
    assert (run.exit_code, run.stdout) == (0, "")
    assert json.loads(file.read_text("utf-8")) == SCHEMA
    run = CliRunner().invoke(app, ["schema", "-o", str(tmp_path / "none" / "x.json")])
    assert run.exit_code == FILE
    assert "No such file or directory" in run.stderr
