"""One row for each way to spoil the clauses of a leg, as in bad_deals.py."""

from __future__ import annotations

from typing import Any

from bad_deals import SHARE, Row, field
from capstake import _core


def is_clause(row: dict[str, Any]) -> bool:
    (clauses,) = (
        f
        for f in next(r for r in _core.describe() if r["type"] == "revenue_share")["fields"]
        if f["name"] == "clauses"
    )
    return row["type"] in clauses["types"]


def listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]


# fmt: off
def clause_row(name: str, clause: str, field: str, rule: str, got: str = "", hint: str = "",
               leg: str = "") -> Row:
    """A clause `c` given as a line of the leg; an issue with it or one of its fields."""
    dot = "." if field else ""
    return Row(name, "payment_lag = 45\n", f"payment_lag = 45\n{leg}clauses.c = {{{clause}}}\n",
               f"legs.share.clauses.c{dot}{field}", rule, got, hint, at="clauses.c =")


def pair_row(name: str, clause: str, other: str, why: str, leg: str = "") -> Row:
    """A clause `c` that differs in some fields from one `a` of the same type before it."""
    fields = dict(pair.split(" = ") for pair in clause.split(", "))
    changes = dict(pair.split(" = ", 1) for pair in other.split(", ", 0 if "{" in other else -1))
    second = {key: held for key, held in (fields | changes).items() if held != "none"}
    return clause_row(name, ", ".join(f"{key} = {held}" for key, held in second.items()), "",
        f'cannot be combined with clause "a": {why}', leg=f"{leg}clauses.a = {{{clause}}}\n")


def odds_row(name: str, clause: str, span: str, low: object, high: object, leg: str) -> Row:
    """A minimum and a limit of which the first asks for more than the second allows in a span."""
    begin, end = span.split(" to ")
    return clause_row(name, clause, "",
        f'cannot be combined with clause "a": from {begin} to {end} the minimum asks for at least '
        f"{low} where the limit allows at most {high}", leg=leg)


def price_row(name: str, events: str, price: str, field: str, rule: str, got: str = "") -> Row:
    """A change of control by the event `default` with other lists of events of the leg."""
    clause = f'{{type = "change_of_control", event = "default", {price}}}'
    return Row(name, 'stop_events = ["default"]\n', f"{events}\nclauses.c = {clause}\n",
               f"legs.share.clauses.c{field}", rule, got, at="clauses.c =")


def multiple_row(name: str, clause: str, field: str, rule: str, got: str = "", other: str = "",
                 ) -> Row:
    """A clause `c` of a leg that has a multiple as its cap, and perhaps another clause `b`."""
    before = 'investment = 3\nclauses.a = {type = "cap_multiple", multiple = 2}\n'
    return Row(name, CAP, f"{before}{other}clauses.c = {{{clause}}}\n",
               f"legs.share.clauses.c{field}", rule, got, at="clauses.c =")


YEARLY = 'clauses.c = {type = "period_cap", amount = 3}\n'
CAP = "cap = {triangular = [3, 4, 6]}\n"
RESET = 'type = "springing_cap", target = 3, test_date = 2026-12-31'
TIERS = 'type = "tiers", above = [2, 3], rates = [0.1, 0]'
CLAUSES = [
    clause_row("custom by a stranger", 'type = "custom", formula = "0.2 * revenu"', "formula",
        "uses a name that means nothing here", '"revenu"', 'did you mean "revenue"?'),
    clause_row("custom without an end", 'type = "custom", formula = "minimum(1, 2"', "formula",
        "must have a ')' here", '"minimum(1, 2<here>"'),
    clause_row("custom that hides a name",
        'type = "custom", formula = "paid", numbers = {paid = 1}', "numbers.paid",
        "is a name that formulas have already", hint="choose another name"),
    Row("custom cap of none", "cap = {triangular = [3, 4, 6]}\n",
        'clauses.c = {type = "custom", formula = "cap - paid"}\n',
        "legs.share.clauses.c.formula", "uses the cap, but this leg has none"),
    Row("custom of an accreting cap", "[companies.issuer]",
        '[legs.x]\npayer = "payer"\nreceiver = "receiver"\nbase = "sales"\nrate = 0.1\n'
        "start = 2026-01-01\nend = 2026-12-31\n"
        'clauses.a = {type = "accreting_cap", rate = 0.1, amount = 3}\n'
        'clauses.c = {type = "custom", formula = "cap - paid"}\n\n[companies.issuer]',
        "legs.x.clauses.c.formula",
        "uses the cap, but an accreting cap counts payments by their worth, not their amount",
        at="clauses.c ="),
    clause_row("of no type", "amount = 3", "type",
        "is required: " + listed([row["type"] for row in _core.describe() if is_clause(row)])),
    clause_row("of a misspelt type", 'type = "tier"', "type",
        "must be " + listed([f'"{row["type"]}"' for row in _core.describe() if is_clause(row)]),
        '"tier"', 'did you mean "tiers"?'),
    clause_row("rates and levels", TIERS.replace(", 0]", "]"), "rates",
        "must have one rate for each level of `above`: 2", "1"),
    clause_row("levels in order", TIERS.replace("2, 3", "3, 3"), "above[1]",
        "must be higher than the level before", "3"),
    clause_row("no levels", TIERS.replace("[2, 3]", "[]"), "above", "must not be empty"),
    clause_row("no list of levels", TIERS.replace("[2, 3]", "2"), "above", "must be a list", "2"),
    clause_row("tier of 120%", TIERS.replace("0.1", "1.2"), "rates[0]", SHARE, "1.2",
        'for 1.2 per cent write 0.012 or "1.2%"'),
    clause_row("whole by date",
        TIERS.replace("0.1", "{by_date = {2026-01-01 = 0.1}}") + ", whole_amount = true",
        "whole_amount", "cannot be combined with rates that vary by date: which of them would "
        "apply to the whole is not said"),
    clause_row("limit on the term", 'type = "period_cap", amount = 3, per = "term"', "per",
        'must be "period" or "year"', '"term"',
        "for a limit on the whole term state the leg's cap"),
    clause_row("span", 'type = "threshold", amount = 3, per = "month"', "per",
        'must be "period", "year" or "term"', '"month"'),
    clause_row("no multiple to reset", RESET, "",
        "resets the multiple of a total cap, but this leg has no clause cap_multiple"),
    multiple_row("reset to nothing", RESET, "",
        "must have `multiple_if_missed` or `multiple_if_met`"),
    multiple_row("a cap that a test lowers", f"{RESET}, multiple_if_missed = 1.5",
        ".multiple_if_missed", "must not be below the multiple before the test: what was paid is "
        "not given back", "1.5"),
    multiple_row("a cap tested too late",
        f"{RESET.replace('2026-12-31', '2028-01-01')}, multiple_if_met = 3", ".test_date",
        "must lie between start 2026-01-01 and the last day that is shared, 2027-12-31",
        "2028-01-01"),
    multiple_row("payments tested too early", f"{RESET.replace('2026-12-31', '2025-12-31')}, "
        'multiple_if_met = 3, measure = "payments", since = 2025-01-01', ".test_date",
        "must lie between start 2026-01-01 and the last day that is shared, 2027-12-31",
        "2025-12-31"),
    multiple_row("counted from after the test",
        f"{RESET}, multiple_if_met = 3, since = 2027-01-01", ".since",
        "must not come after the test date 2026-12-31", "2027-01-01"),
    multiple_row("caps tested on one day", f"{RESET}, multiple_if_met = 3", "",
        'cannot be combined with clause "b": both are tested on 2026-12-31: which multiple would '
        "hold is open", other=f"clauses.b = {{{RESET}, multiple_if_missed = 3}}\n"),
    multiple_row("a formula under two caps", 'type = "custom", formula = "2 * payment", '
        'stage = "payment"', "", "cannot replace payments under the greater of two caps: by its "
        "amount and by its worth it would leave different rooms",
        other='clauses.b = {type = "accreting_cap", rate = 0.1, amount = 3}\n'),
    Row("made up to a return of nothing", CAP, 'clauses.c = {type = "true_up", rate = 0.1, '
        "amount = 3}\n", "legs.share.clauses.c",
        "falls due when a total cap is reached, but this leg has none", at="clauses.c ="),
    clause_row("a return on no investment", 'type = "true_up", rate = 0.1', "amount",
        "is a multiple of the leg's investment, which is not given",
        hint="add `investment` to the leg"),
    clause_row("two caps", 'type = "cap_multiple", multiple = 2', "",
        "the leg has a cap already: state one of them", leg="investment = 3\n"),
    clause_row("of the same type", TIERS, "",
        'cannot be combined with clause "a": both say what the first unit of revenue earns: write '
        "one list of levels", leg=f"clauses.a = {{{TIERS}}}\n"),
    pair_row("two minimums", 'type = "minimum_guarantee", amount = 2',
        "amount = 3, prorated = false",
        "of two minimums of the same span the higher one holds: state it alone"),
    pair_row("recouped from the other", 'type = "minimum_guarantee", amount = 2',
        'per = "term", recoupable = true',
        "what is withheld for one, as recouped, could fall short of the other"),
    pair_row("two limits", 'type = "period_cap", amount = 2', "amount = 3",
        "of two limits of the same span the lower one holds: state it alone"),
    pair_row("carried over the other", 'type = "period_cap", amount = 9, carry_forward = true',
        'per = "period", amount = 3',
        "what the year's limit carries forward would be paid beyond the other limit"),
    pair_row("tests of one day", 'type = "springing_rate", target = 3, test_date = 2026-12-31, '
        "rate_if_missed = 0.3", "target = 4",
        "both are tested on 2026-12-31: which rate would hold is open"),
    pair_row("a later test", 'type = "springing_rate", target = 3, test_date = 2026-12-31, '
        'rate_if_missed = 0.3, measure = "payments"',
        "test_date = 2027-06-30, rate_if_missed = none",
        "the later test needs rate_if_missed: what was paid by then comes of more than one rate"),
    pair_row("hurdles that may cross", 'type = "recoup_then_split", amount = 2, rate = 0.1',
        "amount = {uniform = [1, 3]}", "of two hurdles one must always be the higher"),
    Row("hurdles with interest",
        'payment_lag = 45\nstop_events = ["default"]\n\n[legs.share.already_paid]\nvalue = 1\n',
        'clauses.a = {type = "recoup_then_split", amount = 2, rate = 0.1}\n'
        'clauses.c = {type = "recoup_then_split", amount = 3, rate = 0.1, interest = 0.1}\n',
        "legs.share.clauses.c", 'cannot be combined with clause "a": with interest it is open '
        "which hurdle comes first", at="clauses.c ="),
    pair_row("hurdles in two units", 'type = "recoup_then_split", amount = 10, rate = 0.1',
        "amount = none, multiple = 3", "of two hurdles one must always be the higher",
        leg="investment = {uniform = [3, 4]}\n"),
    pair_row("a hurdle never met", 'type = "recoup_then_split", amount = 2, rate = 0',
        "amount = 3", "after a rate of 0 nothing more is received, so that the higher hurdle is "
        "never met"),
    pair_row("deferred twice", 'type = "deferral", part = 0.6, days = 90',
        "part = 0.5, days = 180", "their parts of each payment add up to more than 1"),
    pair_row("balloons", 'type = "balloon"', "part = 0.5",
        "a leg matures once: for what is short by an earlier date take a minimum guarantee of the "
        "term, until then"),
    pair_row("buy-outs", 'type = "buy_out", on = 2026-12-31, amount = 3', "on = 2027-06-30",
        "the earlier one ends the leg: value each exercise in a deal of its own"),
    pair_row("clawbacks", 'type = "clawback", event = "default", part = 0.5', "part = 0.2",
        "both give back for the same event: state one part"),
    pair_row("thresholds", 'type = "threshold", amount = 2', 'per = "term"',
        "revenue below both would be taken off twice: write a custom clause"),
    odds_row("limit below the minimum", 'type = "period_cap", amount = 3',
        "2027-01-01 to 2027-12-31", 4, 3, leg='clauses.a = {type = "minimum_guarantee", '
        "amount = {by_date = {2026-01-01 = 2, 2026-07-01 = 4}}}\n"),
    odds_row("minimum above the period's limit", 'type = "minimum_guarantee", per = "period", '
        "amount = 3, prorated = false", "2026-07-01 to 2026-09-30", 3, 2,
        leg='clauses.a = {type = "period_cap", per = "period", '
        "amount = {by_date = {2026-01-01 = 3, 2026-07-01 = 2}}}\n"),
    odds_row("minimum above four quarters' limits", 'type = "period_cap", per = "period", '
        "amount = {uniform = [1, 2]}", "2026-01-01 to 2026-12-31", 9, 8,
        leg='clauses.a = {type = "minimum_guarantee", amount = {uniform = [9, 10]}}\n'),
    odds_row("quarters' minimums above the year's limit", 'type = "minimum_guarantee", '
        'per = "period", amount = 3', "2026-01-01 to 2026-12-31", 12, 10,
        leg='clauses.a = {type = "period_cap", amount = 10}\n'),
    odds_row("minimum of some years above their limits", 'type = "period_cap", amount = 3',
        "2026-01-01 to 2027-03-31", 7, 6, leg='clauses.a = {type = "minimum_guarantee", '
        'per = "term", amount = 7, until = 2027-02-01}\n'),
    odds_row("minimum of a part of a year that is not cut as the limit is",
        'type = "period_cap", amount = 4', "2026-01-01 to 2026-06-30", 3, "1.98356",
        leg="year_start = 2025-07-01\n"
        'clauses.a = {type = "minimum_guarantee", amount = 3, prorated = false}\n'),
    pair_row("minimums until the same quarter", 'type = "minimum_guarantee", per = "term", '
        "until = 2027-04-30, amount = 2", "amount = 3, until = 2027-06-30",
        "of two minimums of the same span the higher one holds: state it alone"),
    pair_row("a minimum until the end", 'type = "minimum_guarantee", per = "term", amount = 2',
        "amount = 3, until = 2027-10-01",
        "of two minimums of the same span the higher one holds: state it alone"),
    clause_row("minimum until too late", 'type = "minimum_guarantee", per = "term", '
        "amount = 3, until = 2028-01-01", "until", "must lie between start 2026-01-01 and the "
        "last day that is shared, 2027-12-31", "2028-01-01"),
    clause_row("minimum of a year, until", 'type = "minimum_guarantee", amount = 3, '
        "until = 2027-01-01", "until", "is of a minimum of the term alone", "2027-01-01",
        "for minimums of years that end, state an amount by date"),
    Row("contract year", "payment_lag = 45\n",
        f"payment_lag = 45\nyear_start = 2026-05-15\n{YEARLY}",
        "legs.share.year_start", "must be the first day of a quarter", "2026-05-15",
        "for example 2026-04-01", at="year_start ="),
    Row("contract year that says nothing of a minimum", "payment_lag = 45\n",
        "payment_lag = 45\nyear_start = 2026-05-15\n" + YEARLY
        + 'clauses.d = {type = "minimum_guarantee", amount = 4}\n',
        "legs.share.year_start", "must be the first day of a quarter", "2026-05-15",
        "for example 2026-04-01", at="year_start ="),
    Row("contract year by month", "payment_lag = 45\n",
        f"payment_lag = 45\nyear_start = 2026-05-01\n{YEARLY}",
        "legs.share.year_start", "must be the first day of a quarter", "2026-05-01",
        'for example 2026-04-01, or set the deal\'s frequency = "month"', at="year_start ="),
    Row("contract year of nothing", "payment_lag = 45\n",
        "payment_lag = 45\nyear_start = 2026-04-01\n" + YEARLY.replace("}", ', per = "period"}'),
        "legs.share.year_start", "has no effect: this leg measures nothing by the year",
        "2026-04-01", 'leave it out, or give a clause per = "year"', at="year_start ="),
    odds_row("minimum above the limit of a contract year", 'type = "period_cap", amount = 3',
        "2026-07-01 to 2027-06-30", 4, 3, leg='year_start = 2020-07-01\nclauses.a = '
        '{type = "minimum_guarantee", amount = {by_date = {2026-01-01 = 2, 2026-07-01 = 4}}}\n'),
    Row("interest since the end",
        'payment_lag = 45\nstop_events = ["default"]\n\n[legs.share.already_paid]\nvalue = 1\n',
        'clauses.c = {type = "recoup_then_split", amount = 3, rate = 0.1, interest = 0.1, '
        "since = 2028-01-01}\n",
        "legs.share.clauses.c.since", "must not come after the last day that is shared, "
        "2027-12-31: interest would begin when nothing accrues any more", "2028-01-01",
        at="clauses.c ="),
    clause_row("since without interest", 'type = "recoup_then_split", amount = 3, rate = 0.1, '
        "since = 2027-01-01", "since", "is the day from which interest accrues, but there is none",
        "2027-01-01"),
    Row("accretion since the end", "[companies.issuer]",
        '[legs.x]\npayer = "payer"\nreceiver = "receiver"\nbase = "sales"\nrate = 0.1\n'
        "start = 2026-01-01\nend = 2026-12-31\n"
        'clauses.c = {type = "accreting_cap", rate = 0.1, amount = 3, since = 2027-01-01}\n\n'
        "[companies.issuer]",
        "legs.x.clauses.c.since", "must not come after the last day that is shared, 2026-12-31: "
        "interest would begin when nothing accrues any more", "2027-01-01", at="clauses.c ="),
    clause_row("threshold and tiers",
        'type = "threshold", amount = 3', "",
        'cannot be combined with clause "a": tiers say already what is shared from the first unit '
        "of revenue on: for a threshold set the leg's rate to 0 and begin the tiers there",
        leg=f"clauses.a = {{{TIERS}}}\n"),
    Row("multiple of nothing", "cap = {triangular = [3, 4, 6]}\n",
        'clauses.c = {type = "cap_multiple", multiple = 2}\n',
        "legs.share.clauses.c.multiple",
        "is a multiple of the leg's investment, which is not given",
        hint="add `investment` to the leg"),
    Row("cap that falls", "{triangular = [3, 4, 6]}",
        "{by_date = {2026-01-01 = 4, 2027-01-01 = 3}}", "legs.share.cap.by_date",
        "must not fall from date to date: what was paid is not given back",
        "4 from 2026-01-01, 3 from 2027-01-01"),
    price_row("a price twice", "investment = 3", "amount = 3, multiple = 2", "",
        "must have either `amount` or `multiple`"),
    clause_row("no price", 'type = "recoup_then_split", rate = 0.1', "",
        "must have either `amount` or `multiple`"),
    clause_row("no price beside a hurdle", 'type = "recoup_then_split", rate = 0.1', "",
        "must have either `amount` or `multiple`",
        leg='clauses.a = {type = "recoup_then_split", amount = 2, rate = 0.1}\n'),
    clause_row("no such event", 'type = "clawback", event = "defualt", part = 1', "event",
        "must be a name in [events]", '"defualt"', 'did you mean "default"?'),
    clause_row("deferred by nothing", 'type = "deferral", part = 0.5, days = 0', "days",
        field("Deferral", "days")["rule"], "0"),
    clause_row("bought out too late", 'type = "buy_out", on = 2028-01-01, amount = 3', "on",
        "must lie between start 2026-01-01 and end 2027-12-31", "2028-01-01"),
    clause_row("tested too late",
        'type = "springing_rate", test_date = 2028-01-01, target = 3, rate_if_missed = 0.3',
        "test_date", "must lie between start 2026-01-01 and end 2027-12-31", "2028-01-01"),
    clause_row("test of revenue", 'type = "springing_rate", test_date = 2026-12-31, target = 3',
        "rate_if_missed",
        "is required where revenue is tested: no rate would have met a target of revenue"),
    clause_row("interest on what was paid",
        'type = "recoup_then_split", amount = 2, rate = 0.1, interest = 0.1', "interest",
        "needs the dates of all payments: state what is left of the hurdle on the day `since`, "
        "without already_paid", "1"),
    clause_row("a return on what was paid", 'type = "accreting_cap", rate = 0.1, amount = 2', "",
        "the leg has a cap already: state one of them"),
    clause_row("recovery without failure", 'type = "payer_credit", recovery = 0.4', "recovery",
        "is what is recovered after a failure, but none is named"),
    clause_row("spread and failure", 'type = "payer_credit", spread = 0.02, failure = "default"',
        "spread", "stands for failures that the simulation leaves out, but one is named: state "
        "either", "0.02"),
    clause_row("test beside a limit", 'type = "springing_rate", test_date = 2026-12-31, '
        'target = 3, measure = "payments"', "rate_if_missed",
        "is required beside a catch-up, a minimum, a limit a period, a recoupment or a formula: "
        "payments are then no multiple of the rate",
        leg='clauses.a = {type = "period_cap", amount = 3}\n'),
    clause_row("test and tiers of the whole amount",
        'type = "springing_rate", test_date = 2026-12-31, target = 3, rate_if_missed = 0.3', "",
        "cannot be combined with tiers of the whole amount: which of the rates would apply to the "
        "whole is not said", leg=f"clauses.a = {{{TIERS}, whole_amount = true}}\n"),
    clause_row("a test that scales no tiers", 'type = "springing_rate", test_date = 2026-12-31, '
        'target = 3, rate_if_missed = 0.3, tiers = "scaled"', "tiers",
        "says what becomes of tiers, but the leg has none"),
    clause_row("multiple of no investment", 'type = "custom", formula = "2 * investment - paid"',
        "formula", "uses the investment, but this leg has none",
        hint="add `investment` to the leg"),
    clause_row("tested after the buy-out", 'type = "springing_rate", test_date = 2027-06-30, '
        'target = 3, rate_if_missed = 0.3', "test_date",
        "must lie between start 2026-01-01 and the buy-out on 2026-12-31", "2027-06-30",
        leg='clauses.a = {type = "buy_out", on = 2026-12-31, amount = 3}\n'),
    price_row("a price that stops", 'stop_events = ["default"]', "amount = 3", ".event",
        "is a stop event as well: it either pays or does not", "default"),
    price_row("a price that is lost", 'loss_events = ["default"]', "amount = 3", ".event",
        "is a loss event as well: what it makes due would never be paid", "default"),
    clause_row("recovery of what is lost", 'type = "payer_credit", failure = "default", '
        "recovery = 0.4", "recovery",
        "is paid after an event that is a loss event of the leg as well: name it once", "0.4",
        leg='loss_events = ["default"]\n'),
    clause_row("balloon and buy-out", 'type = "balloon"', "",
        'cannot be combined with clause "a": the buy-out ends the leg before its maturity',
        leg='clauses.a = {type = "buy_out", on = 2026-12-31, amount = 3}\n'),
    Row("tail of no cap", CAP, 'clauses.c = {type = "tail_rate", rate = 0.1}\n',
        "legs.share.clauses.c", "goes on after a total cap, but this leg has none"),
    Row("balloon of no cap", CAP, 'clauses.c = {type = "balloon"}\n',
        "legs.share.clauses.c", "pays up to a total cap, but this leg has none"),
    Row("other rate of nothing", "rate = 0.2\n",
        'rate = 0\nclauses.c = {type = "tail_rate", rate = 0.1}\n', "legs.share.clauses.c",
        "needs a rate of the leg that cannot be 0: the other rate is applied as a part of it", "0",
        at="clauses.c ="),
]

# fmt: on
