"""Schedules that real contracts print, or that follow from their terms by hand.

Deterministic revenue (no volatility), so every payment is the schedule's to rounding.
"""

from __future__ import annotations

import math

import pytest

from capstake import _core
from close import close
from deals import Record, changed, deal_of, share_deal


def outputs(record: Record) -> dict[str, float]:
    """What every path gives; yearly periods unless the record says otherwise."""
    graph = _core.graph_of(deal_of({"frequency": "year", **record}))
    return {n: float(row[0]) for n, row in zip(graph.output_names, graph.run(seed=1), strict=True)}


def payments(record: Record) -> list[float]:
    found = outputs(record)
    return [found[name] for name in sorted(found) if name.startswith("payment.share.")]


def test_a_flat_rate_up_to_a_hard_cap():
    # The shape of the flagship deal: 20% of revenue until 38 in all.
    record = share_deal({2026: 30, 2027: 50, 2028: 90, 2029: 140, 2030: 280}, cap=38.0)
    assert close(payments(record), [6.0, 10.0, 18.0, 4.0, 0.0], abs=1e-9)


# BioCryst, agreements of 22 Nov 2021: net sales, USD million, and the royalty by marginal tiers.
SALES = {2026: 100.0, 2027: 350.0, 2028: 450.0, 2029: 550.0, 2030: 900.0}


@pytest.mark.parametrize(
    ("rates", "royalty"),
    [
        # Royalty Pharma: 0.75% to 350, 1.75% to 550, nothing above.
        ([0.0075, 0.0175, 0.0], [0.75, 2.625, 4.375, 6.125, 6.125]),
        # OMERS: 7.5% to 350, 6% to 550, nothing above.
        ([0.075, 0.06, 0.0], [7.5, 26.25, 32.25, 38.25, 38.25]),
    ],
    ids=["Royalty Pharma", "OMERS"],
)
@pytest.mark.parametrize("frequency", ["year", "quarter", "month"])
def test_biocryst_tiers(rates, royalty, frequency):
    tiers = {"type": "tiers", "above": [350, 550], "rates": rates[1:]}
    record = share_deal(SALES, rate=rates[0], clauses={"tiers": tiers})
    assert close(payments({**record, "frequency": frequency}), royalty, abs=1e-9)


def test_omeros_annual_caps():
    # Omeros 8-K, 30 Sep 2022: caps by year, without carry-forward; printed maximum USD 188.4m.
    caps = [1.67, 13, 20, 25, 25, 25, 25, 26.25, 27.5]
    by_date = {f"{2022 + i}-01-01": cap for i, cap in enumerate(caps)}
    record = changed(
        share_deal(dict.fromkeys(range(2022, 2031), 100.0), rate=0.5),
        legs__share__start="2022-09-01",
        legs__share__clauses__cap={
            "type": "period_cap",
            "amount": {"by_date": by_date},
            "prorated": False,
        },
    )
    paid = payments({**record, "frequency": "month"})
    assert close(paid, caps, abs=1e-9)
    assert close(sum(paid), 188.4, abs=0.05)


def test_months_until_a_multiple_is_repaid():
    # finhelp's example: 500,000 for 5% of 100,000 a month until 1.6 times: 800,000 in 160 months.
    record = changed(
        share_deal(dict.fromkeys(range(2026, 2041), 1.2e6), rate=0.05),
        frequency="month",
        legs__share__investment=500_000.0,
        legs__share__clauses__cap={"type": "cap_multiple", "multiple": 1.6},
    )
    found = outputs(record)
    assert close(found["paid.share"], 800_000.0, rel=1e-12)
    months = [n for n, one in found.items() if n.startswith("cap_reached.") and one]
    assert months == ["cap_reached.share.2039-04"]  # the 160th month


@pytest.mark.parametrize(
    ("advance", "multiple", "months", "fee", "payment", "cost"),
    # calcsimpler's examples of revenue-based financing, rbf.calcsimpler_a and _b. Printed costs of
    # capital are 0.4436 (0.0003 too high) and 0.3131; the printed "APR" is no rate of return of
    # these payments, and not matched.
    [
        (250_000.0, 1.4, 14, 0.03, 25_000.0, 107.5 / 242.5),
        (600_000.0, 1.3, 9, 0.01, 86_666.67, 0.3131),
    ],
)
def test_an_advance_repaid_in_level_months(advance, multiple, months, fee, payment, cost):
    level = advance * multiple / months
    sales = 12 * level * (1 + 1e-12)  # so that rounding leaves no crumb for another month
    record = changed(
        share_deal({2026: sales, 2027: sales}, rate=1.0),
        frequency="month",
        legs__share__investment=advance,
        legs__share__clauses__cap={"type": "cap_multiple", "multiple": multiple},
    )
    found = outputs(record)
    reached = [n for n, one in found.items() if n.startswith("cap_reached.") and one]
    assert reached == [f"cap_reached.share.{2026 + months // 13}-{(months - 1) % 12 + 1:02d}"]
    assert close(level, payment, abs=0.005)
    net = advance * (1 - fee)
    assert close(found["paid.share"] / net - 1, cost, abs=5e-5)


def test_a_project_of_level_years():
    # Hull, Options, Futures, and Other Derivatives, chapter on real options: 25 a year for five
    # years at 12% continuously compounded, for an outlay of 100 (hull.npv): -11.53.
    record = changed(
        share_deal(dict.fromkeys(range(2026, 2031), 25.0), rate=1.0), discount_rate=0.12
    )
    assert close(outputs(record)["leg.share"] - 100.0, -11.53, abs=0.005)


def test_recoup_twice_then_a_tenth():
    # XOMA and Aronora: all royalties until twice the consideration of 9 (6 and 3), then 10%.
    record = changed(
        share_deal({2026: 5.0, 2027: 10.0, 2028: 10.0, 2029: 20.0}, rate=1.0),
        legs__share__investment=9.0,
        legs__share__clauses__split={"type": "recoup_then_split", "multiple": 2.0, "rate": 0.1},
    )
    assert close(payments(record), [5.0, 10.0, 3.7, 2.0], abs=1e-12)


def test_a_balloon_to_the_multiple():
    # Flying Leap Vineyards: a share of revenue, 1.5 times the investment by the maturity.
    record = changed(
        share_deal({2026: 100.0, 2027: 200.0, 2028: 300.0}, rate=0.01),
        legs__share__investment=10.0,
        legs__share__clauses={
            "cap": {"type": "cap_multiple", "multiple": 1.5},
            "maturity": {"type": "balloon"},
        },
    )
    assert close(payments(record), [1.0, 2.0, 12.0], abs=1e-12)


def test_principal_and_interest_at_one_rate_then_another():
    # Gust's Revenue-Backed Note: 5% until principal and 5% a year, then 2.5% until 5 times.
    record = changed(
        share_deal({2026: 1000.0, 2027: 1000.0, 2028: 1000.0, 2029: 1000.0}, rate=0.05),
        compounding="annual",
        legs__share__investment=100.0,
        legs__share__clauses={
            "note": {
                "type": "recoup_then_split",
                "multiple": 1.0,
                "rate": 0.025,
                "interest": 0.05,
                "since": "2025-12-31",
            },
            "cap": {"type": "cap_multiple", "multiple": 5.0},
        },
    )
    # Balance: 105 - 50 = 55, 57.75 - 50 = 7.75, 8.1375 is paid off by 162.75 of revenue.
    assert close(payments(record), [50.0, 50.0, 8.1375 + (50 - 8.1375) / 2, 25.0], abs=1e-9)


HUNDRED_A_YEAR = dict.fromkeys(range(2026, 2029), 100.0)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("0.5 * revenue", [50.0, 10.0, 0.0]), ("revenue", [60.0, 0.0, 0.0]), ("20", [20.0] * 3)],
)
def test_a_formula_of_payments_pays_no_more_than_the_cap(formula, expected):
    clauses = {"c": {"type": "custom", "formula": formula, "stage": "payment"}}
    record = share_deal(HUNDRED_A_YEAR, rate=0.5, cap=60.0, clauses=clauses)
    assert close(payments(record), expected, abs=1e-9)


@pytest.mark.parametrize(
    ("rate", "clause", "split", "expected"),
    [
        (0.1, {"type": "period_cap", "amount": 8.0}, (5.0, 0.3), [8.0] * 3),
        (0.5, {"type": "minimum_guarantee", "amount": 60.0}, (5.0, 0.1), [60.0] * 3),
        # The hurdle of 12 is received in the second year, of which 4 / 10 are of the old rate.
        (0.1, {"type": "period_cap", "amount": 8.0}, (12.0, 0.01), [8.0, 4.6, 1.0]),
    ],
)
def test_a_limit_and_a_minimum_hold_beside_a_recoupment(rate, clause, split, expected):
    hurdle, later = split
    clauses = {
        "limit": clause,
        "split": {"type": "recoup_then_split", "amount": hurdle, "rate": later},
    }
    record = share_deal(HUNDRED_A_YEAR, rate=rate, clauses=clauses)
    assert close(payments(record), expected, abs=1e-9)


@pytest.mark.parametrize(
    ("lag", "capped", "tested"), [(0, [100.0, 0.0, 0.0], 1.0), (60, [100.0, 20.0, 0.0], 50.0)]
)
def test_caps_and_tests_by_date_ask_what_has_been_paid_by_then(lag, capped, tested):
    rising = {"by_date": {"2026-01-01": 100.0, "2027-01-01": 120.0}}
    record = share_deal(HUNDRED_A_YEAR, rate=1.0, cap=rising, payment_lag=lag)
    assert close(payments(record), capped, abs=1e-9)
    test = {
        "type": "springing_rate",
        "test_date": "2026-12-31",
        "target": 5.0,
        "measure": "payments",
        "rate_if_met": 0.01,
        "rate_if_missed": 0.5,
    }
    record = share_deal(HUNDRED_A_YEAR, rate=0.05, payment_lag=lag, clauses={"test": test})
    assert close(payments(record), [5.0, tested, tested], abs=1e-9)


def test_what_was_paid_before_raises_no_rate():
    test = {
        "type": "springing_rate",
        "test_date": "2026-12-31",
        "target": 100.0,
        "measure": "payments",
    }
    record = share_deal(HUNDRED_A_YEAR, rate=0.05, already_paid=50.0, clauses={"test": test})
    # At 50% the first year would have paid the 50 that were left.
    assert close(payments(record), [5.0, 50.0, 50.0], abs=1e-9)


def test_a_reset_rate_of_payments_that_have_repaid():
    # ImmunityBio and Oberland, 29 Dec 2023: to 1.5% if 200 has been repaid by the end of 2029,
    # else to the rate that would have repaid it.
    def record(sales: float) -> Record:
        return changed(
            share_deal(dict.fromkeys(range(2024, 2032), sales), rate=0.07),
            legs__share__investment=200.0,
            legs__share__clauses__test={
                "type": "springing_rate",
                "test_date": "2029-12-31",
                "target": 200.0,
                "measure": "payments",
                "rate_if_met": 0.015,
            },
        )

    assert close(payments(record(500.0)), [35.0] * 6 + [7.5] * 2, abs=1e-9)
    # 6 * 28 = 168 of 200: the rate rises to 200 / (6 * 400) = 1 / 12.
    assert close(payments(record(400.0)), [28.0] * 6 + [400 / 12] * 2, abs=1e-9)


@pytest.mark.parametrize(
    ("target", "tiers", "expected"),
    [
        # 3% of 40 and 7% of 60 are 5.4 a year: reached, and 1.5% of everything from then on.
        (10.0, "replaced", [5.4, 5.4, 1.5]),
        # 10.8 of 12 by then, on 200: 6% of everything would have paid it.
        (12.0, "replaced", [5.4, 5.4, 6.0]),
        # Each tier at half its rate, as the leg's own goes from 3% to 1.5%.
        (10.0, "scaled", [5.4, 5.4, 2.7]),
        # Each tier at 12 / 10.8 times its rate.
        (12.0, "scaled", [5.4, 5.4, 6.0]),
    ],
)
def test_a_reset_rate_takes_the_place_of_tiers_or_scales_them(target, tiers, expected):
    clauses = {
        "tiers": {"type": "tiers", "above": [40.0], "rates": [0.07]},
        "test": {
            "type": "springing_rate",
            "test_date": "2027-12-31",
            "target": target,
            "measure": "payments",
            "rate_if_met": 0.015,
            "tiers": tiers,
        },
    }
    sales = dict.fromkeys((2026, 2027, 2028), 100.0)
    assert close(payments(share_deal(sales, rate=0.03, clauses=clauses)), expected, abs=1e-9)


# A return of half a year's balance each year, on 60 from the first day on.
HALF_A_YEAR = {"rate": math.log(1.5), "amount": 60.0, "since": "2025-12-31"}


@pytest.mark.parametrize(
    ("multiple", "expected", "last"),
    [
        # The multiple of 60 is reached in the second year; 60 * 1.5 - 50 is 40, then 10, then 15.
        (1.0, [50.0, 50.0, 15.0], 2028),
        # The return is earned with 15, the multiple of 120 reached with 20.
        (2.0, [50.0, 50.0, 20.0], 2028),
        (3.0, [50.0, 50.0, 50.0], None),
    ],
)
def test_payments_go_on_until_a_multiple_and_a_return_have_been_reached(multiple, expected, last):
    clauses = {
        "multiple": {"type": "cap_multiple", "multiple": multiple},
        "return": {"type": "accreting_cap", **HALF_A_YEAR},
    }
    record = share_deal(HUNDRED_A_YEAR, rate=0.5, investment=60.0, clauses=clauses)
    assert close(payments(record), expected, abs=1e-9)
    reached = {n for n, x in outputs(record).items() if n.startswith("cap_reached.") and x == 1.0}
    assert reached == (set() if last is None else {f"cap_reached.share.{last}"})


@pytest.mark.parametrize(
    ("multiple", "part", "expected"),
    [
        # 60 * 1.5 - 50 is 40, 40 * 1.5 - 30 is 30: due with the payment that fills the cap of 80.
        (2.0, 1.0, [50.0, 60.0, 0.0]),
        # Half of each payment counts: 65, then 97.5 - 15.
        (2.0, 0.5, [50.0, 112.5, 0.0]),
        # All that is received is a return of less than the cap.
        (3.25, 1.0, [50.0, 50.0, 30.0]),
        (5.0, 1.0, [50.0, 50.0, 50.0]),
    ],
)
def test_what_is_missing_to_a_return_is_due_when_the_cap_is_reached(multiple, part, expected):
    clauses = {
        "multiple": {"type": "cap_multiple", "multiple": multiple},
        "return": {"type": "true_up", "part": part, **HALF_A_YEAR},
    }
    record = share_deal(HUNDRED_A_YEAR, rate=0.5, investment=40.0, clauses=clauses)
    assert close(payments(record), expected, abs=1e-9)


@pytest.mark.parametrize(
    ("multiple", "lag", "test", "expected"),
    [
        # Sales of 100: the 1.2 times 50 stay.
        (1.2, 0, {"target": 100.0}, [50.0, 10.0, 0.0]),
        (1.2, 0, {"target": 100.5}, [50.0, 30.0, 0.0]),
        (1.2, 0, {"target": 100.0, "multiple_if_met": 1.4}, [50.0, 20.0, 0.0]),
        # The second half of the year alone.
        (1.2, 0, {"target": 50.5, "since": "2026-07-01"}, [50.0, 30.0, 0.0]),
        (1.2, 0, {"target": 50.0, "measure": "payments"}, [50.0, 10.0, 0.0]),
        # By then nothing has been paid: what was earned in the first year is paid in March.
        (1.2, 60, {"target": 50.0, "measure": "payments"}, [50.0, 30.0, 0.0]),
        # The lower cap was reached on the day of the test; paid later, the test comes first.
        (0.8, 0, {"target": 100.5}, [40.0, 0.0, 0.0]),
        (0.8, 60, {"target": 100.5}, [50.0, 30.0, 0.0]),
    ],
)
def test_a_test_resets_the_multiple_of_a_cap(multiple, lag, test, expected):
    clauses = {
        "cap": {"type": "cap_multiple", "multiple": multiple},
        "test": {
            "type": "springing_cap",
            "test_date": "2026-12-31",
            "multiple_if_missed": 1.6,
            **test,
        },
    }
    record = share_deal(HUNDRED_A_YEAR, rate=0.5, investment=50.0, payment_lag=lag, clauses=clauses)
    assert close(payments(record), expected, abs=1e-9)


@pytest.mark.parametrize(("sales", "expected"), [(300.0, 1.425), (299.0, 1.55)])
def test_a_cap_by_the_sales_before_the_start(sales, expected):
    # BioCryst and OMERS, 22 Nov 2021, as recalled: 1.425 or 1.55 times the 150 by sales of 2023.
    clauses = {
        "cap": {"type": "cap_multiple", "multiple": 1.425},
        "test": {
            "type": "springing_cap",
            "since": "2023-01-01",
            "test_date": "2023-12-31",
            "target": 300.0,
            "multiple_if_missed": 1.55,
        },
    }
    record = share_deal(
        {2023: sales, 2024: 4000.0},
        rate=0.075,
        investment=150.0,
        start="2024-01-01",
        clauses=clauses,
    )
    assert close(payments(record), [expected * 150.0], abs=1e-9)


def test_one_rate_follows_tiers_that_begin_with_none():
    clauses = {
        "tiers": {"type": "tiers", "above": [60.0], "rates": [0.1]},
        "test": {
            "type": "springing_rate",
            "test_date": "2026-12-31",
            "target": 9.0,
            "measure": "payments",
        },
    }
    # 10% of 40, then the 9% that would have paid 9 on 100.
    record = share_deal(HUNDRED_A_YEAR, rate=0.0, clauses=clauses)
    assert close(payments(record), [4.0, 9.0, 9.0], abs=1e-9)
