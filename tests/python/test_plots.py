"""Figures show the numbers of the tables, and leave matplotlib as they found it."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import capstake as cs
from capstake import comparison_tables, plots, tables
from capstake.plot_style import BLUE, GREY, ORANGE
from close import close
from deals import CAPPED_SHARE, EVERYTHING, changed, deal_of

PATHS = 4000


@pytest.fixture(scope="module")
def everything():
    return cs.value(deal_of(EVERYTHING), paths=PATHS)


@pytest.fixture(scope="module")
def compared():
    new = changed(EVERYTHING, legs__share__cap=20.0)
    return cs.compare(deal_of(EVERYTHING), deal_of(new), paths=PATHS)


@pytest.fixture
def ax():
    return Figure().add_subplot()


def texts(axes):
    return [text.get_text() for text in axes.texts]


def marks(axes, marker):
    return [line for line in axes.lines if line.get_marker() == marker]


@pytest.fixture
def draw(everything, compared):
    return {
        "distribution": lambda ax=None: plots.distribution(everything["share"], ax=ax),
        "payments": lambda ax=None: plots.payments(everything, "share", ax=ax),
        "cap_timing": lambda ax=None: plots.cap_timing(everything, "share", ax=ax),
        "positions": lambda ax=None: plots.positions(everything, ax=ax),
        "comparison": lambda ax=None: plots.comparison(compared, ax=ax),
        "gains": lambda ax=None: plots.gains(compared, ax=ax),
    }


@pytest.mark.parametrize("name", plots.__all__)
def test_draws_on_the_axes_it_is_given_and_nowhere_else(name, draw, ax):
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    assert draw[name](ax) is ax
    ax.figure.draw_without_rendering()
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", plots.__all__)
def test_makes_a_figure_of_its_own(name, draw, monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "switch_backend", plt.switch_backend)
    plt.switch_backend("Agg")
    axes = draw[name]()
    try:
        assert plt.get_fignums() == [axes.figure.number]
        axes.figure.draw_without_rendering()
    finally:
        plt.close("all")


def test_a_position_plots_itself(everything, ax):
    assert everything["share"].plot(ax) is ax


def test_histogram_holds_every_path(everything):
    for position in everything.positions.values():
        drawn = plots._histogram(position.samples)
        parts = drawn.parts.sum() + sum(part for _, part in drawn.atoms)
        assert close(parts + drawn.below + drawn.above, 1.0, rel=1e-12)
        assert drawn.below <= 0.005
        assert drawn.above <= 0.005


def test_atoms_are_not_hidden(ax):
    record = changed(EVERYTHING, companies__maker_inc__recovery=0.0)
    valuation = cs.value(deal_of(record), paths=PATHS)
    stake = valuation["fund_stake"]
    lost = np.mean(stake.samples == 0.0)
    assert lost > 0.1
    plots.distribution(stake, ax=ax)
    assert f"{100 * lost:.1f}% at 0" in texts(ax)
    bars = [line for line in ax.lines if line.get_color() == ORANGE]
    assert [list(bar.get_xdata()) for bar in bars] == [[0.0, 0.0]]


@pytest.mark.parametrize(("atom", "part"), [(10.0, 0.02), (10.0, 0.6), (0.0, 0.05), (9.5, 0.1)])
def test_what_is_written_beside_an_atom_stands_clear_of_the_bars(atom: float, part: float):
    n = 20_000
    samples = np.linspace(8.0, 10.0, n)  # one peak, with the atom at its edge, inside it, or apart
    samples[: int(part * n)] = atom
    position = cs.Position("leg", "leg", cs.Estimate(float(samples.mean()), 0.0), samples)
    figure = Figure(figsize=(3.5, 1.9), layout="constrained")
    axes = plots.distribution(position, ax=figure.add_subplot())
    figure.draw_without_rendering()
    (text,) = [t for t in axes.texts if " at " in t.get_text()]
    box = axes.transData.inverted().transform_bbox(text.get_window_extent())
    drawn = plots._histogram(samples)
    is_under = (drawn.edges[1:] > box.x0) & (drawn.edges[:-1] < box.x1)
    under = drawn.parts[is_under].max(initial=0.0)
    assert box.y0 >= under
    assert box.y1 <= 1.17 * drawn.parts.max()  # where the names of the percentiles begin


def test_distribution_marks_the_mean_and_the_percentiles(everything, ax):
    position = everything["share"]
    plots.distribution(position, ax=ax)
    (mean,) = marks(ax, "^")
    assert list(mean.get_xdata()) == [position.value]
    drawn = {line.get_xdata()[0] for line in ax.lines}
    assert {p.value for p in position.percentiles((5, 50, 95))} <= drawn


def test_payments_end_at_the_totals_and_show_the_room_under_the_cap(everything, ax):
    plots.payments(everything, "share", ax=ax)
    (expected,) = marks(ax, "o")
    rows = tables.cumulative_payments(everything, "share").rows
    assert list(expected.get_ydata()) == [row[1] for row in rows]
    cap = [line for line in ax.lines if line.get_color() == ORANGE]
    assert close(cap[0].get_ydata(), [34.4, 34.4], rel=1e-12)
    assert "cap 38, of which 34.40 left" in texts(ax)


def test_payments_without_a_cap(everything, ax):
    plots.payments(everything, "reverse", ax=ax)
    assert not [line for line in ax.lines if line.get_color() == ORANGE]


def test_bars_of_the_cap_add_up_to_one(everything, ax):
    plots.cap_timing(everything, "share", ax=ax)
    heights = [bar.get_height() for bar in ax.patches]
    assert close(sum(heights), 100.0, rel=1e-12)
    assert mpl.colors.to_hex(ax.patches[0].get_facecolor()) == BLUE
    assert mpl.colors.to_hex(ax.patches[-1].get_facecolor()) == GREY
    never = 100 * (1 - everything.cap("share").probability.value)
    assert close(heights[-1], never, rel=1e-12)


@pytest.mark.parametrize("cap", [0.001, 1e6])
def test_cap_that_is_reached_at_once_or_never(cap, ax):
    valuation = cs.value(deal_of(changed(CAPPED_SHARE, legs__share__cap=cap)), paths=100)
    plots.cap_timing(valuation, "share", ax=ax)
    assert close(sum(bar.get_height() for bar in ax.patches), 100.0, rel=1e-12)
    plots.payments(valuation, "share", ax=Figure().add_subplot())


def test_timing_of_a_leg_without_a_cap_is_refused(everything):
    with pytest.raises(ValueError, match="reverse has no cap"):
        plots.cap_timing(everything, "reverse")


def test_positions_stand_at_their_values(everything, ax):
    plots.positions(everything, ax=ax)
    assert [line.get_xdata()[0] for line in marks(ax, "o")] == [
        position.value for position in everything.positions.values()
    ]


def test_changes_are_as_long_as_their_values(compared, ax):
    plots.comparison(compared, ax=ax)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == [change.value for change in compared.changes.values()]


def test_gains_are_those_of_the_table(compared, ax):
    plots.gains(compared, ax=ax)
    rows = comparison_tables.changes_by_party(compared).rows[:-1]
    assert [mark.get_xdata()[0] for mark in marks(ax, "D")] == [row[3].value for row in rows]


def test_names_start_no_formula(ax):
    record = changed(CAPPED_SHARE, parties__payer__name="$\\frac{$ & <b>" + 90 * "x")
    plots.positions(cs.value(deal_of(record), paths=100), ax=ax)
    ax.figure.draw_without_rendering()
    assert any("$\\frac{$" in label.get_text() for label in ax.get_yticklabels())


def test_constant_values_can_be_drawn(ax):
    valuation = cs.value(deal_of(changed(CAPPED_SHARE, legs__share__rate=0.0)), paths=10)
    plots.distribution(valuation["share"], ax=ax)
    assert "100.0% at 0" in texts(ax)
    for draw in (plots.payments, plots.cap_timing):
        draw(valuation, "share", ax=Figure().add_subplot())
