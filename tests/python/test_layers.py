"""The layers of the C++ core: who may include whom, read off the ``#include`` lines."""

import re
from pathlib import Path

import pytest

CPP = Path(__file__).parents[2] / "cpp"

ENGINE = ["base", "math", "graph", "random", "program", "simulate"]
DOMAIN = [
    "base",
    "graph",
    "fields",
    "schedule",
    "formula",
    "revenue",
    "contract",
    "equity",
    "deal",
]

# Every folder of cpp/ with the folders it may include besides itself. The engine (first block)
# knows no dates and no money, the domain (second block) no random numbers, threads or instruction
# sets: they meet in the graph.
ALLOWED: dict[str, list[str]] = {
    "base": [],
    "math": ["base"],
    "graph": ["base", "math"],
    "random": ["base", "math"],
    "program": ["base", "math", "graph", "random"],
    "simulate": ["base", "math", "graph", "random", "program"],
    #
    "fields": DOMAIN[:2],
    "schedule": DOMAIN[:3],
    "formula": DOMAIN[:4],
    "revenue": DOMAIN[:5],
    "contract": DOMAIN[:6],
    "equity": DOMAIN[:7],
    "deal": DOMAIN[:8],
    #
    "value": [*ENGINE, *DOMAIN],
    "bind": [*ENGINE, *DOMAIN, "value"],
}

# A kernel file is compiled for one instruction set. An inline function from a standard header
# may become the copy that the linker keeps for the whole module, so these are all it may see.
KERNEL_SYSTEM = {"cstdint", "cstddef"}

SUFFIXES = {".cpp", ".def", ".h", ".hpp", ".inc"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def includes(file: Path) -> tuple[list[str], list[str]]:
    """Return the quoted and the angled includes of one file."""
    found = INCLUDE.findall(file.read_text(encoding="utf-8"))
    return [quoted for quoted, _ in found if quoted], [angled for _, angled in found if angled]


def violations(cpp: Path) -> list[str]:
    """Return one sentence for each broken rule below the folder ``cpp``."""
    faults = []
    for file in sorted(f for f in cpp.rglob("*") if f.suffix in SUFFIXES):
        name = file.relative_to(cpp).as_posix()
        folder = name.split("/")[0]
        if folder not in ALLOWED:
            faults.append(f"{name}: its folder is not in the table of layers")
            continue
        quoted, angled = includes(file)
        for target in quoted:
            if not (cpp / target).is_file():
                faults.append(f'{name}: "{target}" is not a path below cpp/')
            elif target.split("/")[0] not in [folder, *ALLOWED[folder]]:
                faults.append(f'{name}: {folder}/ must not include "{target}"')
        faults += [
            f"{name}: only bind/ may include <{target}>"
            for target in angled
            if target.startswith("pybind11/") and folder != "bind"
        ]
    return faults + kernel_violations(cpp)


def kernel_violations(cpp: Path) -> list[str]:
    """Follow the includes of the kernel files and return what they must not see."""
    start = [*(cpp / "program").glob("kernels_*.cpp"), cpp / "program/kernels_impl.inc"]
    waiting = sorted(file for file in start if file.is_file())
    seen = set(waiting)
    faults = []
    while waiting:
        file = waiting.pop()
        quoted, angled = includes(file)
        faults += [
            f"{file.relative_to(cpp).as_posix()}: seen by a kernel, must not include <{target}>"
            for target in angled
            if target not in KERNEL_SYSTEM
        ]
        new = {cpp / target for target in quoted if (cpp / target).is_file()} - seen
        seen |= new
        waiting += sorted(new)
    return faults


def test_every_include_is_allowed():
    found = violations(CPP)
    assert not found, "\n".join(found)


def test_table_has_no_folder_that_is_gone():
    assert [folder for folder in ALLOWED if not (CPP / folder).is_dir()] == []


@pytest.mark.parametrize(
    ("path", "line", "fault"),
    [
        ("graph/bad.hpp", '#include "deal/deal.hpp"', 'graph/ must not include "deal/deal.hpp"'),
        ("simulate/bad.cpp", '#include "schedule/date.hpp"', 'must not include "schedule/'),
        ("deal/bad.cpp", '  #  include "random/draws.hpp"', 'must not include "random/draws.hpp"'),
        ("deal/bad.cpp", '#include "lower.hpp"', '"lower.hpp" is not a path below cpp/'),
        ("helpers/bad.hpp", "", "its folder is not in the table"),
        ("bad.hpp", "", "its folder is not in the table"),
        ("value/bad.cpp", "#include <pybind11/pybind11.h>", "only bind/ may include <pybind11/"),
        ("program/kernels_avx2.cpp", "#include <span>", "must not include <span>"),
        ("math/exp_log.hpp", "#include <cmath>", "exp_log.hpp: seen by a kernel, must not include"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, path, line, fault):
    good = {
        "schedule/date.hpp": "",
        "random/draws.hpp": "#include <vector>",
        "deal/deal.hpp": '#include "schedule/date.hpp"',
        "math/exp_log.hpp": "#include <cstdint>",
        "program/kernels_avx2.cpp": '#include "program/kernels_impl.inc"',
        "program/kernels_impl.inc": '#include "math/exp_log.hpp"',
        "bind/module.cpp": '#include <pybind11/pybind11.h>\n#include "deal/deal.hpp"',
    }
    for name, text in good.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert violations(tmp_path) == []

    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(line)
    (found,) = violations(tmp_path)
    assert fault in found
