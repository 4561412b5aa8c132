"""One row for each way to spoil a stream; see bad_deals.py."""

from __future__ import annotations

from bad_deals import CIRCLE, NUMBER, SHARE, Row

EVENT = "[events.default]"


def stream(
    name: str, text: str, place: str, rule: str, got: str = "", hint: str = "", at: str = ""
) -> Row:
    """A stream `x`, given by its keys, that is not sound; `at` is where in its text."""
    table = f"[streams.x]\n{text}"
    return Row(
        name, EVENT, f"{table}\n\n{EVENT}", f"streams.x{place}", rule, got, hint, at or table
    )


ATLEAST0 = "must be >= 0"
PERIOD = "must be a year, quarter or month such as 2026, 2026-Q1 or 2026-01"

# One row a fault, as a table.
# fmt: off
COMBINATIONS = [
    stream("sum of none", 'type = "sum"\nof = []', ".of", "must name at least one stream",
        at="of = []"),
    stream("sum of one by name", 'type = "sum"\nof = "part"', ".of", "must be a list", '"part"',
        at='of = "part"'),
    stream("sum of a stranger", 'type = "sum"\nof = ["sales", "sails"]', ".of[1]",
        "must be a name in [streams]", '"sails"', 'did you mean "sales"?', at='of = ["sales"'),
    stream("less of a stranger", 'type = "sum"\nof = ["sales"]\nless = ["sails"]', ".less[0]",
        "must be a name in [streams]", '"sails"', 'did you mean "sales"?', at="less ="),
    stream("sum of itself", 'type = "sum"\nof = ["sales", "x"]', ".of[1]", CIRCLE, "x -> x",
        at='of = ["sales"'),
    stream("product of none", 'type = "product"\nof = "sales"\ntimes = []', ".times",
        "must name at least one stream", at="times = []"),
    stream("product of a stranger", 'type = "product"\nof = "sails"\ntimes = ["sales"]', ".of",
        "must be a name in [streams]", '"sails"', 'did you mean "sales"?', at='of = "sails"'),
    stream("ramp backwards", 'type = "ramp"\nof = "sales"\nat_start = 0\nat_end = 1\n'
        "start = 2027-01-01\nend = 2027-01-01", ".end", "must come after start 2027-01-01",
        "2027-01-01", at="end = 2027-01-01"),
    stream("ramp below 0", 'type = "ramp"\nof = "sales"\nat_start = -0.1\nat_end = 1\n'
        "start = 2026-01-01\nend = 2027-01-01", ".at_start", ATLEAST0, "-0.1", at="at_start ="),
    stream("ramp by ratios from 0", 'type = "ramp"\nof = "sales"\nat_start = 0\nat_end = 1\n'
        'start = 2026-01-01\nend = 2027-01-01\ninterpolation = "log_linear"', ".at_start",
        "must be > 0 where the ramp is log-linear", "0", at="at_start ="),
    stream("ramp by another rule", 'type = "ramp"\nof = "sales"\nat_start = 0\nat_end = 1\n'
        'start = 2026-01-01\nend = 2027-01-01\ninterpolation = "loglinear"', ".interpolation",
        'must be "linear" or "log_linear"', '"loglinear"', 'did you mean "log_linear"?',
        at="interpolation ="),
    stream("five seasons", 'type = "seasonal"\nof = "sales"\nweights = [0.2, 0.2, 0.2, 0.2, 0.2]',
        ".weights", "must hold 4 weights, of quarters, or 12, of months", "5", at="weights ="),
    stream("seasons of 125%", 'type = "seasonal"\nof = "sales"\nweights = [0.5, 0.25, 0.25, 0.25]',
        ".weights", "must add up to 1", "1.25", at="weights ="),
    stream("a season of words", 'type = "seasonal"\nof = "sales"\nweights = [0.3, 0.3, 0.4, "x"]',
        ".weights[3]", NUMBER, '"x"', at="weights ="),
    stream("a season below 0", 'type = "seasonal"\nof = "sales"\nweights = [0.6, 0.3, 0.3, -0.2]',
        ".weights[3]", SHARE, "-0.2", at="weights ="),
    stream("no list of seasons", 'type = "seasonal"\nof = "sales"\nweights = 1', ".weights",
        "must be a list", "1", at="weights ="),
    stream("history of tomorrow", 'type = "history"\nof = "sales"\nfigures = {2025 = 9, 2026 = 9}',
        ".figures.2026", "is not past: figures must end by valuation_date 2025-12-31",
        at="figures ="),
    stream("history with a gap", 'type = "history"\nof = "sales"\n'
        "figures = {2025-Q1 = 2, 2025-Q3 = 2}", ".figures",
        "must have a figure for each period without a gap: 2025-Q2 is missing", at="figures ="),
    stream("mixed history", 'type = "history"\nof = "sales"\nfigures = {2024 = 2, 2025-01 = 2}',
        ".figures", "must be figures by year, by quarter or by month, not mixed", at="figures ="),
    stream("a fifth quarter", 'type = "history"\nof = "sales"\nfigures = {2025-Q5 = 2}',
        ".figures.2025-Q5", PERIOD, '"2025-Q5"', at="figures ="),
    stream("no history", 'type = "history"\nof = "sales"\nfigures = {}', ".figures",
        "must have at least one figure", at="figures ="),
    stream("a loss of history", 'type = "history"\nof = "sales"\nfigures = {2025 = -1}',
        ".figures.2025", ATLEAST0, "-1", at="figures ="),
    stream("no table of history", 'type = "history"\nof = "sales"\nfigures = 3',
        ".figures", "must be a table", "3", at="figures ="),
    Row("correlated with two", '[companies.issuer]\nparty = "payer"\nrevenue = "sales"',
        '[streams.y]\ntype = "forecast"\nannual = {2025 = 9, 2026 = 10, 2027 = 11}\n'
        'volatility = 0.1\n\n[streams.both]\ntype = "sum"\nof = ["sales", "y"]\n\n'
        '[companies.issuer]\nparty = "payer"\nrevenue = "both"\ncorrelation = 0.5',
        "companies.issuer.correlation",
        "must be 0 where the revenue has several random parts: which one it is with is open", "",
        "sales or y", at="correlation ="),
]

# fmt: on
STREAM_ROWS = [*COMBINATIONS]
