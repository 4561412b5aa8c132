"""One object of every domain type, for test_records.py."""

from __future__ import annotations

import datetime
from typing import Any

import capstake as cs
from bad_deals import GOOD

DEAL = cs.loads(GOOD)

# One object of every type, with its least keywords, and a change of one field.
OBJECTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "Party": (cs.Party(name="A"), {"name": "B"}),
    "Forecast": (cs.Forecast(annual={2026: 1, 2027: 2.5}), {"volatility": 0.3}),
    "Scaled": (cs.Scaled(of="sales", factor=0.5), {"factor": 2}),
    "Sum": (cs.Sum(of=["sales", "other"]), {"less": ["third"]}),
    "Product": (cs.Product(of="users", times=["price"]), {"times": ["price", "index"]}),
    "Ramp": (
        cs.Ramp(of="sales", at_start=0, at_end=0.25, start="2026-01-01", end="2030-12-31"),
        {"at_end": cs.Number(triangular=[0, 0.2, 0.5])},
    ),
    "Seasonal": (
        cs.Seasonal(of="sales", weights=[0.25, 0.25, 0.2, cs.Number(0.3, source="x")]),
        {"of": "other"},
    ),
    "History": (
        cs.History(figures={"2025-Q3": 2, "2025-Q4": cs.Number(3, status="reported")}, of="plan"),
        {"figures": {2024: 1, "2025": 2}},
    ),
    "Mixture": (
        cs.Mixture(scenarios=["bear", "bull"], weights=[0.5, 0.5]),
        {"weights": [0.25, cs.Number(0.75, status="assumed")]},
    ),
    "Gbm": (cs.Gbm(level=25, growth=0.3, volatility="35%"), {"sampling": "period_mean"}),
    "SchwartzMoon": (
        cs.SchwartzMoon(
            level=1424,
            growth=0.44,
            growth_long_run=0.06,
            growth_reversion=0.28,
            growth_volatility=0.24,
            volatility=0.2,
            volatility_long_run=0.1,
        ),
        {"risk_price": 0.02},
    ),
    "MeanRevertingGrowth": (
        cs.MeanRevertingGrowth(
            level=25,
            growth=0.8,
            growth_long_run=0.05,
            growth_reversion=0.5,
            growth_volatility=0.2,
            volatility=0.2,
        ),
        {"correlation": -0.5},
    ),
    "JumpDiffusion": (
        cs.JumpDiffusion(
            level=25,
            growth=0.3,
            volatility=0.2,
            jump_rate=0.5,
            jump_mean=-0.2,
            jump_volatility=0.1,
        ),
        {"jump_rate": cs.Number(uniform=[0, 1])},
    ),
    "RegimeSwitching": (
        cs.RegimeSwitching(
            level=25,
            growth=0.6,
            volatility=0.2,
            other_growth=-0.1,
            other_volatility=0.4,
            switch_rate=0.2,
            return_rate=0.5,
        ),
        {"starts_in_other": 0.5},
    ),
    "Logistic": (
        cs.Logistic(level=25, market=cs.Number(triangular=[200, 300, 600]), growth=0.9),
        {"volatility": 0.2},
    ),
    "Bass": (
        cs.Bass(market=4, innovation=0.03, imitation=0.38, launch="2026-07-01"),
        {"revenue_from": "adopters"},
    ),
    "Event": (cs.Event(hazard=0.02), {"meaning": "it fails"}),
    "RevenueShare": (
        cs.RevenueShare(
            payer="a", receiver="b", base="s", rate="20%", start="2026-01-01", end="2027-12-31"
        ),
        {"cap": cs.Number(triangular=[3, 4, 6], source="x", status="assumed", range=(1, 9))},
    ),
    "EarnOut": (
        cs.EarnOut(
            payer="a", receiver="b", base="s", start="2026-01-01", end="2027-12-31", amount=5
        ),
        {"cap": 3},
    ),
    "Milestone": (
        cs.Milestone(payer="a", receiver="b", amount=5, start="2026-01-01", end="2027-12-31"),
        {"probability": 0.6},
    ),
    "Tiers": (cs.Tiers(above=[350, 550], rates=["6%", 0]), {"per": "term"}),
    "CapMultiple": (cs.CapMultiple(multiple=1.5), {"multiple": 2}),
    "PeriodCap": (cs.PeriodCap(amount=3), {"carry_forward": True}),
    "MinimumGuarantee": (cs.MinimumGuarantee(amount=3), {"recoupable": True}),
    "Threshold": (cs.Threshold(amount=50), {"per": "period"}),
    "SpringingRate": (
        cs.SpringingRate(test_date="2027-12-31", target=9),
        {"measure": "payments"},
    ),
    "CatchUp": (cs.CatchUp(target=10, rate="3%"), {"rate": 0.1}),
    "RecoupThenSplit": (cs.RecoupThenSplit(rate=0.1), {"multiple": 2}),
    "SpringingCap": (
        cs.SpringingCap(test_date="2027-12-31", target=9, multiple_if_missed=2),
        {"measure": "payments"},
    ),
    "TrueUp": (cs.TrueUp(rate=0.18), {"part": 0.5}),
    "AccretingCap": (cs.AccretingCap(rate=0.16), {"since": "2026-02-01"}),
    "TailRate": (cs.TailRate(rate=0.05), {"rate": 0.1}),
    "Balloon": (cs.Balloon(), {"part": 0.5}),
    "BuyOut": (cs.BuyOut(on="2027-06-30"), {"amount": 3}),
    "ChangeOfControl": (cs.ChangeOfControl(event="sale"), {"less_paid": False}),
    "Deferral": (cs.Deferral(part=0.5, days=730), {"interest": 0.1}),
    "GracePeriod": (cs.GracePeriod(until="2028-01-01"), {"interest": 0.1}),
    "PayerCredit": (cs.PayerCredit(), {"spread": 0.04}),
    "Custom": (
        cs.Custom(formula="minimum(0.2 * revenue, 3 - paid) - other"),
        {"stage": "payment"},
    ),
    "FormulaStream": (
        cs.FormulaStream(formula="maximum(sales, 2)"),
        {"formula": cs.symbol("sales") - 1},
    ),
    "Clawback": (cs.Clawback(event="failure", part=1), {"look_back": 90}),
    "Company": (
        cs.Company(party="a", revenue="s", multiple=5, exit_date=datetime.date(2027, 12, 31)),
        {"charges_legs": True},
    ),
    "Stake": (cs.Stake(holder="a", company="c", fraction=0.3), {"discount_rate": 0.1}),
    "Dependence": (
        cs.Dependence(draws=["legs.a.cap", "default"], correlation=[[1, 0.5], [0.5, 1]]),
        {"correlation": [["default", "legs.a.cap", -0.25]]},
    ),
    "Deal": (DEAL, {"name": "another"}),
}
