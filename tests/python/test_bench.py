"""The benchmark runs and prints. What it measures is not looked at: machines differ."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "bench" / "bench_engine.py"

pytestmark = [pytest.mark.bench, pytest.mark.slow]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=300
    )


def test_every_section_prints():
    done = run("--quick")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    for section in ("speed", "threads", "sensitivities", "rqmc", "deals", "memory"):
        at = lines.index(section)
        assert lines[at + 1].startswith("  "), section


def test_values_are_the_exact_one_within_their_errors():
    done = run("speed", "--quick")
    rows = [line.split() for line in done.stdout.splitlines() if line.endswith((" ms", " -"))]
    assert len(rows) >= 8
    for row in rows:
        if row[0] != "QuantLib":
            distance = row[-3] if row[-1] == "ms" else row[-2]
            # Fixed seeds, so a bound that always holds or never: five standard errors.
            assert abs(float(distance)) < 5, row


def test_a_section_that_does_not_exist_is_named():
    done = run("sped", "--quick")
    assert done.returncode == 2
    assert "no such section: sped" in done.stderr
