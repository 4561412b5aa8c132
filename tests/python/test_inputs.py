"""Deal files that are refused, and why: path, rule, value, hint, file, line and exit code."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import capstake as cs
from bad_clauses import CLAUSES
from bad_deals import CIRCLE, GOOD, ROWS, Row
from bad_dependence import BAD_DEPENDENCE
from bad_distributions import BAD_DISTRIBUTIONS
from bad_earn_outs import EARN_OUTS
from bad_measures import MEASURES
from bad_streams import STREAM_ROWS
from capstake.cli import app

REFUSED, MISSING = 3, 5
BAD = [*ROWS, *STREAM_ROWS, *BAD_DISTRIBUTIONS, *CLAUSES, *EARN_OUTS, *MEASURES, *BAD_DEPENDENCE]


def issues_of(text: str, **settings: Any) -> tuple[cs.Issue, ...]:
    with pytest.raises(cs.InputError) as refused:
        cs.loads(text, **settings)
    return refused.value.issues


def spoilt(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def as_json(text: str) -> str:
    return json.dumps(tomllib.loads(text), default=str, indent=1)


def test_the_good_deal_is_good():
    deal = cs.loads(GOOD)
    assert cs.value(deal, paths=64)["receiver"].value > 0


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.name)
def test_row(row: Row, tmp_path: Path):
    file = tmp_path / "deal.toml"
    file.write_text(row.text, "utf-8")
    with pytest.raises(cs.InputError) as refused:
        cs.load(file)
    assert refused.value.file == str(file)
    assert refused.value.issues == (
        cs.Issue(row.path, row.rule, got=row.got, hint=row.hint, line=row.line),
    )
    line = "" if row.line is None else f":{row.line}"
    assert str(refused.value).startswith(f"{file}{line}: {row.path}: {row.rule}")

    run = CliRunner().invoke(app, ["value", str(file), "--json"])
    assert run.exit_code == REFUSED
    (error,) = json.loads(run.stdout)["errors"]
    assert (error["path"], error["rule"], error["line"]) == (row.path, row.rule, row.line)
    assert error["file"] == str(file)


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.name)
def test_row_in_json(row: Row):
    (issue,) = issues_of(as_json(row.text), is_json=True)
    assert (issue.path, issue.rule) == (row.path, row.rule)
    assert issue.line is not None or row.line is None


def make(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def make_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100 * 2**20)


def make_nothing(path: Path) -> None:
    pass


# (how the file is made, exit code, line, rule)
FILES: dict[str, tuple[Callable[[Path], Any], int, int | None, str]] = {
    "missing": (make_nothing, MISSING, None, "cannot be read: No such file or directory"),
    "folder": (Path.mkdir, MISSING, None, "cannot be read: Is a directory"),
    "pipe": (os.mkfifo, MISSING, None, "cannot be read: is not a regular file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), MISSING, None,
               "cannot be read: is not a regular file"),
    "loop": (lambda path: path.symlink_to(path), MISSING, None, "cannot be read: Too many levels"),
    "empty": (make(b""), REFUSED, None, "is empty"),
    "blank": (make(b" \n\t\n"), REFUSED, None, "is empty"),
    "only a mark": (make(b"\xef\xbb\xbf"), REFUSED, None, "is empty"),
    "100 MB": (make_sparse, REFUSED, None, "is too large: a deal file may have at most 4 MiB"),
    "binary": (make(b"\x7fELF\x02\x01\xff\xfe"), REFUSED, None,
               "is not a text file in UTF-8: byte 6 is not valid"),
    "zeros": (make(b"a = 1\n\0\0"), REFUSED, 2, "is not valid TOML: "),
    "UTF-16": (make("name = 1".encode("utf-16")), REFUSED, None, "is not a text file in UTF-8"),
    "Latin-1": (make("name = 'é'".encode("latin-1")), REFUSED, None, "is not a text file in UTF-8"),
    "prose": (make(b"Dear all,\nplease value this."), REFUSED, 1, "is not valid TOML: "),
    "syntax": (make(b"name = 'x'\nrate = = 3\n"), REFUSED, 2, "is not valid TOML: Invalid value"),
    "key twice": (make(b"name = 1\n\nname = 2\n"), REFUSED, 3, "is not valid TOML: Cannot over"),
    "table twice": (make(b"[a]\n[b]\n[a]\n"), REFUSED, 3, "is not valid TOML: Cannot declare"),
    "30 February": (make(b"\nd = 2026-02-30\n"), REFUSED, 2, "is not valid TOML: Invalid date"),
    "5,000 digits": (make(b"a = " + b"1" * 5000), REFUSED, None, "is not valid TOML: Exceeds"),
    "text left open": (make(b'a = """\nfor ever'), REFUSED, None, "is not valid TOML: "),
    "lists 10^4 deep": (make(b"a = " + b"[" * 10**4 + b"]" * 10**4), REFUSED, None,
                        "is nested too deeply"),
    "tables 10^4 deep": (make(b"a = " + b"{a = " * 10**4 + b"1" + b"}" * 10**4), REFUSED, None,
                         "is nested too deeply"),
    "10^4 dots": (make(b".".join([b"a"] * 10**4) + b" = 1"), REFUSED, None, "is nested too deeply"),
    "2 million dots": (make(b"['a'." + b"a." * 2_000_000 + b"a]"), REFUSED, None,
                       "is nested too deeply"),
    "64 dots": (make(b".".join([b"a"] * 64) + b" = {a = {a = {a = 1}}}"), REFUSED, 1,
                "is nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_file(name: str, tmp_path: Path):
    make_file, code, line, rule = FILES[name]
    file = tmp_path / "deal.toml"
    make_file(file)
    with pytest.raises(cs.InputError) as refused:
        cs.load(file)
    (issue,) = refused.value.issues
    assert issue.rule.startswith(rule)
    assert (issue.line, refused.value.file) == (line, str(file))
    for command in ("value", "validate"):
        run = CliRunner().invoke(app, [command, str(file)])
        assert (run.exit_code, run.stdout) == (code, "")
        assert f"{file}{'' if line is None else f':{line}'}: " in run.stderr


# (text, line, rule)
JSON = {
    "syntax": ('{"name": "x",\n "currency" "USD"}', 2, "is not valid JSON: Expecting ':'"),
    "cut off": ('{"name": "x",\n', 2, "is not valid JSON: "),
    "empty": ("", 1, "is not valid JSON: Expecting value"),
    "comment": ('{"a": 1,\n\n// why\n"b": 2}', 3, "is not valid JSON: "),
    "twins": ('{"name": "x", "name": "y"}', None,
              "is not valid JSON: the key 'name' stands twice"),
    "twins within": ('{"legs": {"a": 1, "a": 2}}', None,
                     "is not valid JSON: the key 'a' stands twice"),
    "list": ("[1, 2]", None, "must hold a table of keys at the top"),
    "null": ("null", None, "must hold a table of keys at the top"),
    "deep lists": ('{"a": ' + "[" * 10**4 + "]" * 10**4 + "}", None, "is nested too deeply"),
    "deep tables": ('{"a": ' * 10**4 + "1" + "}" * 10**4, None, "is nested too deeply"),
    "5,000 digits": ('{"a": ' + "1" * 5000 + "}", None, "is not valid JSON: Exceeds the limit"),
    "half a key": ('{"\\ud800": 1}', None, "has a key that is no text, year or date"),
}  # fmt: skip


@pytest.mark.parametrize("name", JSON)
def test_json(name: str):
    text, line, rule = JSON[name]
    (issue,) = issues_of(text, is_json=True)
    assert issue.rule.startswith(rule)
    assert issue.line == line or "deeply" in rule  # some parsers go deeper, and know the line


def test_json_equals_toml(tmp_path: Path):
    file = tmp_path / "deal.JSON"
    file.write_text(as_json(GOOD), "utf-8")
    assert cs.load(file) == cs.loads(GOOD)


def test_json_is_read_without_a_mark_and_with_nothing_for_what_is_left_out():
    record = json.loads(as_json(GOOD))
    record["legs"]["share"] |= {"discount_rate": None, "terms": None}
    record["streams"]["sales"]["volatility"]["uniform"] = None
    assert cs.loads(json.dumps(record), is_json=True) == cs.loads(GOOD)


def test_half_a_character_in_json():
    text = as_json(GOOD).replace('"a deal"', '"\\ud800"')
    (issue,) = issues_of(text, is_json=True)
    assert (issue.path, issue.rule) == ("name", "must be a text")
    assert (issue.got, issue.line) == ("a text that is not valid Unicode", 2)


@pytest.mark.parametrize("mark", ["20%", "20 %", "20.0%", "2e1%"])
def test_per_cent(mark: str):
    deal = cs.loads(spoilt(("rate = 0.2\n", f'rate = "{mark}"\n')))
    assert deal.legs["share"].rate == cs.Number(0.2)


def test_multiples_in_per_cent_as_contracts_state_them():
    assert cs.CapMultiple(multiple="175%") == cs.CapMultiple(multiple=1.75)
    assert cs.Scaled(of="total", factor={"uniform": ["20%", "30%"]}) == cs.Scaled(
        of="total", factor={"uniform": [0.2, 0.3]}
    )
    lost = cs.Ramp(of="total", at_start=0, at_end="25%", start="2026-04-27", end="2030-12-31")
    assert lost.at_end == cs.Number(0.25)
    found = cs.Number(discrete={"values": [50, 100], "weights": ["30%", "70%"]})
    assert found == cs.Number(discrete={"values": [50, 100], "weights": [0.3, 0.7]})


def test_everything_at_once_in_the_order_of_the_file():
    text = spoilt(
        ('"USD"', '"dollars"'),
        ('["one", "two"]', "[1, 2]"),
        ("of = ", "off = "),
        ("hazard = 0.02", "hazard = -1"),
        ('receiver = "receiver"', 'receiver = "reciever"'),
        ("rate = 0.2\n", "rate = 20\n"),
        ("value = 1\n", "value = 1\nstatus = 3\n"),
        ("exit_date = 2027-12-31", "exit_date = 2027-12-30"),
        ('holder = "payer"\ncompany = "issuer"', 'holder = "nobody"\ncompany = "none"'),
        ("fraction = 0.4", "fraction = 4"),
    )
    issues = issues_of(text)
    assert [issue.path for issue in issues] == [
        "currency", "notes[0]", "notes[1]",
        "streams.part.of", "streams.part.off",
        "events.default.hazard",
        "legs.share.receiver", "legs.share.rate", "legs.share.already_paid.status",
        "companies.issuer.exit_date",
        "stakes.rest.holder", "stakes.rest.company", "stakes.rest.fraction",
    ]  # fmt: skip
    lines = [issue.line for issue in issues]
    assert lines == sorted(lines)


def test_nothing_is_said_twice():
    """What rests on something broken is not reported for that."""
    text = spoilt(('type = "forecast"', 'type = "forcast"'), ('base = "sales"', 'base = "part"'))
    assert [issue.path for issue in issues_of(text)] == ["streams.sales.type"]
    text = spoilt(("valuation_date = 2025-12-31", "valuation_date = 2025"))
    assert [issue.path for issue in issues_of(text)] == ["valuation_date"]
    text = spoilt(("[legs.share]\n", "[legs.share]\nbas = 3\n"), ('base = "sales"\n', ""))
    assert {issue.path for issue in issues_of(text)} == {"legs.share.bas", "legs.share.base"}


STREAMS = """
[streams.a]
type = "scaled"
of = "b"
factor = 1

[streams.b]
type = "scaled"
of = "{b}"
factor = 1

[streams.c]
type = "scaled"
of = "{c}"
factor = 1
"""


@pytest.mark.parametrize(
    ("b", "c", "chains"),
    [
        ("a", "sales", ["a -> b -> a", "b -> a -> b"]),
        ("c", "a", ["a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c"]),
        ("b", "a", ["a -> b -> b", "b -> b", "c -> a -> b -> b"]),
    ],
)
def test_circles(b: str, c: str, chains: list[str]):
    issues = issues_of(GOOD + STREAMS.format(b=b, c=c))
    assert [issue.got for issue in issues] == chains
    assert {issue.rule for issue in issues} == {CIRCLE}
    lines = (GOOD + STREAMS.format(b=b, c=c)).splitlines()
    assert all(lines[issue.line - 1].startswith("of =") for issue in issues if issue.line)


def test_a_long_chain_of_streams():
    def chain(n: int) -> str:
        links = [
            f'[streams.x{i}]\ntype = "scaled"\nof = "{f"x{i - 1}" if i else "sales"}"\nfactor = 1\n'
            for i in range(n)
        ]
        return GOOD.replace('base = "sales"', f'base = "x{n - 1}"') + "\n".join(links)

    assert cs.value(cs.loads(chain(63)), paths=8)["share"].value > 0
    issues = issues_of(chain(66))
    assert [issue.path for issue in issues] == ["streams.x64.of", "streams.x65.of"]
    assert issues[0].rule == "a chain of streams may have at most 64 links"


def test_a_century_of_months_and_no_more():
    def century(last: int) -> str:
        figures = ", ".join(f"{year} = 10" for year in range(2025, last + 1))
        return spoilt(
            ('day_count = "30E/360"', 'frequency = "month"'),
            ("{2025 = 9, 2026 = 10, 2027 = 11}", f"{{{figures}}}"),
            ("end = 2027-12-31", f"end = {last}-12-31"),
        )

    assert len(cs.loads(century(2125)).streams["sales"].annual) == 101
    (issue,) = issues_of(century(2140))
    assert (issue.path, issue.rule, issue.got) == (
        "frequency", "the deal must span at most 1300 periods", "1381 periods",
    )  # fmt: skip


@pytest.mark.parametrize("n", [10**3, pytest.param(10**5, marks=pytest.mark.slow)])
def test_many_wrong_keys(n: int):
    text = GOOD + "".join(f"k{i} = {i}\n" for i in range(n))
    issues = issues_of(text)
    assert len(issues) == n
    assert (issues[-1].path, issues[-1].line) == (f"stakes.rest.k{n - 1}", GOOD.count("\n") + n)
    assert issues[-1].rule == "is not a known key"


def test_texts_may_hold_any_character_that_shows():
    name = "<script>alert('1')</script> & größer 株 😀 “quoted”\n\ttwice"
    deal = cs.loads(spoilt(('"a deal"', json.dumps(name, ensure_ascii=False))))
    assert deal.name == name


def test_a_value_is_shown_in_short_and_without_control_characters():
    text = spoilt(("rate = 0.2\n", f'rate = "{"é" * 100}"\n'))
    assert issues_of(text)[0].got == f'"{"é" * 60}..."'
    text = spoilt(("rate = 0.2\n", r'rate = "a\u001b[2J\"\\\n"' + "\n"))
    assert issues_of(text)[0].got == r'"a\u001b[2J\"\\\u000a"'
    text = spoilt(("rate = 0.2\n", r'"a\u001b[2J.b" = 1' + "\nrate = 0.2\n"))
    (issue,) = issues_of(text)
    assert issue.path == r'legs.share."a\u001b[2J.b"'
    assert issue.line == text[: text.index("u001b")].count("\n") + 1


def test_names_of_files_that_are_none():
    for name in ("a\0b", "\ud800", "x" * 5000):
        with pytest.raises(cs.InputError):
            cs.load(name)
    for nothing in (None, 3, [], object()):
        with pytest.raises(TypeError):
            cs.load(nothing)
        with pytest.raises(TypeError):
            cs.loads(nothing)
