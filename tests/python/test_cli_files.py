"""Files that the command line writes: whole, in their place, or not at all."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from pathlib import Path

import pytest

import capstake as cs
from capstake import cli
from command_line import DONE, FEW, FILE, INTERNAL, NEW, OLD, REFUSED, run, wild_deal


def test_a_schema_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "deal.schema.json"
    assert run("schema", "-o", str(file)).exit_code == DONE
    assert json.loads(file.read_text("utf-8")) == cs.schema()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file.write_text("an older schema")
    monkeypatch.setattr(os, "replace", fail)
    result = run("schema", "-o", str(file))
    assert (result.exit_code, result.stdout) == (FILE, "")
    assert "the schema cannot be written: No space left on device" in result.stderr
    assert file.read_text() == "an older schema"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_is_written_through(tmp_path: Path):
    (tmp_path / "there").mkdir()
    link, file = tmp_path / "link.json", tmp_path / "there" / "schema.json"
    link.symlink_to(file)
    assert run("schema", "-o", str(link)).exit_code == DONE
    assert link.is_symlink()
    assert json.loads(file.read_text("utf-8")) == cs.schema()


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path):
    pipe, copy = tmp_path / "pipe", tmp_path / "copy"
    os.mkfifo(pipe)
    # The reader's copy goes to a file: a pipe that nobody reads meanwhile would fill up.
    with copy.open("wb") as file, subprocess.Popen(["cat", pipe], stdout=file):
        assert run("schema", "-o", str(pipe)).exit_code == DONE
    assert json.loads(copy.read_text("utf-8")) == cs.schema()
    assert pipe.is_fifo()


@pytest.mark.parametrize("place", ["none/x.json", ".", ""])
def test_schemas_that_cannot_be_written(tmp_path: Path, place: str):
    result = run("schema", "-o", str(tmp_path / place))
    assert (result.exit_code, result.stdout) == (FILE, "")
    assert result.stderr.startswith("capstake: ")
    assert list(tmp_path.iterdir()) == []


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


@pytest.mark.parametrize("place", ["none/memo.html", "memo.pdf"])
def test_nothing_is_run_for_a_memo_that_has_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
):
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a run began")

    monkeypatch.setattr(cli.run, "value", fail)
    monkeypatch.setattr(cli.run, "compare", fail)
    result = run("report", "-o", str(tmp_path / place), *FEW)
    assert result.exit_code in (FILE, REFUSED)
    assert "a run began" not in result.stderr


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
