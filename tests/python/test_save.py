"""Deal files written: what is read again is equal, to the last bit, and people can read it."""

from __future__ import annotations

import datetime
import errno
import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import capstake as cs
from command_line import DONE, FILE, NEW, REFUSED, run
from one_of_each import BUNDLED, OTHERS
from random_contracts import contracts

ALL = {name: cs.Deal.from_record(record) for name, record in (BUNDLED | OTHERS).items()}
DEAL = cs.load(NEW)
PLAIN = """\
name = "A royalty"
valuation_date = 2025-12-31
currency = "USD"
unit = "million"
discount_rate = 0.12

[parties.holder]
name = "Holder"

[parties.maker]
name = "Maker"

[streams.sales]
type = "forecast"
annual = {2025 = 80, 2026 = 100.5}
growth_haircut = {triangular = [0, 0.2, 0.5], status = "assumed"}

[streams.further]
type = "formula"
formula = "most * sales"
numbers = {most = {by_date = {2026-01-01 = 0.2, 2027-01-01 = 0.3}}}

[legs.royalty]
type = "revenue_share"
payer = "maker"
receiver = "holder"
base = "sales"
rate = 0.05
start = 2026-01-01
end = 2026-12-31

[legs.royalty.cap]
value = 15
source = "agreement of 2024, section 3, as amended by the side letter of May 2025"
status = "official"
range = [12, 18]

[legs.royalty.clauses.tiers]
type = "tiers"
above = [20, 30]
rates = [
    {value = 0.04, source = "agreement of 2024, section 4", status = "official"},
    {value = 0.03, source = "agreement of 2024, section 4", status = "official"},
]
"""
ROYALTY = cs.loads(PLAIN)


def read_again(deal: cs.Deal) -> None:
    assert cs.loads(cs.dumps(deal)) == deal
    assert cs.loads(cs.dumps(deal, is_json=True), is_json=True) == deal


def further(most: cs.Number) -> cs.FormulaStream:
    return cs.FormulaStream(formula="most * sales", numbers={"most": most})


@pytest.mark.parametrize("name", ALL)
def test_every_type_is_read_again(name: str, tmp_path: Path):
    deal = ALL[name]
    read_again(deal)
    for file in (tmp_path / "deal.toml", str(tmp_path / "deal.json")):
        assert cs.save(deal, file) == Path(file)
        assert cs.load(file) == deal


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True)
@given(contracts())
def test_any_contract_is_read_again(record: dict[str, Any]):
    read_again(cs.Deal.from_record(record))


@pytest.mark.slow
@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)
@example(2.0**53 + 2, '"\'"""\\\t\n#')
@example(5e-324, "")
@example(-1e22, " ")
def test_numbers_and_texts_are_kept(number: float, text: str):
    try:
        most = cs.Number(number, source=text)
    except cs.InputError:
        assume(False)  # a text with control characters
    deal = ROYALTY.replace(streams=ROYALTY.streams | {"further": further(most)})
    read_again(deal)
    kept = cs.loads(cs.dumps(deal)).streams["further"].numbers["most"]
    assert kept.value.hex() == (0.0 if number == 0 else number).hex()


def test_the_order_of_a_formulas_numbers_is_kept():
    sourced = cs.Number(0.5, source="a source too long for one line " * 5)
    late = cs.Number(by_date={"2026-01-01": 1, "2027-01-01": 2})
    numbers = {"z": 2, "most": sourced, "plain": 3, "late": late, "a": cs.Number(uniform=[0, 1])}
    formula = "sales * minimum(z, most, plain, late, a)"
    stream = cs.FormulaStream(formula=formula, numbers=numbers)
    deal = ROYALTY.replace(streams=ROYALTY.streams | {"further": stream})
    read_again(deal)
    written = cs.loads(cs.dumps(deal)).streams["further"]
    assert isinstance(written, cs.FormulaStream)
    assert list(written.numbers) == list(numbers)


def test_a_file_as_people_write_it():
    assert cs.dumps(ROYALTY) == PLAIN


@pytest.mark.parametrize("name", cs.bundled_deals())
def test_what_a_file_does_not_state_is_not_written(name: str):
    """But for defaults that it states, a bundled file has all that is written, in its order."""

    def compare(written: Any, stated: Any) -> None:
        if not isinstance(written, dict):
            assert written == (stated["value"] if isinstance(stated, dict) else stated)
            return
        for key in written:
            compare(written[key], stated[key])

    stated = tomllib.loads(cs.bundled_deals()[name].read_text("utf-8"))
    written = tomllib.loads(cs.dumps(cs.load(name)))
    compare(written, stated)
    for part in ("parties", "streams", "events", "legs", "companies", "stakes"):
        assert list(written.get(part, {})) == list(stated.get(part, {}))


def test_dates_are_dates_and_whole_numbers_whole():
    record = tomllib.loads(cs.dumps(DEAL))
    assert record["valuation_date"] == datetime.date(2026, 4, 27)
    assert record["legs"]["microsoft_share"]["cap"]["value"] == 38
    assert isinstance(record["legs"]["microsoft_share"]["cap"]["value"], int)
    assert json.loads(cs.dumps(DEAL, is_json=True))["valuation_date"] == "2026-04-27"


# Where it cannot be


def test_what_is_no_deal():
    for given_ in (DEAL.to_dict(), DEAL.legs["microsoft_share"], None, "deal"):
        with pytest.raises(cs.InputError, match="deal: must be a Deal, got "):
            cs.dumps(given_)


@pytest.mark.parametrize("name", ["deal", "deal.yaml", "deal.toml.bak", NEW, ".toml", ""])
def test_other_endings(tmp_path: Path, name: str):
    with pytest.raises(cs.InputError, match=r"path: must end in \.toml or \.json"):
        cs.save(DEAL, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "place",
    ["none/deal.toml", "folder.toml", "file/deal.toml", "x" * 300 + ".toml", "/proc/x.toml"],
)
def test_places_that_cannot_be_written(tmp_path: Path, place: str):
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OSError, match="the deal cannot be written: ") as refused:
        cs.save(DEAL, tmp_path / place)
    assert refused.value.filename == str(tmp_path / place)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_older_file_is_kept_when_the_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "deal.toml"
    file.write_text("an older deal")
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="the deal cannot be written: No space left on device"):
            cs.save(DEAL, file)
    assert file.read_text() == "an older deal"
    assert list(tmp_path.iterdir()) == [file]
    cs.save(DEAL, file)
    assert cs.load(file) == DEAL
    assert list(tmp_path.iterdir()) == [file]


def test_a_deal_larger_than_a_file_may_be(tmp_path: Path):
    large = DEAL.replace(notes=["x" * 2**22])
    with pytest.raises(cs.InputError, match="is too large: a deal file may have at most 4 MiB"):
        cs.save(large, tmp_path / "deal.toml")
    assert list(tmp_path.iterdir()) == []


# From the shell


@pytest.mark.parametrize("name", cs.bundled_deals())
def test_an_example_is_the_bundled_file(tmp_path: Path, name: str):
    bundled = cs.bundled_deals()[name].read_text("utf-8")
    printed = run("example", name)
    assert (printed.exit_code, printed.stdout, printed.stderr) == (DONE, bundled, "")
    file = tmp_path / "mine.toml"
    written = run("example", name, "-o", str(file))
    assert (written.exit_code, written.stdout) == (DONE, "")
    assert file.read_text("utf-8") == bundled
    assert str(file) in written.stderr


def test_examples_that_are_refused(tmp_path: Path):
    unknown = run("example", "microsoft")
    assert (unknown.exit_code, unknown.stdout) == (REFUSED, "")
    assert (
        "deal: names no bundled deal, got microsoft (there are adaptive_orbimed, " in unknown.stderr
    )
    nowhere = run("example", "-o", str(tmp_path / "none" / "x.toml"))
    assert (nowhere.exit_code, nowhere.stdout) == (FILE, "")
    assert "the deal cannot be written: No such file or directory" in nowhere.stderr
