"""Sensitivities: the derivative of every value by every number of a deal, from one run."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from capstake import _core
from capstake._core import CancelToken, Deal, Number
from capstake.errors import InputError, Issue
from capstake.estimates import Estimate
from capstake.progress import Progress, default_progress
from capstake.settings import checked_deal, checked_settings
from capstake.tables import Table
from capstake.valuation import hash_of, money_unit

__all__ = ["SecondSensitivity", "Sensitivities", "Sensitivity", "sensitivities"]

DEFAULT_PATHS = 2**17

# Position, field differentiated by first, field, at, derivative and error, method, bias and error.
_Row = tuple[str, str, str, float, float, float, str, float, float]


@dataclass(frozen=True)
class Sensitivity:
    """The derivative of one value by one number of the deal.

    Attributes
    ----------
    position : str
        Leg, stake or party whose value is differentiated.
    field : str
        Key path of the number, such as ``legs.microsoft_share.cap``; arguments of an uncertain
        number have names of their own, such as ``legs.x.cap.mode``.
    at : float
        The number's value.
    derivative : Estimate
        Money per unit of the number. Its standard error comes from replicates of Sobol points, or
        from groups of plain paths; of a smoothed derivative it includes the part of the bias beyond
        two of the bias's own errors. NaN where there is no method.
    range : (float, float) or None
        The number's range in the deal.
    method : str
        ``pathwise``, or past a jump of the value: ``integrated`` (the event that it comes with is
        integrated out), ``conditioned`` (the jump gave way to its probability one draw ahead, or
        was taken where its uniform draw turns it, or the value gave way to its sum over both sides
        of the jump, the place between them solved for),
        ``score`` (by the likelihood ratio of an event's time),
        ``smoothed`` (the jump is spread, in the derivative alone), or ``jump``: none of these
        accounts for it, and there is no derivative; so it is for a forecast's figure of 0 before
        its launch, as any other figure would be the launch from which growth is counted.
        ``unbounded``: the value does not jump, but no
        finite number is its slope there, as at a correlation of 1.
    bias : Estimate or None
        Of a smoothed derivative: by how much it changes when the jump is spread half as wide. Its
        bias falls with the fourth power of the width, so that is nearly all of it.
    """

    position: str
    field: str
    at: float
    derivative: Estimate
    range: tuple[float, float] | None
    method: str
    bias: Estimate | None

    @property
    def has_jump(self) -> bool:
        """Whether the value jumps with the number and no method accounts for that."""
        return self.method == "jump"

    @property
    def swing(self) -> tuple[float, float] | None:
        """Change of the value from here to the low and to the high end of the range, linearly."""
        if self.range is None:
            return None
        low, high = self.range
        return self.derivative.value * (low - self.at), self.derivative.value * (high - self.at)

    @property
    def elasticity(self) -> float:
        """Change of the value when the number grows by 1% of itself [money]."""
        return self.derivative.value * self.at / 100


@dataclass(frozen=True)
class SecondSensitivity:
    """The derivative by one number of the derivative of one value by another.

    Attributes
    ----------
    position : str
        Leg, stake or party whose value is differentiated.
    fields : (str, str)
        Key paths of the two numbers, in the order of differentiation.
    derivative : Estimate
        Money per unit of each number. NaN where there is no method.
    method, bias
        As for :class:`Sensitivity`. A kink of the value, such as a cap, is a jump of its first
        derivative, and smoothed.
    """

    position: str
    fields: tuple[str, str]
    derivative: Estimate
    method: str
    bias: Estimate | None

    @property
    def has_jump(self) -> bool:
        """Whether the first derivative jumps and no method accounts for that."""
        return self.method == "jump"


class Sensitivities:
    """All sensitivities of a deal. Index by the name of a leg, stake or party."""

    def __init__(
        self,
        deal: Deal,
        rows: list[Sensitivity],
        second: list[SecondSensitivity],
        *,
        paths: int,
        seed: int,
    ) -> None:
        self.deal = deal
        self.rows = rows
        self.second_rows = second
        self.paths = paths
        self.seed = seed

    @property
    def money(self) -> str:
        """The unit of values, such as ``USD billion``."""
        return money_unit(self.deal)

    @property
    def deal_hash(self) -> str:
        """SHA-256 of the deal."""
        return hash_of(self.deal)

    def __getitem__(self, position: str) -> dict[str, Sensitivity]:
        """Return one position's sensitivities by field."""
        found = {row.field: row for row in self.rows if row.position == position}
        if not found:
            names = list(dict.fromkeys(row.position for row in self.rows))
            raise KeyError(f"no leg, stake or party named {position!r}; there are {names}")
        return found

    def second(self, position: str) -> dict[tuple[str, str], SecondSensitivity]:
        """Return one position's second derivatives by pairs of fields.

        Parameters
        ----------
        position
            Name of a leg, stake or party.

        Raises
        ------
        KeyError
            No second derivatives of that position were asked for.
        """
        found = {row.fields: row for row in self.second_rows if row.position == position}
        if not found:
            raise KeyError(
                f"no second derivatives of {position!r}; ask with sensitivities(second=)"
            )
        return found

    def table(self, position: str) -> Table:
        """Tabulate one position's sensitivities, the widest swing first.

        Numbers that do not move it are left out; those that move it by a jump never are.
        """
        from capstake.sensitivity_tables import first_derivatives

        return first_derivatives(self, position)

    def tables(self, positions: Sequence[str] | None = None) -> list[Table]:
        """Tabulate some positions, or all: sensitivities, and second derivatives asked for."""
        names = positions or list(dict.fromkeys(row.position for row in self.rows))
        found = []
        for name in names:
            found.append(self.table(name))
            if self.second_rows:
                found.append(self.second_table(name))
        return found

    def second_table(self, position: str) -> Table:
        """Tabulate one position's second derivatives, by the field differentiated by first."""
        from capstake.sensitivity_tables import second_derivatives

        return second_derivatives(self, position)

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the rows as plain numbers and texts; a derivative that is none is None."""
        return [
            {
                "position": row.position,
                "field": row.field,
                "at": row.at,
                "derivative": _finite(row.derivative.value),
                "standard_error": _finite(row.derivative.standard_error),
                "range": row.range,
                "method": row.method,
                "bias": None if row.bias is None else _finite(row.bias.value),
                "bias_error": None if row.bias is None else _finite(row.bias.standard_error),
                "has_jump": row.has_jump,
            }
            for row in self.rows
        ]

    def second_to_dict(self) -> list[dict[str, Any]]:
        """Return the second derivatives as plain numbers and texts; one that is none is None."""
        return [
            {
                "position": row.position,
                "fields": list(row.fields),
                "derivative": _finite(row.derivative.value),
                "standard_error": _finite(row.derivative.standard_error),
                "method": row.method,
                "bias": None if row.bias is None else _finite(row.bias.value),
                "bias_error": None if row.bias is None else _finite(row.bias.standard_error),
                "has_jump": row.has_jump,
            }
            for row in self.second_rows
        ]

    def __repr__(self) -> str:
        """Count what there is."""
        positions = list(dict.fromkeys(row.position for row in self.rows))
        return f"<sensitivities of {', '.join(positions)} by {len(self[positions[0]])} numbers>"

    def _repr_html_(self) -> str:
        from capstake import render

        return "".join(render.to_html(table) for table in self.tables())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def sensitivities(
    deal: Deal,
    *,
    measure: str | None = None,
    paths: int = DEFAULT_PATHS,
    second: bool | str | Sequence[str] = False,
    sampler: str | None = None,
    replicates: int = 16,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | bool | None = None,
    cancel: CancelToken | None = None,
) -> Sensitivities:
    """Differentiate the value of every leg, stake and party by every number of a deal.

    Parameters
    ----------
    deal
        What to differentiate.
    measure
        As for :func:`value`.
    paths
        Number of simulated paths. Of plain paths it is rounded up to a multiple of 16,384.
    second
        Second derivatives as well: of the first derivatives by these fields (key paths of numbers),
        by every field. True for all pairs; each field costs a run of its own.
    sampler, replicates, seed, threads, progress, cancel
        As for :func:`value`.

    Returns
    -------
    Sensitivities
        With standard errors.

    Raises
    ------
    InputError
        An argument is out of range.
    NumericalError
        A value or derivative is not finite on some path.

    Notes
    -----
    Derivatives are pathwise, by reverse mode through the graph of the simulation; kinks such as
    caps are exact almost everywhere. Events are integrated out, so that values do not jump with
    them. Past any other jump of the value the derivative is that of the jump's probability where
    one normal draw decides it; by the likelihood ratio for the constant hazard of an event that
    cannot be integrated out; else the jump is spread by a kernel of order four, in the
    derivative alone, and
    the bias stated. A number for which none of these serves is marked, its derivative is NaN.
    Intervals are Student's t over the replicates of Sobol points, or over 32 groups of plain paths.

    References
    ----------
    Glasserman, P. (2003). Monte Carlo Methods in Financial Engineering, chapter 7. Springer.
    Giles, M. and Glasserman, P. (2006). Smoking adjoints: fast Monte Carlo Greeks. Risk 19(1).
    Tsybakov, A. (2009). Introduction to Nonparametric Estimation, section 1.2.2. Springer.

    Examples
    --------
    >>> found = sensitivities(load("microsoft_openai_2026_04"), paths=2**14)
    >>> 0.5 < found["microsoft_share"]["legs.microsoft_share.cap"].derivative.value < 0.7
    True
    """
    deal = checked_deal("deal", deal, measure)
    settings = checked_settings(
        paths=paths, seed=seed, threads=threads, sampler=sampler, replicates=replicates
    )
    with default_progress(progress) as report:

        def run(of: list[str] | None) -> tuple[list[_Row], int, int]:
            return _core.sensitivities(deal, settings, second=of, progress=report, cancel=cancel)

        raw, n_paths, n_groups = run(None)
        fields = _second_fields(second, list(dict.fromkeys(row[2] for row in raw)))
        raw_second = run(fields)[0] if fields else []
    ranges = _ranges(deal)

    def estimate(value: float, error: float) -> Estimate:
        return Estimate(value, error, n_groups - 1)

    def bias(method: str, value: float, error: float) -> Estimate | None:
        return estimate(value, error) if method == "smoothed" else None

    rows = [
        Sensitivity(
            position, field, at, estimate(value, error), ranges.get(field), method, bias(method, *b)
        )
        for position, _, field, at, value, error, method, *b in raw
    ]
    seconds = [
        SecondSensitivity(
            position, (first, field), estimate(value, error), method, bias(method, *b)
        )
        for position, first, field, _, value, error, method, *b in raw_second
    ]
    return Sensitivities(deal, rows, seconds, paths=n_paths, seed=settings["seed"])


def _second_fields(second: bool | str | Sequence[str], known: list[str]) -> list[str]:
    if isinstance(second, bool):
        return known if second else []
    wanted = [second] if isinstance(second, str) else list(second)
    for field in wanted:
        if field not in known:
            near = difflib.get_close_matches(field, known, n=1, cutoff=0.0)
            hint = f"the nearest is {near[0]}" if near else ""
            raise InputError([Issue("second", "must be numbers of the deal", repr(field), hint)])
    return wanted


def _ranges(deal: Deal) -> dict[str, tuple[float, float]]:
    found = {}
    for row in _core.assumptions(deal):
        number: Number = row["number"]
        if number.range is not None:
            path = ".".join(part for part in (row["table"], row["object"], row["field"]) if part)
            found[path] = number.range
    return found
