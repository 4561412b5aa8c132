"""A deal file that uses everything, and one row for each way to spoil it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from capstake import _core
from deals import share_deal

GOOD = """\
name = "a deal"
valuation_date = 2025-12-31
currency = "USD"
discount_rate = 0.05
day_count = "30E/360"
notes = ["one", "two"]

[parties.payer]
name = "Payer"

[parties.receiver]
name = "Receiver"

[streams.sales]
type = "forecast"
annual = {2025 = 9, 2026 = 10, 2027 = 11}
volatility = {value = 0.2, source = "judged", status = "assumed", range = [0.1, 0.4]}

[streams.part]
type = "scaled"
of = "sales"
factor = {by_date = {2026-01-01 = 0.5, 2027-01-01 = 0.6}}

[events.default]
hazard = 0.02

[legs.share]
type = "revenue_share"
payer = "payer"
receiver = "receiver"
base = "sales"
rate = 0.2
start = 2026-01-01
end = 2027-12-31
cap = {triangular = [3, 4, 6]}
payment_lag = 45
stop_events = ["default"]

[legs.share.already_paid]
value = 1

[companies.issuer]
party = "payer"
revenue = "sales"
multiple = 5
exit_date = 2027-12-31
charges_legs = true

[stakes.holding]
holder = "receiver"
company = "issuer"
fraction = 0.6

[stakes.rest]
holder = "payer"
company = "issuer"
fraction = 0.4
"""


@dataclass(frozen=True)
class Row:
    """Replace `old` by `new` in GOOD: an issue at `path`, on the line of `at` (else of `new`)."""

    name: str
    old: str
    new: str
    path: str
    rule: str
    got: str = ""
    hint: str = ""
    at: str = ""

    @property
    def text(self) -> str:
        assert GOOD.count(self.old) == 1, self.old
        return GOOD.replace(self.old, self.new)

    @property
    def line(self) -> int | None:
        if self.at == "none":
            return None
        place = self.at or self.new
        assert self.text.count(place) == 1, place
        return self.text[: self.text.index(place)].count("\n") + 1


def field(type_: str, name: str) -> dict[str, Any]:
    """A row of the field tables, where the rules and meanings stand."""
    (row,) = (row for row in _core.describe() if row["name"] == type_)
    (found,) = (field for field in row["fields"] if field["name"] == name)
    return found


def listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"


STREAM_TYPES = field("Deal", "streams")["types"]
SHARE = "must be between 0 and 1"
NUMBER = 'must be a number or a text such as "20%"'
DATE = "must be a date such as 2026-04-27"
ONE_OF = f"must hold exactly one of value, {', '.join(_core.families())} or by_date"
CIRCLE = "streams must not refer to each other in a circle"

# One row a fault, as a table.
# fmt: off
NUMBERS = [
    Row("not a number", "= 0.2\n", "= nan\n", "legs.share.rate", "must be a finite number", "nan"),
    Row("infinite", "= 0.2\n", "= inf\n", "legs.share.rate", "must be a finite number", "inf"),
    Row("-infinite", "= 0.2\n", "= -inf\n", "legs.share.rate", "must be a finite number", "-inf"),
    Row("20 for 20%", "= 0.2\n", "= 20\n", "legs.share.rate", SHARE, "20",
        'for 20 per cent write 0.2 or "20%"'),
    Row("120%", "= 0.2\n", '= "120%"\n', "legs.share.rate", SHARE, '"120%"'),
    Row("negative", "= 0.2\n", "= -0.1\n", "legs.share.rate", SHARE, "-0.1"),
    Row("quoted", "= 0.2\n", '= "0.2"\n', "legs.share.rate", NUMBER, '"0.2"',
        "write it without quotes"),
    Row("nan%", "= 0.2\n", '= "nan%"\n', "legs.share.rate", "must be a finite number", '"nan%"'),
    Row("only %", "= 0.2\n", '= "%"\n', "legs.share.rate", NUMBER, '"%"'),
    Row("words", "= 0.2\n", '= "a fifth"\n', "legs.share.rate", NUMBER, '"a fifth"'),
    Row("true", "= 0.2\n", "= true\n", "legs.share.rate", NUMBER, "true", at="rate = t"),
    Row("a date", "= 0.2\n", "= 2026-01-02\n", "legs.share.rate", NUMBER, "2026-01-02"),
    Row("a list", "= 0.2\n", "= [0.2]\n", "legs.share.rate", NUMBER, "a list of 1"),
    Row("a time", "= 0.2\n", "= 12:30:00\n", "legs.share.rate", NUMBER, "a value of type time"),
    Row("10^400", "multiple = 5", f"multiple = 1{'0' * 400}", "companies.issuer.multiple",
        "must be a finite number", "inf"),
    Row("zero", "multiple = 5", "multiple = 0", "companies.issuer.multiple", "must be > 0", "0"),
    Row("percent of money", "cap = {triangular = [3, 4, 6]}", 'cap = "5%"', "legs.share.cap",
        "must be a number", '"5%"'),
    Row("negative cap", "{triangular = [3, 4, 6]}", "-4", "legs.share.cap", "must be > 0", "-4"),
    Row("part of a day", "= 45", "= 45.5", "legs.share.payment_lag", "must be a whole number",
        "45.5"),
    Row("eleven years", "= 45", "= 4000", "legs.share.payment_lag",
        field("RevenueShare", "payment_lag")["rule"], "4000"),
    Row("flag as number", "charges_legs = true", "charges_legs = 1",
        "companies.issuer.charges_legs", "must be true or false", "1"),
    Row("flag as text", "charges_legs = true", 'charges_legs = "yes"',
        "companies.issuer.charges_legs", "must be true or false", '"yes"'),
]

DISTRIBUTIONS = [
    Row("too long", "[3, 4, 6]", "[3, 4, 5, 6]", "legs.share.cap.triangular",
        "must be [low, mode, high]", "a list of 4"),
    Row("empty", "[3, 4, 6]", "[]", "legs.share.cap.triangular", "must be [low, mode, high]",
        "a list of 0"),
    Row("no list", "[3, 4, 6]", "4", "legs.share.cap.triangular", "must be a list", "4",
        at="cap ="),
    Row("order", "[3, 4, 6]", "[4, 3, 6]", "legs.share.cap.triangular",
        "must have low <= mode <= high and low < high", "triangular(4, 3, 6)"),
    Row("one point", "[3, 4, 6]", "[4, 4, 4]", "legs.share.cap.triangular",
        "must have low <= mode <= high and low < high", "triangular(4, 4, 4)"),
    Row("a word within", "[3, 4, 6]", '[3, "x", 6]', "legs.share.cap.triangular[1]",
        "must be a number", '"x"'),
    Row("nan within", "[3, 4, 6]", "[3, 4, nan]", "legs.share.cap.triangular[2]",
        "must be a finite number", "nan"),
    Row("support", "[3, 4, 6]", "[-3, 4, 6]", "legs.share.cap.triangular",
        "every value it can take must be > 0", "-3 to 6"),
    Row("open end", "[3, 4, 6]", "[0, 4, 6]", "legs.share.cap.triangular",
        "every value it can take must be > 0", "0 to 6"),
    Row("normal", "triangular = [3, 4, 6]", "normal = [4, 1]", "legs.share.cap.normal",
        "every value it can take must be > 0", "-inf to inf"),
    Row("uniform", "triangular = [3, 4, 6]", "uniform = [6, 3]", "legs.share.cap.uniform",
        "low must be below high", "uniform(6, 3)"),
    Row("lognormal", "triangular = [3, 4, 6]", "lognormal = [-4, 1]", "legs.share.cap.lognormal",
        "the mean must be > 0 and the volatility >= 0", "lognormal(-4, 1)"),
    Row("deviation", "rate = 0.2\n", "rate = {normal = [0.2, -1]}\n", "legs.share.rate.normal",
        "the standard deviation must be >= 0", "normal(0.2, -1)"),
    Row("per cents", "rate = 0.2\n", "rate = {uniform = [10, 20]}\n", "legs.share.rate.uniform",
        "every value it can take " + SHARE, "10 to 20", 'for 20 per cent write 0.2 or "20%"'),
    Row("two forms", "{triangular = [3, 4, 6]}", "{triangular = [3, 4, 6], value = 4}",
        "legs.share.cap", ONE_OF),
    Row("no form", "{triangular = [3, 4, 6]}", '{source = "x"}', "legs.share.cap", ONE_OF),
    Row("family misspelt", "triangular =", "trangular =", "legs.share.cap.trangular",
        "is not a known key", hint="did you mean `triangular`?"),
    Row("not by date", "value = 1\n", "by_date = {2026-01-01 = 1}\n",
        "legs.share.already_paid.by_date", "this field cannot vary by date"),
    Row("no dates", "{2026-01-01 = 0.5, 2027-01-01 = 0.6}", "{}", "streams.part.factor.by_date",
        "must hold at least one date"),
    Row("dates no table", "{2026-01-01 = 0.5, 2027-01-01 = 0.6}", "0.5",
        "streams.part.factor.by_date", "must be a table", "0.5"),
    Row("no such date", "2027-01-01 = 0.6", "2027-02-29 = 0.6",
        "streams.part.factor.by_date.2027-02-29", DATE, '"2027-02-29"'),
    Row("in the schedule", "2027-01-01 = 0.6", "2027-01-01 = -1",
        "streams.part.factor.by_date.2027-01-01", "must be >= 0", "-1"),
    Row("range beyond", "range = [0.1, 0.4]", "range = [0.1, 400]",
        "streams.sales.volatility.range[1]", field("Forecast", "volatility")["rule"], "400"),
    Row("range of one", "range = [0.1, 0.4]", "range = [0.1]", "streams.sales.volatility.range",
        "must be [low, high]", "a list of 1"),
    Row("range reversed", "range = [0.1, 0.4]", "range = [0.4, 0.1]",
        "streams.sales.volatility.range", "low must not be above high", "0.4, 0.1"),
    Row("status", '"assumed"', '"asumed"', "streams.sales.volatility.status",
        'must be "official", "reported", "derived" or "assumed"', '"asumed"',
        'did you mean "assumed"?'),
    Row("source", '"judged"', "3", "streams.sales.volatility.source", "must be a text", "3",
        at="volatility ="),
]

KEYS = [
    Row("top level", "notes =", "note =", "note", "is not a known key",
        hint="did you mean `notes`?"),
    Row("in a leg", "rate = 0.2\n", "rate = 0.2\ncapp = 3\n", "legs.share.capp",
        "is not a known key", hint="did you mean `cap`?", at="capp"),
    Row("in a Number", 'source = "judged"', 'sorce = "judged"', "streams.sales.volatility.sorce",
        "is not a known key", hint="did you mean `source`?"),
    Row("in a Number table", "value = 1\n", "value = 1\nstat = 2\n", "legs.share.already_paid.stat",
        "is not a known key", hint="did you mean `status`?", at="stat ="),
    Row("far from any", "notes =", "zzzzzzzzzzzz =", "zzzzzzzzzzzz", "is not a known key"),
    Row("no text", '"a deal"', "3", "name", "must be a text", "3", at="name = 3"),
    Row("empty text", '"a deal"', '""', "name", "must not be empty", at='name = ""\n'),
    Row("control", '"a deal"', r'"a\u001b[2J"', "name", "must hold no control characters",
        r'"a\u001b[2J"'),
    Row("a note", '"two"]', "2]", "notes[1]", "must be a text", "2", at="notes"),
    Row("no list", '["one", "two"]', '"one"', "notes", "must be a list", '"one"'),
    Row("choice", '"30E/360"', '"30/360"', "day_count",
        'must be "ACT/365F", "ACT/360", "30E/360" or "ACT/ACT ISDA"', '"30/360"',
        'did you mean "30E/360"?'),
    Row("beginning of a choice", '"30E/360"', '"ACT/ACT"', "day_count",
        'must be "ACT/365F", "ACT/360", "30E/360" or "ACT/ACT ISDA"', '"ACT/ACT"',
        'did you mean "ACT/ACT ISDA"?'),
    Row("currency", '"USD"', '"US$"', "currency", 'must be an ISO 4217 code such as "USD"',
        '"US$"'),
    Row("type of leg", '"revenue_share"', '"revenue-share"', "legs.share.type",
        'must be "revenue_share", "earn_out" or "milestone"', '"revenue-share"',
        'did you mean "revenue_share"?'),
    Row("type of stream", '"scaled"', '"scaledd"', "streams.part.type",
        "must be " + listed(f'"{t}"' for t in STREAM_TYPES), '"scaledd"', 'did you mean "scaled"?'),
    Row("no type", 'type = "scaled"\n', "", "streams.part.type",
        "is required: " + listed(STREAM_TYPES), at="[streams.part]"),
    Row("a leg missing its rate", "rate = 0.2\n", "", "legs.share.rate",
        "is required: " + field("RevenueShare", "rate")["meaning"], at="[legs.share]"),
    Row("no currency", 'currency = "USD"\n', "", "currency",
        "is required: " + field("Deal", "currency")["meaning"], at="none"),
    Row("no table", '[parties.receiver]\nname = "Receiver"', '[parties]\nreceiver = "x"',
        "parties.receiver", "must be a table", '"x"', at='"x"'),
    Row("array of tables", "[events.default]", "[[events.default]]", "events.default",
        "must be a table", "a list of 1"),
    Row("name with a dot", "[events.default]", '[events.default]\nhazard = 0\n[events."a.b"]',
        'events."a.b"', "a name is 1 to 64 letters, digits, _ or -", '"a.b"', at='"a.b"'),
    Row("empty name", "[events.default]", '[events.default]\nhazard = 0\n[events.""]',
        'events.""', "a name is 1 to 64 letters, digits, _ or -", '""', at='.""'),
    Row("script", "[events.default]", '[events.default]\nhazard = 0\n[events."<script>"]',
        'events."<script>"', "a name is 1 to 64 letters, digits, _ or -", '"<script>"',
        at="<script>"),
    Row("unicode", "[events.default]", '[events.default]\nhazard = 0\n[events."grün"]',
        'events."grün"', "a name is 1 to 64 letters, digits, _ or -", '"grün"', at="grün"),
    Row("long name", "[events.default]", f"[events.default]\nhazard = 0\n[events.{'x' * 65}]",
        f'events."{"x" * 60}..."', "a name is 1 to 64 letters, digits, _ or -",
        f'"{"x" * 60}..."', at="x" * 65),
]

DATES = [
    Row("datetime", "= 2026-01-01\n", "= 2026-01-01T00:00:00\n", "legs.share.start", DATE,
        "a value of type datetime"),
    Row("a year", "= 2026-01-01\n", "= 2026\n", "legs.share.start", DATE, "2026"),
    Row("no day", "= 2026-01-01\n", '= "2026-02-30"\n', "legs.share.start", DATE, '"2026-02-30"'),
    Row("German", "= 2026-01-01\n", '= "01.01.2026"\n', "legs.share.start", DATE, '"01.01.2026"'),
    Row("far", "= 2026-01-01\n", "= 9999-01-01\n", "legs.share.start",
        "must lie between 1900 and 2200", "9999-01-01"),
    Row("end first", "end = 2027-12-31", "end = 2025-12-31", "legs.share.end",
        "must not come before start 2026-01-01", "2025-12-31"),
    Row("accrual start", "end = 2027-12-31", "end = 2027-12-31\naccrual_start = 2028-01-01",
        "legs.share.accrual_start", "must lie between start 2026-01-01 and end 2027-12-31",
        "2028-01-01", at="accrual_start"),
    Row("all past", "start = 2026-01-01\nend = 2027-12-31", "start = 2025-01-01\nend = 2025-03-31",
        "legs.share.end", "lies in the past: nothing is paid after valuation_date 2025-12-31",
        "2025-03-31", at="end ="),
    Row("exit in the past", "exit_date = 2027-12-31", "exit_date = 2025-12-31",
        "companies.issuer.exit_date", "must come after valuation_date 2025-12-31", "2025-12-31"),
    Row("exit within a quarter", "exit_date = 2027-12-31", "exit_date = 2027-11-30",
        "companies.issuer.exit_date", "must be the last day of a quarter", "2027-11-30",
        'for example 2027-12-31, or set the deal\'s frequency = "month"'),
    Row("year missing", "2026 = 10, ", "", "streams.sales.annual",
        "must have a figure for each year: 2026 is missing", at="annual"),
    Row("no years", "{2025 = 9, 2026 = 10, 2027 = 11}", "{}", "streams.sales.annual",
        "must have at least one year"),
    Row("no year", "2027 = 11", "27 = 11", "streams.sales.annual.27",
        "must be a year such as 2026", '"27"'),
]

REFERENCES = [
    Row("party", 'receiver = "receiver"', 'receiver = "reciever"', "legs.share.receiver",
        "must be a name in [parties]", '"reciever"', 'did you mean "receiver"?'),
    Row("party far away", 'receiver = "receiver"', 'receiver = "z"', "legs.share.receiver",
        "must be a name in [parties]", '"z"', "known: payer or receiver"),
    Row("stream", 'base = "sales"', 'base = "sale"', "legs.share.base",
        "must be a name in [streams]", '"sale"', 'did you mean "sales"?'),
    Row("event", '["default"]', '["defualt"]', "legs.share.stop_events[0]",
        "must be a name in [events]", '"defualt"', 'did you mean "default"?'),
    Row("company", 'holder = "payer"\ncompany = "issuer"', 'holder = "payer"\ncompany = "isuer"',
        "stakes.rest.company", "must be a name in [companies]", '"isuer"',
        'did you mean "issuer"?', at='"isuer"'),
    Row("scaled of none", 'of = "sales"', 'of = "sails"', "streams.part.of",
        "must be a name in [streams]", '"sails"', 'did you mean "sales"?'),
    Row("scaled of itself", 'of = "sales"', 'of = "part"', "streams.part.of", CIRCLE,
        "part -> part"),
    Row("no event", '["default"]', '[""]', "legs.share.stop_events[0]", "must not be empty"),
    Row("pays itself", 'receiver = "receiver"', 'receiver = "payer"', "legs.share.receiver",
        "must differ from the payer", "payer"),
    Row("paid without a cap", "cap = {triangular = [3, 4, 6]}\n", "", "legs.share.already_paid",
        "counts towards a cap, but this leg has none", at="[legs.share.already_paid]"),
    Row("leg not covered", "end = 2027-12-31", "end = 2028-12-31", "legs.share",
        'needs revenue from 2026 to 2028, but stream "sales" has figures from 2025 to 2027',
        at="[legs.share]"),
    Row("exit not covered", "exit_date = 2027-12-31", "exit_date = 2028-12-31",
        "companies.issuer",
        'needs revenue from 2026 to 2028, but stream "sales" has figures from 2025 to 2027',
        at="[companies.issuer]"),
    Row("more than the whole", "fraction = 0.4", "fraction = 0.41", "stakes",
        'fractions of company "issuer" must not add up to more than 1', "1.01",
        at="[stakes.holding]"),
    Row("stake named as a leg", "[stakes.rest]", "[stakes.share]", "stakes.share",
        "the name is taken by [legs]"),
    Row("leg named as a party", "[parties.receiver]",
        '[parties.share]\nname = "S"\n\n[parties.receiver]', "parties.share",
        "the name is taken by [legs]", at="[parties.share]"),
]

# fmt: on
ROWS = [*NUMBERS, *DISTRIBUTIONS, *KEYS, *DATES, *REFERENCES]

# A sound deal whose revenue leaves the range of doubles on some paths.
WILD = share_deal({2026: 1e308, 2027: 1e308}, volatility=1.0)
WILD["streams"]["twice"] = {"type": "scaled", "of": "sales", "factor": 2}
WILD["legs"]["share"] |= {"base": "twice", "rate": 1}
