"""Rules for every file of the repository that no other tool checks."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Left out when there is no git to ask, as in an unpacked source distribution.
GENERATED = {"build", "dist", "__pycache__", ".venv", ".cache"}

MAX_LINES = 400
CODE = {".cpp", ".hpp", ".inc", ".def", ".py", ".pyi"}
LONGER: dict[str, str] = {  # path: why it may be longer
    "python/capstake/_core.pyi": "written from the field tables",
    "tests/python/clause_cases.py": "a table: a case for every clause and field",
    "tests/python/reference_leg.py": "one walk through a leg's periods, in the order of its terms",
    "tests/python/test_wording.py": "a table: a sentence for every term",
}

UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X)\b")  # brackets: not found in this very file
MACHINE = re.compile(r"(?<![\w.~-])/(?:home|root|work)/|\b[A-Z]:\\Users\\")


def repository_files(root: Path) -> list[Path]:
    """Return what belongs to the repository: by git, or by walking where there is none."""
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={root}", "ls-files", "-z", "-co", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout.decode()
        paths = [root / name for name in listed.split("\0") if name]
    else:
        paths = [
            path
            for path in root.rglob("*")
            if not GENERATED.intersection(path.relative_to(root).parts)
            and not any(part.endswith(("_cache", ".egg-info")) for part in path.parts)
        ]
    return sorted(path for path in paths if path.is_file())


def text_of(path: Path) -> str:
    """Return a file's text, and nothing for a binary file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def faults(root: Path) -> list[str]:
    """Return one sentence for each broken rule below ``root``."""
    found = []
    for path in repository_files(root):
        name = path.relative_to(root).as_posix()
        lines = text_of(path).splitlines()
        for number, line in enumerate(lines, start=1):
            if UNFINISHED.search(line):
                found.append(f"{name}:{number}: unfinished: {line.strip()}")
            if MACHINE.search(line):
                found.append(f"{name}:{number}: path of one machine: {line.strip()}")
        if path.suffix in CODE and len(lines) > MAX_LINES and name not in LONGER:
            found.append(f"{name}: {len(lines)} lines, at most {MAX_LINES} without a reason")
    return found


def test_repository_keeps_its_rules():
    found = faults(ROOT)
    assert not found, "\n".join(found)


def test_no_reason_has_outlived_its_file():
    lengths = {name: len(text_of(ROOT / name).splitlines()) for name in LONGER}
    assert [name for name, length in lengths.items() if length <= MAX_LINES] == []


@pytest.mark.parametrize("with_git", [True, False])
def test_planted_faults_are_found(tmp_path, with_git):
    if with_git:
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a.md").write_text("see https://example.org/home/page and src/work/x\n")
    assert faults(tmp_path) == []

    unfinished, machine = "TO{}DO later".format(""), "at /{}/someone/x".format("home")
    (tmp_path / "b.txt").write_text(f"{unfinished}\n")
    (tmp_path / "c.toml").write_text(f"# {machine}\n")
    (tmp_path / "d.py").write_text("\n" * (MAX_LINES + 1))
    (tmp_path / "e.bin").write_bytes(b"\xff\xfe\x00")
    assert faults(tmp_path) == [
        f"b.txt:1: unfinished: {unfinished}",
        f"c.toml:1: path of one machine: # {machine}",
        "d.py: 401 lines, at most 400 without a reason",
    ]
