"""The package as it is installed: its files, its imports, its documentation and its examples."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
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
    assert len(cs.bundled_deals()) == 2
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


def test_every_module_can_be_imported_first():
    for name in MODULES:
        python(f"import {name}")


# Value, compare and show without the packages that only plots and memos need.
WITHOUT = """
import sys

for name in sys.argv[1:]:
    sys.modules[name] = None

import capstake as cs

old, new = (cs.load(name) for name in sorted(cs.bundled_deals()))
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


def public_members() -> list[tuple[str, Any]]:
    found = []
    for name in cs.__all__:
        held = getattr(cs, name)
        found.append((name, held))
        if inspect.isclass(held):
            found += [
                (f"{name}.{key}", member)
                for key, member in vars(held).items()
                if not key.startswith("_")
                and (callable(member) or inspect.isdatadescriptor(member))
                and not inspect.ismemberdescriptor(member)
            ]
    return found


@pytest.mark.parametrize(
    ("name", "held"), public_members(), ids=lambda x: x if type(x) is str else ""
)
def test_documented(name: str, held: Any):
    text = inspect.getdoc(held)
    assert text, f"{name} has no docstring"
    assert text.split("\n\n")[0].rstrip().endswith("."), f"{name}: its first sentence has no end"


def test_all_is_sorted_and_complete():
    assert list(cs.__all__) == sorted(cs.__all__)
    for name in MODULES:
        module = importlib.import_module(name)
        if name == "capstake._core":
            continue
        assert module.__doc__, name
        assert sorted(module.__all__, key=str.lower) == sorted(set(module.__all__), key=str.lower)
        assert [key for key in module.__all__ if not hasattr(module, key)] == [], name


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
