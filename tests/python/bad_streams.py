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
    stream("formula that ends early", 'type = "formula"\nformula = "sales +"', ".formula",
        "ends where a number, a name or '(' must come", '"sales +<here>"', at="formula ="),
    stream("formula of a stranger", 'type = "formula"\nformula = "sails * 2"', ".formula",
        "uses a name that means nothing here", '"sails"', 'did you mean "sales"?', at="formula ="),
    stream("formula of itself", 'type = "formula"\nformula = "sales + x"', ".formula", CIRCLE,
        "x -> x", at="formula ="),
    stream("formula of a number", 'type = "formula"\nformula = 3', ".formula", "must be a text",
        "3", at="formula ="),
    stream("idle number", 'type = "formula"\nformula = "sales"\nnumbers = {a = 1}', ".numbers.a",
        "is not used by the formula", at="numbers ="),
    stream("number called time", 'type = "formula"\nformula = "time"\nnumbers = {time = 1}',
        ".numbers.time", "is a name that formulas have already", hint="choose another name",
        at="numbers ="),
    stream("number called as a stream", 'type = "formula"\nformula = "sales"\n'
        "numbers = {sales = 1}", ".numbers.sales",
        "is the name of a stream as well: which one the formula means would be open",
        at="numbers ="),
    stream("number with a dash", 'type = "formula"\nformula = "a-b"\nnumbers = {a-b = 1}',
        ".numbers.a-b",
        "must be a name that a formula can use: a letter, then letters, digits and _",
        at="numbers ="),
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

GBM = 'type = "gbm"\nlevel = 25\ngrowth = 0.3\nvolatility = 0.2'
OU = ('type = "mean_reverting_growth"\nlevel = 25\ngrowth = 0.3\ngrowth_long_run = 0.1\n'
      "growth_reversion = 0.5\ngrowth_volatility = 0.2\nvolatility = 0.2")
MOON = ('type = "schwartz_moon"\nlevel = 25\ngrowth = 0.3\ngrowth_long_run = 0.1\n'
        "growth_reversion = 0.5\ngrowth_volatility = 0.2\nvolatility = 0.2\n"
        "volatility_long_run = 0.1")
JUMPS = ('type = "jump_diffusion"\nlevel = 25\ngrowth = 0.3\nvolatility = 0.2\njump_rate = 1\n'
         "jump_mean = 0.1\njump_volatility = 0.1")
REGIMES = ('type = "regime_switching"\nlevel = 25\ngrowth = 0.3\nvolatility = 0.2\n'
           "other_growth = 0.1\nother_volatility = 0.4\nswitch_rate = 0.5\nreturn_rate = 0.5")
LOGISTIC = 'type = "logistic"\nlevel = 25\nmarket = 100\ngrowth = 0.9'
BASS = ('type = "bass"\nmarket = 100\ninnovation = 0.03\nimitation = 0.4\n'
        "launch = 2026-01-31")
MIXTURE = 'type = "mixture"\nscenarios = ["sales", "part"]\nweights = [0.5, 0.5]'


def spoilt(name: str, sound: str, old: str, new: str, field: str, rule: str, got: str = "",
           hint: str = "", at: str = "") -> Row:
    """A stream with one of its lines changed."""
    assert sound.count(old) == 1, old
    return stream(name, sound.replace(old, new), f".{field}", rule, got, hint, at or new)


POSITIVE = "must be > 0"
PROCESSES = [
    spoilt("gbm of nothing", GBM, "level = 25", "level = 0 # x", "level", POSITIVE, "0"),
    spoilt("gbm of 600%", GBM, "growth = 0.3", "growth = 6", "growth", "must be between -5 and 5",
        "6", 'for 6 per cent write 0.06 or "6%"'),
    spoilt("gbm without calm", GBM, "volatility = 0.2", "volatility = -0.2", "volatility",
        "must be between 0 and 5", "-0.2"),
    stream("gbm sampled somewhere", GBM + '\nsampling = "middle"', ".sampling",
        'must be "period_end" or "period_mean"', '"middle"', at="sampling ="),
    spoilt("growth that stays away", OU, "growth_reversion = 0.5", "growth_reversion = 0",
        "growth_reversion", "must be above 0 and at most 50", "0"),
    spoilt("growth below calm", OU, "growth_volatility = 0.2", "growth_volatility = -1",
        "growth_volatility", "must be between 0 and 20", "-1"),
    stream("growth beyond correlation", OU + "\ncorrelation = 1.5", ".correlation",
        "must be between -1 and 1", "1.5", 'for 1.5 per cent write 0.015 or "1.5%"',
        at="correlation ="),
    spoilt("moon that stays away", MOON, "growth_reversion = 0.5", "growth_reversion = 0",
        "growth_reversion", "must be above 0 and at most 50", "0"),
    stream("moon of mad prices", MOON + "\nrisk_price = 50", ".risk_price",
        "must be between -5 and 5", "50", at="risk_price ="),
    spoilt("jumps every week", JUMPS, "jump_rate = 1", "jump_rate = 52", "jump_rate",
        "must be between 0 and 10", "52"),
    spoilt("jumps to nothing", JUMPS, "jump_mean = 0.1", "jump_mean = -1", "jump_mean",
        "must be between -0.99 and 10", "-1"),
    spoilt("regimes that go back", REGIMES, "switch_rate = 0.5", "switch_rate = -0.5",
        "switch_rate", "must be between 0 and 100", "-0.5"),
    stream("regimes of 150%", REGIMES + "\nstarts_in_other = 1.5", ".starts_in_other", SHARE,
        "1.5", 'for 1.5 per cent write 0.015 or "1.5%"', at="starts_in_other ="),
    spoilt("no market", LOGISTIC, "market = 100", "market = 0", "market", POSITIVE, "0"),
    spoilt("no growth in it", LOGISTIC, "growth = 0.9", "growth = 0 # x", "growth",
        "must be above 0 and at most 20", "0"),
    spoilt("nobody first", BASS, "innovation = 0.03", "innovation = 0", "innovation",
        "must be above 0 and at most 10", "0"),
    spoilt("fewer after", BASS, "imitation = 0.4", "imitation = -0.1", "imitation",
        "must be between 0 and 20", "-0.1"),
    spoilt("launch in spring", BASS, "2026-01-31", '"spring"', "launch",
        "must be a date such as 2026-04-27", '"spring"', at="launch ="),
    stream("revenue from hope", BASS + '\nrevenue_from = "hope"', ".revenue_from",
        'must be "adoptions" or "adopters"', '"hope"', at="revenue_from ="),
    spoilt("no scenarios", MIXTURE, '["sales", "part"]', "[]", "scenarios",
        "must name at least one stream", at="scenarios ="),
    spoilt("a scenario unknown", MIXTURE, '"part"', '"sails"', "scenarios[1]",
        "must be a name in [streams]", '"sails"', 'did you mean "sales"?', at="scenarios ="),
    spoilt("a weight too few", MIXTURE, "[0.5, 0.5]", "[1]", "weights",
        "must hold a weight for each scenario", "1", at="weights ="),
    spoilt("weights of 75%", MIXTURE, "[0.5, 0.5]", "[0.5, 0.25]", "weights",
        "must add up to 1", "0.75", at="weights ="),
]

PLAN = 'type = "forecast"\nannual = {2026 = 10, 2027 = 20}'
SPREAD = PLAN + "\np10 = {2026 = 8, 2027 = 15}\np90 = {2026 = 12, 2027 = 28}"
FORECASTS = [
    stream("no forecast", 'type = "forecast"', ".annual", "is required where there are no figures"),
    stream("two forecasts", PLAN + "\nfigures = {2026-Q1 = 3}", ".figures",
        "cannot stand beside annual figures", at="figures ="),
    stream("a free quarter", 'type = "forecast"\nfigures = {2026-Q1 = 0}', ".figures",
        "must have a figure > 0", at="figures ="),
    stream("a year without sales", 'type = "forecast"\nannual = {2026 = 0, 2027 = 5, 2028 = 0}',
        ".annual.2028", "must be > 0: figures are 0 only before the first revenue", "0",
        at="annual = {2026 = 0"),
    stream("sales below 0", 'type = "forecast"\nannual = {2026 = -1}', ".annual.2026",
        "must be >= 0", "-1", at="annual = {2026 = -1"),
    stream("sales that may be 0", 'type = "forecast"\nannual = {2026 = {uniform = [0, 5]}}',
        ".annual.2026.uniform", "every value it can take must be > 0", "0 to 5",
        at="annual = {2026 = {"),
    spoilt("p10 of 0", SPREAD, "2026 = 8", "2026 = 0", "p10",
        "2026: must be 0 with the figure and p90, or none of them", "0, 10, 12", at="p10 ="),
    spoilt("percentiles of a launch", SPREAD, "annual = {2026 = 10", "annual = {2026 = 0", "p10",
        "2026: must be 0 with the figure and p90, or none of them", "8, 0, 12", at="p10 ="),
    stream("three seasons", PLAN + "\nseasonality = [0.3, 0.3, 0.4]", ".seasonality",
        "must hold 4 weights, of quarters, or 12, of months", "3", at="seasonality ="),
    stream("a revision undone", PLAN + "\nrevisions = {2026-06-30 = 0}", ".revisions.2026-06-30",
        "must be above 0 and at most 5", "0", at="revisions ="),
    stream("a revision some day", PLAN + "\nrevisions = {someday = 1}", ".revisions.someday",
        "must be a date such as 2026-04-27", '"someday"', at="revisions ="),
    stream("a revision of the past", PLAN + "\nrevisions = {2025-12-31 = 0.1}",
        ".revisions.2025-12-31", "must come after valuation_date 2025-12-31", at="revisions ="),
    stream("p10 alone", PLAN + "\np10 = {2027 = 15}", ".p90", "must have the same periods as p10",
        at="[streams.x]"),
    spoilt("p90 of other years", SPREAD, "p90 = {2026 = 12, 2027 = 28}", "p90 = {2027 = 28}", "p90",
        "must have the same periods as p10", at="p90 ="),
    stream("percentiles that end early", PLAN + "\np10 = {2026 = 8}\np90 = {2026 = 12}", ".p10",
        "must have the periods of the last figures, to the end", at="p10 ="),
    spoilt("percentiles out of order", SPREAD, "2027 = 15", "2027 = 21", "p10",
        "2027: must have P10 < P50 < P90", "21, 20, 28", at="p10 ="),
    spoilt("too skewed", SPREAD, "2027 = 15", "2027 = 19.9", "p10",
        "2027: no metalog of three terms is so skewed", "19.9, 20, 28", at="p10 ="),
    spoilt("too wide", SPREAD, "2027 = 15}\np90 = {2026 = 12, 2027 = 28}",
        "2027 = 4}\np90 = {2026 = 12, 2027 = 100}", "p10",
        "2027: spread so wide that the metalog has no variance", "4, 20, 100",
        'closer percentiles, or percentile_fit = "lognormal"', at="p10 ="),
    stream("percentiles and volatility", SPREAD + "\nvolatility = 0.1", ".p10",
        "cannot stand beside volatility or revisions", at="p10 ="),
    stream("another fit", SPREAD + '\npercentile_fit = "beta"', ".percentile_fit",
        'must be "metalog" or "lognormal"', '"beta"', at="percentile_fit ="),
]

# fmt: on
STREAM_ROWS = [*COMBINATIONS, *PROCESSES, *FORECASTS]
