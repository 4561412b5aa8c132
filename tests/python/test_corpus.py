"""The bundled deals: real contracts as data. Each loads, round-trips, is valued and adds up.

Where a source prints a figure the contract is run without chance and compared with it. Revenue is
assumed in all of them, so no value is an expectation here.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import capstake as cs
from capstake import _core
from capstake.cli import app
from close import close

NAMES = sorted(cs.bundled_deals())
PATHS = 1024


@pytest.fixture(scope="module", params=NAMES)
def valued(request) -> cs.Valuation:
    return cs.value(cs.load(request.param), paths=PATHS)


def certain(
    name: str, annual: dict[int, float], *, at_once: bool = True, **changes: Any
) -> cs.Deal:
    """The deal with these annual figures for each leg's base, and no events."""
    deal = cs.load(name)
    lag = {"payment_lag": 0} if at_once else {}
    legs = {
        key: leg.replace(stop_events=[], loss_events=[], **lag) for key, leg in deal.legs.items()
    }
    certain = {leg.base: cs.Forecast(annual=annual) for leg in legs.values()}
    return deal.replace(
        streams=certain,
        events={},
        legs=legs,
        frequency="quarter",
        day_count="30E/360",
        **changes,
    )


def paid(deal: cs.Deal, leg: str) -> dict[int, float]:
    """What a leg pays in each year, where nothing is left to chance."""
    return {a.year: a.mean.value for a in cs.value(deal, paths=2).payments(leg)}


# Terms that were read, by their ids among the cases, and the deals that have them. Not a deal:
# terms.decathlon, whose page states a rate of 1% to 3% and nothing else.
TERMS = {
    "terms.openai_microsoft": "microsoft_openai_2026_04",
    "terms.liquidia_hcr": "liquidia_hcr",
    "terms.spero_hcr": "spero_hcr",
    "terms.adaptive_orbimed": "adaptive_orbimed",
    "terms.immunitybio_oberland": "immunitybio_oberland",
    "terms.omeros_dri": "omeros_dri",
    "terms.verona_ripsa": "verona_ripsa",
    "terms.rhythm_hcr": "rhythm_hcr",
    "terms.biocryst_rpi": "biocryst_rpi",
    "terms.karyopharm_hcr": "karyopharm_hcr",
    "terms.xoma_aronora": "xoma_aronora",
    "terms.flying_leap": "flying_leap",
    "terms.love_of_honey": "love_of_honey",
    "terms.gust_rbn": "gust_rbn",
}


# Every deal


def test_every_contract_that_was_read_is_a_deal():
    assert set(TERMS.values()) <= set(NAMES)


def test_there_are_at_least_twelve_contracts_besides_the_founding_deal():
    founding = {
        f"microsoft_openai_{kind}{when}"
        for kind in ("", "channels_")
        for when in ("2025_10", "2026_04")
    }
    assert founding < set(NAMES)
    assert len(set(NAMES) - founding) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name):
    deal = cs.load(name)
    record = deal.to_dict()
    assert cs.Deal.from_record(record) == deal
    assert cs.loads(json.dumps(record, default=str), is_json=True) == deal


@pytest.mark.parametrize("name", NAMES)
def test_capstake_validate_passes(name):
    result = CliRunner().invoke(app, ["validate", name])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_status_and_a_source(name):
    silent = [
        f"{row['table']}.{row['object']}.{row['field']}"
        for row in _core.assumptions(cs.load(name))
        if row["number"].status == "unstated" or not row["number"].source
    ]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_terms_and_caveats_are_in_words(name):
    deal = cs.load(name)
    assert deal.notes
    for leg in deal.legs.values():
        assert "Official" in leg.terms or "Assumed" in leg.terms


def test_values_are_finite(valued):
    for position in valued.positions.values():
        assert math.isfinite(position.value)
        assert position.standard_error >= 0.0
        assert np.isfinite(position.samples).all()
    for leg in valued.deal.legs:
        assert valued.total_paid(leg).value > 0.0


def test_what_is_paid_is_received(valued):
    legs = {name: valued[name].samples for name in valued.deal.legs}
    scale = sum(np.abs(samples) for samples in legs.values())
    for party in valued.deal.parties:
        signed = [
            (leg.receiver == party) * legs[name] - (leg.payer == party) * legs[name]
            for name, leg in valued.deal.legs.items()
        ]
        stakes = [
            valued[name].samples
            for name, stake in valued.deal.stakes.items()
            if stake.holder == party
        ]
        total = np.sum([*signed, *stakes], axis=0)
        worth = scale + np.sum(np.abs(stakes), axis=0)
        assert np.all(np.abs(valued[party].samples - total) <= 1e-12 * worth)


def test_payments_by_year_add_up_to_all_that_is_paid(valued):
    for leg in valued.deal.legs:
        by_year = sum(a.mean.value for a in valued.payments(leg))
        assert close(by_year, valued.total_paid(leg).value, rel=1e-12)


def highest_cap(leg: cs.RevenueShare | cs.EarnOut) -> float:
    if leg.cap is not None:
        return float(leg.cap.value)
    highest = 0.0
    for clause in getattr(leg, "clauses", {}).values():
        if isinstance(clause, cs.TrueUp):
            return math.inf
        if isinstance(clause, cs.CapMultiple):
            multiple = clause.multiple.to_dict()
            by_date = multiple.get("by_date", {"always": multiple.get("value")}).values()
            highest = max(highest, *map(float, by_date))
        if isinstance(clause, cs.SpringingCap):
            highest = max(highest, clause.multiple_if_missed.value)
    return highest * leg.investment.value if highest else math.inf


def test_no_path_pays_more_than_the_cap(valued):
    for name, leg in valued.deal.legs.items():
        total = sum(valued.payment_samples(name).values())
        before = leg.already_paid.value if isinstance(leg, cs.RevenueShare) else 0.0
        assert total.max() <= (highest_cap(leg) - before) * (1 + 1e-12)
        assert total.min() >= 0.0


# Printed figures


OMEROS_CAPS = [1.67, 13, 20, 25, 25, 25, 25, 26.25, 27.5]


def omeros(**changes: Any) -> cs.Deal:
    return certain("omeros_dri", dict.fromkeys(range(2022, 2031), 200.0), **changes)


def test_omeros_pays_each_year_its_cap_and_188_4_in_all():
    """Omeros 8-K, 30 September 2022: annual caps and maximum total in USD million."""
    by_year = paid(omeros(valuation_date="2022-08-31"), "royalties")
    assert list(by_year) == list(range(2022, 2031))
    assert close(list(by_year.values())[:-1], OMEROS_CAPS[:-1], rel=1e-14)
    assert close(sum(by_year.values()), 188.4, rel=1e-14)


def test_omeros_caps_add_up_to_the_printed_total():
    deal = omeros(valuation_date="2022-08-31")
    leg = deal.legs["royalties"].replace(cap=None)
    by_year = paid(deal.replace(legs={"royalties": leg}), "royalties")
    assert close(list(by_year.values()), OMEROS_CAPS, rel=1e-14)
    assert round(sum(by_year.values()), 1) == 188.4


# BioCryst, agreements of 22 November 2021: royalties on annual net sales in USD million by marginal
# tiers, arithmetic on the printed table.
BIOCRYST_SALES = [100.0, 350.0, 450.0, 550.0, 900.0]


@pytest.mark.parametrize(
    ("name", "royalties"),
    [
        ("biocryst_rpi", [0.75, 2.625, 4.375, 6.125, 6.125]),
        ("biocryst_omers", [7.5, 26.25, 32.25, 38.25, 38.25]),
    ],
)
def test_biocryst_tiers(name, royalties):
    years = range(2024, 2029)
    annual = dict.fromkeys(range(2021, 2039), 100.0) | dict(zip(years, BIOCRYST_SALES, strict=True))
    by_year = paid(certain(name, annual), "orladeyo_share")
    assert close([by_year[year] for year in years], royalties, rel=1e-13)


@pytest.mark.parametrize(("sold", "multiple"), [(299.0, 1.55), (301.0, 1.425)])
def test_biocryst_returns_to_omers_by_the_sales_of_2023(sold, multiple):
    """The cap of 155% or 142.5% of 150, by whether the sales of 2023 reach the assumed 300."""
    annual = dict.fromkeys(range(2021, 2039), 400.0) | {2022: 1000.0, 2023: sold}
    total = sum(paid(certain("biocryst_omers", annual), "orladeyo_share").values())
    assert close(total, multiple * 150.0, rel=1e-13)


def test_uniqure_cap_is_the_printed_693_8_by_2032():
    """uniQure, SEC filing: 1.85 times 375, printed as 693.8 million."""
    annual = dict.fromkeys(range(2023, 2039), 100.0)
    total = sum(paid(certain("uniqure_hcrx", annual), "royalties").values())
    assert close(total, 1.85 * 375.0, rel=1e-14)
    assert round(total + 1e-9, 1) == 693.8


def test_uniqure_cap_is_the_higher_one_after_june_2032():
    annual = dict.fromkeys(range(2023, 2039), 70.0)
    deal = certain("uniqure_hcrx", annual)
    assert close(sum(paid(deal, "royalties").values()), 2.25 * 375.0, rel=1e-14)


@pytest.mark.parametrize(
    ("produced", "delivered"),
    [(350.0, 131.25), (769.1, 256.98), (869.1, 256.98 + 5.0)],
)
def test_royal_gold_delivers_the_printed_ounces_at_each_step(produced, delivered):
    """Royal Gold, SEC filing: 37.5% to 131,250 oz, 30% to 256,980 oz, then 5%."""
    annual = dict.fromkeys(range(2025, 2035), produced / 10.0)
    deal = certain("royal_gold_platreef", annual)
    assert close(sum(paid(deal, "gold_stream").values()), delivered, rel=1e-13)


@pytest.mark.parametrize(
    ("name", "leg", "multiples", "price"),
    [
        ("geron_rpi", "rytelo_share", (1.65, 2.0), 125.0),
        ("ascendis_rpi", "skytrofa_share", (1.65, 1.925), 150.0),
        ("adaptive_orbimed", "revenue_interest", (1.65, 1.75), 125.0),
    ],
)
def test_a_share_that_pays_back_late_pays_more(name, leg, multiples, price):
    """The cap's multiple is the lower one if it is reached by the date, else the higher one."""
    for revenue, multiple in zip((1500.0, 300.0), multiples, strict=True):
        annual = dict.fromkeys(range(2022, 2045), revenue)
        assert close(sum(paid(certain(name, annual), leg).values()), multiple * price, rel=1e-13)


@pytest.mark.parametrize(
    ("name", "leg", "quarters", "multiples", "price"),
    [
        ("uniqure_hcrx", "royalties", 35, (1.85, 2.25), 375.0),  # to Q1 2032, paid on 30 May
        ("geron_rpi", "rytelo_share", 25 + 61 / 92, (1.65, 2.0), 125.0),  # to Q1 2031
        ("ascendis_rpi", "skytrofa_share", 27, (1.65, 1.925), 150.0),  # to Q3 2031
        ("adaptive_orbimed", "revenue_interest", 23, (1.65, 1.75), 125.0),  # to Q2 2028
    ],
)
def test_what_counts_by_the_date_is_what_has_been_paid_by_it(name, leg, quarters, multiples, price):
    """With the deal's own lag: the last quarter that is paid by the date decides."""
    rate = cs.load(name).legs[leg].rate.value
    for needed, multiple in zip((quarters - 0.5, quarters + 0.5), multiples, strict=True):
        annual = dict.fromkeys(range(2022, 2045), 4 * multiples[0] * price / needed / rate)
        deal = certain(name, annual, at_once=False)
        assert close(sum(paid(deal, leg).values()), multiple * price, rel=1e-13)


def test_immunitybio_is_tested_by_what_has_been_paid_by_the_end_of_2029():
    # At 45 days the payments of 24 quarters less the last have been made: 200 needs 8.7 a quarter.
    for quarters, rate in ((22.8, 0.015), (23.2, None)):
        revenue = 4 * 200.0 / quarters / 0.07
        deal = certain(
            "immunitybio_oberland", dict.fromkeys(range(2023, 2039), revenue), at_once=False
        )
        # Of 2030's payments three are at the rate after the test.
        after = 0.07 * 200.0 / (23 * revenue / 4 * 0.07) if rate is None else rate
        by_year = paid(deal, "revenue_interest")
        assert close(by_year[2031], revenue * after, rel=1e-12)


def test_spero_was_bought_out_for_54():
    """Spero, SEC filings: 54 on 7 June 2022 for the 50 advanced; dated the end of its month."""
    valuation = cs.value(cs.load("spero_hcr"), paths=PATHS)
    assert valuation.payments("revenue_interest")[-1].year == 2022
    days = (dt.date(2022, 6, 30) - dt.date(2021, 9, 29)).days
    price_alone = 54.0 / 1.12 ** (days / 365.0)
    shared = valuation["revenue_interest"].value - price_alone
    # 12% of the revenue of eight months, of which the forecast has at most some 10 million.
    assert 0.0 < shared < 0.12 * 10.0


def test_immunitybio_rate_is_reset_by_the_test_of_2029():
    """SEC filings: 1.5% after a test that is met, else the rate that would have paid 200."""
    met = dict.fromkeys(range(2023, 2039), 500.0)  # 7% of 500 is 35 a year, 210 by the end of 2029
    missed = dict.fromkeys(range(2023, 2039), 250.0)  # 17.5 a year, 105: the rate becomes 200 / 15
    by_year = paid(certain("immunitybio_oberland", met), "revenue_interest")
    assert close([by_year[2029], by_year[2030]], [35.0, 7.5], rel=1e-13)
    by_year = paid(certain("immunitybio_oberland", missed), "revenue_interest")
    assert close([by_year[2029], by_year[2030]], [17.5, 250.0 * 0.07 * 200.0 / 105.0], rel=1e-13)


def test_xoma_receives_a_tenth_after_twice_its_price():
    annual = dict.fromkeys(range(2026, 2041), 6.0)
    by_year = paid(certain("xoma_aronora", annual), "royalties")
    assert close(list(by_year.values()), [6.0] * 3 + [0.6] * 12, rel=1e-13)


@pytest.mark.parametrize("leg", ["early_notes", "other_notes"])
@pytest.mark.parametrize("name", ["flying_leap", "love_of_honey"])
def test_notes_pay_their_multiple_by_maturity(name, leg):
    deal = certain(name, dict.fromkeys(range(2020, 2030), 100.0))
    assert close(sum(paid(deal, leg).values()), highest_cap(deal.legs[leg]), rel=1e-13)


@pytest.mark.parametrize("name", ["flying_leap", "love_of_honey"])
def test_the_last_period_of_notes_ends_at_their_maturity(name):
    """What is left under the cap is paid with it, so no later one must be begun."""
    for leg in cs.load(name).legs.values():
        next_day = leg.end + dt.timedelta(days=1)
        assert (next_day.month, next_day.day) == (7, 1)


def test_gust_note_halves_its_rate_once_principal_and_interest_are_repaid():
    """The balance by hand: 250 grows at 5% a year by days of 30E/360, less 50 a quarter."""
    by_year = paid(certain("gust_rbn", dict.fromkeys(range(2025, 2036), 4000.0)), "note")
    balance = 250.0
    for days in (89, 90, 90, 90, 90):  # from 1 January 2026, the first day, to 31 March 2027
        balance = balance * 1.05 ** (days / 360.0) - 50.0
    assert 0.0 < balance < 25.0
    owed = balance * 1.05 ** (90 / 360.0)  # repaid within the second quarter of 2027
    assert close(by_year[2026], 4 * 50.0, rel=1e-13)
    assert close(by_year[2027], 50.0 + owed + 0.5 * (50.0 - owed) + 2 * 25.0, rel=1e-12)
    assert close(by_year[2028], 4 * 25.0, rel=1e-13)
    # Of five times the principal, what is left after five years.
    assert close(sum(by_year.values()), 5 * 250.0, rel=1e-13)
    assert by_year[2030] > 4 * 25.0


@pytest.mark.parametrize("ebitda", [8.0, 8.75, 9.0, 10.0, 11.0, 11.5])
def test_graham_pays_by_the_formula_of_the_filing(ebitda):
    """8-K, accession 0001193125-21-181366: its illustration, in millions."""
    above = 7.0 + (ebitda - 8.75) * 7.00 / 2.25
    expected = 0.0 if ebitda < 8.75 else min(14.0, above)
    annual = dict.fromkeys(range(2021, 2025), ebitda)
    deal = cs.load("graham_barber_nichols").replace(streams={"ebitda": cs.Forecast(annual=annual)})
    assert close(sum(paid(deal, "earn_out").values()), expected, rel=1e-13)


def test_graham_is_worth_less_where_risk_is_taken_off_ebitda_first():
    """The equivalent rate of an option is above what its metric alone would be discounted at."""
    earn_out = cs.measures(cs.load("graham_barber_nichols"), paths=2**14)["earn_out"]
    assert earn_out.equivalent_rate is not None
    assert earn_out.equivalent_rate.value > 0.003 + 0.09 + 0.03 + 0.05
    assert 0.0 < earn_out.risk_neutral.value < earn_out.real_world.value < 14.0
    assert earn_out.equivalent_rate.standard_error < 0.005
