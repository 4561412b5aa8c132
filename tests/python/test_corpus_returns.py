"""Bundled deals that make up for a minimum return: by hand, from the days of the filings."""

from __future__ import annotations

import datetime as dt

import capstake as cs
from close import close


def test_liquidia_makes_up_for_what_is_missing_to_the_minimum_returns():
    """10-Q for September 2024, note 12: 1.75 times the advances, and then 18% on the first 67.5
    and 16% on the rest."""
    deal = cs.load("liquidia_hcr")
    leg = deal.legs["revenue_interest"].replace(stop_events=[], loss_events=[])
    sales = cs.Forecast(annual=dict.fromkeys(range(2025, 2033), 1.0))
    sure = deal.replace(streams={"net_revenue": sales}, events={}, legs={"revenue_interest": leg})
    last = cs.value(sure, paths=2).payments("revenue_interest")[-1].mean.value
    # The schedule alone: 10 before 2025, then to 218.75 in the last quarter of 2032.
    due = [3.325] * 4 + [6.0] * 8 + [7.5] * 19
    due.append(1.75 * 125.0 - 10.0 - sum(due))
    assert 0.0 < due[-1] < 7.5
    ends = [dt.date(2025 + i // 4 + (i % 4 == 3), (i % 4 * 3 + 3) % 12 + 1, 1) for i in range(32)]
    days = [end + dt.timedelta(days=44) for end in ends]  # 45 after the last of the quarter
    advances = {
        0.18: [(32.5, dt.date(2023, 1, 27)), (10, dt.date(2023, 7, 27)), (25, dt.date(2024, 1, 5))],
        0.16: [(32.5, dt.date(2024, 9, 12)), (25, dt.date(2025, 3, 17))],
    }
    missing = 0.0
    for rate, made in advances.items():
        part = sum(amount for amount, _ in made) / 125.0
        flows = [(-amount, day) for amount, day in made]
        flows += [(part * amount, day) for amount, day in zip(due, days, strict=True)]
        flows += [(10.0, dt.date(2024, 7, 1))] if rate == 0.18 else []
        missing -= sum(x * (1 + rate) ** ((days[-1] - day).days / 365.0) for x, day in flows)
    assert missing > 50.0
    assert close(last, due[-1] + missing, rel=1e-3)


def test_immunitybio_pays_195_percent_by_the_twelfth_anniversary():
    """Fierce Biotech, January 2024: what is left of it is due on 29 December 2035."""
    deal = cs.load("immunitybio_oberland")
    leg = deal.legs["revenue_interest"].replace(stop_events=[], loss_events=[])
    sales = cs.Forecast(annual=dict.fromkeys(range(2023, 2037), 100.0))
    sure = deal.replace(
        streams={"net_sales_outside_china": sales}, events={}, legs={"revenue_interest": leg}
    )
    by_year = {a.year: a.mean.value for a in cs.value(sure, paths=2).payments("revenue_interest")}
    assert close(sum(by_year.values()), 1.95 * 200.0, rel=1e-13)
    assert by_year[2035] < 0.25 * by_year[2036]
    assert max(by_year) == 2036  # 45 days after the period of the anniversary
