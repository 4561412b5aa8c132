"""The founding deal without chance: the sourced arithmetic that everyone can follow.

Company plan and alternatives, the month in which the 38bn cap binds, and what the cap gives up. The
figures are public ones or arithmetic on them (the deal files in python/capstake/deals name the
sources): 20% of OpenAI's revenue through 2030, up to 38bn in all. Not expressed here: the hazard of
AGI with annual flows (payments stop at random within a year, in the arithmetic at its start).
"""

from __future__ import annotations

import pytest

import capstake as cs
from close import close
from deals import Record, changed, deal_of, share_deal, without

ACTUAL_2025 = 13.07
PLAN = (30.0, 62.0, 112.0, 189.0, 282.0)

# Revenue 2026-30; total at 20%; when the cap binds if it counts accruals from 1 January 2026, from
# 27 April 2026, or from inception with 3.6bn already paid. Of a month that is printed with a part,
# "late" is read as after the 20th, "mid" as the 11th to the 20th, and "end 2029" as December 2029.
PATHS = {
    "company plan": (PLAN, 135, ("2028-11 late", "2028-12 mid", "2028-10")),
    "ending at HSBC's 213": ((30, 52, 85, 135, 213), 103, ("2029-03", "2029-04", "2029-01")),
    "shape of the old plan": ((28, 45, 65, 85, 105), 66, ("2029-08", "2029-09", "2029-06")),
    "30% growth from 28": (
        tuple(28 * 1.3**i for i in range(5)),
        51,
        ("2030-03", "2030-04", "2029-12"),
    ),
    "20% growth from 28": (
        tuple(28 * 1.2**i for i in range(5)),
        42,
        ("2030-09", "2030-10", "2030-05"),
    ),
    "flat 28": ((28,) * 5, 28, (None, None, None)),
}
COUNTED = (
    {},
    {"accrual_start": "2026-04-27"},
    {"already_paid": 3.6},
)


def founding_deal(revenue=PLAN, **leg) -> Record:
    annual = {2025: ACTUAL_2025} | dict(zip(range(2026, 2031), revenue, strict=True))
    record = share_deal(annual, start="2026-01-01", cap=38.0, **leg)
    record["legs"]["share"].update(leg)
    return changed(record, valuation_date="2025-12-31", frequency="month", day_count="ACT/365F")


def value(record: Record) -> cs.Valuation:
    return cs.value(deal_of(record), paths=2)


def test_the_bundled_deal_has_this_plan_and_this_cap():
    bundled = cs.load("microsoft_openai_2026_04")
    annual = bundled.streams["openai_revenue"].annual
    assert {year: number.value for year, number in annual.items()} == {
        2025: ACTUAL_2025,
        2026: 30,
        2027: 62,
        2028: 112,
        2029: 189,
        2030: 282,
    }
    leg = bundled.legs["microsoft_share"]
    assert (leg.rate.value, leg.cap.value, str(leg.end)) == (0.2, 38.0, "2030-12-31")


def test_the_plan_adds_up_to_675_and_its_uncapped_share_to_135():
    valuation = value(without(founding_deal(), "legs__share__cap"))
    revenue = valuation.expected_revenue("sales")
    assert close(sum(revenue[year].value for year in range(2026, 2031)), 675.0, rel=1e-14)
    assert close(valuation.total_paid("share").value, 135.0, rel=1e-14)


def test_the_cap_saves_97_of_which_little_falls_before_2029():
    capped = value(founding_deal())
    uncapped = value(without(founding_deal(), "legs__share__cap"))
    assert close(capped.total_paid("share").value, 38.0, rel=1e-14)
    saved = {new.year: new.mean.value for new in uncapped.payments("share")}
    for paid in capped.payments("share"):
        saved[paid.year] -= paid.mean.value
    assert close(sum(saved.values()), 97.0, rel=1e-14)
    assert close(saved[2026] + saved[2027], 0.0, abs=1e-13)
    assert close(saved[2028], 2.8, rel=1e-13)


@pytest.mark.parametrize("path", PATHS)
def test_the_share_without_a_cap_totals_what_was_printed(path):
    revenue, total, _ = PATHS[path]
    valuation = value(without(founding_deal(revenue), "legs__share__cap"))
    assert round(valuation.total_paid("share").value) == total


@pytest.mark.parametrize("frequency", ["month", "quarter"])
@pytest.mark.parametrize("path", PATHS)
def test_the_cap_binds_in_the_month_that_was_printed(path, frequency):
    revenue, _, printed = PATHS[path]
    for terms, month in zip(COUNTED, printed, strict=True):
        record = changed(founding_deal(revenue, **terms), frequency=frequency)
        [(_, day)] = value(record).cap("share", percents=[50]).dates
        if month is None:
            assert day is None
            continue
        assert f"{day:%Y-%m}" == month.split()[0], f"{terms}: {day}"
        assert "late" not in month or day.day > 20
        assert "mid" not in month or 10 < day.day <= 20


# What the cap gives up, in annual flows with 2026 undiscounted: seen from the end of 2026, when its
# payment, the same with and without the cap, has been made.


def seen_from_2026(rate: float) -> Record:
    return changed(
        founding_deal(),
        valuation_date="2026-12-31",
        frequency="year",
        day_count="30E/360",
        compounding="annual",
        discount_rate=rate,
    )


@pytest.mark.parametrize(("rate", "given_up"), [(0.08, 74), (0.12, 65), (0.15, 59), (0.20, 51)])
def test_the_cap_gives_up_what_was_printed(rate, given_up):
    old = without(seen_from_2026(rate), "legs__share__cap")
    compared = cs.compare(deal_of(old), deal_of(seen_from_2026(rate)), paths=2)
    assert round(-compared["share"].value) == given_up


@pytest.mark.parametrize(("rate", "net"), [(0.08, 54), (0.12, 47), (0.15, 43), (0.20, 37)])
def test_a_stake_of_27_per_cent_gets_27_per_cent_of_it_back(rate, net):
    record = changed(
        seen_from_2026(rate),
        companies__firm={
            "party": "payer",
            "revenue": "sales",
            "multiple": 8.0,
            "exit_date": "2030-12-31",
            "charges_legs": True,
            "cash_rate": rate,
        },
        stakes__stake={"holder": "receiver", "company": "firm", "fraction": 0.27},
    )
    old = without(record, "legs__share__cap")
    compared = cs.compare(deal_of(old), deal_of(record), paths=2)
    assert round(-compared["receiver"].value) == net
    assert close(compared["stake"].value, -0.27 * compared["share"].value, rel=1e-13)


def test_the_capped_and_the_uncapped_share_are_worth_what_was_printed_at_12_per_cent():
    # About 33 and 98 with 2026's payment of 6, which is no longer part of the value.
    capped = seen_from_2026(0.12)
    assert round(6 + value(capped)["share"].value) == 33
    assert round(6 + value(without(capped, "legs__share__cap"))["share"].value) == 98


@pytest.mark.parametrize(("growth", "binds"), [(1.20, False), (1.22, True)])
def test_the_cap_needs_about_20_per_cent_growth_from_the_run_rate(growth, binds):
    # 190bn of revenue; five years from 25bn add up to 186bn and 193bn.
    revenue = tuple(25 * growth**i for i in range(5))
    assert value(founding_deal(revenue)).cap("share").probability.value == float(binds)
