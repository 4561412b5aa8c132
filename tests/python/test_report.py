"""The memo: one closed file, whole or not there, with the numbers of the tables, for any deal."""

import itertools
import os
import re
import shutil
import subprocess
import sys

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

import capstake as cs
from capstake import _core, comparison_tables, narrative, plot_style, render, tables
from capstake.report import report
from deals import EVERYTHING, changed, deal_of, without
from memo import read_memo
from memo_deals import RECORDS

NEW, OLD = "microsoft_openai_2026_04", "microsoft_openai_2025_10"


@pytest.fixture(scope="module")
def compared():
    return cs.compare(cs.load(OLD), cs.load(NEW), paths=8192)


@pytest.fixture(scope="module")
def small():
    return cs.value(deal_of(RECORDS["one period"]), paths=100)


@pytest.fixture(scope="module")
def html(compared, tmp_path_factory):
    return report(compared, tmp_path_factory.mktemp("memo") / "memo.html").read_text("utf-8")


@pytest.fixture(scope="module")
def memo(html):
    return read_memo(html)


def check_closed(html):
    """Nothing runs, nothing is loaded, every tag is closed, ids are unique and known."""
    memo = read_memo(html)
    assert memo.faults == []
    assert {"script", "link", "img", "iframe", "object", "base"}.isdisjoint(t for t, _ in memo.tags)
    for tag, held in memo.tags:
        assert not [name for name in held if name.startswith("on") or name in ("src", "srcset")]
        for name in ("href", "xlink:href"):
            assert held.get(name, "#").startswith("#"), (tag, held)
    assert "@import" not in html
    assert all(url.startswith("#") for url in re.findall(r"url\(([^)]*)", html))
    addresses = set(re.findall(r"=\"(https?:[^\"]*)", html))
    assert addresses <= {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"}
    ids = memo.ids
    assert len(ids) == len(set(ids))
    named = re.findall(r"url\(#([^)]*)\)", html) + re.findall(r"href=\"#([^\"]*)\"", html)
    assert set(named) <= set(ids)
    return memo


def numbers(text):
    return re.findall(r"\d[\d,]*(?:\.\d+)?%?", text.replace("\xa0", " "))


def test_memo_is_one_closed_file(html):
    check_closed(html)
    assert len(html.encode()) < 1_000_000
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert f'content="{policy}"' in html


def test_memo_has_all_its_sections_in_order(memo):
    assert list(memo.sections) == [
        "summary",
        "terms",
        "assumptions",
        "payments",
        "outcomes",
        "caps",
        "comparison",
        "measures",
        "reconciliation",
        "correlation",
        "checks",
        "method",
        "reproducibility",
    ]
    assert [text for level, text in memo.headings if level == 1] == [cs.load(NEW).name]
    titles = [text for level, text in memo.headings if level == 2]
    assert [int(title.split()[0]) for title in titles] == list(range(1, 14))


def test_headings_skip_no_level(memo):
    levels = [level for level, _ in memo.headings]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_contents_lead_to_the_sections(memo):
    links = [held["href"] for tag, held in memo.tags if tag == "a"]
    assert {f"#{anchor}" for anchor in memo.sections} <= set(links)


def test_notes_sources_and_terms_are_all_there(memo, compared):
    def squeeze(text):
        return " ".join(text.split())

    text = squeeze(memo.text)
    for deal in (compared.old.deal, compared.new.deal):
        for note in deal.notes:
            assert squeeze(note) in text
        for leg in deal.legs.values():
            assert squeeze(leg.terms) in text
            assert squeeze(leg.rate.source) in text


@pytest.mark.parametrize("which", ["positions", "comparison"])
def test_tables_of_the_memo_are_those_of_the_package(memo, compared, which):
    table = tables.positions(compared.new) if which == "positions" else tables.comparison(compared)
    for row in render.cells(table):
        for cell in row:
            assert cell.text in memo.cells
            assert not cell.error or cell.error in memo.cells


def test_sentences_have_no_numbers_of_their_own(memo, compared):
    known = set(numbers(" ".join(memo.cells))) | set(numbers(memo.sections["terms"]))
    sentences = [
        *narrative.summary(compared.new, compared),
        *narrative.gain_sentences(compared),
        *narrative.reconciliation_sentences(compared.new),
    ]
    timing = compared.new.cap("microsoft_share")
    known |= set(numbers(render.date_text(dict(timing.dates)[50.0])))
    for sentence in sentences:
        assert " ".join(sentence.split()) in " ".join(memo.text.split())
        assert set(numbers(sentence)) <= known, sentence


def test_summary_says_who_gained(memo, compared):
    row = comparison_tables.changes_by_party(compared).rows[2]
    assert row[0] == "Other OpenAI holders"
    assert "leaves Other OpenAI holders USD" in memo.sections["summary"].replace("\xa0", " ")
    assert "better off" in memo.sections["summary"]


def test_checks_are_shown_and_agree(memo, compared):
    assert memo.cells.count("agrees") == sum(
        len(v.deal.legs) + len(v) for v in (compared.new, compared.old)
    )
    assert "differs" not in memo.cells
    assert memo.sections["checks"].count("What one party pays another receives") == 2


def test_summary_and_method_say_which_run(memo, compared):
    for sentence in narrative.run_sentences(compared.new, compared.old.deal):
        assert " ".join(sentence.split()) in memo.sections["method"]
    assert "AGI verified is drawn" in memo.sections["method"]  # an event of the old terms alone


def test_no_number_is_missing_or_not_finite(memo):
    for word in (" nan", " inf", "None", "NaN", "undefined", "Estimate("):
        assert word not in memo.text


@pytest.mark.parametrize("name", RECORDS)
def test_any_deal_makes_a_memo(name, tmp_path):
    valuation = cs.value(deal_of(RECORDS[name]), paths=500)
    memo = check_closed(report(valuation, tmp_path / "memo.html").read_text("utf-8"))
    is_capped = any(leg.cap is not None for leg in valuation.deal.legs.values())
    assert ("caps" in memo.sections) == is_capped
    assert ("payments" in memo.sections) == bool(valuation.deal.legs)
    assert "comparison" not in memo.sections
    assert valuation.deal.name in memo.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("one leg, no cap", "capped"),
        ("several capped legs", "several capped legs"),
        ("one leg, no cap", "names"),
    ],
)
def test_any_two_versions_make_a_memo(old, new, tmp_path):
    record = changed(RECORDS[new], valuation_date=RECORDS[old]["valuation_date"])
    compared = cs.compare(deal_of(RECORDS[old]), deal_of(record), paths=500)
    memo = check_closed(report(compared, tmp_path / "memo.html").read_text("utf-8"))
    assert "comparison" in memo.sections
    if old == new:
        assert "leaves every party's position as it was" in memo.sections["summary"]
        assert "The two versions do not differ in any term" in memo.sections["terms"]


def test_a_leg_that_only_the_old_version_has(tmp_path):
    new = without(EVERYTHING, "legs__reverse")
    compared = cs.compare(deal_of(EVERYTHING), deal_of(new), paths=500)
    memo = check_closed(report(compared, tmp_path / "memo.html").read_text("utf-8"))
    assert "part of the deal" in memo.cells


def test_names_are_escaped(tmp_path):
    valuation = cs.value(deal_of(RECORDS["names"]), paths=100)
    html = report(valuation, tmp_path / "memo.html").read_text("utf-8")
    assert "<script" not in html
    assert html.count("</style>") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; $\\frac{$" in html
    assert "{{ 7*7 }}" in html


def test_same_results_make_the_same_bytes(compared, html, tmp_path):
    again = cs.compare(cs.load(OLD), cs.load(NEW), paths=8192, threads=1)
    assert report(again, tmp_path / "other name.html").read_text("utf-8") == html


def test_settings_of_matplotlib_neither_enter_nor_change(compared, html, tmp_path):
    settings = {"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}
    with mpl.rc_context(settings):
        before = dict(mpl.rcParams)
        assert report(compared, tmp_path / "memo.html").read_text("utf-8") == html
        assert dict(mpl.rcParams) == before


def test_nothing_is_drawn_or_sorted_twice(small, tmp_path, monkeypatch):
    sorted_, drawn = [], []
    quantiles, draw = _core.quantiles, Figure.draw

    def counted(samples, p):
        sorted_.append((samples.tobytes(), tuple(p)))
        return quantiles(samples, p)

    def once(figure, renderer):
        drawn.append(id(figure))
        return draw(figure, renderer)

    fresh = cs.value(small.deal, paths=100)
    monkeypatch.setattr(_core, "quantiles", counted)
    monkeypatch.setattr(Figure, "draw", once)
    html = report(fresh, tmp_path / "memo.html").read_text("utf-8")
    assert len(drawn) == html.count("<svg ")
    known = {position.samples.tobytes() for position in fresh.positions.values()}
    asked = [key for key in sorted_ if key[0] in known]
    # A leg's only party has its samples, and its payments may too.
    assert len(asked) <= 12


def test_no_window_or_figure_is_left_open(small, tmp_path):
    import matplotlib.pyplot as plt

    report(small, tmp_path / "memo.html")
    assert plt.get_fignums() == []


@pytest.mark.slow
def test_another_process_writes_the_same_bytes(html, tmp_path):
    code = (
        "import sys, capstake as cs; from capstake.report import report;"
        f"report(cs.compare(cs.load({OLD!r}), cs.load({NEW!r}), paths=8192), sys.argv[1])"
    )
    path = tmp_path / "memo.html"
    seeded = {**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, path], env=seeded, cwd=tmp_path, check=True)
    assert path.read_text("utf-8") == html


@pytest.mark.parametrize("name", ["memo.pdf", "memo", "memo.htm", "memo.xlsx"])
def test_other_formats_are_refused_by_name(small, tmp_path, name):
    with pytest.raises(cs.InputError, match=r"path: must end in \.html.*got '" + re.escape(name)):
        report(small, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_something_else_than_results_is_refused(tmp_path):
    with pytest.raises(cs.InputError, match=r"result: must be a Valuation or a Comparison.*Deal"):
        report(cs.load(NEW), tmp_path / "memo.html")


@pytest.mark.parametrize("place", ["no/such/folder/memo.html", "file/memo.html", "folder.html"])
def test_place_that_cannot_be_written_is_named(small, tmp_path, place):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OSError, match="the memo cannot be written") as raised:
        report(small, tmp_path / place)
    assert place.rpartition("/")[2] in str(raised.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.html"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_memo_is_never_half_written(small, tmp_path, monkeypatch, error):
    path = tmp_path / "memo.html"
    path.write_text("the memo before")

    def fail(*_):
        raise error

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(type(error)):
        report(small, path)
    assert path.read_text() == "the memo before"
    assert list(tmp_path.iterdir()) == [path]


def test_figures_use_colours_that_a_dark_screen_changes(html):
    drawn = {c.lower() for c in re.findall(r"(?:fill|stroke): (#\w{6})", html.split("</style>")[1])}
    assert drawn
    assert drawn <= set(plot_style.DARK)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    """The contrast ratio of WCAG 2.2, success criterion 1.4.3."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_to_read(html):
    blocks = re.findall(r":root \{(.*?)\}", html, re.DOTALL)
    assert len(blocks) == 2  # light and dark
    for block, is_dark in zip(blocks, (False, True), strict=True):
        colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
        for ground in ("paper", "note"):
            for name in ("ink", "muted", "accent", "official", "reported", "derived", "assumed"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground, is_dark)
        for name in ("ink", "muted"):
            assert contrast(colours[name], colours["ground"]) >= 4.5
        shown = plot_style.DARK if is_dark else {light: light for light in plot_style.DARK}
        for light in (plot_style.INK, plot_style.MUTED, plot_style.ORANGE):
            assert contrast(shown[light], colours["paper"]) >= 4.5
        assert contrast(shown[plot_style.BLUE], colours["paper"]) >= 3.0


OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu"]
# Writes the titles of tables that are wider than their place into the page's title.
FIND_CUT_TABLES = """<script>
document.title = [...document.querySelectorAll(".scroll")]
  .filter(box => box.scrollWidth > box.clientWidth + 1)
  .map(box => box.getAttribute("aria-label")).join("; ") || "none is cut";
</script></body>"""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "biocryst_rpi", "microsoft_openai_channels_2025_10"])
def test_no_table_is_cut_on_a_wide_screen(name, html, tmp_path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs chromium")
    page = tmp_path / "memo.html"
    if name:
        report(cs.value(cs.load(name), paths=2**13), page)
    else:
        page.write_text(html)
    open_to_scripts = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text("utf-8"))
    page.write_text(open_to_scripts.replace("</body>", FIND_CUT_TABLES))
    profile = f"--user-data-dir={tmp_path}/profile"
    shown = subprocess.run(
        [browser, *OPTIONS, profile, "--window-size=1200,900", "--dump-dom", page.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    assert re.search("<title>(.*?)</title>", shown).group(1) == "none is cut"


@pytest.mark.browser
@pytest.mark.slow
def test_memo_prints_on_a4(html, tmp_path):
    browser, reader = shutil.which("chromium"), shutil.which("pdftotext")
    if browser is None or reader is None:
        pytest.skip("needs chromium and pdftotext")
    page, printed = tmp_path / "memo.html", tmp_path / "memo.pdf"
    page.write_text(html)
    options = [*OPTIONS, "--no-pdf-header-footer"]
    subprocess.run(
        [
            browser,
            *options,
            f"--user-data-dir={tmp_path}/profile",
            f"--print-to-pdf={printed}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    pages = subprocess.run(
        [reader, "-layout", printed, "-"], check=True, capture_output=True, text=True
    ).stdout.split("\f")
    assert 10 < len(pages) < 30
    for title in ("Summary", "Assumptions", "Reproducibility"):
        assert any(re.search(rf"^\s*\d+\s+{title}$", page, re.MULTILINE) for page in pages)
