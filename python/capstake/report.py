"""The finance memo: one self-contained HTML file, made of tables, figures and sentences.

The templates lie in ``templates/``. Nothing in the file runs or is loaded: no script, no font, no
picture from elsewhere. The same results give the same bytes.
"""

from __future__ import annotations

import errno
import re
import warnings
from collections.abc import Callable
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from markupsafe import Markup

from capstake import (
    cap_terms,
    check_tables,
    comparison_tables,
    deal_tables,
    deal_words,
    narrative,
    plot_style,
    plots,
    render,
    stream_wording,
    tables,
    wording,
)
from capstake.comparison import Comparison
from capstake.dependence import dependence_sentences
from capstake.errors import InputError, Issue
from capstake.estimates import Position
from capstake.measures import Measures, measures
from capstake.output_file import write_whole
from capstake.settings import DEFAULT_PATHS, LEAST_POINTS
from capstake.valuation import Valuation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["memo_place", "report"]

# Figures are as wide as the memo's column; two histograms stand side by side.
_WIDTH = 7.2  # inches
_HALF_WIDTH = 3.5
_CHART_HEIGHT = 3.1
_HISTOGRAM_HEIGHT = 1.9

# Of the run under both measures.
_REPLICATES = 16

# One face for measuring texts, the same on every machine; the page shows its own in its place.
_RC: dict[str, Any] = {
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "font.family": ["DejaVu Sans"],
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "text.parse_math": False,
}


class Section(NamedTuple):
    """A section of the memo: its anchor, which is its template's name too, and its title."""

    id: str
    title: str


def report(result: Valuation | Comparison, path: str | Path) -> Path:
    """Write a memo of a valuation, or of two versions of a deal, as one HTML file.

    Parameters
    ----------
    result
        What :func:`capstake.value` or :func:`capstake.compare` returned.
    path
        File to write, ending in ``.html``. It appears whole or not at all.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        The file has another suffix, or the result is neither a Valuation nor a Comparison.
    OSError
        The file cannot be written.
    """
    path = memo_place(path)
    given: object = result
    if not isinstance(given, Valuation | Comparison):
        rule = "must be a Valuation or a Comparison, from value() or compare()"
        raise InputError([Issue("result", rule, type(given).__name__)])
    write_whole(path, _memo(result), "the memo")
    return path


def memo_place(path: str | Path) -> Path:
    """Refuse at once what can be no memo's place, before a run that it would waste."""
    path = Path(path)
    if path.suffix.lower() != ".html":
        rule = "must end in .html, the one format in which a memo is written"
        raise InputError([Issue("path", rule, repr(path.name))])
    if not path.parent.is_dir():
        reason = "the memo cannot be written: its folder does not exist"
        raise OSError(errno.ENOENT, reason, str(path))
    return path


def _memo(result: Valuation | Comparison) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    compared = result if isinstance(result, Comparison) else None
    valuation = result.new if isinstance(result, Comparison) else result
    valuations = [valuation, compared.old] if compared else [valuation]
    templates = Path(str(resources.files("capstake"))) / "templates"
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cells"] = render.cells
    environment.filters["printed_width"] = _printed_width
    environment.filters["day"] = render.date_text
    environment.tests["numeric"] = render.is_numeric
    is_capped = _has_cap(valuation)
    page = environment.get_template("memo.html.j2").render(
        valuation=valuation,
        compared=compared,
        deal=valuation.deal,
        old_deal=compared.old.deal if compared else None,
        valuations=valuations,
        deals=[one.deal for one in valuations],
        sections=_sections(valuation, compared, is_capped=is_capped),
        measured=_measured(valuation),
        is_capped=is_capped,
        is_or_was_capped=any(map(_has_cap, valuations)),
        tables=tables,
        comparison_tables=comparison_tables,
        stream_wording=stream_wording,
        wording=wording,
        cap_terms=cap_terms,
        check_tables=check_tables,
        deal_tables=deal_tables,
        deal_words=deal_words,
        narrative=narrative,
        dependence_sentences=dependence_sentences,
        figures=_Figures(valuation, compared),
        style=Markup((templates / "memo.css").read_text("utf-8") + _dark_figures()),
    )
    return page.rstrip() + "\n"


def _has_cap(valuation: Valuation) -> bool:
    return any(valuation.reaches_cap(leg) is not None for leg in valuation.deal.legs)


def _measured(valuation: Valuation) -> Measures | None:
    """Value the deal under both measures, if it tells them apart, on up to as many paths."""
    if valuation.deal.risk_free is None:
        return None
    paths = 2 ** (min(valuation.paths, DEFAULT_PATHS).bit_length() - 1)
    paths = max(paths, LEAST_POINTS * _REPLICATES)
    return measures(valuation.deal, paths=paths, replicates=_REPLICATES, seed=valuation.seed)


def _printed_width(rows: list[list[render.Cell]]) -> int:
    """Count the characters of a table's numbers, where they stand side by side."""
    widths = ([len(str(cell)) if _is_number(cell) else 0 for cell in row] for row in rows)
    return sum(max(column) for column in zip(*widths, strict=True))


def _is_number(cell: render.Cell) -> bool:
    return bool(re.fullmatch(r"[−+(–]?[\d,.]*[)%]?", cell.text))


def _sections(
    valuation: Valuation, compared: Comparison | None, *, is_capped: bool
) -> list[Section]:
    found = [
        (True, "summary", "Summary"),
        (True, "terms", "Terms as read"),
        (True, "assumptions", "Assumptions"),
        (
            bool(valuation.deal.legs),
            "payments",
            "Payments by year against the cap" if is_capped else "Payments by year",
        ),
        (True, "outcomes", "The range of outcomes"),
        (is_capped, "caps", "When the cap is reached"),
        (compared is not None, "comparison", "Old terms against new"),
        (
            valuation.deal.risk_free is not None,
            "measures",
            "Real-world and risk-neutral value",
        ),
        (
            bool(tables.reconciliation(valuation).rows),
            "reconciliation",
            "The model's value and the last round's price",
        ),
        (
            bool(tables.correlations(valuation).rows),
            "correlation",
            "How contracts and stakes move together",
        ),
        (True, "checks", "Checks"),
        (True, "method", "Method"),
        (True, "reproducibility", "Reproducibility"),
    ]
    return [Section(name, title) for is_shown, name, title in found if is_shown]


class _Figures:
    """The memo's figures as inline SVG."""

    def __init__(self, valuation: Valuation, compared: Comparison | None) -> None:
        self._valuation = valuation
        self._compared = compared

    def positions(self) -> Markup:
        height = plots.rows_height(len(self._valuation))
        return self._draw("positions", height, lambda ax: plots.positions(self._valuation, ax))

    def comparison(self) -> Markup:
        compared = self._both()
        height = plots.rows_height(len(compared.changes))
        return self._draw("comparison", height, lambda ax: plots.comparison(compared, ax))

    def gains(self) -> Markup:
        compared = self._both()
        parties = compared.old.deal.parties.keys() | compared.new.deal.parties.keys()
        height = plots.parties_height(len(parties))
        return self._draw("gains", height, lambda ax: plots.gains(compared, ax))

    def payments(self, leg: str) -> Markup:
        return self._draw(
            f"payments-{leg}", _CHART_HEIGHT, lambda ax: plots.payments(self._valuation, leg, ax)
        )

    def cap_timing(self, leg: str) -> Markup:
        return self._draw(
            f"cap-{leg}", _CHART_HEIGHT - 0.4, lambda ax: plots.cap_timing(self._valuation, leg, ax)
        )

    def distribution(self, position: Position) -> Markup:
        return self._draw(
            f"outcomes-{position.name}",
            _HISTOGRAM_HEIGHT,
            lambda ax: plots.distribution(position, ax),
            width=_HALF_WIDTH,
        )

    def constant_positions(self) -> list[str]:
        """Name the positions whose present value is the same on every path."""
        positions = self._valuation.positions.values()
        return [self._valuation.label(p.name) for p in positions if _is_constant(p)]

    def distinct_positions(self) -> list[tuple[Position, list[str]]]:
        """List the positions to draw, each with the names of those that equal it path by path."""
        found: list[tuple[Position, list[str]]] = []
        for position in self._valuation.positions.values():
            if _is_constant(position):
                continue
            twin = next(
                (names for held, names in found if np.array_equal(held.samples, position.samples)),
                None,
            )
            if twin is None:
                found.append((position, [self._valuation.label(position.name)]))
            elif self._valuation.label(position.name) not in twin:
                twin.append(self._valuation.label(position.name))
        return found

    def _both(self) -> Comparison:
        assert self._compared is not None
        return self._compared

    def _draw(
        self, name: str, height: float, draw: Callable[[Axes], Axes], width: float = _WIDTH
    ) -> Markup:
        import matplotlib
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        out = StringIO()
        with warnings.catch_warnings(), matplotlib.rc_context():
            # A name in a script that the measuring face lacks is shown by the page's.
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            matplotlib.rcdefaults()
            settings: Any = matplotlib.rcParams
            settings.update(_RC | {"svg.hashsalt": name})
            figure = Figure(figsize=(width, height), layout="constrained")
            draw(figure.add_subplot())
            # Figure.savefig would draw everything twice.
            canvas: Any = FigureCanvasSVG(figure)
            canvas.print_svg(out, metadata={"Date": None})
        return Markup(_inline_svg(out.getvalue(), name))


def _is_constant(position: Position) -> bool:
    return bool(np.all(position.samples == position.samples[0]))


def _inline_svg(text: str, name: str) -> str:
    """Make an SVG file part of a page: no prologue, metadata, style or size; ids of its own."""
    text = text[text.index("<svg ") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    opening, _, rest = text.partition(">")
    view = re.search(r'viewBox="[^"]*"', opening)
    assert view is not None
    rest = re.sub(r'\bid="', f'id="{name}.', rest)
    rest = rest.replace("url(#", f"url(#{name}.").replace('href="#', f'href="#{name}.')
    rest = re.sub(r"\n\s*", "\n", rest)
    head = '<svg xmlns:xlink="http://www.w3.org/1999/xlink" aria-hidden="true" focusable="false"'
    return f"{head} {view.group()}>{rest.strip()}"


def _dark_figures() -> str:
    """Return rules that give the figures colours for a dark ground, on dark screens only."""
    rules = [
        f'svg [style*="{kind}: {light}"] {{ {kind}: {dark} !important; }}'
        for light, dark in plot_style.DARK.items()
        for kind in ("fill", "stroke")
    ]
    return "\n@media screen and (prefers-color-scheme: dark) {\n" + "\n".join(rules) + "\n}\n"
