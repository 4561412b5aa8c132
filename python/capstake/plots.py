"""Figures of a valuation, each on matplotlib Axes.

A function draws on the Axes it is given; without any it makes a figure of its own, which a notebook
shows. matplotlib's global settings are never changed. The palette is safe for colour-blind readers
(blue against orange, and differences in lightness); a page may map it to colours for a dark screen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capstake import tables
from capstake.deal_tables import number_text
from capstake.render import cells, money_decimals, money_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capstake.valuation import Comparison, Position, Valuation

__all__ = [
    "cap_timing",
    "comparison",
    "distribution",
    "gains",
    "payments",
    "positions",
]

INK = "#1d2733"
MUTED = "#586473"
RULE = "#c9d0d8"
GRID = "#e6e9ed"
BLUE = "#1f5f94"
BLUE_MIDDLE = "#8fb5d4"
BLUE_LIGHT = "#cfe0ee"
ORANGE = "#b3590b"
GREY = "#8d97a3"

# The same colours on a dark ground.
DARK = {
    INK: "#e4e9ef",
    MUTED: "#a9b4c0",
    RULE: "#4a5561",
    GRID: "#2d3640",
    BLUE: "#74b4e8",
    BLUE_MIDDLE: "#3f7199",
    BLUE_LIGHT: "#274a66",
    ORANGE: "#f0a35a",
    GREY: "#7f8a96",
}

SMALL = 8.0  # points

Values = NDArray[np.float64]

# A value that this part of the paths takes exactly is an atom, and drawn as one.
_ATOM = 0.01
_BINS = 44


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
    axes = _axes(ax)
    drawn = _histogram(position.samples)
    top = max(float(drawn.parts.max(initial=0.0)), 1e-9)
    if not drawn.parts.any():
        top = 1.0
    axes.bar(
        drawn.edges[:-1], drawn.parts, np.diff(drawn.edges), align="edge", color=BLUE_MIDDLE,
        edgecolor=BLUE_MIDDLE, linewidth=0.4,
    )
    margin = 0.04 * (drawn.edges[-1] - drawn.edges[0])
    axes.set_xlim(drawn.edges[0] - margin, drawn.edges[-1] + margin)
    axes.set_ylim(0.0, 1.36 * top)
    for value, part in drawn.atoms:
        axes.plot([value, value], [0.0, min(part, 1.12 * top)], color=ORANGE, linewidth=3.0,
                  solid_capstyle="butt", clip_on=False, zorder=4)
        _note(axes, value, min(part, 1.12 * top), f"{100 * part:.1f}% at {_short(value)}",
              drawn.edges, ORANGE)
    _mark_percentiles(axes, position, top)
    _clean(axes)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(_money_tick)
    outside = [f"{100 * part:.1f}% {side}" for part, side in
               ((drawn.below, "further left"), (drawn.above, "further right")) if part > 0]
    axes.set_xlabel(", ".join(outside), loc="right", color=MUTED, fontsize=SMALL - 1)
    return axes


def _mark_percentiles(axes: Axes, position: Position, top: float) -> None:
    last = -math.inf
    low, high = axes.get_xlim()
    for p, name in zip(position.percentiles((5, 50, 95)), ("5%", "median", "95%"), strict=True):
        axes.plot([p.value, p.value], [0.0, 1.16 * top], color=MUTED, linewidth=0.8,
                  linestyle=(0, (2, 2)), zorder=3)
        # Names that would run into each other are dropped, the line stays.
        if p.value - last > 0.13 * (high - low):
            axes.annotate(name, (p.value, 1.18 * top), (0, 0), textcoords="offset points",
                          ha="center", va="bottom", color=MUTED, fontsize=SMALL - 1)
            last = p.value
    axes.plot([position.value], [0.0], marker="^", markersize=7, color=INK, clip_on=False, zorder=5)


def _histogram(samples: Values) -> _Histogram:
    values, counts = np.unique(samples, return_counts=True)
    n = len(samples)
    is_atom = counts >= max(_ATOM * n, 2)
    atoms = [(float(v), float(c) / n) for v, c in zip(values[is_atom], counts[is_atom], strict=True)]
    rest = samples[~np.isin(samples, values[is_atom])]
    held = rest if len(rest) else values
    low, high = (float(x) for x in np.quantile(held, (0.005, 0.995), method="nearest"))
    low = min([low, *(value for value, _ in atoms)])
    high = max([high, *(value for value, _ in atoms)])
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = 0.5 * abs(low) or 1.0
        low, high = low - half, high + half
    edges = np.linspace(low, high, _BINS + 1)
    counted, _ = np.histogram(rest, edges)
    below, above = (float(np.sum(part)) / n for part in (rest < edges[0], rest > edges[-1]))
    return _Histogram(edges, counted / n, atoms, below, above)


def payments(valuation: Valuation, leg: str, ax: Axes | None = None) -> Axes:
    """Draw what a leg has paid since the valuation date, year by year, with its cap.

    The bands hold 90% and 50% of the paths, the line is the median, the dots are the expectation.
    """
    axes = _axes(ax)
    amounts = tables.cumulative_payments(valuation, leg).rows
    years = [float(row[0]) for row in amounts]
    day = valuation.deal.valuation_date
    start = day.year - 1.0 + day.timetuple().tm_yday / 366.0
    columns = np.array([[float(x) for x in row[1:]] for row in amounts]).reshape(len(years), 6)
    columns = np.vstack([np.zeros(6), columns])
    x = np.array([start, *years])
    expected, low, lower, median, upper, high = columns.T
    axes.fill_between(x, low, high, color=BLUE_LIGHT, linewidth=0)
    axes.fill_between(x, lower, upper, color=BLUE_MIDDLE, linewidth=0)
    axes.plot(x, median, color=BLUE, linewidth=1.6)
    axes.plot(x[1:], expected[1:], "o", color=INK, markersize=3.6, linestyle="none", zorder=4)
    top = max(float(high[-1]), 1e-12)
    left = tables.paid_at_cap(valuation, leg)
    if left is not None:
        top = max(top, left.high)
        _draw_cap(axes, valuation, leg, left)
    axes.set_ylim(0.0, 1.14 * top)
    axes.set_xlim(start, years[-1] + 0.02 * (years[-1] - start) if years else 1.0)
    axes.set_xticks(x[1:], [f"{year:.0f}" for year in years])
    _end_labels(axes, x[-1], ((high[-1], "95%"), (upper[-1], "75%"), (median[-1], "median"),
                              (lower[-1], "25%"), (low[-1], "5%")), 1.14 * top)
    _clean(axes, grid="y")
    axes.set_ylabel(f"Paid since {valuation.deal.valuation_date} ({valuation.money})",
                    color=MUTED, fontsize=SMALL)
    return axes


def _draw_cap(axes: Axes, valuation: Valuation, leg: str, left: tables.PaidAtCap) -> None:
    cap = valuation.deal.legs[leg].cap
    text = f"cap {number_text(cap, 'money')}" if cap.is_constant else "where the cap is reached"
    if math.isclose(left.low, left.high, rel_tol=1e-9):
        if cap.is_constant and not math.isclose(cap.value, left.middle, rel_tol=1e-9):
            text += f", of which {_short(left.middle)} left"
    else:
        axes.axhspan(left.low, left.high, color=ORANGE, alpha=0.15, linewidth=0)
    axes.axhline(left.middle, color=ORANGE, linewidth=1.4, linestyle=(0, (5, 2)), zorder=3)
    axes.annotate(text, (0.0, left.middle), (4, 4), xycoords=("axes fraction", "data"),
                  textcoords="offset points", color=ORANGE, fontsize=SMALL, fontweight="bold")


def _end_labels(
    axes: Axes, x: float, labels: tuple[tuple[float, str], ...], height: float
) -> None:
    """Name lines at their right end, top down; those that would overlap share a line of text."""
    groups: list[tuple[float, list[str]]] = []
    for y, text in labels:
        if groups and groups[-1][0] - y < 0.055 * height:
            groups[-1][1].append(text)
        else:
            groups.append((y, [text]))
    for y, texts in groups:
        text = texts[0] if len(texts) == 1 else f"{texts[-1]} to {texts[0]}"
        axes.annotate(text, (x, y), (6, 0), textcoords="offset points", color=MUTED,
                      fontsize=SMALL, va="center", annotation_clip=False)


def cap_timing(valuation: Valuation, leg: str, ax: Axes | None = None) -> Axes:
    """Draw the probability that a leg's cap is reached in each period, and that it never is.

    Raises
    ------
    ValueError
        The leg has no cap.
    """
    axes = _axes(ax)
    cap = valuation.cap(leg)
    if cap is None:
        raise ValueError(f"{leg} has no cap")
    parts = [(label, 100 * e.value) for label, e in cap.by_period]
    some = [i for i, (_, part) in enumerate(parts) if part > 0]
    shown = parts[some[0] : some[-1] + 1] if some else []
    never = 100 * (1.0 - cap.probability.value)
    x = np.arange(len(shown), dtype=float)
    heights = [part for _, part in shown]
    axes.bar(x, heights, 0.82, color=BLUE)
    gap = max(1.0, 0.06 * len(shown))
    at_never = len(shown) - 0.5 + gap
    width = max(0.82, 0.05 * len(shown))
    top = 1.22 * max([*heights, never])
    axes.bar([at_never], [never], width, color=GREY)
    for place, part, text in (
        *((i, p, f"{p:.1f}%") for i, p in zip(x, heights, strict=True) if len(shown) <= 16),
        (at_never, never, f"{never:.1f}%"),
    ):
        axes.annotate(text, (place, part), (0, 2), textcoords="offset points", ha="center",
                      color=MUTED, fontsize=SMALL - 1)
    every = max(1, math.ceil(len(shown) / 12))
    labelled = [i for i in range(len(shown)) if i % every == 0]
    axes.set_xticks([*labelled, at_never])
    axes.set_xticklabels([*(_period_label(shown[i][0]) for i in labelled), "never"])
    axes.set_xlim(-0.7, at_never + 0.7 * width + 0.2)
    axes.set_ylim(0.0, top)
    _clean(axes, grid="y")
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:g}%")
    axes.set_ylabel("Probability", color=MUTED, fontsize=SMALL)
    return axes


def _period_label(label: str) -> str:
    year, _, part = label.partition("-")
    return f"{part}\n{year}" if part else year


def positions(valuation: Valuation, ax: Axes | None = None) -> Axes:
    """Draw the value of each leg, stake and party with the range of its outcomes.

    The thin line holds 90% of the paths, the thick one 50%; the dot is the expected value.
    """
    names = list(valuation)
    axes = _axes(ax, height=0.34 * len(names) + 0.6)
    rows = tables.positions(valuation).rows
    kinds = [row[0] for row in rows]
    places = _places(kinds)
    for y, row in zip(places, rows, strict=True):
        low, lower, median, upper, high = row[3:]
        axes.plot([low, high], [y, y], color=BLUE_MIDDLE, linewidth=1.6, solid_capstyle="butt")
        axes.plot([lower, upper], [y, y], color=BLUE_MIDDLE, linewidth=7, solid_capstyle="butt")
        axes.plot([median, median], [y - 0.2, y + 0.2], color=BLUE, linewidth=1.6)
        axes.plot([row[2].value], [y], "o", color=INK, markersize=4.4, zorder=4)
    _label_rows(axes, places, [f"{row[1]}" for row in rows], kinds)
    printed = [str(row[2]) for row in cells(tables.positions(valuation))]
    _right_column(axes, places, printed, "Value ± standard error")
    axes.axvline(0.0, color=RULE, linewidth=1.0, zorder=0)
    _clean(axes, grid="x", spines=())
    axes.xaxis.set_major_formatter(_money_tick)
    axes.set_xlabel(f"Present value ({valuation.money})", color=MUTED, fontsize=SMALL)
    return axes


def comparison(compared: Comparison, ax: Axes | None = None) -> Axes:
    """Draw the change of each leg, stake and party with its standard error on common draws."""
    table = tables.comparison(compared)
    axes = _axes(ax, height=0.34 * len(table.rows) + 0.6)
    kinds = [row[0] for row in table.rows]
    places = _places(kinds)
    for y, row in zip(places, table.rows, strict=True):
        change = row[4]
        axes.barh(y, change.value, 0.56, color=BLUE if change.value >= 0 else ORANGE)
        half = 1.96 * change.standard_error
        axes.plot([change.value - half, change.value + half], [y, y], color=INK, linewidth=1.4)
    _label_rows(axes, places, [row[1] for row in table.rows], kinds)
    _right_column(axes, places, [str(row[4]) for row in cells(table)], "Change ± standard error")
    axes.axvline(0.0, color=MUTED, linewidth=1.0)
    _clean(axes, grid="x", spines=())
    axes.margins(x=0.08)
    axes.xaxis.set_major_formatter(_money_tick)
    axes.set_xlabel(f"New terms less old terms ({compared.new.money})", color=MUTED,
                    fontsize=SMALL)
    return axes


def gains(compared: Comparison, ax: Axes | None = None) -> Axes:
    """Draw what each party gains: its contracts, its stakes, and the two together."""
    table = tables.changes_by_party(compared)
    rows = table.rows[: -table.n_totals]
    axes = _axes(ax, height=0.6 * len(rows) + 0.7)
    places = [-float(i) for i in range(len(rows))]
    for y, (_, contracts, stakes, position) in zip(places, rows, strict=True):
        axes.barh(y + 0.17, contracts.value, 0.3, color=ORANGE, label="contracts")
        axes.barh(y - 0.17, stakes.value, 0.3, color=BLUE_MIDDLE, label="stakes")
        axes.plot([position.value], [y], "D", color=INK, markersize=5.5, zorder=4,
                  label="together", linestyle="none")
    _label_rows(axes, places, [row[0] for row in rows], [""] * len(rows))
    printed = [str(row[3]) for row in cells(table)][: len(rows)]
    _right_column(axes, places, printed, "Position ± standard error")
    axes.axvline(0.0, color=MUTED, linewidth=1.0)
    _clean(axes, grid="x", spines=())
    axes.margins(x=0.08)
    axes.xaxis.set_major_formatter(_money_tick)
    axes.set_xlabel(f"New terms less old terms ({compared.new.money})", color=MUTED,
                    fontsize=SMALL)
    handles, names = axes.get_legend_handles_labels()
    by_name = dict(zip(names, handles, strict=True))
    axes.legend(by_name.values(), by_name.keys(), loc="lower left", bbox_to_anchor=(0.0, 1.0),
                ncols=3, frameon=False, fontsize=SMALL, labelcolor=MUTED, handlelength=1.2,
                borderaxespad=0.0, columnspacing=1.4)
    return axes


def _axes(ax: Axes | None, height: float = 3.0) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    figure, made = plt.subplots(figsize=(7.2, max(height, 1.4)), layout="constrained")
    figure.patch.set_alpha(0.0)
    return made


def _places(kinds: list[str]) -> list[float]:
    """Heights of rows from the top, with a gap and a heading where the kind changes."""
    places, y, last = [], 0.0, ""
    for kind in kinds:
        y -= 1.0 if kind == last else 1.9
        places.append(y)
        last = kind
    return places


def _label_rows(axes: Axes, places: list[float], names: list[str], kinds: list[str]) -> None:
    axes.set_yticks(places)
    axes.set_yticklabels(names, color=INK, fontsize=SMALL + 0.5)
    last = ""
    for y, kind in zip(places, kinds, strict=True):
        if kind != last:
            axes.annotate(kind, (0, y + 0.62), (-4, 0), xycoords=axes.get_yaxis_transform(),
                          textcoords="offset points", ha="right", va="bottom", color=MUTED,
                          fontsize=SMALL - 0.5, fontweight="bold", annotation_clip=False)
        last = kind
    top = max(places) + (1.3 if any(kinds) else 0.6)
    axes.set_ylim(min(places) - 0.7, top)


def _right_column(axes: Axes, places: list[float], texts: list[str], heading: str) -> None:
    for y, text in zip(places, texts, strict=True):
        axes.annotate(text, (1, y), (104, 0), xycoords=axes.get_yaxis_transform(),
                      textcoords="offset points", ha="right", va="center", color=INK,
                      fontsize=SMALL + 0.5, annotation_clip=False)
    axes.annotate(heading, (1, 1), (104, 2), xycoords="axes fraction", textcoords="offset points",
                  ha="right", va="bottom", color=MUTED, fontsize=SMALL - 0.5,
                  annotation_clip=False)


def _note(axes: Axes, x: float, y: float, text: str, edges: Values, color: str) -> None:
    """Write beside a point, on the side of it that has more room."""
    is_left = x < (edges[0] + edges[-1]) / 2
    axes.annotate(text, (x, y), (4 if is_left else -4, 0), textcoords="offset points", va="top",
                  ha="left" if is_left else "right", color=color, fontsize=SMALL,
                  fontweight="bold")


def _clean(axes: Axes, grid: str = "", spines: tuple[str, ...] = ("bottom",)) -> None:
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(side in spines)
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=MUTED, labelsize=SMALL, length=0 if grid == "x" else 3, color=RULE)
    axes.tick_params(axis="y", length=0)
    axes.patch.set_alpha(0.0)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(visible=True, axis=grid, color=GRID, linewidth=0.7)
    for label in axes.get_yticklabels() if grid == "x" else ():
        label.set_color(INK)
        label.set_fontsize(SMALL + 0.5)


def _money_tick(value: float, _: Any) -> str:
    text = f"{abs(value):,.10g}"
    return f"({text})" if value < 0 and text != "0" else text


def _short(value: float) -> str:
    return money_text(value, min(money_decimals([value]), 2)) if value else "0"
