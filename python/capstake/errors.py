"""The one exception hierarchy of capstake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "CancelledError",
    "CapstakeError",
    "FormulaError",
    "InputError",
    "Issue",
    "NumericalError",
    "RepairedCorrelationWarning",
]


@dataclass(frozen=True)
class Issue:
    """One thing wrong with an input.

    Attributes
    ----------
    path
        Key path of the field, such as ``legs.microsoft_share.rate``; empty for the whole file.
    rule
        The rule that is broken, such as ``must be between 0 and 1``.
    got
        The value that was found; empty where there is none.
    hint
        What to write instead, or the nearest valid key; empty where there is none.
    line
        Line of the deal file, counted from 1; None where there is no file.
    """

    path: str
    rule: str
    got: str = ""
    hint: str = ""
    line: int | None = None

    def __str__(self) -> str:
        """Say the issue in one line."""
        text = f"{self.path}: {self.rule}" if self.path else self.rule
        if self.got:
            text += f", got {self.got}"
        if self.hint:
            text += f" ({self.hint})"
        return text


class CapstakeError(Exception):
    """What every error of capstake can be caught as."""


class InputError(CapstakeError, ValueError):
    """Input that was refused: a deal, a file or an argument, with all its issues at once.

    Attributes
    ----------
    issues : tuple of Issue
        Everything that is wrong.
    file : str or None
        The deal file, where there is one.
    """

    def __init__(
        self, issues: Sequence[Issue | tuple[str, str, str, str]] | str, file: str | None = None
    ) -> None:
        if isinstance(issues, str):
            issues = [Issue("", issues)]
        self.issues = tuple(i if isinstance(i, Issue) else Issue(*i) for i in issues)
        self.file = file
        super().__init__(self.message())

    def message(self) -> str:
        """Say all issues, one a line, each with its file and line."""
        return "\n".join(self._place(issue) + str(issue) for issue in self.issues)

    def _place(self, issue: Issue) -> str:
        if self.file is None:
            return ""
        return f"{self.file}:{issue.line}: " if issue.line is not None else f"{self.file}: "

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Issue, ...], str | None]]:
        """Pickle by the issues, not by the message."""
        return InputError, (self.issues, self.file)


class FormulaError(CapstakeError, TypeError):
    """An operation that formulas do not have, such as ``==`` or a truth value."""


class RepairedCorrelationWarning(UserWarning):
    """A deal's correlations are such that no draws can have; the nearest possible ones are used."""


class NumericalError(CapstakeError, ArithmeticError):
    """The mathematics went wrong on accepted input, for example paths that are not finite."""


class CancelledError(CapstakeError):
    """A run was stopped before it was done."""
