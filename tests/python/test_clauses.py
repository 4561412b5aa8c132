"""Clauses of revenue shares, path by path, against the plain-Python reference."""

from __future__ import annotations

import numpy as np
import pytest

import capstake as cs
from against_reference import KINDS, assert_is_the_reference
from capstake import _core
from clause_cases import BASE, CASES, floor, limit, spring, threshold, tiers, with_clauses
from close import close, same_bits
from deals import Record, changed, deal_of, share_deal
from longer_leg import assert_a_longer_leg_changes_no_bit

AMOUNTS = KINDS - {"cap_days"}


@pytest.mark.parametrize("case", CASES)
def test_every_amount_is_the_references_on_every_path(case):
    assert_is_the_reference(CASES[case], kinds=AMOUNTS, paths=100)


@pytest.mark.parametrize("case", CASES)
def test_a_longer_leg_changes_no_bit_of_any_other(case):
    assert_a_longer_leg_changes_no_bit(CASES[case])


# By month some event comes in every kind of period.
STOPPED = [case for case, record in CASES.items() if "accrual_start" not in str(record)]


@pytest.mark.parametrize("case", STOPPED)
def test_stop_events_end_accruals_within_a_period(case):
    record = changed(
        CASES[case],
        legs__share__stop_events=["stop"],
        legs__share__start="2025-07-01",
        legs__share__end="2029-09-30",
        frequency="quarter",
    )
    assert_is_the_reference(record, kinds=AMOUNTS, paths=40)


@pytest.mark.parametrize("case", ["tiers a year", "a minimum a year", "a limit a year"])
def test_months_are_periods_too(case):
    record = changed(CASES[case], legs__share__stop_events=["stop"], frequency="month")
    assert_is_the_reference(record, kinds=AMOUNTS, paths=40)
    within_a_quarter = changed(record, legs__share__year_start="2024-02-01")
    assert_is_the_reference(within_a_quarter, kinds=AMOUNTS, paths=20)


def test_clauses_share_what_they_change_by_the_days_that_count():
    record = with_clauses(
        leg={"accrual_start": "2026-05-20", "cap": 12.0},
        t=tiers(),
        f=floor(per="period", amount=2.0),
    )
    assert_is_the_reference(record, kinds=AMOUNTS, paths=100)


@pytest.mark.parametrize(
    "case", ["multiples by date", "a return that ends the leg", "a balloon of a return"]
)
def test_the_day_a_cap_is_reached_is_the_references(case):
    assert_is_the_reference(CASES[case], kinds={"cap_days"})


def test_a_rate_springs_from_zero_by_terms_that_say_where_to():
    from_zero = {"leg": {"rate": 0.0, "already_paid": 0.0}}
    missed = with_clauses(s=spring(target=1e6, rate_if_missed=0.3), **from_zero)
    assert_is_the_reference(missed)
    whole = with_clauses(leg={"rate": 0.3, "start": "2028-01-01"})
    sprung, plain = (_core.graph_of(deal_of(record)) for record in (missed, whole))
    share = [g.run(seed=3)[g.output_names.index("leg.share")] for g in (sprung, plain)]
    assert close(*share, rel=1e-12)
    with pytest.raises(cs.InputError, match=r"rate_if_missed: is required where the leg's rate is"):
        deal_of(with_clauses(s=spring(target=1e6, measure="payments"), **from_zero))


def test_python_objects_are_what_deal_files_hold():
    leg = {k: v for k, v in BASE["legs"]["share"].items() if k != "clauses"}
    objects = cs.RevenueShare(
        **leg,
        clauses={
            "floor": cs.MinimumGuarantee(amount=cs.Number(6.0, range=(5.0, 7.0)), per="period"),
            "tiers": cs.Tiers(above=[20.0, 45.0], rates=["10%", 0.0]),
        },
    )
    record = {
        "floor": floor(amount={"value": 6.0, "range": [5.0, 7.0]}, per="period"),
        "tiers": tiers(),
    }
    assert objects == cs.RevenueShare(**leg, clauses=record)
    assert cs.RevenueShare.from_record(objects.to_dict()) == objects
    assert objects.clauses["tiers"].rates[0].value == 0.1
    assert isinstance(objects.clauses["floor"], cs.MinimumGuarantee)


def test_numbers_of_clauses_are_assumptions_and_have_sensitivities():
    deal = deal_of(with_clauses(f=floor(amount={"value": 6.0, "range": [5.0, 7.0]}), t=tiers()))
    rows = {(row["object"], row["field"]): row for row in _core.assumptions(deal)}
    assert rows["share", "clauses.f.amount"]["unit"] == "money"
    assert rows["share", "clauses.t.rates[0]"]["number"].value == 0.1
    by_field = cs.sensitivities(deal, paths=2**12)["share"]
    assert by_field["legs.share.clauses.f.amount"].range == (5.0, 7.0)
    assert by_field["legs.share.clauses.f.amount"].derivative.value > 0.0
    assert by_field["legs.share.clauses.t.above[1]"].derivative.value > 0.0


def outputs(record: Record) -> dict[str, np.ndarray]:
    graph = _core.graph_of(deal_of(record))
    return dict(zip(graph.output_names, graph.run(seed=3), strict=True))


def volatile(**clauses: Record) -> Record:
    record = share_deal({2026: 25.0, 2027: 30.0}, volatility=0.8, clauses=clauses)
    return changed(record, events={"stop": {"hazard": 0.5}}, legs__share__stop_events=["stop"])


def test_below_a_threshold_nothing_is_paid_to_the_bit():
    record = volatile(t=threshold(amount=20.0))
    never_stopped = changed(record, legs__share__stop_events=[])
    for held in (record, never_stopped):
        found = outputs(held)
        paid = found["payment.share.2027"]
        below = found["revenue.sales.2027"] < 20.0
        assert np.count_nonzero(below) > 100
        assert np.all(paid[below] == 0.0)
        assert paid.min() == 0.0
        least = outputs(changed(held, legs__share__clauses__f=floor(amount=0.0)))
        assert same_bits(least["paid.share"], found["paid.share"])
    assert np.all(paid[~below] > 0.0)


@pytest.mark.parametrize("per", ["period", "year"])
@pytest.mark.parametrize("carry_forward", [True, False])
def test_above_a_limit_nothing_is_paid_to_the_bit(per, carry_forward):
    amount = {"by_date": {"2026-01-01": 1.0, "2027-01-01": 0.0}}
    terms = limit(amount=amount, per=per, carry_forward=carry_forward, prorated=False)
    found = outputs(volatile(c=terms))
    assert np.all(found["payment.share.2027"] == 0.0)
    assert np.all(found["payment.share.2026"] > 0.0)


# Of 16 replicates of 2^10 points; without companions that move with the leg all are 1, or 20.
@pytest.mark.parametrize(
    "case", ["a threshold a year", "a minimum a year", "a minimum of the term"]
)
def test_clauses_that_undo_what_has_accrued_have_controls(case):
    assert cs.value(deal_of(CASES[case]), paths=2**14).control_gains()["share"] > 100


# Above the tier nothing accrues, and yet the tail goes on.
def test_a_tail_where_nothing_accrues_has_derivatives():
    record = with_clauses(
        changed(BASE, streams__sales__volatility=0.0),
        leg={"cap": 3.0},
        t=tiers(above=[10.0], rates=[0.0]),
        r={"type": "tail_rate", "rate": 0.05},
    )

    def value(**changes: object) -> float:
        return cs.value(deal_of(changed(record, **changes)), paths=64)["share"].value

    found = cs.sensitivities(deal_of(record), paths=2**13)["share"]
    tail = value() - value(legs__share__clauses__r__rate=0.0)
    assert tail > 1.0
    by_rate = found["legs.share.clauses.r.rate"].derivative.value
    assert close(by_rate * 0.05, tail, rel=1e-9)
    up, down = value(legs__share__cap=3.001), value(legs__share__cap=2.999)
    assert close(found["legs.share.cap"].derivative.value, (up - down) / 0.002, rel=1e-4)
