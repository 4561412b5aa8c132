"""Figures of a valuation, each on matplotlib Axes.

A function draws on the Axes it is given; without any it makes a figure of its own, which a notebook
shows. matplotlib's global settings are never changed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capstake import comparison_tables, tables
from capstake.cap_terms import cap_amount
from capstake.plot_style import (
    BLUE,
    BLUE_LIGHT,
    BLUE_MIDDLE,
    GREY,
    INK,
    MUTED,
    ORANGE,
    ORANGE_LIGHT,
    RULE,
    SMALL,
    axes_or_new,
    clean,
    label_rows,
    money_tick,
    place_rows,
    right_column,
    short,
    write,
)
from capstake.render import cells, date_text, plain_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capstake.comparison import Comparison
    from capstake.estimates import Position
    from capstake.valuation import Valuation

__all__ = ["cap_timing", "comparison", "distribution", "gains", "payments", "positions"]

Values = NDArray[np.float64]

_BINS = 44
# A value that this part of the paths takes exactly is an atom, and drawn as one.
_ATOM = 0.01
# The figure leaves out this part of the paths on either side, at most.
_TAIL = 0.005
_MOST_NUMBERED = 16  # bars; more than these would crowd their numbers
_MOST_LABELLED = 12
# Of a histogram's width and height, what the text beside an atom takes.
_WRITTEN = 0.4
_LINE = 0.12
_LONG_TICK = 9  # characters; fewer ticks where they are longer


class _Histogram(NamedTuple):
    """Parts of the paths in bins, and single values that many paths share."""

    edges: Values
    parts: Values
    atoms: list[tuple[float, float]]  # (value, part of the paths)
    below: float
    above: float


def distribution(position: Position, ax: Axes | None = None) -> Axes:
    """Draw the distribution of a position's present value over the paths.

    Values that at least 1% of the paths share, as at a cap or after a failure, are drawn as bars
    of their own with their probability; the outermost half per cent on either side is left out
    of the picture and its part is printed.

    Parameters
    ----------
    position
        What to draw.
    ax
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
    """
    axes = axes_or_new(ax)
    drawn = _histogram(position.samples)
    top = float(drawn.parts.max(initial=0.0)) or 1.0
    left, right = float(drawn.edges[0]), float(drawn.edges[-1])
    axes.stairs(drawn.parts, drawn.edges, fill=True, facecolor=BLUE_MIDDLE, linewidth=0.0)
    margin = 0.04 * (right - left)
    axes.set_xlim(left - margin, right + margin)
    axes.set_ylim(0.0, 1.36 * top)
    _mark_percentiles(axes, position, top)
    for value, part in drawn.atoms:
        height = min(part, 1.08 * top)
        axes.plot([value, value], [0.0, height], color=ORANGE, linewidth=3.0, zorder=4)
        _write_beside(axes, drawn, (value, height), f"{100 * part:.1f}% at {short(value)}")
    axes.plot([position.value], [0.0], "^", markersize=7, color=INK, clip_on=False, zorder=5)
    clean(axes)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(money_tick)
    _thin_ticks(axes)
    sides = ((drawn.below, "further left"), (drawn.above, "further right"))
    outside = ", ".join(f"{100 * part:.1f}% {side}" for part, side in sides if part > 0)
    axes.set_xlabel(outside, loc="right", color=MUTED, fontsize=SMALL - 1)
    return axes


def _write_beside(axes: Axes, drawn: _Histogram, at: tuple[float, float], text: str) -> None:
    """Write beside an atom, on the side that has more room, or above the bars that stand there."""
    value, height = at
    low, high = axes.get_xlim()
    is_left = value < (low + high) / 2
    reach = _WRITTEN * (high - low)
    start, end = (value, value + reach) if is_left else (value - reach, value)
    is_beside = (drawn.edges[1:] > start) & (drawn.edges[:-1] < end)
    tallest = float(drawn.parts[is_beside].max(initial=0.0))
    is_clear = height - tallest > _LINE * axes.get_ylim()[1]
    style: dict[str, Any] = {"color": ORANGE, "fontweight": "bold"}
    style |= {"ha": "left" if is_left else "right", "va": "top" if is_clear else "bottom"}
    shift = (4 if is_left else -4, 0 if is_clear else 1)
    write(axes, text, (value, height if is_clear else tallest), shift=shift, **style)


def _mark_percentiles(axes: Axes, position: Position, top: float) -> None:
    low, high = axes.get_xlim()
    last = -math.inf
    for p, name in zip(position.percentiles((5, 50, 95)), ("5%", "median", "95%"), strict=True):
        dotted: dict[str, Any] = {"color": MUTED, "linewidth": 0.8, "linestyle": (0, (2, 2))}
        axes.plot([p.value, p.value], [0.0, 1.16 * top], zorder=3, **dotted)
        # A name that would run into the one before is dropped; its line stays.
        if p.value - last > 0.13 * (high - low):
            write(axes, name, (p.value, 1.18 * top), ha="center", fontsize=SMALL - 1)
            last = p.value


def _histogram(samples: Values) -> _Histogram:
    values, counts = np.unique(samples, return_counts=True)
    n = len(samples)
    is_atom = counts >= max(_ATOM * n, 2)
    atoms = [
        (float(value), float(count) / n)
        for value, count in zip(values[is_atom], counts[is_atom], strict=True)
    ]
    rest = samples[~np.isin(samples, values[is_atom])]
    held = rest if len(rest) else values
    ends = np.quantile(held, (_TAIL, 1.0 - _TAIL), method="nearest")
    low = min([float(ends[0]), *(value for value, _ in atoms)])
    high = max([float(ends[1]), *(value for value, _ in atoms)])
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = 0.5 * abs(low) or 1.0
        low, high = low - half, high + half
    edges = np.linspace(low, high, _BINS + 1)
    counted, _ = np.histogram(rest, edges)
    below, above = (float(np.sum(part)) / n for part in (rest < low, rest > high))
    return _Histogram(edges, counted / n, atoms, below, above)


def payments(valuation: Valuation, leg: str, ax: Axes | None = None) -> Axes:
    """Draw what a leg has paid since the valuation date, year by year, with its cap.

    The bands hold 90% and 50% of the paths, the line is the median, the dots are the expectation.
    Parameters and result as of :func:`distribution`.
    """
    axes = axes_or_new(ax)
    rows = tables.cumulative_payments(valuation, leg).rows
    day = valuation.deal.valuation_date
    start = day.year - 1.0 + day.timetuple().tm_yday / 366.0
    years = [float(row[0]) for row in rows]
    x = np.array([start, *years])
    amounts = np.array([[0.0] * 6, *([float(a) for a in row[1:]] for row in rows)])
    expected, low, lower, median, upper, high = amounts.T
    axes.fill_between(x, low, high, color=BLUE_LIGHT, linewidth=0)
    axes.fill_between(x, lower, upper, color=BLUE_MIDDLE, linewidth=0)
    axes.plot(x, median, color=BLUE, linewidth=1.6)
    axes.plot(x[1:], expected[1:], "o", color=INK, markersize=3.6, zorder=4, clip_on=False)
    left = tables.paid_at_cap(valuation, leg)
    top = 1.14 * max(float(high[-1]), left.high if left else 0.0) or 1.0
    if left is not None:
        _draw_cap(axes, valuation, leg, left)
    axes.set_ylim(0.0, top)
    axes.set_xlim(start, x[-1])
    axes.set_xticks(x[1:], [f"{year:.0f}" for year in years])
    names = ("95%", "75%", "median", "25%", "5%")
    ends = (high[-1], upper[-1], median[-1], lower[-1], low[-1])
    _name_ends(axes, float(x[-1]), dict(zip(names, map(float, ends), strict=True)))
    clean(axes, grid="y")
    axes.yaxis.set_major_formatter(money_tick)
    axes.set_ylabel(f"Paid since {date_text(day)} ({valuation.money})", color=MUTED, fontsize=SMALL)
    return axes


def _draw_cap(axes: Axes, valuation: Valuation, leg: str, left: tables.PaidAtCap) -> None:
    cap = cap_amount(valuation.deal.legs[leg])
    if math.isclose(left.low, left.high, rel_tol=1e-9):
        text = "cap"
        if cap is not None:
            text += f" {plain_text(cap)}"
            if not math.isclose(cap, left.middle, rel_tol=1e-9):
                text += f", of which {short(left.middle)} left"
    else:
        text = "where the cap is reached"
        axes.axhspan(left.low, left.high, color=ORANGE_LIGHT, linewidth=0, zorder=0.5)
    axes.axhline(left.middle, color=ORANGE, linewidth=1.4, linestyle=(0, (5, 2)), zorder=3)
    style: dict[str, Any] = {"color": ORANGE, "fontweight": "bold", "shift": (4, 4)}
    write(axes, text, (0.0, left.middle), where=("axes fraction", "data"), **style)


def _name_ends(axes: Axes, x: float, ends: dict[str, float]) -> None:
    """Name lines at their right end, top down; those that would overlap share a line of text."""
    near = 0.055 * axes.get_ylim()[1]
    groups: list[tuple[float, list[str]]] = []
    for name, y in ends.items():
        if groups and groups[-1][0] - y < near:
            groups[-1][1].append(name)
        else:
            groups.append((y, [name]))
    for y, names in groups:
        text = names[0] if len(names) == 1 else f"{names[-1]} to {names[0]}"
        write(axes, text, (x, y), shift=(6, 0), va="center")


def cap_timing(valuation: Valuation, leg: str, ax: Axes | None = None) -> Axes:
    """Draw the probability that a leg's cap is reached in each period, and that it never is.

    Parameters and result as of :func:`distribution`.

    Raises
    ------
    ValueError
        The leg has no cap.
    """
    cap = valuation.cap(leg)
    if cap is None:
        raise ValueError(f"{leg} has no cap")
    axes = axes_or_new(ax)
    parts = [(period, 100 * estimate.value) for period, estimate in cap.by_period]
    some = [i for i, (_, part) in enumerate(parts) if part > 0]
    shown = parts[some[0] : some[-1] + 1] if some else []
    n = len(shown)
    never = 100 * (1.0 - cap.probability.value)
    at_never = n - 0.5 + max(1.0, 0.06 * n)
    width = max(0.82, 0.05 * n)
    heights = [part for _, part in shown]
    axes.bar(range(n), heights, 0.82, color=BLUE)
    axes.bar([at_never], [never], width, color=GREY)
    numbered = list(enumerate(heights)) if n <= _MOST_NUMBERED else []
    for x, part in (*numbered, (at_never, never)):
        write(axes, f"{part:.1f}%", (x, part), shift=(0, 2), ha="center", fontsize=SMALL - 1)
    labelled = range(0, n, max(1, math.ceil(n / _MOST_LABELLED)))
    names = [*(_period_label(shown[i][0]) for i in labelled), "never"]
    axes.set_xticks([*labelled, at_never], names)
    axes.set_xlim(-0.7, at_never + 0.7 * width + 0.2)
    axes.set_ylim(0.0, min(1.22 * max([*heights, never]), 112.0))
    clean(axes, grid="y")
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:g}%")
    axes.set_ylabel("Probability", color=MUTED, fontsize=SMALL)
    return axes


def _period_label(label: str) -> str:
    year, _, part = label.partition("-")
    return f"{part}\n{year}" if part else year


def positions(valuation: Valuation, ax: Axes | None = None) -> Axes:
    """Draw the value of each leg, stake and party with the range of its outcomes.

    The thin line holds 90% of the paths, the thick one 50%; the short line is the median, the dot
    the expected value. Parameters and result as of :func:`distribution`.
    """
    table = tables.positions(valuation)
    axes = axes_or_new(ax, height=rows_height(len(table.rows)))
    places = place_rows([row[0] for row in table.rows])
    bar: dict[str, Any] = {"color": BLUE_MIDDLE, "solid_capstyle": "butt"}
    for y, row in zip(places, table.rows, strict=True):
        low, lower, median, upper, high = row[3:]
        axes.plot([low, high], [y, y], linewidth=1.6, **bar)
        axes.plot([lower, upper], [y, y], linewidth=7, **bar)
        axes.plot([median, median], [y - 0.2, y + 0.2], color=BLUE, linewidth=1.6)
        axes.plot([row[2].value], [y], "o", color=INK, markersize=4.4, zorder=4)
    axes.axvline(0.0, color=RULE, linewidth=1.0, zorder=0)
    _finish_rows(axes, table, places, value=2, heading="Value ± standard error")
    axes.set_xlabel(f"Present value ({valuation.money})", color=MUTED, fontsize=SMALL)
    return axes


def comparison(compared: Comparison, ax: Axes | None = None) -> Axes:
    """Draw the change of each leg, stake and party with its 95% interval on common draws.

    Parameters and result as of :func:`distribution`.
    """
    table = tables.comparison(compared)
    axes = axes_or_new(ax, height=rows_height(len(table.rows)))
    places = place_rows([row[0] for row in table.rows])
    for y, (*_, change) in zip(places, table.rows, strict=True):
        axes.barh(y, change.value, 0.56, color=BLUE if change.value >= 0 else ORANGE)
        axes.plot(change.interval, [y, y], color=INK, linewidth=1.4)
    _finish_changes(axes, table, places, compared.new.money, "Change ± standard error")
    return axes


def gains(compared: Comparison, ax: Axes | None = None) -> Axes:
    """Draw what each party gains: its contracts, its stakes, and the two together.

    Parameters and result as of :func:`distribution`.
    """
    table = comparison_tables.changes_by_party(compared)
    n_parties = len(table.rows) - table.n_totals
    axes = axes_or_new(ax, height=parties_height(n_parties))
    places = [-float(i) for i in range(n_parties)]
    for y, (_, contracts, stakes, position) in zip(places, table.rows, strict=False):
        axes.barh(y + 0.17, contracts.value, 0.3, color=ORANGE, label="contracts")
        axes.barh(y - 0.17, stakes.value, 0.3, color=BLUE_MIDDLE, label="stakes")
        axes.plot([position.value], [y], "D", color=INK, markersize=5.5, label="together")
    _finish_changes(axes, table, places, compared.new.money, "Position ± standard error")
    handles, names = axes.get_legend_handles_labels()
    by_name = dict(zip(names, handles, strict=True))
    order = ["contracts", "stakes", "together"]
    axes.legend(
        [by_name[name] for name in order],
        order,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=3,
        frameon=False,
        fontsize=SMALL,
        labelcolor=MUTED,
        handlelength=1.2,
        borderaxespad=0.0,
    )
    return axes


def rows_height(n_rows: int) -> float:
    """Return the height in inches that suits a figure of so many positions."""
    return 0.3 * n_rows + 1.4


def parties_height(n_parties: int) -> float:
    """Return the height in inches that suits a figure of so many parties' gains."""
    return 0.38 * n_parties + 0.85


def _finish_changes(
    axes: Axes, table: tables.Table, places: list[float], money: str, heading: str
) -> None:
    axes.axvline(0.0, color=MUTED, linewidth=1.0)
    _finish_rows(axes, table, places, value=len(table.columns) - 1, heading=heading)
    axes.margins(x=0.08)
    axes.set_xlabel(f"New terms less old terms ({money})", color=MUTED, fontsize=SMALL)


def _finish_rows(
    axes: Axes, table: tables.Table, places: list[float], *, value: int, heading: str
) -> None:
    """Name the first rows of a table on the left, print one column of them on the right."""
    rows = cells(table)[: len(places)]
    has_kinds = table.columns[0].kind == "group"
    kinds = [row[0].text if has_kinds else "" for row in rows]
    clean(axes, grid="x", spines=())
    label_rows(axes, places, [row[int(has_kinds)].text for row in rows], kinds)
    right_column(axes, places, [str(row[value]) for row in rows], heading)
    axes.xaxis.set_major_formatter(money_tick)
    _thin_ticks(axes)


def _thin_ticks(axes: Axes) -> None:
    """Leave room between the ticks of amounts that take long to print."""
    largest = max(map(abs, axes.get_xlim()))
    if len(money_tick(float(f"{largest:.2g}"))) > _LONG_TICK:
        axes.locator_params(axis="x", nbins=3)
