"""Values of a deal, with their errors: ``value``, ``compare`` and what they return."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capstake import _core
from capstake._core import Deal
from capstake.errors import InputError, Issue
from capstake.progress import default_progress

__all__ = [
    "CapTiming",
    "Comparison",
    "Correlation",
    "Estimate",
    "Percentile",
    "Position",
    "Reconciliation",
    "Valuation",
    "YearAmount",
    "compare",
    "value",
]

DEFAULT_PATHS = 2**18
# Values of this many paths are kept for distributions; memory does not grow beyond it.
SAMPLE_PATHS = 2**18
PERCENTS = (5, 25, 50, 75, 95)
# Two-sided 95% of the standard normal.
_Z95 = 1.959963984540054

Progress = Callable[[int, int], None]
Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A Monte Carlo mean and its standard error, in one unit."""

    value: float
    standard_error: float

    @property
    def interval(self) -> tuple[float, float]:
        """95% confidence interval of the mean."""
        half = _Z95 * self.standard_error
        return self.value - half, self.value + half

    def __float__(self) -> float:
        """Return the value alone."""
        return self.value


@dataclass(frozen=True)
class Percentile:
    """A percentile of a distribution with its distribution-free 95% interval."""

    percent: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class YearAmount:
    """An undiscounted amount in a calendar year: its mean and percentiles over the paths."""

    year: int
    mean: Estimate
    percentiles: tuple[Percentile, ...]


@dataclass(frozen=True)
class CapTiming:
    """When a leg's cap is reached.

    Attributes
    ----------
    probability : Estimate
        Probability that it is reached at all.
    by_period : tuple of (str, Estimate)
        Probability that it is reached in each period, such as ``2028-Q4``; they add up to
        ``probability``.
    dates : tuple of (float, date or None)
        Percents of the paths and the day by which so many of them have reached the cap; None
        where fewer ever do.
    """

    probability: Estimate
    by_period: tuple[tuple[str, Estimate], ...]
    dates: tuple[tuple[float, dt.date | None], ...]


@dataclass(frozen=True)
class Correlation:
    """Correlation of two positions' present values, with a 95% interval (Fisher's z)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Reconciliation:
    """A stake at the model's value and at the last round's price.

    Attributes
    ----------
    implied_equity : Estimate
        The company's equity value today that the stake's modelled value implies [money].
    last_round : float
        Equity value in the last round [money].
    discount_rate : float
        The rate used [1/yr].
    reconciling_rate : float or None
        The discount rate at which the model gives the last round's price [1/yr]; None where no
        rate between -50% and 1,000% does.
    """

    company: str
    implied_equity: Estimate
    last_round: float
    discount_rate: float
    reconciling_rate: float | None


@dataclass(frozen=True, eq=False)
class Position:
    """A leg, a stake or a party's position: the distribution of its present value.

    Attributes
    ----------
    kind : str
        ``leg``, ``stake`` or ``party``.
    name : str
        Its name in the deal.
    estimate : Estimate
        Expected present value with its standard error [money].
    samples : ndarray of shape (n_samples,)
        Present values of the first paths [money], read-only.
    """

    kind: str
    name: str
    estimate: Estimate
    samples: Samples

    @property
    def value(self) -> float:
        """Expected present value [money]."""
        return self.estimate.value

    @property
    def standard_error(self) -> float:
        """Standard error of the value [money]."""
        return self.estimate.standard_error

    @property
    def interval(self) -> tuple[float, float]:
        """95% confidence interval of the value [money]."""
        return self.estimate.interval

    def percentiles(self, percents: Sequence[float] = PERCENTS) -> tuple[Percentile, ...]:
        """Take percentiles of the present value over the paths.

        Parameters
        ----------
        percents
            Between 0 and 100, both excluded.

        Returns
        -------
        tuple of Percentile
            Order statistics, never interpolated, with distribution-free 95% intervals.

        Raises
        ------
        InputError
            A percent is not between 0 and 100.
        """
        return _percentiles(self.samples, percents)

    def plot(self, ax: Any = None) -> Any:
        """Draw the distribution of the present value on matplotlib Axes, and return them."""
        from capstake import plots

        return plots.distribution(self, ax=ax)

    def __repr__(self) -> str:
        """Show the value and its standard error."""
        from capstake.render import estimate_text

        return f"<{self.kind} {self.name}: {estimate_text(self.estimate)}>"


class _Results:
    """What a run returned, looked up by (scenario, measure, subject, period)."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._index = {tuple(key): i for i, key in enumerate(raw["quantities"])}
        self._raw = raw
        self._joint = {output: row for row, output in enumerate(raw["joint"])}

    def estimate(self, key: tuple[str, str, str, str]) -> Estimate:
        i = self._index[key]
        return Estimate(float(self._raw["mean"][i]), float(self._raw["standard_error"][i]))

    def samples(self, key: tuple[str, str, str, str]) -> Samples:
        samples: Samples = self._raw["samples"][self._index[key]]
        return samples

    def periods(self, scenario: str, measure: str, subject: str) -> list[str]:
        return [k[3] for k in self._index if k[:3] == (scenario, measure, subject)]

    def subjects(self, scenario: str, measure: str) -> list[str]:
        return [k[2] for k in self._index if k[:2] == (scenario, measure)]

    def covariance(self, a: tuple[str, str, str, str], b: tuple[str, str, str, str]) -> float:
        i, j = self._joint[self._index[a]], self._joint[self._index[b]]
        return float(self._raw["covariance"][i, j])


class Valuation:
    """The value of every leg, stake and party of a deal, on the same simulated paths.

    Index it by name: ``valuation["microsoft_share"]`` is a :class:`Position`.
    """

    def __init__(
        self, deal: Deal, results: _Results, *, paths: int, seed: int, scenario: str = ""
    ) -> None:
        self.deal = deal
        self.paths = paths
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

    def of_kind(self, kind: str) -> list[Position]:
        """List the positions of one kind: ``leg``, ``stake`` or ``party``."""
        return [p for p in self.positions.values() if p.kind == kind]

    def label(self, name: str) -> str:
        """Name a position for people to read: a party's own name, else its key in plain words."""
        from capstake import deal_tables

        return deal_tables.label(self.deal, name)

    @property
    def money(self) -> str:
        """The unit of every amount, such as ``USD billion``."""
        unit = "" if self.deal.unit == "one" else f" {self.deal.unit}"
        return self.deal.currency + unit

    def _named(self, kind: str, name: str) -> str:
        """Return the name if there is a leg or stake of that name."""
        names = [p.name for p in self.of_kind(kind)]
        if name not in names:
            raise KeyError(f"no {kind} named {name!r}; there are {names}")
        return name

    def total_paid(self, leg: str) -> Estimate:
        """Return the expected undiscounted total a leg pays after the valuation date [money]."""
        return self._results.estimate((self._scenario, "paid", self._named("leg", leg), ""))

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
            percentiles = _percentiles(self._results.samples(key), percents)
            amounts.append(YearAmount(int(year), self._results.estimate(key), percentiles))
        return tuple(amounts)

    def payment_samples(self, leg: str) -> dict[int, Samples]:
        """Return a leg's payments by calendar year on the first paths, undiscounted [money].

        Raises
        ------
        KeyError
            There is no such leg.
        """
        years = self._results.periods(self._scenario, "payment", self._named("leg", leg))
        return {int(y): self._results.samples((self._scenario, "payment", leg, y)) for y in years}

    def reaches_cap(self, leg: str) -> NDArray[np.bool_] | None:
        """Say on which of the first paths a leg's cap is reached; None for a leg without a cap.

        Raises
        ------
        KeyError
            There is no such leg.
        """
        if self.deal.legs[self._named("leg", leg)].cap is None:
            return None
        return np.isfinite(self._results.samples((self._scenario, "cap_days", leg, "")))

    def expected_revenue(self, stream: str) -> dict[int, Estimate]:
        """Return a stream's expected revenue by calendar year [money]."""
        years = self._results.periods(self._scenario, "revenue", stream)
        return {
            int(y): self._results.estimate((self._scenario, "revenue", stream, y)) for y in years
        }

    def _leg(self, name: str) -> str:
        if name not in self.deal.legs:
            raise KeyError(f"no leg named {name!r}; there are {list(self.deal.legs)}")
        return name

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
        if self.deal.legs[self._named("leg", leg)].cap is None:
            return None
        days = self._results.samples((self._scenario, "cap_days", leg, ""))
        first_day = _core.grid(self.deal)[0]["first"]
        dates = []
        for quantile in _core.quantiles(days, [p / 100 for p in percents]):
            reached = math.isfinite(quantile[0])
            dates.append(first_day + dt.timedelta(days=quantile[0]) if reached else None)
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
        if abs(rho) == 1.0 or self.paths <= 3:
            return Correlation(rho, rho, rho)
        half = _Z95 / math.sqrt(self.paths - 3)
        z = math.atanh(rho)
        return Correlation(rho, math.tanh(z - half), math.tanh(z + half))

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
        rate = terms.discount_rate if terms.discount_rate is not None else self.deal.discount_rate
        last_round = company.last_round.value
        solved = self._reconciling_rate(stake, fraction * last_round)
        return Reconciliation(terms.company, implied, last_round, rate.value, solved)

    def _reconciling_rate(self, stake: str, price: float) -> float | None:
        ends = {period["label"]: period["last"] for period in _core.grid(self.deal)}
        flows = []
        for period in self._results.periods(self._scenario, "stake_flow", stake):
            mean = self._results.estimate((self._scenario, "stake_flow", stake, period)).value
            time = _core.year_fraction(self.deal.day_count, self.deal.valuation_date, ends[period])
            flows.append((time, mean))

        def worth(rate: float) -> float:
            growth = rate if self.deal.compounding == "continuous" else math.log1p(rate)
            return math.fsum(mean * math.exp(-growth * time) for time, mean in flows)

        return _falling_root(worth, price, low=-0.5, high=10.0)

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


class Comparison:
    """Two deals, and the change of every leg, stake and party on the same draws.

    Attributes
    ----------
    old, new : Valuation
        Each deal by itself.
    changes : dict of str to Position
        New less old by name; a leg, stake or party that one deal lacks counts as zero there.
    """

    def __init__(self, old: Valuation, new: Valuation, results: _Results) -> None:
        self.old = old
        self.new = new
        self.changes: dict[str, Position] = {}
        names = list(dict.fromkeys([*old, *new]))
        for name in sorted(names, key=lambda n: _KIND_ORDER[(old[n] if n in old else new[n]).kind]):
            kind = (old[name] if name in old else new[name]).kind
            key = ("difference", kind, name, "")
            self.changes[name] = Position(kind, name, results.estimate(key), results.samples(key))

    def __getitem__(self, name: str) -> Position:
        """Look the change of a leg, stake or party up by its name."""
        if name not in self.changes:
            raise KeyError(f"no leg, stake or party named {name!r}; there are {list(self.changes)}")
        return self.changes[name]

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain numbers and texts, the object that ``--json`` prints."""
        from capstake import json_record

        return json_record.comparison_record(self)

    def __repr__(self) -> str:
        """Show one line a position."""
        from capstake import render, tables

        return render.to_text(tables.comparison(self))

    def _repr_html_(self) -> str:
        from capstake import render, tables

        return render.to_html(tables.comparison(self))


_KIND_ORDER = {"leg": 0, "stake": 1, "party": 2}


def value(
    deal: Deal,
    *,
    paths: int = DEFAULT_PATHS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | bool | None = None,
) -> Valuation:
    """Value a deal by Monte Carlo.

    Parameters
    ----------
    deal
        What to value.
    paths
        Number of simulated paths, 2 to 2**48.
    seed
        Key of the random numbers, 0 to 2**64 - 1. The same deal, paths and seed give the same
        bits on any number of threads.
    threads
        Threads to use; None for one a core.
    progress
        A function of (paths done, paths in all), called about every 50 ms; True for a bar on
        standard error; None or False for nothing.

    Returns
    -------
    Valuation
        Values with standard errors, distributions, payments by year, cap timing.

    Raises
    ------
    InputError
        An argument is out of range.
    NumericalError
        A value is not finite on some path.

    Examples
    --------
    >>> deal = load("microsoft_openai_2026_04")
    >>> valuation = value(deal, paths=4096)
    >>> 20 < valuation["microsoft_share"].value < 38
    True
    """
    spec = _spec(paths, seed, threads)
    with default_progress(progress) as report:
        raw = _core.value(deal, **spec, progress=report)
    return Valuation(deal, _Results(raw), paths=spec["paths"], seed=spec["seed"])


def compare(
    old: Deal,
    new: Deal,
    *,
    paths: int = DEFAULT_PATHS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | bool | None = None,
) -> Comparison:
    """Value two versions of a deal, and their differences, on the same draws.

    Parameters are those of :func:`value`.

    Raises
    ------
    InputError
        The deals differ in valuation date, currency or unit, or an argument is out of range.
    NumericalError
        A value is not finite on some path.
    """
    spec = _spec(paths, seed, threads)
    with default_progress(progress) as report:
        raw = _core.compare(old, new, **spec, progress=report)
    results = _Results(raw)
    sizes = {"paths": spec["paths"], "seed": spec["seed"]}
    return Comparison(
        Valuation(old, results, scenario="old", **sizes),
        Valuation(new, results, scenario="new", **sizes),
        results,
    )


def hash_of(deal: Deal) -> str:
    """Hash a deal: SHA-256 of its record in canonical JSON (sorted keys, shortest numbers)."""
    text = json.dumps(deal.to_dict(), sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(name: str, number: Any, low: int, high: int) -> int:
    try:
        whole = int(number.__index__())
    except (AttributeError, TypeError):
        raise InputError([Issue(name, "must be a whole number", repr(number))]) from None
    if isinstance(number, bool) or not low <= whole <= high:
        raise InputError([Issue(name, f"must be between {low:,} and {high:,}", repr(number))])
    return whole


def _spec(paths: int, seed: int, threads: int | None) -> dict[str, int]:
    n_paths = _whole("paths", paths, 2, 2**48)
    return {
        "paths": n_paths,
        "seed": _whole("seed", seed, 0, 2**64 - 1),
        "threads": 0 if threads is None else _whole("threads", threads, 1, 4096),
        "sample_paths": min(n_paths, SAMPLE_PATHS),
    }


def _percentiles(samples: Samples, percents: Sequence[float]) -> tuple[Percentile, ...]:
    for percent in percents:
        if not 0 < percent < 100:
            raise InputError([Issue("percents", "must lie between 0 and 100", repr(percent))])
    rows = _core.quantiles(samples, [p / 100 for p in percents])
    return tuple(Percentile(float(p), *row) for p, row in zip(percents, rows, strict=True))


def _falling_root(
    function: Callable[[float], float], target: float, *, low: float, high: float
) -> float | None:
    """Find where a falling function takes the target, by bisection to full precision."""
    if not function(high) <= target <= function(low):
        return None
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if function(middle) > target:
            low = middle
        else:
            high = middle
