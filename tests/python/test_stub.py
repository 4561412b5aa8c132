"""The type stub is what the field tables make of it, and types and stub agree with the module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from capstake import records

ROOT = Path(__file__).parents[2]
STUB = ROOT / "python" / "capstake" / "_core.pyi"
MARKER = "# Written from the field tables:\n"


def checked(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *command], cwd=ROOT, capture_output=True, text=True
    )


def test_the_stub_is_current():
    """If not: write what `python -m capstake.records` prints below the marker in _core.pyi."""
    _, marker, generated = STUB.read_text("utf-8").partition(MARKER)
    assert marker
    assert generated == records.stub_text()


def test_the_module_prints_the_stub():
    done = checked("-m", "capstake.records")
    assert (done.returncode, done.stdout, done.stderr) == (0, records.stub_text(), "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["mypy", "--strict", "python/capstake"],
        ["mypy.stubtest", "capstake._core", "--mypy-config-file", "pyproject.toml"],
    ],
    ids=lambda command: command[0],
)
def test_types(command: list[str]):
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
