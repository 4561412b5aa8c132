"""The command line called within the process of the tests."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from bad_deals import WILD
from capstake import cli

DONE, INTERNAL, USAGE, REFUSED, FILE = 0, 1, 2, 3, 5
NEW, OLD = "microsoft_openai_2026_04", "microsoft_openai_2025_10"
FEW = ("--paths", "512", "-q")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.app, list(arguments))
    assert "Traceback" not in result.output
    if result.exception is not None:
        assert isinstance(result.exception, SystemExit), result.exception
    return result


def wild_deal(tmp_path: Path) -> str:
    file = tmp_path / "wild.json"
    file.write_text(json.dumps(WILD), "utf-8")
    return str(file)
