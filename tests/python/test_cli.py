"""The command line: what goes where, exit codes, and how it ends when the world is hostile."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import capstake as cs
from bad_deals import GOOD
from capstake import cli
from command_line import DONE, FEW, FILE, INTERNAL, NEW, OLD, REFUSED, USAGE, run, wild_deal
from deals import share_deal

COMMANDS = [
    "value",
    "compare",
    "measures",
    "report",
    "sensitivities",
    "example",
    "validate",
    "schema",
    "info",
]


def process(*arguments: str, **settings: object) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, where the files and signals are real."""
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | settings
    done = subprocess.run([sys.executable, "-m", "capstake", *arguments], **settings)
    assert b"Traceback" not in (done.stderr or b"")
    assert b"Exception ignored" not in (done.stderr or b"")
    return done


def test_help():
    result = run("--help")
    assert result.exit_code == DONE
    assert "130 interrupted" in " ".join(result.stdout.split())
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\s+\w", result.stdout, re.MULTILINE)
        assert run(command, "--help").exit_code == DONE
    assert "..." not in result.stdout.partition("Commands")[2]  # each says what it does in a line


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], USAGE, ""),
        (["vlaue", NEW], USAGE, "No such command 'vlaue'"),
        (["value"], USAGE, "Missing argument"),
        (["compare", NEW], USAGE, "Missing argument"),
        (["validate"], USAGE, "Missing argument"),
        (["value", NEW, "--path", "9"], USAGE, "No such option: --path"),
        (["value", NEW, "--paths"], USAGE, "requires an argument"),
        (["value", NEW, "--paths", "x"], USAGE, "Invalid value for '--paths'"),
        (["value", NEW, "--paths", "2.5"], USAGE, "Invalid value for '--paths'"),
        (["value", NEW, "--paths", "1e5"], USAGE, "Invalid value for '--paths'"),
        (["value", NEW, "--paths", ""], USAGE, "Invalid value for '--paths'"),
        (["value", NEW, "--paths", "0"], REFUSED, "paths: must be between 2 and"),
        (["value", NEW, "--paths", "1"], REFUSED, "paths: must be between 2 and"),
        (["value", NEW, "--paths", "-1"], REFUSED, "paths: must be between 2 and"),
        (["value", NEW, "--paths", str(10**15)], REFUSED, "paths: must be between 2 and 281,474"),
        (["value", NEW, "--paths", str(10**30)], REFUSED, "paths: must be between 2 and 281,474"),
        (["value", NEW, "--seed", str(2**64)], REFUSED, "seed: must be between 0 and"),
        (["value", NEW, "--seed", "-1"], REFUSED, "seed: must be between 0 and"),
        (["value", NEW, "--threads", "0"], REFUSED, "threads: must be between 1 and 4,096"),
        (["compare", NEW, OLD, "--paths", "1"], REFUSED, "paths: must be between 2 and"),
        (["value", "none.toml"], FILE, "none.toml: cannot be read: No such file or directory"),
        (["value", "."], FILE, ".: cannot be read: Is a directory"),
        (["value", ""], FILE, "cannot be read: "),
        (["compare", NEW, "none.toml"], FILE, "none.toml: cannot be read"),
        (["report", "none.toml"], FILE, "none.toml: cannot be read"),
        (["report", NEW, "--against", "none.toml"], FILE, "none.toml: cannot be read"),
        (["validate", NEW, "none.toml"], FILE, "none.toml: cannot be read"),
    ],
)
def test_exit_code(arguments: list[str], code: int, message: str):
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    if message and arguments[0] != "validate":
        assert result.stdout == ""
    if "--paths" in arguments and code == REFUSED:
        printed = run(*arguments, "--json")
        assert (printed.exit_code, set(json.loads(printed.stdout))) == (
            code, {"schema_version", "errors"},
        )  # fmt: skip


def test_value():
    shown = run("value", NEW, *FEW)
    assert (shown.exit_code, shown.stderr) == (DONE, "")
    assert "Microsoft share" in shown.stdout
    printed = run("value", NEW, *FEW, "--seed", "7", "--json")
    record = json.loads(printed.stdout)
    assert (record["paths"], record["seed"]) == (512, 7)
    assert record == json.loads(json.dumps(cs.value(cs.load(NEW), paths=512, seed=7).to_dict()))


def test_value_says_which_run_it_was():
    shown = run("value", NEW, "-q", "--precision", "0.01")
    assert shown.exit_code == DONE
    last = shown.stdout.rstrip().splitlines()[-1]
    assert last.startswith("The values are means over ")
    assert "scrambled Sobol points" in last
    assert "the precision that was asked for was reached" in last
    record = json.loads(run("value", NEW, "-q", "--precision", "0.01", "--json").stdout)
    assert record["run"]["stopped_by"] == "precision"
    for command in (["value", NEW], ["compare", OLD, NEW], ["report", NEW, "-o", "x.html"]):
        refused = run(*command, "--precision", "-1")
        assert refused.exit_code == REFUSED
        assert "precision" in refused.stderr


def test_compare():
    assert run("compare", OLD, NEW, *FEW).exit_code == DONE
    record = json.loads(run("compare", OLD, NEW, *FEW, "--json").stdout)
    assert {"old", "new", "changes", "schema_version"} <= record.keys()


CAP, RATE = "legs.microsoft_share.cap", "legs.microsoft_share.rate"


def test_sensitivities():
    shown = run("sensitivities", NEW, "--of", "microsoft_share", *FEW)
    assert (shown.exit_code, shown.stderr) == (DONE, "")
    assert "Sensitivities of Microsoft share [USD billion]" in shown.stdout
    assert "Second derivatives" not in shown.stdout
    printed = run("sensitivities", NEW, "--of", "microsoft_share", *FEW, "--json")
    record = json.loads(printed.stdout)
    assert {row["position"] for row in record["sensitivities"]} == {"microsoft_share"}
    assert "second_derivatives" not in record


def test_second_derivatives():
    arguments = ("sensitivities", NEW, "--of", "microsoft_share", "--second", CAP, *FEW)
    shown = run(*arguments)
    assert (shown.exit_code, shown.stderr) == (DONE, "")
    table = shown.stdout.partition("Second derivatives of Microsoft share [USD billion]\n")[2]
    heading = " ".join(table.splitlines()[0].split())
    assert heading == "First by Then by Second derivative For +1% of both"
    assert re.search(rf"^{re.escape(CAP)}\s+{re.escape(RATE)}\b.* ± ", table, re.MULTILINE)
    rows = json.loads(run(*arguments, "--json").stdout)["second_derivatives"]
    assert {(row["position"], row["fields"][0]) for row in rows} == {("microsoft_share", CAP)}
    assert RATE in {row["fields"][1] for row in rows}


def test_fields_and_positions_that_are_not_there_are_named():
    wrong = run("sensitivities", NEW, "--second", "legs.microsoft_share.kap", *FEW)
    assert wrong.exit_code == REFUSED
    assert f"the nearest is {CAP}" in wrong.stderr
    wrong = run("sensitivities", NEW, "--of", "mikrosoft", *FEW)
    assert wrong.exit_code == REFUSED
    assert "microsoft_share" in wrong.stderr


def test_info():
    shown = run("info").stdout
    assert max(map(len, shown.splitlines())) < 100
    for name in cs.bundled_deals():
        assert re.search(rf"^{name} +{re.escape(cs.load(name).name)}$", shown, re.MULTILINE)
    assert json.loads(run("info", "--json").stdout)["capstake"] == cs.__version__


@pytest.mark.parametrize(
    "command",
    [
        ["measures"],
        ["value", "--measure", "risk_neutral"],
        ["report", "--measure", "risk_neutral", "-o", "x.html"],
        ["sensitivities", "--measure", "risk_neutral"],
        ["compare", NEW, "--measure", "risk_neutral"],
    ],
)
def test_what_a_measure_lacks_is_told_with_its_file(tmp_path: Path, command: list[str]):
    file = tmp_path / "royalty.json"
    file.write_text(json.dumps(share_deal({2028: 30.0})), "utf-8")
    result = run(*command, str(file), *FEW)
    assert (result.exit_code, result.stdout) == (REFUSED, "")
    lacks = "risk_free: is required under the risk-neutral measure (for example risk_free = 0.04)"
    assert f"capstake: {file}: {lacks}\n" == result.stderr


def test_a_measure_that_is_none_is_no_fault_of_the_file():
    message = run("value", NEW, "--measure", "risky", *FEW).stderr
    assert message.startswith("capstake: measure: must be ")


def test_validate_names_every_file(tmp_path: Path):
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(GOOD, "utf-8")
    bad.write_text(GOOD.replace("0.2\n", "20\n").replace("45", "-1"), "utf-8")
    result = run("validate", NEW, str(bad), str(good))
    assert result.exit_code == REFUSED
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [NEW, str(good)]
    assert result.stderr.count(f"{bad}:") == 2
    assert run("validate", NEW, OLD, str(good)).exit_code == DONE
    assert run("validate", str(bad), "none.toml").exit_code == FILE


def test_errors_in_json_are_one_object(tmp_path: Path):
    bad = tmp_path / "bad.toml"
    bad.write_text(GOOD.replace("rate = 0.2\n", 'rate = 20\ncapp = "\\u001b"\n'), "utf-8")
    result = run("value", str(bad), "--json")
    rate, key = json.loads(result.stdout)["errors"]
    assert rate == {
        "type": "InputError",
        "message": "legs.share.rate: must be between 0 and 1, got 20 "
        '(for 20 per cent write 0.2 or "20%")',
        "file": str(bad),
        "path": "legs.share.rate",
        "rule": "must be between 0 and 1",
        "got": "20",
        "hint": 'for 20 per cent write 0.2 or "20%"',
        "line": GOOD[: GOOD.index("rate = 0.2\n")].count("\n") + 1,
    }
    assert key["rule"] == "is not a known key"
    assert result.stderr.startswith("capstake: ")


def test_mathematics_that_fails(tmp_path: Path):
    wild = wild_deal(tmp_path)
    failed = run("value", wild, "--paths", "65536", "-q")
    assert failed.exit_code == INTERNAL
    assert re.match(r"capstake: .*: not finite on \d+ of \d+ paths", failed.stderr)
    printed = run("value", wild, "--paths", "65536", "-q", "--json")
    (error,) = json.loads(printed.stdout)["errors"]
    assert error["type"] == "NumericalError"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("x"), "internal error, please report it: KeyError: 'x' (test_cli.py:"),
        (RecursionError("deep"), "internal error, please report it: RecursionError: deep"),
        (MemoryError(), "out of memory"),
        (cs.CancelledError("the run was stopped"), "the run was stopped"),
        (ModuleNotFoundError("no", name="jinja2"), "needs the package jinja2"),
    ],
)
def test_our_own_mistakes(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli.inputs, "load", fail)
    for json_option in ([], ["--json"]):
        result = run("value", NEW, *json_option)
        assert result.exit_code == INTERNAL
        assert message in result.stderr
    assert message in json.loads(result.stdout)["errors"][0]["message"]


@pytest.mark.parametrize(
    "arguments", [["value", NEW, *FEW], ["info", "--json"], ["validate", NEW]], ids=" ".join
)
def test_a_closed_pipe(arguments: list[str]):
    """As before `| head`: no complaint, and not the code of success."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = process(*arguments, stdout=closed)
    assert (done.returncode, done.stderr) == (FILE, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full disk")
def test_a_full_disk():
    with open("/dev/full", "wb") as full:
        done = process("value", NEW, *FEW, stdout=full)
    assert (done.returncode, done.stderr) == (FILE, b"capstake: No space left on device\n")


def test_no_standard_output():
    done = process("info", stdout=None, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (FILE, b"capstake: standard output is closed\n")


def test_a_terminal_without_the_characters():
    plain = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = process("value", NEW, *FEW, env=plain)
    assert done.returncode == DONE
    assert done.stdout.isascii()


def test_a_file_name_that_is_no_text(tmp_path: Path):
    name = os.fsencode(tmp_path) + b"/\xff.toml"
    Path(os.fsdecode(name)).write_text("a = 1")
    done = process("value", os.fsdecode(name), "--json")
    assert done.returncode == REFUSED
    assert {e["file"] for e in json.loads(done.stdout)["errors"]} == {os.fsdecode(name)}


def test_progress_goes_nowhere_without_a_terminal():
    done = process("value", NEW, "--paths", str(2**20))
    assert (done.returncode, done.stderr) == (DONE, b"")
