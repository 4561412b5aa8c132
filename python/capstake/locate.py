"""Where the keys of a deal file stand: key paths, as errors name them, to line numbers.

The parsers of TOML and JSON do not tell. A text that they accepted is read here once more, far
enough to follow its tables, inline tables and arrays; what its values are does not matter.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass

from capstake._core import join_path

__all__ = ["key_lines", "line_of"]

_TOKEN = re.compile(
    r"""
    (?P<text> \"{3} (?: \\. | [^\\] )*? \"{3} (?!") | '{3} .*? '{3} (?!')
            | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* ' )
  | (?P<comment> \#[^\n]* )
  | (?P<newline> \n )
  | (?P<sign> [][{}=:,] )
  | (?P<bare> [^][{}=:,.\s\#"']+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_LAST_KEY = re.compile(r'(?:\[\d+\]|\.?(?:"(?:\\.|[^"\\])*"|[\w-]+))$')
# Deeper keys have no errors of their own: a record nested so deeply is refused as a whole.
_DEEPEST = 65


def key_lines(text: str, *, is_json: bool = False) -> dict[str, int]:
    """Map the key paths of a text that its parser accepted to their lines.

    A table has the line of its header, or of its first key where it has none.
    """
    reader = _Reader(is_json)
    line = 1
    for token in _TOKEN.finditer(text):
        reader.take(token.lastgroup or "", token.group(), line)
        line += token.group().count("\n")
    return reader.implicit | reader.explicit


def line_of(path: str, lines: dict[str, int]) -> int | None:
    """Find the line of a key path, or of the nearest table above it."""
    while path and path not in lines:
        path = _LAST_KEY.sub("", path)
    return lines.get(path)


@dataclass
class _Open:
    """An inline table or an array that has not been closed yet."""

    path: str
    is_array: bool
    n_elements: int = 0

    @property
    def element(self) -> str:
        return f"{self.path}[{self.n_elements}]"


class _Reader:
    """Follows the tokens of a file, and notes the line of every key and array element."""

    def __init__(self, is_json: bool) -> None:
        self.explicit: dict[str, int] = {}
        self.implicit: dict[str, int] = {}  # tables that stand only in front of a dot
        self._is_json = is_json
        self._header = ""  # of the table that the statements belong to
        self._value = ""  # path of the value that is being read
        self._open: list[_Open] = []
        self._keys: list[str] = []
        self._is_key = not is_json  # whether a key is expected, or else a value

    def take(self, kind: str, token: str, line: int) -> None:
        """Take the next token, which begins on this line."""
        if kind == "newline":
            if not self._open and not self._is_json:
                self._expect_key()
        elif self._is_key:
            self._take_in_key(kind, token, line)
        elif kind != "comment":
            self._take_in_value(token, line)

    def _take_in_key(self, kind: str, token: str, line: int) -> None:
        if kind in ("text", "bare"):
            self._keys.append(self._unquoted(token))
        elif token in "=:":
            above = self._open[-1].path if self._open else self._header
            self._value = self._note(above, line)
            self._is_key = False
        elif token == "]" and self._keys:  # the end of a header; of [[...]] the first of its two
            self._header = self._note("", line)
            self._keys = []
        elif token == "}":
            self._close()

    def _take_in_value(self, token: str, line: int) -> None:
        array = self._open[-1] if self._open and self._open[-1].is_array else None
        is_too_deep = len(self._open) > _DEEPEST
        if array and token not in ("]", ",") and not is_too_deep:
            self._value = array.element
            self.explicit.setdefault(self._value, line)
        if token in ("{", "["):
            self._open.append(_Open(self._value, is_array=token == "["))
            if token == "{":
                self._expect_key()
        elif token in ("}", "]"):
            self._close()
        elif token == "," and array:
            array.n_elements += 1
        elif token == ",":
            self._expect_key()

    def _expect_key(self) -> None:
        self._is_key = True
        self._keys = []

    def _close(self) -> None:
        self._open.pop()
        self._is_key = False

    def _note(self, above: str, line: int) -> str:
        """Note the line of a dotted key below a path, and return its whole path."""
        path = above
        for key in self._keys[: max(_DEEPEST - len(self._open), 0)]:
            if path:
                self.implicit.setdefault(path, line)
            path = join_path(path, key)
        self.explicit.setdefault(path, line)
        return path

    def _unquoted(self, token: str) -> str:
        if token[0] not in "\"'":
            return token
        if self._is_json:
            key: str = json.loads(token)
            return key.encode(errors="replace").decode()  # half a character has no path
        return str(tomllib.loads(f"key = {token}")["key"])
