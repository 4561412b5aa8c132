"""A deal under the real-world and under the risk-neutral measure, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from capstake import _core
from capstake._core import CancelToken, Deal
from capstake.estimates import Estimate
from capstake.flat_rate import FlatDiscounting
from capstake.progress import Progress, default_progress
from capstake.results import Results
from capstake.settings import (
    DEFAULT_PATHS,
    MAX_PATHS,
    PrecisionLike,
    checked_deal,
    checked_settings,
)
from capstake.tables import Column, Table
from capstake.valuation import hash_of, money_unit

__all__ = ["MeasuredPosition", "Measures", "measures"]

_KINDS = {"leg": "Contracts", "stake": "Stakes", "party": "Positions"}


@dataclass(frozen=True)
class MeasuredPosition:
    """A leg, stake or party under both measures, on the same draws.

    Attributes
    ----------
    kind : str
        ``leg``, ``stake`` or ``party``.
    name : str
        Its name in the deal.
    real_world, risk_neutral : Estimate
        Value under each measure [money].
    difference : Estimate
        Risk-neutral less real-world value [money]. Its error is that of the difference.
    real_world_rate : Estimate or None
        Flat discount rate at which the expected real-world amounts are worth their real-world value
        [1/yr]: what the deal states, where that is one rate. None as below.
    equivalent_rate : Estimate or None
        Flat discount rate at which the same amounts are worth the risk-neutral value [1/yr]: the
        single rate that reconciles the measures. None for a party, and where no single rate between
        -50% and 1,000% does, as may be where expected amounts have both signs.
    """

    kind: str
    name: str
    real_world: Estimate
    risk_neutral: Estimate
    difference: Estimate
    real_world_rate: Estimate | None
    equivalent_rate: Estimate | None


class Measures:
    """A deal under both measures. Index it by the name of a leg, stake or party."""

    def __init__(self, deal: Deal, results: Results, *, seed: int) -> None:
        self.deal = deal
        self.run = results.run
        self.seed = seed
        self._results = results
        self.positions: dict[str, MeasuredPosition] = {
            name: self._position(kind, name)
            for kind in _KINDS
            for name in results.subjects("real_world", kind)
        }

    def __getitem__(self, name: str) -> MeasuredPosition:
        """Look a leg, stake or party up by its name in the deal."""
        if name not in self.positions:
            raise KeyError(f"no leg, stake or party named {name!r}; there are {list(self)}")
        return self.positions[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of legs, stakes and parties."""
        return iter(self.positions)

    def __len__(self) -> int:
        """Count legs, stakes and parties."""
        return len(self.positions)

    def _position(self, kind: str, name: str) -> MeasuredPosition:
        real, neutral, difference = (
            self._results.estimate((scenario, kind, name, ""))
            for scenario in ("real_world", "risk_neutral", "difference")
        )
        rates = [
            None if kind == "party" else self._rate(name, scenario)
            for scenario in ("real_world", "risk_neutral")
        ]
        return MeasuredPosition(kind, name, real, neutral, difference, *rates)

    def _rate(self, name: str, scenario: str) -> Estimate | None:
        """Solve for the flat rate, with its error by the delta method.

        Amounts and value are those without controls on the same draws, so that errors cancel.
        """
        dates = [d for d in self._results.periods("real_world", "flow", name) if d]
        keys = [("real_world", "flow", name, date) for date in dates]
        amounts = [self._results.estimate(key).value for key in keys]
        flat = FlatDiscounting(
            self.deal, list(zip(map(dt.date.fromisoformat, dates), amounts, strict=True))
        )
        target = (scenario, "flow", name, "")
        rate = flat.rate(self._results.estimate(target).value)
        if rate is None or flat.slope(rate) == 0.0:
            return None
        parts = list(zip(flat.factors(rate), keys, strict=True))
        gap = self._results.combined([*parts, (-1.0, target)])
        error = gap.standard_error / abs(flat.slope(rate))
        return Estimate(rate, error, gap.degrees_of_freedom)

    @property
    def money(self) -> str:
        """The unit of every amount, such as ``USD billion``."""
        return money_unit(self.deal)

    def table(self) -> Table:
        """Tabulate both values, their difference, and the discount rates that stand for them."""
        from capstake.deal_words import label
        from capstake.render import date_text, is_exact

        rates = [p.real_world_rate for p in self.positions.values()]
        are_certain = all(rate is None or is_exact(rate) for rate in rates)
        rows = [
            (
                _KINDS[p.kind],
                label(self.deal, p.name),
                p.real_world,
                float(rate) if rate is not None and are_certain else rate,
                p.risk_neutral,
                p.equivalent_rate,
                p.difference,
            )
            for p, rate in zip(self.positions.values(), rates, strict=True)
        ]
        columns = (
            Column("Kind", "group"),
            Column("Name"),
            Column("Real-world value", "estimate"),
            Column("at a rate of", "percent" if are_certain else "probability"),
            Column("Risk-neutral value", "estimate"),
            Column("Equivalent rate", "probability"),
            Column("Difference", "change"),
        )
        return Table(
            f"{self.deal.name}: both measures at {date_text(self.deal.valuation_date)}",
            columns,
            tuple(rows),
            unit=self.money,
            note="Equivalent rate: the flat discount rate at which the payments expected in the "
            "real world are worth the risk-neutral value; none is shown where no single rate does "
            "that. Both values are on the same draws; the standard error of the difference is its "
            "own.",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain numbers and texts, the object that ``--json`` prints."""
        from capstake import json_record

        return json_record.measures_record(self)

    @property
    def deal_hash(self) -> str:
        """SHA-256 of the deal in canonical JSON."""
        return hash_of(self.deal)

    def __repr__(self) -> str:
        """Show one line a position."""
        from capstake import render

        return render.to_text(self.table())

    def _repr_html_(self) -> str:
        from capstake import render

        return render.to_html(self.table())


def measures(
    deal: Deal,
    *,
    paths: int = DEFAULT_PATHS,
    precision: PrecisionLike | None = None,
    replicates: int = 16,
    seed: int = 1,
    threads: int | None = None,
    max_paths: int = MAX_PATHS,
    max_seconds: float | None = None,
    progress: Progress | bool | None = None,
    cancel: CancelToken | None = None,
) -> Measures:
    """Value a deal under the real-world and the risk-neutral measure on the same draws.

    The real-world value discounts expected payments at each leg's and stake's own rate. The
    risk-neutral one takes the risk premium off revenue before thresholds, tiers and caps apply, and
    discounts at the risk-free rate and the payer's credit spread; see :class:`Deal`. Which of them
    the deal states as its ``measure`` makes no difference.

    Parameters
    ----------
    deal
        What to value; it must state ``risk_free``.
    paths, precision, replicates, seed, threads, max_paths, max_seconds, progress, cancel
        As for :func:`value`, with Sobol points.

    Returns
    -------
    Measures
        Both values of each leg, stake and party with standard errors, their difference, and the
        equivalent discount rate.

    Raises
    ------
    InputError
        The deal states no risk-free rate, or an argument is out of range.
    NumericalError
        A value is not finite on some path.
    CancelledError
        The run was stopped by the token.

    References
    ----------
    Appraisal Foundation (2019). VFR Valuation Advisory 4, Valuation of Contingent Consideration:
    the option pricing method, and discount rates that payoffs with thresholds and caps imply.

    Examples
    --------
    >>> import capstake as cs
    >>> sales = cs.Gbm(level=100, growth=0.1, volatility=0.3, risk_premium=0.06)
    >>> share = cs.RevenueShare(payer="a", receiver="b", base="sales", rate=0.1,
    ...     start="2026-01-01", end="2028-12-31")
    >>> deal = cs.Deal(name="a share", valuation_date="2025-12-31", currency="USD",
    ...     discount_rate=0.1, risk_free=0.03, compounding="continuous",
    ...     parties={"a": cs.Party(name="A", credit_spread=0.02), "b": cs.Party(name="B")},
    ...     streams={"sales": sales}, legs={"share": share})
    >>> round(cs.measures(deal, paths=2**13)["share"].equivalent_rate.value, 9)
    0.11
    """
    checked_deal("deal", deal)
    settings = checked_settings(
        paths=paths,
        precision=precision,
        sampler="sobol",
        replicates=replicates,
        seed=seed,
        threads=threads,
        max_paths=max_paths,
        max_seconds=max_seconds,
    )
    with default_progress(progress) as report:
        raw = _core.both_measures(deal, settings, progress=report, cancel=cancel)
    return Measures(deal, Results(raw), seed=settings["seed"])
