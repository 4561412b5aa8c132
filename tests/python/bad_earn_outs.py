"""One row for each way to spoil an earn-out or a milestone, as in bad_deals.py."""

from __future__ import annotations

from bad_deals import Row, field

PARTIES = 'payer = "payer"\nreceiver = "receiver"\nstart = 2026-01-01\n'


# fmt: off
def leg_row(name: str, type_: str, leg: str, field: str, rule: str, got: str = "", hint: str = "",
            at: str = "", parties: str = PARTIES) -> Row:
    """A further leg `x`; its end is 2027-12-31 unless it says otherwise."""
    end = "" if "end =" in leg else "end = 2027-12-31\n"
    table = f'[legs.x]\ntype = "{type_}"\n{parties}{end}{leg}\n'
    return Row(name, "[companies.issuer]", f"{table}\n[companies.issuer]",
               f"legs.x.{field}".removesuffix("."), rule, got, hint, at=at or "[legs.x]")


def earn_out(name: str, leg: str, *rest: str, **more: str) -> Row:
    return leg_row(name, "earn_out", leg, *rest, **more)


def milestone(name: str, leg: str, *rest: str, **more: str) -> Row:
    return leg_row(name, "milestone", leg, *rest, **more)


SALES = 'base = "sales"\n'
EARN_OUTS = [
    earn_out("an earn-out of nothing", SALES + "threshold = 3", "amount",
        "an earn-out needs an amount or a rate"),
    earn_out("an earn-out of no base", "amount = 3", "base",
        "is required: " + field("EarnOut", "base")["meaning"]),
    earn_out("an earn-out of an unknown base", 'base = "sails"\namount = 7', "base",
        "must be a name in [streams]", '"sails"', 'did you mean "sales"?', at='"sails"'),
    earn_out("a negative threshold", SALES + "amount = 7\nthreshold = -3", "threshold",
        "must be >= 0", "-3", at="threshold ="),
    earn_out("a negative multiple", SALES + "rate = -3", "rate", "must be >= 0", "-3",
        at="rate = -3"),
    earn_out("a test cap of nothing", SALES + "rate = 3\ncap = 0", "cap", "must be > 0", "0",
        at="cap = 0"),
    earn_out("a total cap by date", SALES + "rate = 3\ntotal_cap = {by_date = {2026-01-01 = 1}}",
        "total_cap.by_date", "this field cannot vary by date", at="total_cap ="),
    earn_out("a misspelt test", SALES + 'amount = 7\ntested = "cumulativ"', "tested",
        'must be "each_year", "cumulative" or "total"', '"cumulativ"',
        'did you mean "cumulative"?', at="tested ="),
    earn_out("a rate on something else", SALES + 'rate = 7\nrate_on = "all"', "rate_on",
        'must be "excess" or "whole"', '"all"', at="rate_on ="),
    earn_out("catch-up of one test", SALES + 'amount = 7\ntested = "total"\ncatch_up = true',
        "catch_up", "is of tests of each year: the other tests have nothing to make up",
        at="catch_up ="),
    earn_out("contract years of one test",
        SALES + 'amount = 7\ntested = "total"\nyear_start = 2026-04-01', "year_start",
        "has no effect: this leg measures nothing by the year", "2026-04-01",
        'leave it out, or set tested = "each_year" or "cumulative"', at="year_start ="),
    earn_out("an earn-out that ends first", SALES + "amount = 7\nend = 2025-12-30", "end",
        "must not come before start 2026-01-01", "2025-12-30", at="end = 2025"),
    earn_out("an earn-out paid to oneself", SALES + "amount = 7", "receiver",
        "must differ from the payer", "payer", at='receiver = "payer"',
        parties=PARTIES.replace('"receiver"', '"payer"')),
    earn_out("an earn-out not covered", SALES + "amount = 7\nend = 2028-12-31", "",
        'needs revenue from 2026 to 2028, but stream "sales" has figures from 2025 to 2027'),
    earn_out("an unknown risk", SALES + 'amount = 7\nrisk = "market"', "risk",
        'must be "systematic" or "diversifiable"', '"market"', at="risk ="),
    earn_out("tiers of nothing", SALES + "amount = 7\nabove = [9]", "above",
        "needs amounts or rates, one for each level", at="above ="),
    earn_out("a tier below the threshold", SALES + "rate = 7\nthreshold = 9\nabove = [9]\n"
        "rates = [2]", "above[0]", "must be higher than the threshold", "9", at="above ="),
    earn_out("tiers that fall", SALES + "rate = 7\nabove = [9, 8]\nrates = [2, 3]", "above[1]",
        "must be higher than the level before", "8", at="above ="),
    earn_out("tiers that cross", SALES + "rate = 7\nrates = [2]\nthreshold = 3\n"
        "above = [{by_date = {2026-01-01 = 5, 2027-01-01 = 2}}]", "above[0]",
        "must be higher than the threshold", "5 from 2026-01-01, 2 from 2027-01-01", at="above ="),
    earn_out("a tier without its rate", SALES + "rate = 7\nabove = [8, 9]\nrates = [2]", "rates",
        "must have one for each level of `above`: 2", "1", at="rates ="),
    earn_out("rates of no tiers", SALES + "rate = 7\nrates = [2]", "above",
        "is required: the levels that rates are for"),
    earn_out("the whole of no tiers", SALES + "rate = 7\nwhole_amount = true", "whole_amount",
        "is of tiers, but this earn-out has none", at="whole_amount ="),
    earn_out("acceleration of nothing", SALES + 'rate = 7\nacceleration = "default"',
        "acceleration_amount", "is required where no total cap says what is left"),
    earn_out("acceleration by nothing", SALES + "rate = 7\nacceleration_amount = 4",
        "acceleration_amount", "falls due when an event comes, but `acceleration` names none",
        at="acceleration_amount ="),
    earn_out("acceleration that stops", SALES + 'rate = 7\ntotal_cap = 4\n'
        'acceleration = "default"\nstop_events = ["default"]', "acceleration",
        "is a stop event as well: it either pays or does not", "default", at="acceleration ="),
    earn_out("acceleration that is lost", SALES + 'rate = 7\ntotal_cap = 4\n'
        'acceleration = "default"\nloss_events = ["default"]', "acceleration",
        "is a loss event as well: what it makes due would never be paid", "default",
        at="acceleration ="),
    milestone("contract years of no year",
        SALES + "amount = 7\nthreshold = 3\nyear_start = 2026-04-01", "year_start",
        "has no effect: this leg measures nothing by the year", "2026-04-01",
        'leave it out, or set measured = "each_year"', at="year_start ="),
    milestone("a milestone that cannot be met",
        'amount = 7\nevent = "default"\nstop_events = ["default"]', "event",
        "is a stop event as well: it could never be met", "default", at="event ="),
    milestone("a milestone that is lost",
        'amount = 7\nevent = "default"\nloss_events = ["default"]', "event",
        "is a loss event as well: what it makes due would never be paid", "default", at="event ="),
    milestone("a milestone that accelerates itself",
        'amount = 7\nevent = "default"\nacceleration = "default"', "acceleration",
        "is what the milestone waits for already", "default", at="acceleration ="),
    earn_out("a stop by a stranger", SALES + 'amount = 7\nstop_events = ["defualt"]',
        "stop_events[0]", "must be a name in [events]", '"defualt"', 'did you mean "default"?',
        at='"defualt"'),
    milestone("a milestone of nothing", "", "amount",
        "is required: " + field("Milestone", "amount")["meaning"]),
    milestone("a milestone of two things", SALES + 'threshold = 3\namount = 7\nevent = "default"',
        "event", "cannot be combined with a base: two milestones are two legs", at="event ="),
    milestone("a base without a threshold", SALES + "amount = 7", "threshold",
        "is required: what the base must reach"),
    milestone("a threshold without a base", "threshold = 3\namount = 7", "threshold",
        "is of a base, but this milestone has none", at="threshold ="),
    milestone("a probability in per cent", "amount = 7\nprobability = 60", "probability",
        "must be between 0 and 1", "60", 'for 60 per cent write 0.6 or "60%"', at="probability ="),
    milestone("a milestone of an unknown event", 'amount = 7\nevent = "defualt"', "event",
        "must be a name in [events]", '"defualt"', 'did you mean "default"?', at='"defualt"'),
    milestone("a milestone of a misspelt measure", SALES + 'threshold = 3\namount = 7\n'
        'measured = "since_strat"', "measured", 'must be "since_start" or "each_year"',
        '"since_strat"', 'did you mean "since_start"?', at="measured ="),
    milestone("a milestone not covered", SALES + "threshold = 3\namount = 7\nend = 2028-12-31", "",
        'needs revenue from 2026 to 2028, but stream "sales" has figures from 2025 to 2027'),
]
# fmt: on
