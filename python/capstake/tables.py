"""Results as tables: the single source of every number that a face of capstake shows.

A cell is a plain value (float, int, str, date, Estimate, None); its column says how to print it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capstake import _core
from capstake.cap_terms import cap_steps
from capstake.provenance import provenance

if TYPE_CHECKING:
    from capstake.comparison import Comparison
    from capstake.estimates import Estimate
    from capstake.valuation import Valuation

__all__ = ["Column", "Table"]

_KINDS = {"leg": "Contracts", "stake": "Stakes", "party": "Positions"}
_PERCENTS = (5.0, 25.0, 50.0, 75.0, 95.0)
_WORST = 5.0  # per cent of the outcomes
_OVER_PATHS = (
    "5% to 95%: percentiles over the simulated paths; 5% of the outcomes lie below the first, 5% "
    "above the last."
)

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """A column: its heading and how its cells are printed.

    ``kind`` is ``text``, ``money``, ``estimate`` (a value and its standard error in money),
    ``change`` (an estimate printed with its sign), ``derivative`` (an estimate in a unit of its
    own, with its own decimals), ``probability`` (an estimate in per cent),
    ``percent``, ``ratio``, ``number`` (as it is), ``exact`` (money to as many decimals as
    estimates), ``errors`` (a difference in standard errors), ``whole`` or ``date``; or, for texts,
    how a page sets them: ``group`` (a heading over the rows that share it), ``status`` (a tag),
    ``detail`` (a line of its own below the row).
    """

    name: str
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """A titled table, with the unit of its money and a note for its foot.

    The last ``n_totals`` rows are set apart from those above.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    unit: str = ""
    note: str = ""
    n_totals: int = 0


def without_totals(table: Table) -> Table:
    """Leave out the rows that are set apart."""
    return replace(table, rows=table.rows[: len(table.rows) - table.n_totals], n_totals=0)


class PaidAtCap(NamedTuple):
    """What a leg pays after the valuation date where its cap is reached [money]."""

    low: float
    middle: float
    high: float


def _percent_columns(percents: Sequence[float]) -> tuple[Column, ...]:
    return tuple(Column(f"{p:g}%", "money") for p in percents)


def kind_of(valuation: Valuation, name: str) -> str:
    """Name the kind of a position, as headings do: Contracts, Stakes or Positions."""
    return _KINDS[valuation[name].kind]


def positions(valuation: Valuation, percents: Sequence[float] = _PERCENTS) -> Table:
    """Tabulate the value of each leg, stake and party with percentiles over the paths."""
    from capstake.render import date_text

    day = date_text(valuation.deal.valuation_date)
    rows = [
        (
            _KINDS[position.kind],
            valuation.label(name),
            position.estimate,
            *(p.value for p in position.percentiles(percents)),
        )
        for name, position in valuation.positions.items()
    ]
    columns = (Column("Kind", "group"), Column("Name"), Column("Value", "estimate"))
    return Table(
        f"{valuation.deal.name}: {_measured(valuation)}value at {day}",
        columns + _percent_columns(percents),
        tuple(rows),
        unit=valuation.money,
        note=f"Value: expected present value ± its standard error. {_OVER_PATHS}",
    )


def percentile_intervals(valuation: Valuation) -> Table:
    """Tabulate percentiles, and the mean of the worst outcomes, with their 95% intervals."""
    rows: list[tuple[Any, ...]] = []
    for name, position in valuation.positions.items():
        label = valuation.label(name)
        shortfall = position.expected_shortfall(_WORST)
        mean = shortfall.mean
        rows.append((label, f"Mean of the lowest {_WORST:g}%", mean.value, *mean.interval))
        rows += [
            (label, f"{p.percent:g}% percentile", p.value, p.low, p.high)
            for p in position.percentiles()
        ]
    columns = (
        Column("Name", "group"),
        Column("Of the outcomes"),
        Column("Present value", "money"),
        Column("95% interval, low", "money"),
        Column("high", "money"),
    )
    return Table(
        "Percentiles and expected shortfall, with intervals",
        columns,
        tuple(rows),
        unit=valuation.money,
        note="The mean of the lowest outcomes is the expected shortfall. Percentiles are outcomes "
        "of paths, never interpolated; their intervals hold whatever the distribution.",
    )


def payments(valuation: Valuation, leg: str) -> Table:
    """Tabulate a leg's payments by calendar year of payment, undiscounted."""
    rows: list[tuple[Any, ...]] = [
        (str(a.year), a.mean, *(p.value for p in a.percentiles))
        for a in valuation.payments(leg, _PERCENTS)
    ]
    total = valuation.total_percentiles(leg, _PERCENTS)
    rows.append(("Total", valuation.total_paid(leg), *(p.value for p in total)))
    columns = (Column("Paid in"), Column("Expected", "estimate"))
    return Table(
        f"{valuation.label(leg)}: payments by year, undiscounted",
        columns + _percent_columns(_PERCENTS),
        tuple(rows),
        unit=valuation.money,
        note="Percentiles of single years do not add up to those of the total.",
        n_totals=1,
    )


def cumulative_payments(valuation: Valuation, leg: str) -> Table:
    """Tabulate what a leg has paid since the valuation date by the end of each year."""
    rows = []
    expected = 0.0
    so_far = np.zeros(1)
    samples = valuation.payment_samples(leg)
    for amount in valuation.payments(leg):
        expected += amount.mean.value
        so_far = so_far + samples[amount.year]
        rows.append((str(amount.year), expected, *_quantiles(so_far, _PERCENTS)))
    columns = (Column("Paid by the end of"), Column("Expected", "money"))
    return Table(
        f"{valuation.label(leg)}: payments since the valuation date, undiscounted",
        columns + _percent_columns(_PERCENTS),
        tuple(rows),
        unit=valuation.money,
    )


def paid_at_cap(valuation: Valuation, leg: str) -> PaidAtCap | None:
    """Return what a leg pays after the valuation date on the paths that reach its cap.

    It is the same on each of them unless the cap is uncertain, or something is paid that does
    not count towards it: 5%, 50% and 95% of these paths lie below ``low``, ``middle``, ``high``.
    None where no path reaches a cap.
    """
    is_reached = valuation.reaches_cap(leg)
    if is_reached is None or not is_reached.any():
        return None
    total = sum(valuation.payment_samples(leg).values(), start=np.zeros(len(is_reached)))
    return PaidAtCap(*_quantiles(total[is_reached], (5.0, 50.0, 95.0)))


def cap_room(valuation: Valuation, leg: str) -> Table | None:
    """Tabulate a leg's cap and what is left of it at the valuation date; None where unknown."""
    left = paid_at_cap(valuation, leg)
    if left is None:
        return None
    steps = cap_steps(valuation.deal.legs[leg])
    rows = [
        (f"Cap from {since} on" if since else "Cap on all payments", amount)
        for since, amount in steps
    ]
    if len(steps) == 1 and math.isclose(left.low, left.high, rel_tol=1e-9):
        cap = steps[0].amount
        counted = cap - left.middle
        counted = 0.0 if abs(counted) < 1e-9 * cap else counted
        rows += [
            ("Counted towards it by the valuation date", counted),
            ("Left to be paid", left.middle),
        ]
    else:
        parts = zip(("5%", "50%", "95%"), left, strict=True)
        rows += [(f"Paid in all where the cap is reached, {p}", amount) for p, amount in parts]
    columns = (Column("Cap"), Column("Amount", "money"))
    title = f"{valuation.label(leg)}: what is left under the cap"
    return Table(title, columns, tuple(rows), unit=valuation.money)


def cap_timing(valuation: Valuation, leg: str) -> Table | None:
    """Tabulate the probability that a leg's cap is reached in each period; None without a cap."""
    from capstake.render import date_text

    cap = valuation.cap(leg)
    if cap is None:
        return None
    rows: list[tuple[Any, ...]] = []
    reached = 0.0
    for period, estimate in cap.by_period:
        reached += estimate.value
        if estimate.value > 0.0:
            rows.append((period, estimate, reached))
    rows.append(("Reached at all", cap.probability, cap.probability.value))
    rows.append(("Never", _complement(cap.probability), None))
    columns = (
        Column("Quarter" if valuation.deal.frequency == "quarter" else "Period"),
        Column("Probability", "probability"),
        Column("By its end", "percent"),
    )
    days = "; ".join(
        f"{percent:g}% of the paths by {date_text(day)}"
        for percent, day in cap.dates
        if day is not None
    )
    return Table(
        f"{valuation.label(leg)}: when the cap is reached",
        columns,
        tuple(rows),
        note=f"Reached in {days}." if days else "Fewer than 5% of the paths reach the cap.",
        n_totals=2,
    )


def _complement(probability: Estimate) -> Estimate:
    from capstake.estimates import Estimate

    return Estimate(1.0 - probability.value, probability.standard_error)


def correlations(valuation: Valuation) -> Table:
    """Tabulate the correlation of every leg with every stake."""
    rows = []
    for leg in valuation.of_kind("leg"):
        for stake in valuation.of_kind("stake"):
            c = valuation.correlation(leg.name, stake.name)
            if not math.isnan(c.value):
                rows.append(
                    (valuation.label(leg.name), valuation.label(stake.name), c.value, c.low, c.high)
                )
    columns = (
        Column("Contract"),
        Column("Stake"),
        Column("Correlation", "ratio"),
        Column("95% interval, low", "ratio"),
        Column("high", "ratio"),
    )
    return Table("Correlation of present values", columns, tuple(rows))


def reconciliation(valuation: Valuation) -> Table:
    """Tabulate each stake's modelled value beside the last round's price."""
    rows = []
    for stake in valuation.of_kind("stake"):
        r = valuation.reconciliation(stake.name)
        if r is not None:
            fraction = valuation.deal.stakes[stake.name].fraction.value
            rows.append(
                (
                    valuation.label(stake.name),
                    stake.estimate,
                    fraction * r.last_round,
                    r.implied_equity,
                    r.last_round,
                    r.discount_rate,
                    r.reconciling_rate,
                )
            )
    columns = (
        Column("Stake"),
        Column("Value in the model", "estimate"),
        Column("At the last round's price", "money"),
        Column("Equity value implied by the model", "estimate"),
        Column("Equity value in the last round", "money"),
        Column("Discount rate used", "percent"),
        Column("Rate that gives the last round's price", "percent"),
    )
    return Table(
        "The model's value beside the last round's price",
        columns,
        tuple(rows),
        unit=valuation.money,
    )


def _measured(valuation: Valuation) -> str:
    return "risk-neutral " if valuation.measure == "risk_neutral" else ""


def comparison(compared: Comparison) -> Table:
    """Tabulate old value, new value and the change on the same draws."""
    rows = []
    old, new = compared.old, compared.new
    for name, change in compared.changes.items():
        holder = compared.new if name in compared.new else compared.old
        rows.append(
            (
                _KINDS[change.kind],
                holder.label(name),
                compared.old[name].estimate if name in compared.old else None,
                compared.new[name].estimate if name in compared.new else None,
                change.estimate,
            )
        )
    columns = (
        Column("Kind", "group"),
        Column("Name"),
        Column("Old", "estimate"),
        Column("New", "estimate"),
        Column("Change", "change"),
    )
    return Table(
        f"From {_measured(old)}“{old.deal.name}” to {_measured(new)}“{new.deal.name}”",
        columns,
        tuple(rows),
        unit=compared.new.money,
        note="Change: on the same draws, so its standard error is smaller than those beside it.",
    )


def reproducibility(*valuations: Valuation) -> Table:
    """Tabulate what it takes to get the same bits again; of a comparison, the new version first."""
    facts = {}
    for which, valuation in zip(("Deal", "Old deal"), valuations, strict=False):
        facts[which] = valuation.deal.name
        facts[f"{which} hash (SHA-256)"] = valuation.input_hash
    facts |= {
        "Paths of the values": f"{valuations[0].paths:,} ({valuations[0].run.sampler})",
        "Replicates": f"{valuations[0].run.replicates:,}",
        "Paths of the distributions": f"{valuations[0].run.sample_paths:,}",
        "Seed": str(valuations[0].seed),
        **provenance(),
    }
    return Table(
        "Reproducibility",
        (Column("What"), Column("Value")),
        tuple(facts.items()),
        note="The same deal, paths, seed and version give the same numbers to the last bit, on "
        "any number of threads.",
    )


def _quantiles(samples: Samples, percents: Sequence[float]) -> list[float]:
    return [row[0] for row in _core.quantiles(samples, [p / 100 for p in percents])]
