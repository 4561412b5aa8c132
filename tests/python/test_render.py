"""How a number is printed: one table of cases a function, and whole tables as text and HTML."""

import datetime as dt
import doctest
import importlib
import math

import pytest

from capstake import Estimate, render
from capstake.tables import Column, Table

TABLE = Table(
    "A <title>",
    (
        Column("Kind", "group"),
        Column("Name"),
        Column("Value", "estimate"),
        Column("5%", "money"),
        Column("Change", "change"),
        Column("Chance", "probability"),
        Column("Rate", "percent"),
        Column("When", "date"),
    ),
    (
        ("Contracts", "A & B", Estimate(1234.5678, 0.0412), -3.25, Estimate(-2.0, 0.5),
         Estimate(0.25, 0.002), 0.071, dt.date(2026, 4, 27)),
        ("Stakes", "C", Estimate(0.5, 0.0), 1200.0, Estimate(2.0, 0.5), Estimate(0.0, 0.0), None,
         None),
    ),
    unit="USD billion",
    note="A note.",
)  # fmt: skip

TEXT = """\
A <title> [USD billion]
Kind       Name               Value        5%         Change         Chance  Rate  When
---------  -----  -----------------  --------  -------------  -------------  ----  ----------
Contracts  A & B  1,234.568 ± 0.041    (3.25)  (2.00) ± 0.50  25.00% ± 0.20  7.1%  2026-04-27
Stakes     C              0.500 ± 0  1,200.00   +2.00 ± 0.50             0%     –  –
A note."""


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.5, 2, "1,234.50"),
        (-1234.5, 1, "(1,234.5)"),
        (-0.001, 2, "0.00"),
        (0.0, 0, "0"),
        (-0.0, 2, "0.00"),
        (1e15, 0, "1,000,000,000,000,000"),
        (math.nan, 2, "–"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "(∞)"),
    ],
)
def test_money(value, decimals, text):
    assert render.money_text(value, decimals) == text


@pytest.mark.parametrize(
    ("amounts", "decimals"),
    [
        ([], 2),
        ([0.0], 2),
        ([27.93, -450.0], 2),
        ([99_999.0], 2),
        ([100_000.0, 3.0], 0),
        ([0.5, 0.01], 3),
        ([0.0123], 4),
        ([1e-30], 12),
        ([math.inf, math.nan, 5.0], 2),
    ],
)
def test_decimals_of_a_column_of_money(amounts, decimals):
    assert render.money_decimals(amounts) == decimals


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (27.9314, 0.0413, "27.931 ± 0.041"),
        (27.9314, 0.996, "27.9 ± 1.0"),
        (-3.2, 0.5, "(3.20) ± 0.50"),
        (123456.7, 890.0, "123,457 ± 890"),
        (55.755332507115, 2e-16, "55.76 ± 0"),  # the rounding of a sum, not an error
        (1.0, math.nan, "1.00 ± ?"),
        (-0.001, 0.5, "0.00 ± 0.50"),
        (2.5e-7, 0.0, "0.000000250 ± 0"),
        (9e11, 0.0, "900,000,000,000 ± 0"),
    ],
)
def test_estimate(value, error, text):
    assert render.estimate_text(Estimate(value, error)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2.0, "+2.00 ± 0.50"), (-2.0, "(2.00) ± 0.50"), (0.0, "0.00 ± 0.50")]
)
def test_change_shows_its_sign(value, text):
    assert render.estimate_text(Estimate(value, 0.5), signed=True) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.831, 0.00073, "83.10% ± 0.07"),
        (0.831, 0.02, "83.1% ± 2.0"),
        (0.00001, 0.00001, "<0.01% ± <0.01"),
        (0.99999, 0.00001, ">99.99% ± <0.01"),
        (0.996, 0.02, "99.6% ± 2.0"),
        (1.0, 0.0, "100%"),  # on all paths, which is not to say for certain
        (0.0, 0.0, "0%"),
        (0.25, 0.0, "25.0% ± 0"),
    ],
)
def test_probability(value, error, text):
    assert render.cell_text(Estimate(value, error), Column("", "probability")) == text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("number", 0.1 + 0.2, "0.3"),
        ("number", 28 / 9, "3.111111"),
        ("number", 1234567.891, "1,234,567.891"),
        ("number", 1e-7, "0.0000001"),
        ("errors", -1.234, "−1.2"),
        ("errors", 0.25, "+0.2"),
        ("errors", -0.04, "0.0"),
        ("exact", 28.0775123, "28.0775"),
    ],
)
def test_other_kinds_of_columns(kind, value, text):
    table = Table("", (Column("", kind),), ((value,), (None,)))
    assert [str(row[0]) for row in render.cells(table)] == [text, "–"]


def test_error_too_small_for_its_column_is_not_printed_as_zero():
    column = Column("Value", "estimate")
    table = Table("", (column,), ((Estimate(450.0, 1.3),), (Estimate(0.4293, 0.0000031),)))
    assert [str(row[0]) for row in render.cells(table)] == ["450.0 ± 1.3", "0.4293 ± <0.0001"]


def test_column_of_money_has_the_same_decimals_in_all_rows():
    table = Table("", (Column("5%", "money"),), ((0.004,), (0.25,)))
    assert [str(row[0]) for row in render.cells(table)] == ["0.004", "0.250"]


def test_amounts_without_error_have_the_decimals_of_their_column():
    for value, text in ((9e11, "900,000,000,000"), (0.0123, "0.0123"), (27.9, "27.90")):
        table = Table("", (Column("Value", "estimate"),), ((Estimate(value, 0.0),),))
        assert [str(row[0]) for row in render.cells(table)] == [f"{text} ± 0"]


def test_amounts_without_error_have_the_decimals_of_the_surest_amount_beside_them():
    column = [Estimate(28.07751, 0.0004), Estimate(0.42951, 0.0), None, Estimate(163.0, math.nan)]
    table = Table("", (Column("Value", "estimate"),), tuple((each,) for each in column))
    assert [str(row[0]) for row in render.cells(table)] == [
        "28.0775 ± 0.0004",
        "0.4295 ± 0",
        "–",
        "163.00 ± ?",
    ]


def test_derivatives_have_decimals_of_their_own():
    rows = ((Estimate(50.6507, 0.0015),), (Estimate(0.000183, 0.000021),))
    table = Table("", (Column("Derivative", "derivative"),), rows)
    assert [str(row[0]) for row in render.cells(table)] == [
        "50.6507 ± 0.0015",
        "0.000183 ± 0.000021",
    ]


def test_text_of_a_table():
    assert render.to_text(TABLE) == TEXT


def test_html_of_a_table_is_escaped():
    html = render.to_html(TABLE)
    assert "A &lt;title&gt; [USD billion]" in html
    assert "A &amp; B" in html
    assert "1,234.568 ± 0.041" in html
    assert html.count("<tr>") == 3


def test_dates_and_amounts_for_sentences():
    assert render.date_text(dt.date(2026, 4, 7)) == "7 April 2026"
    assert render.amount_text("5 ± 1", "USD") == "USD\xa05\xa0±\xa01"


@pytest.mark.parametrize("module", ["render", "plot_style"])
def test_examples_of_the_docstrings(module):
    result = doctest.testmod(importlib.import_module(f"capstake.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
