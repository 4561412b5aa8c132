"""The results of one deal's run: ``Valuation``."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capstake import _core
from capstake._core import Deal, Number, Stake
from capstake.dependence import RepairedCorrelations, repaired_correlations
from capstake.estimates import (
    PERCENTS,
    Z95,
    CapTiming,
    Correlation,
    Estimate,
    Percentile,
    Position,
    Reconciliation,
    Samples,
    YearAmount,
    percentiles_of,
)
from capstake.flat_rate import FlatDiscounting
from capstake.results import Key, Results

__all__ = ["Valuation", "hash_of", "money_unit"]


class Valuation:
    """The value of every leg, stake and party of a deal, on the same simulated paths.

    Index it by name: ``valuation["microsoft_share"]`` is a :class:`Position`.
    """

    def __init__(self, deal: Deal, results: Results, *, seed: int, scenario: str = "") -> None:
        self.deal = deal
        self.run = results.run
        self.seed = seed
        self._results = results
        self._scenario = scenario

    def __getitem__(self, name: str) -> Position:
        """Look a leg, stake or party up by its name in the deal."""
        if name not in self.positions:
            raise KeyError(f"no leg, stake or party named {name!r}; there are {list(self)}")
        return self.positions[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of legs, stakes and parties."""
        return iter(self.positions)

    def __contains__(self, name: object) -> bool:
        """Whether there is a leg, stake or party of this name."""
        return name in self.positions

    def __len__(self) -> int:
        """Count legs, stakes and parties."""
        return len(self.positions)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    @cached_property
    def positions(self) -> dict[str, Position]:
        """All legs, then stakes, then parties, by name."""
        found = {}
        for kind in ("leg", "stake", "party"):
            for name in self._results.subjects(self._scenario, kind):
                key = (self._scenario, kind, name, "")
                found[name] = Position(
                    kind, name, self._results.estimate(key), self._results.samples(key)
                )
        return found

    @property
    def measure(self) -> str:
        """What the values are under: ``real_world`` or ``risk_neutral``."""
        return self.deal.measure

    @property
    def paths(self) -> int:
        """Paths of the values; ``run.sample_paths`` are those of the distributions."""
        return self.run.paths

    @property
    def repaired_correlations(self) -> tuple[RepairedCorrelations, ...]:
        """Matrices of correlations that no draws can have, and what is used in their place."""
        return repaired_correlations(self.deal)

    def control_gains(self) -> dict[str, float]:
        """By what factor linear controls lowered the variance of each value; 1 where none helped.

        References
        ----------
        Glasserman, P. (2003). Monte Carlo Methods in Financial Engineering, section 4.1. Springer.
        """
        return {
            name: self._results.gain((self._scenario, position.kind, name, ""))
            for name, position in self.positions.items()
        }

    def of_kind(self, kind: str) -> list[Position]:
        """List the positions of one kind: ``leg``, ``stake`` or ``party``."""
        return [p for p in self.positions.values() if p.kind == kind]

    def label(self, name: str) -> str:
        """Name a position for people to read: a party's own name, else its key in plain words."""
        from capstake import deal_words

        return deal_words.label(self.deal, name)

    @property
    def money(self) -> str:
        """The unit of every amount, such as ``USD billion``."""
        return money_unit(self.deal)

    def key(self, measure: str, subject: str, period: str = "") -> Key:
        """Name a result of this valuation, as :meth:`Comparison.combined` takes it."""
        return (self._scenario, measure, subject, period)

    def _named(self, kind: str, name: str) -> str:
        """Return the name if there is a leg or stake of that name."""
        names = [p.name for p in self.of_kind(kind)]
        if name not in names:
            raise KeyError(f"no {kind} named {name!r}; there are {names}")
        return name

    def total_paid(self, leg: str) -> Estimate:
        """Return the expected undiscounted total a leg pays after the valuation date [money]."""
        return self._results.estimate((self._scenario, "paid", self._named("leg", leg), ""))

    def total_percentiles(
        self, leg: str, percents: Sequence[float] = PERCENTS
    ) -> tuple[Percentile, ...]:
        """Take percentiles of the undiscounted total a leg pays after the valuation date [money].

        Parameters
        ----------
        leg
            Name of the leg.
        percents
            Between 0 and 100, both excluded.

        Returns
        -------
        tuple of Percentile
            A cap that is reached is an atom.

        Raises
        ------
        KeyError
            There is no such leg.
        InputError
            A percent is not between 0 and 100.
        """
        key = (self._scenario, "paid", self._named("leg", leg), "")
        return percentiles_of(self._results.samples(key), percents)

    def payments(self, leg: str, percents: Sequence[float] = PERCENTS) -> tuple[YearAmount, ...]:
        """Return a leg's payments by calendar year of payment, undiscounted.

        Parameters
        ----------
        leg
            Name of the leg.
        percents
            Percentiles to take over the paths.

        Raises
        ------
        KeyError
            There is no such leg.
        """
        amounts = []
        for year in self._results.periods(self._scenario, "payment", self._named("leg", leg)):
            key = (self._scenario, "payment", leg, year)
            percentiles = percentiles_of(self._results.samples(key), percents)
            amounts.append(YearAmount(int(year), self._results.estimate(key), percentiles))
        return tuple(amounts)

    def payment_years(self, leg: str) -> list[int]:
        """List the calendar years in which a leg may pay.

        Raises
        ------
        KeyError
            There is no such leg.
        """
        years = self._results.periods(self._scenario, "payment", self._named("leg", leg))
        return [int(year) for year in years]

    def payment_samples(self, leg: str) -> dict[int, Samples]:
        """Return a leg's payments by calendar year on the first paths, undiscounted [money].

        Raises
        ------
        KeyError
            There is no such leg.
        """
        by_year = self._results.payments(self._scenario, self._named("leg", leg))
        return {int(year): samples for year, samples in by_year.items()}

    def reaches_cap(self, leg: str) -> NDArray[np.bool_] | None:
        """Say on which of the first paths a leg's cap is reached; None for a leg without a cap."""
        days = self._cap_days(leg)
        return None if days is None else np.isfinite(days)

    def _cap_days(self, leg: str) -> Samples | None:
        """Days from the grid's first to the cap on the first paths; None for a leg without one."""
        if not self._results.periods(self._scenario, "cap_reached", self._named("leg", leg)):
            return None
        return self._results.samples((self._scenario, "cap_days", leg, ""))

    def expected_revenue(self, stream: str) -> dict[int, Estimate]:
        """Return a stream's expected revenue by calendar year [money]."""
        if stream not in self.deal.streams:
            raise KeyError(f"no stream named {stream!r}; there are {list(self.deal.streams)}")
        years = self._results.periods(self._scenario, "revenue", stream)
        return {
            int(y): self._results.estimate((self._scenario, "revenue", stream, y)) for y in years
        }

    def cap(self, leg: str, percents: Sequence[float] = PERCENTS) -> CapTiming | None:
        """Say when a leg's cap is reached.

        Returns
        -------
        CapTiming or None
            None for a leg without a cap.

        Raises
        ------
        KeyError
            There is no such leg.
        """
        days = self._cap_days(leg)
        if days is None:
            return None
        first_day = _core.grid(self.deal)[0]["first"]
        dates = []
        for quantile in _core.quantiles(days, [p / 100 for p in percents]):
            # Day n of the grid lasts from n - 1 to n days after its beginning.
            day = max(math.ceil(quantile[0]) - 1, 0) if math.isfinite(quantile[0]) else None
            dates.append(None if day is None else first_day + dt.timedelta(days=day))
        by_period = [
            (period, self._results.estimate((self._scenario, "cap_reached", leg, period)))
            for period in self._results.periods(self._scenario, "cap_reached", leg)
        ]
        # Periods exclude each other, so their indicators add up to one whose mean is their sum.
        probability = min(math.fsum(estimate.value for _, estimate in by_period), 1.0)
        error = math.sqrt(probability * (1.0 - probability) / (len(days) - 1))
        return CapTiming(
            Estimate(probability, error),
            tuple(by_period),
            tuple(zip(map(float, percents), dates, strict=True)),
        )

    def correlation(self, a: str, b: str) -> Correlation:
        """Correlate the present values of two positions over the paths.

        Raises
        ------
        KeyError
            There is no leg, stake or party of that name.
        """
        first = (self._scenario, self[a].kind, a, "")
        second = (self._scenario, self[b].kind, b, "")
        covariance = self._results.covariance
        scale = math.sqrt(covariance(first, first) * covariance(second, second))
        if scale == 0.0:
            return Correlation(math.nan, math.nan, math.nan)
        rho = min(max(covariance(first, second) / scale, -1.0), 1.0)
        half = Z95 * self._influence_deviation(a, b, rho) / math.sqrt(self.run.sample_paths)
        return Correlation(rho, max(rho - half, -1.0), min(rho + half, 1.0))

    def _influence_deviation(self, a: str, b: str, rho: float) -> float:
        """Return the standard deviation of the influence of one path on the correlation.

        It is x y - rho (x^2 + y^2) / 2 with x and y standardised, whatever their joint law.
        Fisher's z would need that to be normal; a capped contract and a stake are far from it.
        """
        x, y = ((s - s.mean()) / (s.std() or 1.0) for s in (self[a].samples, self[b].samples))
        return float(np.std(x * y - rho * (x * x + y * y) / 2))

    def reconciliation(self, stake: str) -> Reconciliation | None:
        """Compare a stake's modelled value with the last round's price of its company.

        Returns
        -------
        Reconciliation or None
            None where the deal gives no last round.

        Raises
        ------
        KeyError
            There is no such stake.
        """
        terms = self.deal.stakes[self._named("stake", stake)]
        company = self.deal.companies[terms.company]
        if company.last_round is None or terms.fraction.value == 0:
            return None
        position = self[stake]
        fraction = terms.fraction.value
        implied = Estimate(position.value / fraction, position.standard_error / fraction)
        rate = self._discount_rate(terms)
        last_round = company.last_round.value
        solved = self._flat_rate(stake, fraction * last_round)
        # A rate by date or an uncertain one is stated as the flat rate that gives the same value.
        used = rate.value if rate.is_constant else self._flat_rate(stake, position.value)
        if used is None:
            return None
        return Reconciliation(terms.company, implied, last_round, used, solved)

    def _flat_rate(self, stake: str, price: float) -> float | None:
        ends = {period["label"]: period["last"] for period in _core.grid(self.deal)}
        flows = [
            (ends[period], self._results.estimate(self.key("stake_flow", stake, period)).value)
            for period in self._results.periods(self._scenario, "stake_flow", stake)
        ]
        return FlatDiscounting(self.deal, flows).rate(price)

    def _discount_rate(self, stake: Stake) -> Number:
        """Return the rate of a stake's proceeds under the deal's measure."""
        if self.deal.measure == "risk_neutral" and self.deal.risk_free is not None:
            return self.deal.risk_free
        return self.deal.discount_rate if stake.discount_rate is None else stake.discount_rate

    @cached_property
    def input_hash(self) -> str:
        """SHA-256 of the deal in canonical JSON: the same terms give the same hash."""
        return hash_of(self.deal)

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain numbers and texts, the object that ``--json`` prints."""
        from capstake import json_record

        return json_record.valuation_record(self)

    def __repr__(self) -> str:
        """Show one line a position."""
        from capstake import render, tables

        return render.to_text(tables.positions(self))

    def _repr_html_(self) -> str:
        from capstake import render, tables

        return render.to_html(tables.positions(self))


def money_unit(deal: Deal) -> str:
    """Name the unit in which a deal gives money, such as ``USD billion``."""
    return deal.currency if deal.unit == "one" else f"{deal.currency} {deal.unit}"


def hash_of(deal: Deal) -> str:
    """Hash a deal: SHA-256 of its record in canonical JSON (sorted keys, shortest numbers).

    The order of a leg's clauses counts: what falls due may depend on it.
    """
    record = deal.to_dict()
    for leg in record.get("legs", {}).values():
        if "clauses" in leg:
            leg["clauses"] = list(leg["clauses"].items())
    text = json.dumps(record, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
