"""How a command ends: every error as a message and an exit code."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from capstake import json_record
from capstake.errors import CapstakeError, InputError

__all__ = ["EXIT_CODES", "errors_told", "exit_code", "print_json"]

EXIT_CODES = """
Exit codes: 0 done; 1 internal error or numerical failure; 2 wrong usage; 3 a deal or an argument
was refused; 5 a file is missing or cannot be written; 130 interrupted.
"""
_INTERNAL, _REFUSED, _FILE, _INTERRUPTED = 1, 3, 5, 130


@contextmanager
def errors_told(as_json: bool = False) -> Iterator[None]:
    """Turn every error into a message on standard error and the documented exit code."""
    try:
        yield
        _flush()
    except typer.Exit:
        raise
    except BrokenPipeError:
        # The reader has seen enough. The interpreter's own flush at its end must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(_FILE) from None
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough: the end is near
        if as_json:
            version = json_record.SCHEMA_VERSION
            print_json({"schema_version": version, "errors": _error_rows(error)})
        print(f"capstake: {_message(error)}", file=sys.stderr)
        raise typer.Exit(exit_code(error)) from None


def _flush() -> None:
    """Write everything out while a full disk can still be reported."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    sys.stdout.flush()


def _message(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, MemoryError):
        return "out of memory"
    if isinstance(error, ModuleNotFoundError):
        return f"needs the package {error.name}, which is not installed"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, CapstakeError | OSError):
        return str(error) or type(error).__name__
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return f"internal error, please report it: {type(error).__name__}: {error} ({where})"


def _error_rows(error: BaseException) -> list[dict[str, Any]]:
    kind = type(error).__name__
    if isinstance(error, InputError):
        return [
            {"type": kind, "message": str(issue), "file": error.file, **vars(issue)}
            for issue in error.issues
        ]
    return [{"type": kind, "message": _message(error)}]


def exit_code(error: BaseException) -> int:
    """Return the documented exit code of an error."""
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED
    if isinstance(error, OSError):
        return _FILE
    if isinstance(error, InputError):
        missing = any(issue.rule.startswith("cannot be read") for issue in error.issues)
        return _FILE if missing else _REFUSED
    return _INTERNAL


def print_json(record: dict[str, Any]) -> None:
    """Print a record on standard output."""
    # In ASCII, so that neither the terminal's encoding nor a broken file name can spoil it.
    print(json.dumps(record, indent=2, allow_nan=False))
