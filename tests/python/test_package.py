"""The package as it is installed: its files, its imports, its documentation and its examples."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import metadata, resources
from typing import Any

import pytest

import capstake as cs

MODULES = sorted(
    info.name
    for info in pkgutil.iter_modules(cs.__path__, "capstake.")
    if "__main__" not in info.name
)
HEAVY = ["matplotlib", "pandas", "typer", "rich", "jinja2", "scipy", "openpyxl", "IPython"]


def python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_package_data():
    package = resources.files("capstake")
    files = {entry.name for entry in package.iterdir()}
    assert {"py.typed", "_core.pyi", "deals", "templates"} <= files
    assert sorted(f.name for f in (package / "deals").iterdir() if f.name.endswith(".toml")) == [
        f"{name}.toml" for name in sorted(cs.bundled_deals())
    ]
    assert (package / "templates" / "memo.html.j2").is_file()


def test_bundled_deals_load():
    for name, path in cs.bundled_deals().items():
        assert cs.load(name) == cs.load(path) == cs.load(str(path))


def test_version():
    assert cs.__version__ == cs.build_info()["version"]
    try:
        installed = metadata.version("capstake")
    except metadata.PackageNotFoundError:
        pytest.skip("not installed by pip")
    assert installed == cs.__version__


def test_import_takes_nothing_heavy():
    loaded = python("import sys, capstake; print(*sys.modules)").split()
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_be_imported_first(name: str):
    python(f"import {name}")


# Value, compare and show without the packages that only plots and memos need.
WITHOUT = """
import sys

for name in sys.argv[1:]:
    sys.modules[name] = None

import capstake as cs

old, new = cs.load("microsoft_openai_2025_10"), cs.load("microsoft_openai_2026_04")
compared = cs.compare(old, new, paths=64)
compared.new._repr_html_(), repr(compared), compared.to_dict()
print("valued")
for call in (
    lambda: compared.new["microsoft"].plot(),
    lambda: cs.report(compared, "never.html"),
):
    try:
        call()
    except ImportError as error:
        print(error.name)
"""


@pytest.mark.parametrize("missing", ["matplotlib", "pandas"])
def test_without(missing: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    said = python(WITHOUT, missing, f"{missing}.figure").split()
    assert said[0] == "valued"
    if missing == "matplotlib":
        assert len(said) == 3
        assert all("matplotlib" in line for line in said[1:])
        assert list(tmp_path.iterdir()) == []


def public_members() -> dict[str, Any]:
    found = {}
    for name in cs.__all__:
        held = getattr(cs, name)
        found[name] = held
        for key in vars(held) if inspect.isclass(held) else ():
            is_field = name in FIELDS and key in FIELDS[name]  # of a dataclass: in its docstring
            if not key.startswith("_") and not is_field:
                found[f"{name}.{key}"] = getattr(held, key)
    return found


FIELDS = {
    name: getattr(cs, name).__dataclass_fields__
    for name in cs.__all__
    if hasattr(getattr(cs, name), "__dataclass_fields__")
}
MEMBERS = public_members()


@pytest.mark.parametrize("name", MEMBERS)
def test_documented(name: str):
    text = inspect.getdoc(MEMBERS[name])
    assert text, f"{name} has no docstring"
    assert re.match(r"[^.]*.*\.$", text.split("\n\n")[0], re.DOTALL), f"{name}: no first sentence"


def test_what_modules_offer():
    assert set(cs.__all__) <= set(dir(cs))
    for name in MODULES:
        module = importlib.import_module(name)
        assert module.__doc__, name
        offered = getattr(module, "__all__", [])
        assert [key for key in offered if not hasattr(module, key)] == [], name
        assert offered or name == "capstake._core", f"{name} has no __all__"


@pytest.mark.parametrize("name", ["capstake", *MODULES])
def test_examples(name: str):
    """Every example in a docstring gives what it says."""
    module = importlib.import_module(name)
    names = {key: getattr(cs, key) for key in cs.__all__}
    failed, _ = doctest.testmod(module, extraglobs=names, optionflags=doctest.ELLIPSIS)
    assert failed == 0


def test_examples_of_the_domain_types():
    """Their docstrings are made at import, where doctest does not look by itself."""
    names = {key: getattr(cs, key) for key in cs.__all__}
    finder = doctest.DocTestFinder()
    runner = doctest.DocTestRunner()
    for name in cs.__all__:
        if inspect.isclass(names[name]) and names[name].__module__ == "capstake":
            for test in finder.find(names[name], name, module=False, globs=dict(names)):
                runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
    assert runner.tries >= 2
