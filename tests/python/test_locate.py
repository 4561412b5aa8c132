"""The lines of keys: every layout that TOML allows, by hand and by Hypothesis; and JSON."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstake import locate
from capstake._core import join_path

# (text, {path: line}); a path that is not noted takes the line of the nearest table above it.
LAYOUTS: dict[str, tuple[str, dict[str, int | None]]] = {
    "plain": ("a = 1\nb = 2\n\n[t]\nc = 3", {"a": 1, "b": 2, "t": 4, "t.c": 5, "t.x.y": 4}),
    "nowhere": ("a = 1\n[t]\n", {"b": None, "c.d": None, "": None}),
    "windows": ("a = 1\r\n\r\n[t]\r\nb = 2\r\n", {"a": 1, "t": 3, "t.b": 4}),
    "feeds": ('a = "\u2028"\n# \u0085\nb = 1', {"b": 3}),
    "dotted": ("a.b.c = 1\na.d = 2\n[t]\ne.f = 3", {"a": 1, "a.b": 1, "a.d": 2, "t.e.f": 4}),
    "spaced": (" a . b\t= 1\n[ t . u ]\nc=2", {"a.b": 1, "t": 2, "t.u": 2, "t.u.c": 3}),
    "quoted": ('"a b" = 1\n\'c.d\'.e = 2\n["t]".u]\n"#" = 3\n"=" = 4',
               {'"a b"': 1, '"c.d".e': 2, '"t]".u': 3, '"t]".u."#"': 4, '"t]".u."="': 5}),
    "escaped": ('"\\u0061\\"" = 1\n"\\U0001F600" = 2\n"" = 3',
                {'"a\\""': 1, '"😀"': 2, '""': 3}),
    "inline": ("a = {b = 1, c = {d = 2}}\ne = 1", {"a.b": 1, "a.c.d": 1, "a.x": 1, "e": 2}),
    "inline dotted": ("a = {b.c = 1, 'd' = 2}", {"a.b": 1, "a.b.c": 1, "a.d": 1}),
    "empty": ("a = {}\nb = []\nc = [{}, []]\nd = 1", {"a": 1, "b": 2, "c[1]": 3, "d": 4}),
    "list": ("a = [\n  1, # one\n\n  2,\n]\nb = 1", {"a": 1, "a[0]": 2, "a[1]": 4, "b": 6}),
    "list of lists": ("a = [[1,\n 2], [\n3]]", {"a[0]": 1, "a[0][1]": 2, "a[1]": 2, "a[1][0]": 3}),
    "tables in a list": ("a = [\n{b = 1},\n{b = 2, c = [\n3]}]\nd = 1",
                         {"a[0].b": 2, "a[1].b": 3, "a[1].c[0]": 4, "a[1].d": 3, "d": 5}),
    "keys in a list": ('a = [\n  "b = 1",\n  "[t]",\n]\nb = 2\n[t]', {"b": 5, "t": 6}),
    "keys in a text": ('a = """\nb = 1\n[t]\n"""\nb = 2\n[t]\nc = 3', {"b": 5, "t": 6, "t.c": 7}),
    "keys in a literal": ("a = '''\nb = 1 \"\"\"\n'''\nb = 2", {"b": 4}),
    "quotes in a text": ('a = """x""y"""""\nb = """"z"""\nc = """\\""""\nd = 4',
                         {"a": 1, "b": 2, "c": 3, "d": 4}),
    "text in a list": ('a = ["""\n,\n""", 2,\n3]', {"a[0]": 1, "a[1]": 3, "a[2]": 4}),
    "comments": ("# a = 1\na = 1 # b = 2 [t]\n# [t]\n[u] # c = 1 '''\nc = 1 # \"\"\"\nd = 2",
                 {"a": 2, "b": None, "t": None, "u": 4, "u.c": 5, "u.d": 6}),
    "comment in a list": ("a = [ # ]\n 1, # x = 2\n]\nx = 3", {"a[0]": 2, "x": 4}),
    "signs in a text": ("a = '= [ { # \"'\nb = \"\\\" = [\"\nc = 1", {"a": 1, "b": 2, "c": 3}),
    "values": ("a = 2026-01-01T07:30:00.5Z\nb = 1.5e-3\nc = 07:30:00\nd = -inf\ne = 1_000",
               {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}),
    "date keys": ("a = {2026-01-01 = 1, 2027 = 2}\n2026 = 1",
                  {"a.2026-01-01": 1, "a.2027": 1, "2026": 2}),
    "late header": ("[a.b]\nc = 1\n[a]\nd = 2", {"a": 3, "a.b": 1, "a.x": 3}),
    "header of a child": ("[a.b]\nc = 1", {"a": 1, "a.x": 1}),
    "tables by header": ("[[a]]\nb = 1\n[[a]]\nb = 2", {"a": 1, "a.b": 2, "a[1]": 1}),
    "lookalikes": ("[a]\nbc = 1\nb = 2\n[ab]\nc = 3", {"a.b": 3, "ab.c": 5}),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str):
    text, lines = LAYOUTS[name]
    tomllib.loads(text)  # or the row itself is wrong
    found = locate.key_lines(text)
    assert {path: locate.line_of(path, found) for path in lines} == lines


def test_json():
    text = """
{
  "a": 1, "b": {"c":
    [1,
     {"d.e": 2}],
  "f": "{\\"g\\": 1,\\n"}, "":
  {}, "g": null
}"""
    json.loads(text)
    found = locate.key_lines(text, is_json=True)
    expected = {
        "a": 3, "b": 3, "b.c": 3, "b.c[0]": 4, "b.c[1]": 5, 'b.c[1]."d.e"': 5, "b.f": 6, '""': 6,
        "g": 7, "x": None, "b.x": 3,
    }  # fmt: skip
    assert {path: locate.line_of(path, found) for path in expected} == expected


def test_deep_keys_take_little():
    text = ".".join(["a"] * 63) + " = {" + ".".join(["b"] * 2000) + " = 1}"
    assert len(locate.key_lines(text)) < 200
    for opening, closing in (('{"a":', "}"), ("[", "]"), ('[{"a":', "}]")):
        text = '{"a":' + opening * 10**4 + "1" + closing * 10**4 + "}"
        found = locate.key_lines(text, is_json=True)
        assert sum(map(len, found)) < 20_000


KEYS = st.text(st.sampled_from("ab-_1 .=[]{}#\"\\'é😀\t,:"), max_size=6)
SCALARS = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.text(st.sampled_from("ab=[]{}#\"'\\,:. \n"), max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


class Writer:
    """Writes TOML in every layout it may have, and keeps the line of each key."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[str, int] = {}

    def chance(self) -> bool:
        return self.draw(st.booleans())

    def put(self, text: str) -> None:
        self.text += text

    def note(self, path: str) -> None:
        self.lines[path] = self.text.count("\n") + 1

    def key(self, key: str) -> None:
        if key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key) and self.chance():
            self.put(key)
        elif "'" not in key and "\t" not in key and self.chance():
            self.put(f"'{key}'")
        else:
            self.put(json.dumps(key, ensure_ascii=self.chance() and key.isascii()))

    def gap(self) -> None:
        """Space inside a list, where lines may end."""
        self.put(self.draw(st.sampled_from(["", " ", "\n", " # [x] = {\n", "\r\n\t"])))

    def scalar(self, value: Any) -> None:
        if isinstance(value, bool):
            self.put(str(value).lower())
        elif isinstance(value, str) and "'" not in value and "\n" not in value and self.chance():
            self.put(f"'{value}'")
        elif isinstance(value, str) and self.chance():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            self.put(f'"""\n{escaped}"""')
        else:
            self.put(json.dumps(value))

    def value(self, value: Any, path: str) -> None:
        if isinstance(value, dict):
            self.put("{")
            for i, (key, held) in enumerate(value.items()):
                self.put(", " if i else " ")
                self.pair(key, held, path)
            self.put(" }")
        elif isinstance(value, list):
            self.put("[")
            for i, held in enumerate(value):
                self.gap()
                self.note(f"{path}[{i}]")
                self.value(held, f"{path}[{i}]")
                self.put(",")
            self.gap()
            self.put("]")
        else:
            self.scalar(value)

    def pair(self, key: str, value: Any, above: str) -> None:
        path = join_path(above, key)
        self.note(path)
        self.key(key)
        self.put(" = ")
        self.value(value, path)

    def table(self, table: dict[str, Any], path: str, header: list[str]) -> None:
        below = {
            k: v
            for k, v in table.items()
            if isinstance(v, dict) and len(header) < 3 and self.chance()
        }
        for key, held in table.items():
            if key not in below:
                self.pair(key, held, path)
                self.put(self.draw(st.sampled_from(["\n", " # a = [\n", "\n\n# [t]\n"])))
        for key, held in below.items():
            self.note(join_path(path, key))
            self.put("[")
            for i, part in enumerate([*header, key]):
                self.put(" . " if i else "")
                self.key(part)
            self.put("]\n")
            self.table(held, join_path(path, key), [*header, key])


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_every_key_of_any_text_is_found(record: dict[str, Any], data: st.DataObject):
    writer = Writer(data.draw)
    writer.table(record, "", [])
    assert tomllib.loads(writer.text) == record
    assert locate.key_lines(writer.text) == writer.lines


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_key_of_any_json_is_found(record: dict[str, Any]):
    """Indented JSON has a line for each key and element, in order."""
    text = json.dumps(record, indent=1)
    found = locate.key_lines(text, is_json=True)
    assert found.keys() == set(paths_of(record, ""))
    lines = [found[path] for path in paths_of(record, "")]
    assert lines == sorted(lines)
    for path, line, key in zip(paths_of(record, ""), lines, keys_of(record), strict=True):
        assert key is None or text.split("\n")[line - 1].lstrip().startswith(json.dumps(key)), path


def paths_of(value: Any, path: str) -> list[str]:
    if isinstance(value, dict):
        below = [(join_path(path, key), held) for key, held in value.items()]
    elif isinstance(value, list):
        below = [(f"{path}[{i}]", held) for i, held in enumerate(value)]
    else:
        below = []
    return [p for name, held in below for p in (name, *paths_of(held, name))]


def keys_of(value: Any) -> list[str | None]:
    if isinstance(value, dict):
        return [k for key, held in value.items() for k in (key, *keys_of(held))]
    if isinstance(value, list):
        return [k for held in value for k in (None, *keys_of(held))]
    return []
