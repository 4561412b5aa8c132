"""The command line: what goes where, exit codes, and how it ends when the world is hostile."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import capstake as cs
from bad_deals import GOOD, WILD
from capstake import cli

DONE, INTERNAL, USAGE, REFUSED, FILE = 0, 1, 2, 3, 5
NEW, OLD = "microsoft_openai_2026_04", "microsoft_openai_2025_10"
FEW = ("--paths", "512", "-q")
COMMANDS = ["value", "compare", "measures", "report", "validate", "schema", "info"]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.app, list(arguments))
    assert "Traceback" not in result.output
    if result.exception is not None:
        assert isinstance(result.exception, SystemExit), result.exception
    return result


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


def test_compare():
    assert run("compare", OLD, NEW, *FEW).exit_code == DONE
    record = json.loads(run("compare", OLD, NEW, *FEW, "--json").stdout)
    assert {"old", "new", "changes", "schema_version"} <= record.keys()


def test_info():
    assert NEW in run("info").stdout
    assert json.loads(run("info", "--json").stdout)["capstake"] == cs.__version__


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


def wild_deal(tmp_path: Path) -> str:
    file = tmp_path / "wild.json"
    file.write_text(json.dumps(WILD), "utf-8")
    return str(file)


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


# Memos

OUTPUT = "<!doctype html>an older memo"


def test_report(tmp_path: Path):
    memo = tmp_path / "memo.html"
    memo.write_text(OUTPUT)
    result = run("report", "-o", str(memo), *FEW)
    assert result.exit_code == DONE
    assert memo.read_text("utf-8").rstrip().endswith("</html>")
    assert [file.name for file in tmp_path.iterdir()] == ["memo.html"]
    assert "Microsoft" in result.stdout
    assert str(memo) in result.stderr


@pytest.mark.parametrize(
    ("deal", "options", "code"),
    [
        ("none.toml", [], FILE),
        ("bad", [], REFUSED),
        (NEW, ["--paths", "1"], REFUSED),
        (NEW, ["--against", "other currency"], REFUSED),
        ("wild", ["--paths", "65536"], INTERNAL),
    ],
)
def test_an_older_memo_is_kept(tmp_path: Path, deal: str, options: list[str], code: int):
    bad, other = tmp_path / "bad.toml", tmp_path / "other.json"
    bad.write_text("x = 1")
    other.write_text(
        json.dumps(cs.load(OLD).replace(currency="EUR").to_dict(), default=str), "utf-8"
    )
    files = {"bad": str(bad), "wild": wild_deal(tmp_path), "other currency": str(other)}
    memo = tmp_path / "out" / "memo.html"
    memo.parent.mkdir()
    memo.write_text(OUTPUT)
    options = [files.get(option, option) for option in options]
    assert run("report", files.get(deal, deal), "-o", str(memo), "-q", *options).exit_code == code
    assert memo.read_text() == OUTPUT
    assert [file.name for file in memo.parent.iterdir()] == ["memo.html"]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("none/memo.html", FILE),
        ("folder.html", FILE),
        ("file/memo.html", FILE),
        (f"{'x' * 300}.html", FILE),
        ("/proc/memo.html", FILE),  # a folder where not even root may write
        ("memo.pdf", REFUSED),
        ("", REFUSED),
    ],
)
def test_memos_that_cannot_be_written(tmp_path: Path, place: str, code: int):
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    result = run("report", "-o", str(tmp_path / place), *FEW)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith("capstake: ")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_disk_that_fails_while_a_memo_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    memo = tmp_path / "memo.html"
    memo.write_text(OUTPUT)
    result = cs.value(cs.load(NEW), paths=64)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left on device"):
        cs.report(result, memo)
    assert memo.read_text() == OUTPUT
    assert [file.name for file in tmp_path.iterdir()] == ["memo.html"]
