"""Deal files: TOML or JSON text to a checked Deal.

Every error is reported at once, each with file, line, key path, value, rule and, for a misspelt
key, the nearest valid one.
"""

from __future__ import annotations

import json
import re
import stat
import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from capstake._core import Deal
from capstake.errors import InputError, Issue
from capstake.locate import key_lines, line_of

__all__ = ["LARGEST_FILE", "bundled_deals", "load", "loads"]

# A deal is read by people; the largest bundled one has some 12 kB.
LARGEST_FILE = 4 * 1024 * 1024
# The parser's time and memory grow with the square of the parts of a dotted key.
_MANY_DOTS = re.compile(
    r"""(?<![\w-]) (?: (?: [\w-]++ | "[^"\n]*+" | '[^'\n]*+' ) [ \t]*+ \. [ \t]*+ ){64}""",
    re.VERBOSE | re.ASCII,
)


def bundled_deals() -> dict[str, Path]:
    """List the deal files that come with the package, by name.

    Returns
    -------
    dict of str to Path
        For example ``microsoft_openai_2026_04``.

    Examples
    --------
    >>> sorted(bundled_deals())[:2]
    ['adaptive_orbimed', 'ascendis_rpi']
    """
    folder = Path(str(resources.files("capstake"))) / "deals"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load(path: str | Path) -> Deal:
    """Load a deal file.

    Parameters
    ----------
    path
        A ``.toml`` or ``.json`` file, or the name of a bundled deal.

    Returns
    -------
    Deal
        Checked and immutable.

    Raises
    ------
    InputError
        The file cannot be read or holds anything that is not allowed; with all issues at once.

    Examples
    --------
    >>> load("microsoft_openai_2026_04").currency
    'USD'
    """
    known = bundled_deals()
    file = known[str(path)] if str(path) in known else Path(path)
    return loads(_read_text(file), file=str(file), is_json=file.suffix.lower() == ".json")


def loads(text: str, *, file: str = "<text>", is_json: bool = False) -> Deal:
    """Load a deal from text.

    Parameters
    ----------
    text
        TOML, or JSON with the same keys.
    file
        Name to use in errors.
    is_json
        Whether the text is JSON.

    Raises
    ------
    InputError
        With all issues at once.
    """
    record = _parse_json(text, file) if is_json else _parse_toml(text, file)
    try:
        return Deal.from_record(record)
    except InputError as error:
        lines = key_lines(text, is_json=is_json)
        located = [replace(issue, line=line_of(issue.path, lines)) for issue in error.issues]
        located.sort(key=lambda issue: issue.line or 0)
        raise InputError(located, file) from None


def _read_bytes(file: Path) -> bytes:
    # Opening a pipe would wait for its writer, and a device may never end.
    if not stat.S_ISREG(file.stat().st_mode) and not file.is_dir():
        raise OSError("is not a regular file")
    with file.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)


def _read_text(file: Path) -> str:
    try:
        content = _read_bytes(file)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", str(file)) from None
    except ValueError as error:
        raise InputError(f"is no file name: {error}", repr(str(file))) from None
    if len(content) > LARGEST_FILE:
        raise InputError("is too large: a deal file may have at most 4 MiB", str(file))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not a text file in UTF-8: byte {error.start} is not valid", str(file)
        ) from None
    if not text.strip():
        raise InputError("is empty", str(file))
    return text


def _first_clause(error: Exception) -> str:
    return str(error).partition(";")[0]


def _parse_toml(text: str, file: str) -> dict[str, Any]:
    if _MANY_DOTS.search(text):
        raise InputError("is nested too deeply", file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = re.search(r"\(at line (\d+), column \d+\)", message)
        line = int(at.group(1)) if at else None
        raise InputError([Issue("", f"is not valid TOML: {message}", line=line)], file) from None
    except ValueError as error:  # a number of more digits than Python converts
        raise InputError(f"is not valid TOML: {_first_clause(error)}", file) from None
    except RecursionError:
        raise InputError("is nested too deeply", file) from None


def _parse_json(text: str, file: str) -> dict[str, Any]:
    def refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for key, held in pairs:
            if key in record:
                raise InputError(f"is not valid JSON: the key {key!r} stands twice", file)
            record[key] = held
        return record

    try:
        record = json.loads(text, object_pairs_hook=refuse_twins)
    except json.JSONDecodeError as error:
        message = f"is not valid JSON: {error.msg} (at column {error.colno})"
        raise InputError([Issue("", message, line=error.lineno)], file) from None
    except InputError:
        raise
    except ValueError as error:  # a number of more digits than Python converts
        raise InputError(f"is not valid JSON: {_first_clause(error)}", file) from None
    except RecursionError:
        raise InputError("is nested too deeply", file) from None
    if not isinstance(record, dict):
        raise InputError("must hold a table of keys at the top", file)
    return record
