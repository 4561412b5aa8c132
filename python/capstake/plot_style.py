"""The look of all figures: colours, texts, axes. Nothing here knows what is drawn."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from capstake.render import money_decimals, money_text, plain_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DARK", "axes_or_new", "clean", "label_rows", "right_column", "write"]

# Safe for colour-blind readers: blue against orange, and differences in lightness.
INK = "#1d2733"
MUTED = "#586473"
RULE = "#c9d0d8"
GRID = "#e6e9ed"
BLUE = "#1f5f94"
BLUE_MIDDLE = "#8fb5d4"
BLUE_LIGHT = "#cfe0ee"
ORANGE = "#b3590b"
ORANGE_LIGHT = "#f3dfcb"
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
    ORANGE_LIGHT: "#4a3624",
    GREY: "#7f8a96",
}

SMALL = 8.0  # points
_WIDTH = 7.2  # inches
_ROW_WIDTH = 26  # characters
# Points between the axes and the right edge of the column beside them, at least, and a character.
_COLUMN = 104
_CHARACTER = 5.4


def axes_or_new(ax: Axes | None, height: float = 3.0) -> Axes:
    """Return the Axes, or those of a new figure that a notebook shows."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, made = plt.subplots(figsize=(_WIDTH, max(height, 1.4)), layout="constrained")
    return made


def write(axes: Axes, text: str, at: tuple[float, float], **style: Any) -> None:
    """Write a text at a point, as it stands: a dollar sign starts no formula."""
    shift = style.pop("shift", (0.0, 0.0))
    where = style.pop("where", "data")
    look: dict[str, Any] = {"color": MUTED, "fontsize": SMALL} | style
    axes.annotate(
        text,
        at,
        shift,
        xycoords=where,
        textcoords="offset points",
        annotation_clip=False,
        parse_math=False,
        **look,
    )


def clean(
    axes: Axes, grid: Literal["", "x", "y"] = "", spines: Sequence[str] = ("bottom",)
) -> None:
    """Take away what carries nothing, and set lines and texts in the palette."""
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(side in spines)
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=MUTED, labelsize=SMALL, length=0 if grid == "x" else 3, color=RULE)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(visible=True, axis=grid, color=GRID, linewidth=0.7)


def place_rows(kinds: Sequence[str]) -> list[float]:
    """Return the heights of rows from the top, with room for a heading where the kind changes."""
    places, y, last = [], 0.0, ""
    for kind in kinds:
        y -= 1.0 if kind == last else 1.9
        places.append(y)
        last = kind
    return places


def label_rows(
    axes: Axes, places: Sequence[float], names: Sequence[str], kinds: Sequence[str]
) -> None:
    """Name rows on the left, under a heading for each kind."""
    shown = [textwrap.shorten(name, 2 * _ROW_WIDTH, placeholder=" …") for name in names]
    shown = [textwrap.fill(name, _ROW_WIDTH, max_lines=2, placeholder=" …") for name in shown]
    labels = axes.set_yticks(places) and axes.set_yticklabels(shown)
    for text in labels:
        text.set(parse_math=False, color=INK, fontsize=SMALL + 0.5)
    last = ""
    for y, kind in zip(places, kinds, strict=True):
        if kind != last:
            heading: dict[str, Any] = {"fontsize": SMALL - 0.5, "fontweight": "bold"}
            edge = axes.get_yaxis_transform()
            write(axes, kind, (0, y + 0.62), shift=(-4, 0), where=edge, ha="right", **heading)
        last = kind
    axes.set_ylim(min(places) - 0.7, max(places) + (1.3 if any(kinds) else 0.6))


def right_column(axes: Axes, places: Sequence[float], texts: Sequence[str], heading: str) -> None:
    """Print a column of numbers to the right of the axes."""
    edge = axes.get_yaxis_transform()
    width = max([_COLUMN, *(12 + _CHARACTER * len(text) for text in texts)])
    column: dict[str, Any] = {"ha": "right", "shift": (width, 0)}
    for y, text in zip(places, texts, strict=True):
        style = column | {"va": "center", "color": INK, "fontsize": SMALL + 0.5}
        write(axes, text, (1, y), where=edge, **style)
    style = column | {"va": "bottom", "fontsize": SMALL - 0.5}
    write(axes, heading, (1, 1), where="axes fraction", **style)


def money_tick(value: float, _: Any = None) -> str:
    """Print a tick: thousands separators, negatives in parentheses.

    Examples
    --------
    >>> money_tick(1200.0), money_tick(-2.5), money_tick(-0.0)
    ('1,200', '(2.5)', '0')
    """
    text = plain_text(abs(value))
    return f"({text})" if value < 0 else text


def short(value: float) -> str:
    """Print an amount for a label."""
    return money_text(value, min(money_decimals([value]), 4)) if value else "0"
