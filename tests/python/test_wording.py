"""Deals in words: every clause with its numbers, events, payment days, and which run it was."""

from __future__ import annotations

import re

import pytest

import capstake as cs
from capstake import _core, deal_words, field_tables, narrative, stream_wording, wording
from deals import CAPPED_SHARE, EVERYTHING, Record, changed, deal_of, share_deal
from one_of_each import CLAUSES
from stream_deals import STREAM_DEALS

BASE = changed(
    share_deal({y: 30.0 for y in range(2025, 2031)}, investment=20.0, cap=50.0),
    events={
        "stop": {"hazard": 0.25, "meaning": "The plant stops."},
        "sale": {"hazard": 0.3},
    },
)
UNCAPPED = changed(BASE, legs__share__cap=None)
OWN_CAP = ("cap_multiple", "accreting_cap", "springing_cap")


def clause_words(name: str, terms: Record) -> str:
    record = UNCAPPED if name in OWN_CAP else BASE
    clauses = {"it": {"type": name, **terms}}
    if name == "springing_cap":
        clauses["cap"] = {"type": "cap_multiple", "multiple": 1.5}
    deal = deal_of(changed(record, legs__share__clauses=clauses))
    (called, says), *_ = wording.clauses(deal, "share")
    assert called == "It"
    return says.replace("\xa0", " ")


def test_every_type_of_clause_has_words():
    assert set(CLAUSES) == {row["type"] for row in field_tables.described() if is_clause(row)}


def is_clause(row: Record) -> bool:
    (share,) = (r for r in field_tables.described() if r["type"] == "revenue_share")
    (clauses,) = (field for field in share["fields"] if field["name"] == "clauses")
    return row["type"] in clauses["types"]


@pytest.mark.parametrize("name", CLAUSES)
def test_clauses_say_their_own_numbers_and_not_what_their_type_is(name: str):
    says = clause_words(name, CLAUSES[name])
    (row,) = (r for r in field_tables.described() if r["type"] == name)
    assert row["summary"].partition("\n")[0] not in says
    assert any(character.isdigit() for character in says)
    assert "_" not in says
    assert not says.endswith(".")


@pytest.mark.parametrize(
    ("name", "terms", "says"),
    [
        (
            "tiers",
            {"above": [20, 45], "rates": ["10%", 0]},
            "by the revenue of a calendar year the share is 10% above USD 20 and nothing above "
            "USD 45; each rate applies to the revenue within its tier",
        ),
        (
            "tiers",
            {"above": [20], "rates": [0.1], "per": "term", "whole_amount": True},
            "by the revenue of the whole term the share is 10% above USD 20; the rate that is "
            "reached applies to all revenue of the whole term",
        ),
        (
            "cap_multiple",
            {"multiple": 1.5},
            "payments end when they come to 1.5 times the investment of USD 20 in all, counting "
            "what is earned from 1 January 2025 on",
        ),
        (
            "cap_multiple",
            {"multiple": {"by_date": {"2026-01-01": 1.65, "2029-01-01": 2.0}}},
            "payments end when they come to a multiple of the investment of USD 20 (1.65 from "
            "1 January 2026, 2 from 1 January 2029) in all, counting what is earned from "
            "1 January 2025 on",
        ),
        (
            "minimum_guarantee",
            {"amount": 5, "per": "term", "until": "2028-06-30"},
            "at least USD 5 is earned in the term until 30 June 2028",
        ),
        (
            "minimum_guarantee",
            {"amount": 6, "recoupable": True},
            "at least USD 6 is earned in a calendar year, less in proportion where only a part of "
            "it is shared; what tops up one span is credited against what later ones earn above it",
        ),
        (
            "period_cap",
            {"amount": 5, "prorated": False},
            "at most USD 5 is earned in a calendar year; what is above it is lost",
        ),
        (
            "buy_out",
            {"on": "2028-05-15", "multiple": 2.2},
            "Payer ends the contract on 15 May 2028, the last day whose revenue is shared, and "
            "pays 2.2 times the investment of USD 20, less what has been paid by then",
        ),
        (
            "springing_rate",
            {"test_date": "2027-12-31", "target": 80, "measure": "payments"},
            "on 31 December 2027 it is tested whether what Receiver has been paid by then has "
            "reached USD 80; if so the rate stays as it is, if not it rises to what would have met "
            "the target, at most 100%",
        ),
        (
            "springing_rate",
            {"test_date": "2027-12-31", "target": 80, "rate_if_missed": 0.3},
            "on 31 December 2027 it is tested whether the revenue shared so far has reached "
            "USD 80; if so the rate stays as it is, if not it is 30%",
        ),
        (
            "springing_rate",
            {"test_date": "2027-12-31", "target": 80, "rate_if_missed": 0.3, "revenue_before": 5},
            "on 31 December 2027 it is tested whether the revenue shared so far, counting USD 5 "
            "from before the first day that is shared, has reached USD 80; if so the rate stays as "
            "it is, if not it is 30%",
        ),
        (
            "springing_cap",
            {
                "test_date": "2027-12-31",
                "target": 80,
                "since": "2027-01-01",
                "multiple_if_missed": 2,
            },
            "on 31 December 2027 it is tested whether the revenue since 1 January 2027 has reached "
            "USD 80; for what is paid from then on the cap is unchanged if so and 2 times the "
            "investment of USD 20 if not",
        ),
        (
            "springing_cap",
            {"test_date": "2027-12-31", "target": 9, "measure": "payments", "multiple_if_met": 2},
            "on 31 December 2027 it is tested whether what Receiver has been paid has reached "
            "USD 9; for what is paid from then on the cap is 2 times the investment of USD 20 if "
            "so and unchanged if not",
        ),
        (
            "true_up",
            {"rate": 0.18},
            "with the payment that reaches the cap, what is missing to a return of 18% a year on "
            "USD 20 from 1 January 2025 on is paid besides",
        ),
        (
            "true_up",
            {"rate": 0.18, "amount": 7, "part": 0.4, "since": "2026-02-01"},
            "with the payment that reaches the cap, what is missing to a return of 18% a year on "
            "USD 7 from 1 February 2026 on, for which 40% of each payment counts, is paid besides",
        ),
        (
            "payer_credit",
            {"spread": 0.03},
            "for the credit of Payer, payments are discounted at 3% a year more than at the "
            "contract's rate",
        ),
        (
            "payer_credit",
            {"failure": "stop", "recovery": 0.3},
            "for the credit of Payer, after “Stop” 30% of what falls due is still paid",
        ),
        ("deferral", {"part": 0.5, "days": 1}, "50% of each payment falls due 1 day later, "
         "without interest"),
        ("balloon", {}, "with the payment for the last quarter until 31 December 2030, all that is "
         "left under the cap falls due"),
        (
            "minimum_guarantee",
            {"amount": 5, "per": "term", "until": "2030-12-31"},
            "at least USD 5 is earned in the whole term",
        ),
        ("clawback", {"event": "sale", "part": 1}, "if “Sale” comes, Receiver gives back 100% of "
         "all that it has been paid"),
    ],
)  # fmt: skip
def test_a_clause_in_words(name: str, terms: Record, says: str):
    assert clause_words(name, terms) == says


@pytest.mark.parametrize(
    ("tiers", "says"),
    [
        ("replaced", "a rate that is reset holds for all revenue, in place of the tiers"),
        ("scaled", "the rates of all tiers change in the same proportion"),
    ],
)
def test_a_test_says_what_becomes_of_tiers(tiers: str, says: str):
    test = {"type": "springing_rate", "tiers": tiers, "rate_if_missed": 0.3, "target": 80}
    clauses = {
        "tiers": {"type": "tiers", "above": [20], "rates": [0.1]},
        "test": test | {"test_date": "2027-12-31"},
    }
    deal = deal_of(changed(BASE, legs__share__clauses=clauses))
    assert dict(wording.clauses(deal, "share"))["Test"].endswith(f"if not it is 30%; {says}")


def streams():
    """Every stream of the tests' deals, once a type: (deal, name)."""
    found = {}
    for record in [*STREAM_DEALS.values(), EVERYTHING]:
        deal = deal_of(record)
        for name, stream in deal.streams.items():
            found.setdefault(field_tables.type_of(stream), (deal, name))
    return found


def test_contract_years_are_said():
    record = changed(
        BASE,
        legs__share__year_start="2020-04-01",
        legs__share__clauses={"it": {"type": "period_cap", "amount": 5}},
    )
    ((_, says),) = wording.clauses(deal_of(record), "share")
    assert "is earned in a year from 1 April on" in says.replace("\xa0", " ")


def test_a_clause_says_which_others_it_leaves_aside():
    others = {
        "above": {"type": "threshold", "amount": 5},
        "floor": {"type": "minimum_guarantee", "amount": 2},
        "most": {"type": "period_cap", "amount": 6},
        "bonus": {"type": "custom", "formula": "payment + 1", "stage": "payment"},
        "later": {"type": "deferral", "part": 0.5, "days": 90},
    }
    tail = {"type": "tail_rate", "rate": 0.02}
    test = {"type": "springing_rate", "test_date": "2027-12-31", "target": 9, "rate_if_missed": 0.3}
    test["measure"] = "payments"
    record = changed(BASE, legs__share__clauses={**others, "tail": tail, "test": test})
    says = {
        called: text.replace("\xa0", " ")
        for called, text in wording.clauses(deal_of(record), "share")
    }
    assert says["Tail"] == (
        "after the cap has been reached, 2% of the revenue above the threshold is still due, "
        "without regard to minimums and limits"
    )
    assert "what Receiver has been paid by then, deferred parts included, has" in says["Test"]
    assert says["Floor"].endswith("; where a limit leaves no room for it, less is made up")


def test_several_clawbacks_say_what_each_is_of():
    clauses = {event: {"type": "clawback", "event": event, "part": 1} for event in ("stop", "sale")}
    record = changed(BASE, legs__share__clauses=clauses)
    for _, says in wording.clauses(deal_of(record), "share"):
        assert says.endswith(
            "it has been paid, as far as it has not been given back for another event"
        )


def test_every_type_of_stream_has_words():
    (deal,) = (row for row in field_tables.described() if row["type"] == "deal")
    (types,) = (field["types"] for field in deal["fields"] if field["name"] == "streams")
    assert set(streams()) == set(types)


@pytest.mark.parametrize("kind", streams())
def test_streams_say_their_own_numbers(kind: str):
    deal, name = streams()[kind]
    says = stream_wording.stream_terms(deal, name)
    stream = deal.streams[name]
    assert field_tables.summary_of(stream) not in says
    assert says.startswith(deal_words.label(deal, name) + ": ")
    assert says.endswith(".")
    numbers = [
        held
        for field in field_tables.fields_of(stream)
        if isinstance(held := getattr(stream, field["name"]), cs.Number) and field["is_required"]
    ]
    assert len(re.findall(r"\d[\d.,]*", says)) >= min(len(numbers), 5)


def test_streams_in_words():
    forecast = changed(BASE, streams__sales__volatility=0.2, streams__sales__growth_haircut=0.1)
    text = stream_wording.stream_terms(deal_of(forecast), "sales").replace("\xa0", " ")
    assert text.startswith("Sales: forecast at USD 30 in 2025, USD 30 in 2026, ")
    assert text.endswith(
        "and USD 30 in 2030, of whose growth 10% does not come about, with a volatility of 20% a "
        "year around the forecast."
    )
    curve = {"type": "logistic", "level": 10, "market": 50, "growth": 0.5}
    text = stream_wording.stream_terms(deal_of(changed(BASE, streams__sales=curve)), "sales")
    assert text.replace("\xa0", " ") == (
        "Sales: at a rate of USD 10 a year at the valuation date, growing towards USD 50 a "
        "year (logistic curve), by 50% a year while it is far below."
    )


@pytest.mark.parametrize("days", [0, 1, 2, 1095])
def test_days_are_counted(days: int):
    deal = deal_of(changed(BASE, legs__share__payment_lag=days))
    text = wording.leg_terms(deal, "share")
    counted = {0: "at the end", 1: "1 day after", 2: "2 days after", 1095: "1,095 days after"}
    assert f"is paid {counted[days]}" in text.replace("at the end of", "at the end")
    assert deal_words.days_text(days) == f"{days:,} {'day' if days == 1 else 'days'}"


def test_a_settlement_is_said_where_it_is_longer_than_a_period():
    deal = deal_of(changed(BASE, legs__share__payment_lag=45, legs__share__settlement="half_year"))
    assert "paid 45 days after the end of the half year" in wording.leg_terms(deal, "share")
    deal = deal.replace(frequency="year")
    assert "paid 45 days after the end of the year" in wording.leg_terms(deal, "share")


def test_a_leg_says_what_ends_it_once_for_each_event():
    both = deal_of(
        changed(
            BASE,
            legs__share__stop_events=["stop", "sale"],
            legs__share__loss_events=["stop"],
        )
    )
    text = wording.leg_terms(both, "share")
    assert "After “Stop” nothing more is earned or paid, not even what has been earned." in text
    assert "After “Sale” nothing more is earned." in text
    assert text.count("“Stop”") == 1


def test_other_legs_say_what_ends_them_too():
    leg = {
        "type": "milestone",
        "payer": "payer",
        "receiver": "receiver",
        "base": "sales",
        "amount": 7,
        "threshold": 60,
        "start": "2026-01-01",
        "end": "2027-12-31",
        "loss_events": ["stop"],
    }
    deal = deal_of(changed(BASE, legs={"prize": leg}))
    assert wording.leg_terms(deal, "prize").endswith("After “Stop” nothing more is paid.")


def test_a_cap_that_a_clause_sets_is_not_denied():
    clauses = {"floor": {"type": "minimum_guarantee", "amount": 1}}
    without_cap = deal_of(changed(UNCAPPED, legs__share__clauses=clauses))
    assert "without a total cap" in wording.leg_terms(without_cap, "share")
    clauses = {"limit": {"type": "cap_multiple", "multiple": 2}}
    capped = deal_of(changed(UNCAPPED, legs__share__clauses=clauses))
    assert "without a total cap" not in wording.leg_terms(capped, "share")


def test_events_say_each_thing_once():
    deal = deal_of(BASE)
    text = wording.event_terms(deal, "stop").replace("\xa0", " ")
    assert text == (
        "The event “Stop” comes with a hazard rate of 25% a year. It stands for this: The plant "
        "stops."
    )
    assert wording.event_terms(deal, "sale").endswith("hazard rate of 30% a year.")


def test_a_company_is_called_as_its_party():
    assert deal_words.label(deal_of(EVERYTHING), "maker_inc") == "Maker"
    twins = changed(
        EVERYTHING, companies__maker_two={**EVERYTHING["companies"]["maker_inc"], "party": "maker"}
    )
    assert deal_words.label(deal_of(twins), "maker_two") == "Maker two"


def test_features_are_what_a_deal_holds():
    found = wording.features(deal_of(changed(BASE, streams__sales__volatility=0.0)))
    assert {"forecast", "revenue_share", "revenue_share.cap", "event"} <= found
    assert not {"forecast.volatility", "revenue_share.already_paid", "company"} & found
    assert "forecast.volatility" in wording.features(deal_of(EVERYTHING))
    assert "payer_credit.spread" in wording.features(
        deal_of(
            changed(BASE, legs__share__clauses={"credit": {"type": "payer_credit", "spread": 0.03}})
        )
    )


def said(**settings: object) -> str:
    valuation = cs.value(deal_of(CAPPED_SHARE), **settings)
    return narrative.run_sentences(valuation)[0]


def test_the_run_is_one_plain_sentence():
    text = said(paths=2**14)
    assert text.startswith("The values are means over 16,384 scrambled Sobol points")
    assert "16 independent replicates of 1,024" in text
    assert "% of its value" in text
    assert text.endswith("the run ended when the number of paths that was asked for was done.")
    assert text.count(". ") == 0


def test_the_run_says_what_ended_it():
    reached = said(precision=1e-2)
    assert "the run ended because the precision that was asked for was reached" in reached
    assert "(the error of “" in reached
    limited = said(precision=1e-12, max_paths=2**13)
    assert "the run ended at its limit of paths, short of the precision" in limited


def test_plain_paths_and_certain_deals_are_said_to_be_so():
    assert "over 500 random paths (Philox 4x64-10);" in said(paths=500)
    certain = cs.value(deal_of(share_deal({2026: 100.0})), paths=64)
    assert "they have no standard error" in narrative.run_sentences(certain)[0]


def test_events_of_a_run_are_called_as_in_the_deal():
    valuation = cs.value(deal_of(EVERYTHING), paths=2**13)
    text = " ".join(narrative.run_sentences(valuation)[1:])
    assert "Failure" in text
    assert "failure" not in text.replace("Failure", "")


def test_the_core_is_asked_for_its_field_tables_once(monkeypatch: pytest.MonkeyPatch):
    from capstake import deal_tables

    def fail() -> None:
        raise AssertionError("field tables are read again")

    field_tables.described()
    monkeypatch.setattr(_core, "describe", fail)
    deal_tables.terms(deal_of(EVERYTHING))
    deal_tables.assumptions(deal_of(EVERYTHING))
    cs.schema()
