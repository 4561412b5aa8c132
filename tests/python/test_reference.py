"""Every output of a deal, path by path, against the plain-Python reference of reference.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from against_reference import KINDS, assert_is_the_reference
from deals import CAPPED_SHARE, EVERYTHING, Record, changed, without
from dependence_deals import DEPENDENT
from stream_deals import STREAM_DEALS

NO_STOPS = changed(EVERYTHING, legs__share__stop_events=[], legs__reverse__stop_events=[])


VARIANTS: dict[str, Record] = {
    "as it stands": EVERYTHING,
    "by month": changed(EVERYTHING, frequency="month"),
    "by year": changed(
        EVERYTHING,
        frequency="year",
        legs__reverse__end="2029-12-31",
        legs__royalty__start="2026-01-01",
    ),
    "ACT/360": changed(EVERYTHING, day_count="ACT/360"),
    "30E/360": changed(EVERYTHING, day_count="30E/360"),
    "ACT/ACT ISDA, continuous": changed(
        EVERYTHING, day_count="ACT/ACT ISDA", compounding="continuous"
    ),
    "valued at a period's end": changed(EVERYTHING, valuation_date="2026-06-30"),
    "valued on a leap day, seasoned by two years": changed(
        EVERYTHING, valuation_date="2028-02-29", legs__share__already_paid=1.0
    ),
    "rates and hazards by date": changed(
        EVERYTHING,
        discount_rate={"by_date": {"2026-01-01": 0.08, "2027-05-10": 0.12, "2029-11-03": 0.2}},
        legs__share__discount_rate={"by_date": {"2026-06-15": 0.3, "2028-02-29": 0.05}},
        companies__maker_inc__cash_rate={"by_date": {"2026-04-27": 0.05, "2028-08-08": 0.01}},
        # Rates hold from the end of their day, so these change between periods.
        events__failure__hazard={
            "by_date": {"2026-04-27": 0.0, "2026-12-31": 0.3, "2029-03-31": 0.05}
        },
        legs__share__rate={"by_date": {"2026-01-01": 0.25, "2027-07-01": 0.1, "2029-01-01": 0.3}},
        streams__licences__factor={"by_date": {"2026-01-01": 0.5, "2028-01-01": 0.1}},
    ),
    "uncertain numbers": changed(
        EVERYTHING,
        discount_rate={"uniform": [0.05, 0.15]},
        streams__sales__volatility={"uniform": [0.1, 0.5]},
        streams__sales__annual__2028={"lognormal": [112, 0.2]},
        legs__share__cap={"triangular": [30, 38, 50]},
        legs__share__rate={"uniform": [0.1, 0.3]},
        legs__share__already_paid={"uniform": [0.0, 10.0]},
        companies__maker_inc__multiple={"lognormal": [20, 0.5]},
        companies__maker_inc__long_run_multiple={"triangular": [5, 5, 12]},
        companies__maker_inc__reversion={"uniform": [0.2, 1.0]},
        companies__maker_inc__multiple_volatility={"triangular": [0.3, 0.6, 0.6]},
        companies__maker_inc__correlation={"uniform": [-1.0, 1.0]},
        companies__maker_inc__recovery={"uniform": [0.0, 0.5]},
        stakes__partner_stake__dilution={"uniform": [0.0, 0.1]},
        stakes__partner_stake__fraction={"uniform": [0.2, 0.3]},
        streams__licences__factor={"lognormal": [0.3, 0.3]},
    ),
    "uncertain numbers of the other families": changed(
        EVERYTHING,
        discount_rate={"beta": [2, 3, 0.05, 0.15]},
        streams__sales__volatility={"pert": [0.1, 0.2, 0.5]},
        streams__sales__annual__2028={"gamma": [30, 4]},
        legs__share__cap={
            "metalog": {"probabilities": [0.1, 0.5, 0.9], "values": [30, 38, 50], "low": 10}
        },
        legs__share__rate={"normal": [0.2, 0.1], "truncated_below": 0.0, "truncated_above": 0.4},
        legs__share__already_paid={"discrete": {"values": [5, 0, 2], "weights": [1, 2, 3]}},
        companies__maker_inc__multiple={"student_t": [20, 4, 5], "truncated_below": 1.0},
        companies__maker_inc__long_run_multiple={"empirical": [5, 12, 7, 9]},
        stakes__partner_stake__dilution={
            "metalog": {"probabilities": [0.1, 0.5, 0.9], "values": [0.01, 0.03, 0.07]},
            "truncated_below": 0.0,
            "truncated_above": 0.3,
        },
    ),
    "a multiple without reversion": changed(
        without(EVERYTHING, "companies__maker_inc__reversion"),
        companies__maker_inc__correlation=-1.0,
    ),
    "a reversion that is drawn": changed(
        EVERYTHING, companies__maker_inc__reversion={"uniform": [0.0, 0.1]}
    ),
    "an equity that the legs use up": changed(
        EVERYTHING,
        companies__maker_inc__multiple=0.5,
        companies__maker_inc__long_run_multiple=0.05,
        legs__share__rate=0.6,
    ),
    "not charged": changed(EVERYTHING, companies__maker_inc__charges_legs=False),
    "cannot fail or exit early": changed(
        EVERYTHING, companies__maker_inc__failure="", companies__maker_inc__exit=""
    ),
    "no volatility at all": changed(
        EVERYTHING,
        streams__sales__volatility=0.0,
        companies__maker_inc__multiple_volatility=0.0,
        streams__sales__growth_haircut=0.4,
    ),
    "cap used up before it starts": changed(EVERYTHING, legs__share__already_paid=50.0),
    "a leg that started years ago": changed(
        NO_STOPS, legs__share__start="2025-02-14", legs__share__already_paid=0.0
    ),
    "parts of periods": changed(
        NO_STOPS,
        legs__share__start="2026-01-20",
        legs__share__accrual_start="2026-05-09",
        legs__share__end="2030-11-11",
        legs__reverse__end="2026-04-26",
        legs__royalty__start="2026-05-31",
        legs__royalty__end="2026-06-01",
    ),
    "counted years after the start": changed(
        NO_STOPS, legs__share__accrual_start="2028-10-01", legs__share__cap=25.0
    ),
    "all within one period": changed(
        NO_STOPS,
        legs__share__start="2026-05-01",
        legs__share__accrual_start="2026-05-10",
        legs__share__end="2026-05-20",
        legs__share__cap=0.3,
        legs__share__already_paid=0.0,
    ),
    "the capped share with a known value": CAPPED_SHARE,
}
VARIANTS |= {f"dependence: {name}": record for name, record in DEPENDENT.items()}
VARIANTS |= {f"streams: {name}": record for name, record in STREAM_DEALS.items()}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_amount_is_the_references_on_every_path(variant):
    assert_is_the_reference(VARIANTS[variant], kinds=KINDS - {"cap_days"})


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_day_the_cap_is_reached_is_the_references_on_every_path(variant):
    assert_is_the_reference(VARIANTS[variant], kinds={"cap_days"})


def test_far_paths_of_another_seed_are_the_references_too():
    assert_is_the_reference(
        EVERYTHING, kinds=KINDS - {"cap_days"}, seed=2**64 - 3, block=2**39 - 1, paths=64
    )


# Claims of the docstrings that need care where an event falls into a period that is shared in part.


def test_days_before_a_stop_event_are_shared_whichever_part_of_the_period_is_in_term():
    # "for the days of period t in [start, end] before any stop event": a leg that ends with April
    # loses nothing to an event in June.
    record = changed(
        EVERYTHING,
        events__failure__hazard=2.0,
        legs__share__start="2026-02-10",
        legs__share__end="2026-08-15",
    )
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"})


def test_accruals_before_accrual_start_are_safe_from_later_stop_events():
    # Some 0.4 of the cap is left, so what counts in the first quarter decides the second's payment.
    record = changed(
        EVERYTHING,
        events__failure__hazard=2.0,
        legs__share__cap=4.0,
        legs__share__accrual_start="2026-05-20",
    )
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"})


def test_a_hazard_that_changes_within_a_period_moves_the_days_before_the_event():
    record = changed(
        EVERYTHING, events__failure__hazard={"by_date": {"2026-01-01": 0.1, "2026-11-15": 3.0}}
    )
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"})


def test_the_cap_is_dated_by_the_days_that_count():
    # The 0.5 is reached some days after 20 May, when accruals begin to count.
    record = changed(
        NO_STOPS,
        legs__share__accrual_start="2026-05-20",
        legs__share__cap=0.5,
        legs__share__already_paid=0.0,
    )
    assert_is_the_reference(record, kinds={"cap_days"})


# Random deals


def _maybe(draw, strategy, otherwise):
    return draw(st.one_of(st.just(otherwise), strategy))


@st.composite
def random_deals(draw) -> Record:
    """Deals of one company and up to three legs; whole quarters where an event can stop a leg."""
    number = lambda low, high: st.floats(low, high, allow_subnormal=False)  # noqa: E731
    quarter_starts = [f"{y}-{m:02d}-01" for y in (2026, 2027) for m in (1, 4, 7, 10)]
    quarter_ends = [f"{y}-{d}" for y in (2028, 2029) for d in ("03-31", "06-30", "09-30", "12-31")]
    record: Record = {
        "name": "random",
        "valuation_date": draw(st.sampled_from(["2026-01-01", "2026-04-27", "2026-12-31"])),
        "currency": "EUR",
        "discount_rate": draw(number(-0.05, 0.4)),
        "compounding": draw(st.sampled_from(["annual", "continuous"])),
        "day_count": draw(st.sampled_from(["ACT/365F", "ACT/360", "30E/360", "ACT/ACT ISDA"])),
        "parties": {name: {"name": name} for name in "abc"},
        "streams": {
            "sales": {
                "type": "forecast",
                "annual": {y: draw(number(0.5, 200.0)) for y in range(2026, 2030)},
                "growth_haircut": _maybe(draw, number(0.0, 1.0), 0.0),
                "volatility": draw(number(0.0, 0.8)),
            },
            "part": {"type": "scaled", "of": "sales", "factor": draw(number(0.01, 2.0))},
        },
        "events": {name: {"hazard": draw(number(0.0, 1.5))} for name in ("e", "f")},
        "legs": {},
        "companies": {
            "firm": {
                "party": "a",
                "revenue": draw(st.sampled_from(["sales", "part"])),
                "multiple": draw(number(0.1, 30.0)),
                "long_run_multiple": draw(number(0.1, 30.0)),
                "reversion": _maybe(draw, number(1e-3, 3.0), 0.0),
                "multiple_volatility": draw(number(0.0, 0.8)),
                "correlation": draw(number(-1.0, 1.0)),
                "exit_date": draw(st.sampled_from(quarter_ends)),
                "exit": draw(st.sampled_from(["", "e", "f"])),
                "failure": draw(st.sampled_from(["", "f"])),
                "recovery": draw(number(0.0, 1.0)),
                "charges_legs": draw(st.booleans()),
                "cash_rate": draw(number(-0.02, 0.1)),
            },
        },
        "stakes": {
            "stake": {
                "holder": "b",
                "company": "firm",
                "fraction": draw(number(0.0, 1.0)),
                "dilution": draw(number(0.0, 0.5)),
                "issue_at_exit": draw(number(0.0, 1.0)),
            },
        },
    }
    for i in range(draw(st.integers(1, 3))):
        payer, receiver = draw(st.sampled_from(["ab", "ba", "bc", "ca"]))
        leg: dict[str, Any] = {
            "payer": payer,
            "receiver": receiver,
            "base": draw(st.sampled_from(["sales", "part"])),
            "rate": _maybe(draw, number(1e-3, 1.0), 0.0),
            "start": draw(st.sampled_from(quarter_starts)),
            "end": draw(st.sampled_from(quarter_ends)),
            "payment_lag": draw(st.sampled_from([0, 1, 45, 500])),
            "stop_events": draw(st.sampled_from([[], ["e"], ["f", "e"]])),
        }
        if not leg["stop_events"]:
            leg["start"] = leg["start"][:-2] + f"{draw(st.integers(1, 28)):02d}"
            leg["end"] = leg["end"][:-2] + f"{draw(st.integers(1, 28)):02d}"
        if draw(st.booleans()):
            leg["cap"] = draw(number(0.01, 100.0))
            leg["already_paid"] = _maybe(draw, number(0.0, 100.0), 0.0)
            if not leg["stop_events"]:
                leg["accrual_start"] = draw(
                    st.sampled_from([leg["start"], "2028-01-01", leg["end"]])
                )
        if draw(st.booleans()):
            leg["discount_rate"] = draw(number(0.0, 0.3))
        record["legs"][f"leg{i}"] = leg
    return record


@st.composite
def random_mixed_dependence(draw) -> Record:
    """Events, a stream's shocks and a multiple, by one common factor of their normals."""
    names = draw(st.permutations(["e", "f", "sales.shock", "firm.multiple"]))
    part = [draw(st.floats(-0.95, 0.95, allow_subnormal=False)) for _ in names]
    pairs = [[a, b, part[i] * part[i + 1 + j]] for i, a in enumerate(names)
             for j, b in enumerate(names[i + 1 :])]  # fmt: skip
    until = draw(st.sampled_from(["2027-03-31", "2028-12-31", "2034-06-30"]))
    return {"draws": names, "correlation": pairs, "until": until}


def _random_deals(max_examples):
    return lambda test: settings(max_examples=max_examples)(
        given(record=random_deals(), seed=st.integers(0, 2**64 - 1))(test)
    )


@_random_deals(max_examples=12)
def test_random_deals_are_the_references_on_every_path(record, seed):
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"}, seed=seed, paths=16)


@pytest.mark.slow
@_random_deals(max_examples=200)
def test_many_random_deals_are_the_references_on_every_path(record, seed):
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"}, seed=seed, paths=16)


@settings(max_examples=12)
@given(record=random_deals(), dependence=random_mixed_dependence(), seed=st.integers(0, 2**64 - 1))
def test_random_dependence_is_the_references_on_every_path(record, dependence, seed):
    record = changed(record, companies__firm__correlation=0.0, dependence={"all": dependence})
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"}, seed=seed, paths=16)


@pytest.mark.slow
@_random_deals(max_examples=100)
def test_random_deals_reach_their_caps_on_the_references_day(record, seed):
    assert_is_the_reference(record, kinds={"cap_days"}, seed=seed, paths=16)
