"""Tables of results and of deals: what they hold, and that their parts add up."""

import math

import pytest

import capstake as cs
from capstake import comparison_tables, deal_tables, deal_words, tables
from close import close
from deals import CAPPED_SHARE, EVERYTHING, changed, deal_of, share_deal, without

PATHS = 4000


@pytest.fixture(scope="module")
def everything():
    return cs.value(deal_of(EVERYTHING), paths=PATHS)


@pytest.fixture(scope="module")
def compared():
    """Old: everything; new: a smaller cap, no reverse leg, another receiver of the royalty."""
    new = changed(EVERYTHING, legs__share__cap=20.0, legs__royalty__receiver="partner")
    return cs.compare(deal_of(EVERYTHING), deal_of(without(new, "legs__reverse")), paths=PATHS)


def column(table, name):
    index = [column.name for column in table.columns].index(name)
    return [row[index] for row in table.rows]


def test_positions_hold_the_values_in_order(everything):
    table = tables.positions(everything)
    assert column(table, "Name") == [everything.label(name) for name in everything]
    assert column(table, "Value") == [p.estimate for p in everything.positions.values()]
    assert column(table, "50%")[0] == everything["share"].percentiles((50,))[0].value


def test_payments_of_years_add_up_to_the_total(everything):
    for leg in everything.deal.legs:
        *years, total = column(tables.payments(everything, leg), "Expected")
        assert close(math.fsum(e.value for e in years), total.value, rel=1e-12)
        cumulative = tables.cumulative_payments(everything, leg)
        assert close(column(cumulative, "Expected")[-1], total.value, rel=1e-12)
        assert column(cumulative, "95%") == sorted(column(cumulative, "95%"))


def test_room_under_a_cap_leaves_out_what_was_paid_before(everything):
    # Revenue of the first quarter of 2026 is paid for on 15 May 2026, after the valuation date.
    table = tables.cap_room(everything, "share")
    assert close([amount for _, amount in table.rows], [38.0, 3.6, 34.4], rel=1e-12)


def test_room_under_an_uncertain_cap_is_a_range():
    cap = {"uniform": [10.0, 20.0]}
    valuation = cs.value(deal_of(changed(CAPPED_SHARE, legs__share__cap=cap)), paths=PATHS)
    low, middle, high = column(tables.cap_room(valuation, "share"), "Amount")
    assert 10.0 < low < middle < high < 20.0


def multiple_cap(multiple):
    clauses = {"limit": {"type": "cap_multiple", "multiple": multiple}}
    legs = changed(CAPPED_SHARE, legs__share__clauses=clauses, legs__share__investment=20.0)
    return cs.value(deal_of(without(legs, "legs__share__cap")), paths=PATHS)


def test_room_under_a_cap_that_a_clause_sets():
    table = tables.cap_room(multiple_cap(1.9), "share")
    assert close([amount for _, amount in table.rows], [38.0, 0.0, 38.0], rel=1e-12)


def test_room_under_a_cap_by_date_lists_its_steps():
    table = tables.cap_room(multiple_cap({"by_date": {"2026-01-01": 1, "2029-01-01": 2}}), "share")
    assert [name for name, _ in table.rows][:2] == [
        "Cap from 2026-01-01 on",
        "Cap from 2029-01-01 on",
    ]
    assert column(table, "Amount")[:2] == [20.0, 40.0]
    assert [name[-3:] for name, _ in table.rows[2:]] == [" 5%", "50%", "95%"]
    assert close(column(table, "Amount")[2], 20.0, rel=1e-12)


def test_cap_that_is_never_reached_has_no_room():
    valuation = cs.value(deal_of(changed(CAPPED_SHARE, legs__share__cap=1e6)), paths=100)
    assert tables.cap_room(valuation, "share") is None
    timing = tables.cap_timing(valuation, "share")
    assert [row[0] for row in timing.rows] == ["Reached at all", "Never"]
    assert timing.rows[1][1].value == 1.0


def test_cap_timing_adds_up(everything):
    table = tables.cap_timing(everything, "share")
    *periods, at_all, never = column(table, "Probability")
    assert close(math.fsum(p.value for p in periods), at_all.value, rel=1e-12)
    assert close(at_all.value + never.value, 1.0, rel=1e-15)
    assert tables.cap_timing(everything, "reverse") is None


def test_contracts_add_up_to_zero_over_all_parties(compared):
    table = comparison_tables.changes_by_party(compared)
    *parties, everyone = table.rows
    assert [row[0] for row in parties] == ["Maker", "Partner", "Fund"]
    assert everyone[1] == cs.Estimate(0.0, 0.0)
    stakes = math.fsum(row[2].value for row in parties)
    assert close(everyone[3].value, stakes, rel=1e-9)


def test_changes_by_party_are_those_of_the_positions(compared):
    rows = {row[0]: row for row in comparison_tables.changes_by_party(compared).rows}
    for name in compared.new.deal.parties:
        change, (_, contracts, stakes, position) = compared[name], rows[compared.new.label(name)]
        assert close(position.value, change.value, rel=1e-9, abs=1e-9)
        assert close(position.standard_error, change.standard_error, rel=1e-9)
        assert close(contracts.value + stakes.value, position.value, rel=1e-9, abs=1e-9)


def test_a_party_without_contracts_keeps_nothing_but_stakes():
    record = without(EVERYTHING, "legs__royalty")
    compared = cs.compare(
        deal_of(record), deal_of(changed(record, legs__share__cap=20.0)), paths=100
    )
    fund = comparison_tables.changes_by_party(compared).rows[2]
    assert fund[1] == cs.Estimate(0.0, 0.0)
    assert fund[2].value > 0.0  # the maker pays less, so its equity is worth more


def test_payments_compared_add_up_to_what_the_legs_pay(compared):
    by_title = {table.title: table for table in comparison_tables.payments_compared(compared)}
    table = by_title["What Maker is expected to pay Partner, undiscounted"]
    old, new, change = table.rows[-1][1:]
    assert close(old.value, compared.old.total_paid("share").value, rel=1e-12)
    legs = [compared.new.total_paid(leg).value for leg in ("share", "royalty")]
    assert close(new.value, math.fsum(legs), rel=1e-12)
    assert close(change.value, new.value - old.value, rel=1e-12)
    back = by_title["What Partner is expected to pay Maker, undiscounted"]
    assert back.rows[-1][2] == cs.Estimate(0.0, 0.0)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("maker", "Maker"),
        ("openai_revenue", "OpenAI revenue"),
        ("agi_verified", "AGI verified"),
        ("azure_openai_revenue", "Azure OpenAI revenue"),
        ("share", "Share"),
    ],
)
def test_names_are_spelt_as_in_the_deal(key, text):
    record = changed(
        share_deal({2026: 1.0}),
        parties__openai={"name": "OpenAI"},
        parties__maker={"name": "Maker"},
        events__x={"hazard": 0.1, "meaning": "A panel verifies AGI"},
    )
    assert deal_words.label(deal_of(record), key) == text


@pytest.mark.parametrize(
    ("deal", "key", "text"),
    [
        ("immunitybio_oberland", "net_sales_outside_china", "Net sales outside China"),
        ("graham_barber_nichols", "ebitda", "EBITDA"),
        ("biocryst_rpi", "factor_d_sales", "Factor D sales"),
        ("rhythm_hcr", "revenue_interest", "Revenue interest"),
        ("microsoft_openai_2026_04", "microsoft_share", "Microsoft share"),
    ],
)
def test_names_are_spelt_as_in_the_texts_of_the_deal(deal, key, text):
    assert deal_words.label(cs.load(deal), key) == text


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (cs.Number(0.2), "share", "20%"),
        (cs.Number(0.12), "1/yr", "12% a year"),
        (cs.Number(9e11), "money", "USD 900,000,000,000"),
        (cs.Number(1e-7), "money", "USD 0.0000001"),
        (cs.Number(34), "x", "34"),
        (
            cs.Number(triangular=[30, 38, 50]),
            "money",
            "uncertain, between USD 30 and USD 50, most likely USD 38",
        ),
        (cs.Number(uniform=[0.1, 0.3]), "share", "uncertain, anywhere between 10% and 30%"),
        (
            cs.Number(normal=[0.1, 0.02]),
            "share",
            "uncertain, normal with mean 10% and standard deviation 2%",
        ),
        (
            cs.Number(discrete={"values": [0.1, 0.2, 0.4], "weights": [0.5, 0.25, 0.25]}),
            "share",
            "uncertain, one of 10%, 20% and 40% with weights 0.5, 0.25 and 0.25",
        ),
        (
            cs.Number(metalog={"probabilities": [0.1, 0.5, 0.9], "values": [30, 38, 50]}),
            "money",
            "uncertain, metalog through USD 30, USD 38 and USD 50 "
            "at probabilities 0.1, 0.5 and 0.9",
        ),
        (
            cs.Number(empirical=[3, 1, 2]),
            "x",
            "uncertain, one of the 3 data from 1 to 3",
        ),
    ],
)
def test_numbers_in_words(number, unit, text):
    deal = deal_of(share_deal({2026: 1.0}))
    assert deal_words.quantity_text(deal, number, unit).replace("\xa0", " ") == text


def test_a_schedule_in_words():
    rate = {"by_date": {"2026-01-01": 0.1, "2027-07-01": 0.2}}
    deal = deal_of(share_deal({2026: 1.0, 2027: 1.0}, rate=rate))
    text = deal_words.number_text(deal.legs["share"].rate, "share")
    assert text == "10% from 1 January 2026, 20% from 1 July 2027"


def test_every_family_of_distributions_has_words():
    from capstake import _core

    assert set(_core.families()) <= set(deal_words._IN_WORDS)


def test_assumptions_hold_every_number_with_its_source():
    deal = cs.load("microsoft_openai_2026_04")
    table = deal_tables.assumptions(deal)
    rows = {(row[0], row[1]): row for row in table.rows}
    cap = rows["Contract: Microsoft share", "Cap"]
    assert cap[2:6] == ("38", "USD billion", "30 to 50", "reported")
    assert deal.legs["microsoft_share"].cap.source.strip() in cap[6]
    assert len(table.rows) == deal_tables.statuses(deal).rows[-1][1]


def test_terms_that_changed_are_listed_once():
    old, new = (cs.load(f"microsoft_openai_{when}") for when in ("2025_10", "2026_04"))
    rows = [row[1:] for row in deal_tables.terms_changed(old, new).rows]
    assert ("Cap", "–", "USD\xa038\xa0billion") in rows
    assert ("All terms", "part of the deal", "–") in rows
    assert len(rows) == len({row for row in deal_tables.terms_changed(old, new).rows})
    assert deal_tables.terms_changed(new, new).rows == ()
