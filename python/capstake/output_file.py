"""Writing a file: whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, text: str, what: str) -> None:
    """Write a file beside its place and move it there; what was there before stays until then.

    A link is followed. What is no file, such as a terminal or a pipe, is written to as it is.

    Raises
    ------
    OSError
        It cannot be written; the message says what, such as ``the memo``.
    """
    try:
        place = Path(os.path.realpath(path))
        if place.exists() and not place.is_file():
            place.write_text(text, "utf-8")
        else:
            _write_beside(place, text)
    except OSError as error:
        reason = f"{what} cannot be written: {error.strerror or error}"
        raise OSError(error.errno, reason, str(path)) from None


def _write_beside(place: Path, text: str) -> None:
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(beside, place)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
