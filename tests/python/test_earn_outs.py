"""Earn-outs and milestones, path by path, against the plain-Python reference; what must hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import capstake as cs
from against_reference import KINDS, assert_is_the_reference
from capstake import _core, wording
from close import close, same_bits
from deals import Record, changed, deal_of, share_deal, without
from longer_leg import assert_a_longer_leg_changes_no_bit

AMOUNTS = KINDS - {"cap_days", "cap_reached"}

# A metric that is around 30 in 2026 and around 86 in 2030; events that come in half of all paths.
MARKET = changed(
    without(
        share_deal({y: 30.0 * 1.3 ** (y - 2026) for y in range(2025, 2031)}, volatility=0.5),
        "legs__share",
    ),
    valuation_date="2026-02-10",
    frequency="quarter",
    events={"sale": {"hazard": 0.15}, "failure": {"hazard": 0.1}},
)
TERM = {
    "payer": "payer",
    "receiver": "receiver",
    "start": "2025-07-01",
    "end": "2030-09-30",
    "payment_lag": 45,
}


def earn_out(**terms: Any) -> Record:
    return changed(MARKET, legs__x={"type": "earn_out", **TERM, "base": "sales", **terms})


def milestone(**terms: Any) -> Record:
    return changed(MARKET, legs__x={"type": "milestone", **TERM, "amount": 7.0, **terms})


STEP = {"by_date": {"2025-01-01": 20.0, "2028-01-01": 50.0, "2029-05-01": 80.0}}
RISING = {"by_date": {"2025-07-01": 20.0, "2026-01-01": 45.0, "2028-01-01": 120.0}}
CASES: dict[str, Record] = {
    "binary": earn_out(threshold=40, amount=7),
    "linear": earn_out(rate=0.3),
    "linear with a sum": earn_out(rate=0.3, amount=2),
    "a call": earn_out(threshold=40, rate=0.3),
    "a call spread": earn_out(threshold=40, rate=0.3, cap=5),
    "a sum, a slope and a cap": earn_out(threshold=40, amount=7, rate=0.5, cap=12),
    "asset or nothing": earn_out(threshold=40, rate=0.3, rate_on="whole"),
    "asset or nothing, capped": earn_out(threshold=40, rate=0.3, rate_on="whole", cap=20),
    "contract years": earn_out(threshold=STEP, amount=7, rate=0.3, year_start="2024-10-01"),
    "contract years, added up": earn_out(
        threshold=STEP, amount=STEP, rate=0.3, tested="cumulative", year_start="2026-04-01"
    ),
    "contract years, caught up": earn_out(
        threshold=RISING, rate=0.3, cap=9, catch_up=True, year_start="2026-07-01"
    ),
    "a milestone of a contract year": milestone(
        base="sales", threshold=60, measured="each_year", year_start="2030-04-01"
    ),
    "a total cap": earn_out(threshold=30, amount=2, rate=0.3, total_cap=15),
    "terms by date": earn_out(threshold=STEP, amount=STEP, rate=0.1, cap=60),
    "uncertain terms": earn_out(
        threshold={"uniform": [20, 50]},
        amount={"uniform": [0, 9]},
        rate={"triangular": [0, 0.2, 0.5]},
        cap={"uniform": [5, 10]},
        total_cap={"uniform": [5, 30]},
    ),
    "years that miss are made up": earn_out(threshold=STEP, rate=0.3, catch_up=True),
    "sums are made up": earn_out(threshold=STEP, amount=7, catch_up=True),
    "made up under caps": earn_out(
        threshold=STEP, amount=3, rate=0.4, cap=9, total_cap=30, catch_up=True
    ),
    "made up on the whole": earn_out(threshold=40, rate=0.1, rate_on="whole", catch_up=True),
    "cumulative": earn_out(tested="cumulative", threshold=120, rate=0.3),
    "cumulative binary": earn_out(tested="cumulative", threshold=120, amount=9),
    "cumulative with thresholds that rise": earn_out(
        tested="cumulative", threshold=RISING, amount=4, rate=0.2, cap=20
    ),
    "in total": earn_out(tested="total", threshold=250, rate=0.3, amount=5, cap=50),
    "in total, by date": earn_out(tested="total", threshold=STEP, amount=STEP),
    "amounts by level": earn_out(threshold=30, amount=3, above=[45, 70], amounts=[2, 8]),
    "amounts of the highest level": earn_out(
        threshold=30, amount=3, above=[45, 70], amounts=[5, 13], whole_amount=True
    ),
    "rates by level": earn_out(threshold=30, rate=0.1, above=[45, 70], rates=[0.3, 0.05]),
    "rates of the highest level": earn_out(
        threshold=30, rate=0.1, above=[45, 70], rates=[0.3, 0.05], whole_amount=True
    ),
    "tiers of the whole metric": earn_out(
        threshold=30, rate=0.1, rate_on="whole", above=[45], rates=[0.2], amounts=[1]
    ),
    "the highest tier of the whole metric": earn_out(
        threshold=30, rate=0.1, rate_on="whole", above=[45, 70], rates=[0.2, 0.3],
        whole_amount=True, amount=1, cap=20,
    ),
    "tiers above nothing": earn_out(above=[30, 60], amounts=[2, 3], rates=[0.1, 0.2]),
    "a sum with every rate": earn_out(
        threshold=20, amount=2, above=[40], rates=[0.1], whole_amount=True
    ),
    "tiers by date and drawn": earn_out(
        threshold={"by_date": {"2025-01-01": 10.0, "2028-01-01": 30.0}},
        above=[{"uniform": [35, 50]}, {"by_date": {"2025-01-01": 55.0, "2029-01-01": 90.0}}],
        amounts=[{"by_date": {"2025-01-01": 1.0, "2027-01-01": 2.0}}, {"uniform": [2, 4]}],
        rates=[{"uniform": [0.0, 0.2]}, 0.4],
    ),
    "tiers that are made up": earn_out(
        threshold=STEP, amount=1, rate=0.1, above=[90, 120], amounts=[2, 4], rates=[0.2, 0.3],
        cap=30, catch_up=True,
    ),
    "tiers of the running total": earn_out(
        tested="cumulative", threshold=60, rate=0.1, above=[150, 250], rates=[0.2, 0.0],
        amounts=[0, 5],
    ),
    "tiers of the term": earn_out(
        tested="total", threshold=100, amount=3, above=[250], amounts=[20], whole_amount=True
    ),
    "until an event": earn_out(threshold=40, rate=0.3, stop_events=["failure"]),
    "until an event, in parts of years": earn_out(
        rate=0.3, stop_events=["failure", "sale"], start="2026-05-17", end="2028-02-10"
    ),
    "accelerated": earn_out(
        threshold=40, rate=0.3, acceleration="sale", acceleration_amount=STEP, start="2027-03-10"
    ),
    "what is left is accelerated": earn_out(
        threshold=30, amount=2, rate=0.3, total_cap=15, acceleration="sale",
        stop_events=["failure"],
    ),
    "at most what is left is accelerated": earn_out(
        tested="cumulative", threshold=60, rate=0.1, total_cap=12, acceleration="sale",
        acceleration_amount=7, loss_events=["failure"], end="2029-11-20",
    ),
    "lost at failure": earn_out(threshold=40, rate=0.3, loss_events=["failure", "sale"]),
    "at its own rate": earn_out(rate=0.3, discount_rate={"by_date": {"2026-01-01": 0.1}}),
    "parts of years": earn_out(threshold=15, rate=0.3, start="2026-05-17", end="2028-02-10"),
    "by month": changed(earn_out(threshold=40, amount=3, rate=0.3), frequency="month"),
    "once total sales come to": milestone(base="sales", threshold=150),
    "once a year's sales come to": milestone(base="sales", threshold=60, measured="each_year"),
    "a threshold and an amount by date": milestone(
        base="sales", threshold=RISING, amount=STEP, probability=0.7
    ),
    "a threshold that is drawn": milestone(
        base="sales",
        threshold={"uniform": [50, 300]},
        amount={"lognormal": [7, 0.3]},
        probability={"uniform": [0.2, 0.9]},
        loss_events=["failure"],
    ),
    "by month, in a part of the years": changed(
        milestone(base="sales", threshold=40, start="2025-12-17", end="2027-09-10"),
        frequency="month",
    ),
    "on an event": milestone(event="sale"),
    "on an event in the term": milestone(
        event="sale", start="2027-02-10", end="2028-11-20", amount=STEP, loss_events=["failure"]
    ),
    "until a failure": milestone(base="sales", threshold=150, stop_events=["failure"]),
    "at once on a sale": milestone(
        base="sales", threshold=150, acceleration="sale", stop_events=["failure"]
    ),
    "in part at once on a sale": milestone(
        event="failure", probability=0.4, acceleration="sale", acceleration_amount=3,
        start="2026-05-17", end="2029-02-10",
    ),
    "at once, with a probability": milestone(
        base="sales", threshold=60, probability=0.4, acceleration="sale",
        acceleration_amount=STEP,
    ),
    "by a probability, or at once": milestone(
        probability=0.6, acceleration="sale", stop_events=["failure"]
    ),
    "by a probability alone": milestone(probability=0.6, loss_events=["failure"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_amount_is_the_references_on_every_path(case):
    paths = 40 if CASES[case]["frequency"] == "month" else 100
    assert_is_the_reference(CASES[case], kinds=AMOUNTS, paths=paths)


@pytest.mark.parametrize("case", CASES)
def test_a_longer_leg_changes_no_bit_of_any_other(case):
    assert_a_longer_leg_changes_no_bit(CASES[case])


def paid(record: Record) -> np.ndarray:
    """What the leg pays in all, by path."""
    graph = _core.graph_of(deal_of(record))
    return graph.run(seed=7)[graph.output_names.index("paid.x")]


@pytest.mark.parametrize("case", CASES)
def test_the_cases_are_not_trivial(case):
    amounts = paid(CASES[case])
    assert amounts.min() >= 0
    assert np.unique(amounts).size > 1 or case == "in total, by date"
    assert amounts.max() > 0


NEUTRAL: dict[str, tuple[Record, dict[str, Any]]] = {
    "no amount": (earn_out(threshold=40, rate=0.3), {"amount": 0.0}),
    "a rate on the excess": (earn_out(threshold=40, rate=0.3), {"rate_on": "excess"}),
    "the whole above nothing": (earn_out(rate=0.3), {"rate_on": "whole"}),
    "a schedule of one threshold": (
        earn_out(threshold=40, amount=7),
        {"threshold": {"by_date": {"2025-07-01": 40}}},
    ),
    "no catch-up": (earn_out(threshold=40, amount=7), {"catch_up": False}),
    "a loss event that never comes": (earn_out(threshold=40, rate=1), {"loss_events": ["never"]}),
    "tiers of the same rate": (
        earn_out(threshold=40, rate=0.3),
        {"above": [60, 90], "rates": [0.3, 0.3]},
    ),
    "tiers of no amounts": (
        earn_out(threshold=40, amount=7, rate=0.3),
        {"above": [60, 90], "amounts": [0, 0]},
    ),
    "the same amount in place": (
        earn_out(threshold=40, amount=7, rate=0.3),
        {"above": [60, 90], "amounts": [7, 7], "rates": [0.3, 0.3], "whole_amount": True},
    ),
    "a stop event that never comes": (earn_out(threshold=40, rate=1), {"stop_events": ["never"]}),
    "an acceleration that never comes": (
        earn_out(threshold=40, rate=1),
        {"acceleration": "never", "acceleration_amount": 50},
    ),
    "a milestone's acceleration that never comes": (
        milestone(base="sales", threshold=150),
        {"acceleration": "never", "stop_events": ["never_either"]},
    ),
    "certainty": (milestone(base="sales", threshold=150), {"probability": 1.0}),
    "since start": (milestone(base="sales", threshold=150), {"measured": "since_start"}),
}


@pytest.mark.parametrize("case", NEUTRAL)
def test_terms_that_say_nothing_change_no_bit(case):
    record, terms = NEUTRAL[case]
    record = changed(record, events__never={"hazard": 0.0}, events__never_either={"hazard": 0.0})
    other = changed(record, **{f"legs__x__{key}": held for key, held in terms.items()})
    assert same_bits(paid(record), paid(other))


def test_caps_and_thresholds_far_away_change_nothing():
    record = earn_out(threshold=40, amount=7, rate=0.3)
    far = changed(record, legs__x__cap=1e9, legs__x__total_cap=1e9)
    assert close(paid(far), paid(record), rel=1e-12)
    assert not paid(changed(record, legs__x__threshold=1e9)).any()


def test_no_more_is_paid_than_the_total_cap():
    for case in ("a total cap", "made up under caps"):
        amounts = paid(CASES[case])
        cap = CASES[case]["legs"]["x"]["total_cap"]
        assert amounts.max() <= cap * (1 + 1e-15)
        is_reached = amounts >= cap * (1 - 1e-12)
        assert 0 < is_reached.sum() < is_reached.size


def test_catch_up_never_pays_less_and_sometimes_more():
    record = earn_out(threshold=STEP, amount=3, rate=0.3, cap=9)
    plain, made_up = paid(record), paid(changed(record, legs__x__catch_up=True))
    assert (made_up >= plain - 1e-12).all()
    assert (made_up > plain + 0.1).any()


def test_a_milestone_of_a_probability_is_that_part_of_it():
    whole = milestone(base="sales", threshold=150)
    part = changed(whole, legs__x__probability=0.25)
    assert same_bits(paid(part), 0.25 * paid(whole))


def test_what_one_party_pays_the_other_receives():
    valued = cs.value(deal_of(CASES["a sum, a slope and a cap"]), paths=4096)
    value = valued["x"].estimate.value
    assert value > 0
    assert valued["receiver"].estimate.value == value == -valued["payer"].estimate.value


ALL_TYPES = changed(
    CASES["made up under caps"],
    legs__t=earn_out(
        threshold=30, rate=0.1, above=[45], rates=[0.2], amounts=[2], stop_events=["failure"],
        acceleration="sale", acceleration_amount=20,
    )["legs"]["x"],
    legs__y=CASES["once a year's sales come to"]["legs"]["x"],
    legs__z=CASES["on an event"]["legs"]["x"],
    legs__w=CASES["by a probability alone"]["legs"]["x"],
)  # fmt: skip


def test_legs_of_all_types_go_round_trip_and_are_put_into_words():
    held = deal_of(ALL_TYPES)
    assert cs.Deal.from_record(held.to_dict()) == held
    text = {name: wording.leg_terms(held, name).replace("\xa0", " ") for name in held.legs}
    assert "at most USD 9 for each test, at most USD 30 in all" in text["x"]
    assert "from USD 45 on USD 2 more and 0.2 times what is above" in text["t"]
    assert "After “Failure” nothing more is earned." in text["t"]
    assert "When “Sale” comes, USD 20 falls due in place of what is to come" in text["t"]
    assert "USD 7 once Sales of a calendar year reaches USD 60" in text["y"]
    assert "USD 7 when “Sale” comes" in text["z"]
    assert "at the end, with probability 60%" in text["w"]
    assert all("from 1 July 2025 to 30 September 2030" in words for words in text.values())


@pytest.mark.slow
def test_a_memo_speaks_of_legs_of_all_types(tmp_path):
    memo = cs.report(cs.value(deal_of(ALL_TYPES), paths=1024), tmp_path / "memo.html")
    assert "at most USD 9 for each test" in memo.read_text("utf-8").replace("\xa0", " ")
