"""Properties that hold for every combination of clauses, on random contracts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from against_reference import KINDS, assert_is_the_reference
from capstake import _core
from close import close
from deals import Record, changed, deal_of, share_deal
from longer_leg import assert_a_longer_leg_changes_no_bit

# A total that ends on the cap to the last digit has reached it or not by rounding; test_clauses.py
# has the dates.
AMOUNTS = KINDS - {"cap_days", "cap_reached"}
START, END, TODAY = "2025-07-01", "2029-09-30", "2026-02-10"
DATES = ["2026-03-15", "2026-12-31", "2028-02-29", "2029-06-30"]

amount = lambda low, high: st.floats(low, high, allow_subnormal=False)  # noqa: E731
share = amount(0.0, 1.0)
per = st.sampled_from(["period", "year", "term"])
flag = st.booleans()


def by_date(values: st.SearchStrategy[float], *, rising: bool = False) -> st.SearchStrategy[Any]:
    """A number, or one that changes on dates within the term."""
    lists = st.lists(values, min_size=2, max_size=3).map(sorted if rising else list)
    schedules = lists.map(
        lambda x: {
            "by_date": dict(zip(["2025-01-01", "2027-01-01", "2028-05-20"], x, strict=False))
        }
    )
    return st.one_of(values, schedules)


def clause(kind: str, **fields: Any) -> st.SearchStrategy[Record]:
    drawn = st.fixed_dictionaries({"type": st.just(kind), **fields})
    return drawn.map(lambda c: {key: held for key, held in c.items() if held is not None})


def price(strategy: st.SearchStrategy[Record]) -> st.SearchStrategy[Record]:
    one = st.one_of(
        amount(0.1, 60.0).map(lambda x: {"amount": x}),
        amount(0.1, 4.0).map(lambda x: {"multiple": x}),
    )
    return st.tuples(strategy, one).map(lambda parts: parts[0] | parts[1])


TIERS = st.lists(amount(1.0, 60.0), min_size=1, max_size=3, unique=True).flatmap(
    lambda above: clause(
        "tiers",
        above=st.just(sorted(above)),
        rates=st.lists(share, min_size=len(above), max_size=len(above)),
        per=per,
        whole_amount=flag,
        revenue_before=amount(0.0, 20.0),
    )
)
ACCRUALS = [
    TIERS,
    clause("threshold", amount=by_date(amount(0.0, 60.0)), per=per, revenue_before=amount(0, 20)),
    clause("catch_up", target=by_date(amount(0.0, 30.0)), rate=share),
    clause(
        "minimum_guarantee",
        amount=by_date(amount(0.0, 20.0)),
        per=per,
        prorated=flag,
        recoupable=flag,
    ),
    clause(
        "period_cap",
        amount=by_date(amount(0.0, 20.0)),
        per=st.sampled_from(["period", "year"]),
        carry_forward=flag,
        prorated=flag,
    ),
    price(clause("recoup_then_split", rate=share)),
    clause(
        "springing_rate",
        test_date=st.sampled_from(DATES),
        target=amount(0.1, 100.0),
        measure=st.sampled_from(["revenue", "payments"]),
        rate_if_missed=amount(0.01, 1.0),
        rate_if_met=amount(0.01, 1.0),
        revenue_before=amount(0.0, 20.0),
    ),
]
ENDINGS = [
    price(clause("buy_out", on=st.sampled_from(DATES), less_paid=flag)),
    price(clause("change_of_control", event=st.just("sale"), less_paid=flag)),
]
PAYMENTS = [
    clause("deferral", part=share, days=st.sampled_from([1, 91, 1000]), interest=amount(0, 0.5)),
    clause("grace_period", until=st.sampled_from(DATES), interest=amount(0.0, 0.5)),
    clause("payer_credit", failure=st.just("failure"), recovery=share, spread=amount(0.0, 0.1)),
]
CLAWBACK = clause(
    "clawback",
    event=st.just("failure"),
    part=share,
    look_back=st.sampled_from([0, 90, 1000]),
    until=st.sampled_from([None, "2027-05-20", "2033-12-31"]),
)
CAPS = [
    clause("cap_multiple", multiple=by_date(amount(0.1, 4.0), rising=True)),
    clause("accreting_cap", rate=by_date(amount(0.0, 0.6)), amount=amount(1.0, 40.0)),
]
CAPPED = [clause("balloon", part=share), clause("tail_rate", rate=share)]
EXCLUDED = [{"tiers", "threshold"}, {"tiers", "springing_rate"}, {"balloon", "buy_out"}]


LEAVES = ["accrual", "revenue", "most", "0.5 * rate * revenue", "part * most"]
FURTHER = ["paid", "other", "cumulative(accrual)", "year_to_date(revenue)", "lag(accrual, 2)"]


def formulas(leaves: list[str]) -> st.SearchStrategy[str]:
    """Amounts of money, at least 0, that move without jumps; of some leaves they rise with them."""
    rising = leaves is LEAVES
    shapes = ["minimum({a}, {b})", "maximum({a}, {b})", "0.5 * {a} + {b}"]
    others = [
        "maximum({a} - {b}, 0)",
        "where({a} < {b}, {b} - {a}, {a} - {b})",
        "where(time > 1.9, {a}, 50% * {b})",
        'step_up({a}, "2027-05-20", {b})',
    ]
    shape = st.sampled_from(shapes if rising else shapes + others)
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.tuples(shape, inner, inner).map(lambda x: x[0].format(a=x[1], b=x[2])),
        max_leaves=5,
    )


def custom(draw: Any, *, rising: bool = False) -> Record:
    stage = draw(st.sampled_from(["accrual", "payment"]))
    formula = draw(formulas(LEAVES if rising else LEAVES + FURTHER)).replace("accrual", stage)
    numbers = {"most": draw(by_date(amount(0.0, 20.0)))} if "most" in formula else {}
    return {"type": "custom", "formula": formula, "numbers": numbers, "stage": stage}


def combined(draw: Any, kinds: list[st.SearchStrategy[Record]], most: int) -> list[Record]:
    chosen = draw(st.lists(st.sampled_from(range(len(kinds))), unique=True, max_size=most))
    return [draw(kinds[i]) for i in chosen]


@st.composite
def contracts(draw: Any, *, cap: bool = True, later: bool = True, formulas: str = "any") -> Record:
    """A deal of one leg with a random combination of clauses; formulas may be any, rising, none."""
    found = combined(draw, ACCRUALS, 4)
    leg: Record = {"already_paid": draw(amount(0.0, 10.0)) if found else 0.0}
    if cap and draw(st.booleans()):
        found += [draw(st.one_of(CAPS)), *combined(draw, CAPPED, 1)]
    if later:
        found += combined(draw, ENDINGS, 1) + combined(draw, PAYMENTS, 2)
        found += combined(draw, [CLAWBACK], 1)
    if formulas != "none" and draw(st.booleans()):
        found.append(custom(draw, rising=formulas == "rising"))
    kinds = {c["type"] for c in found}
    for pair in EXCLUDED:
        if pair <= kinds:
            found = [c for c in found if c["type"] != sorted(pair)[0]]
    if any(c["type"] == "accreting_cap" for c in found) or not found:
        leg["already_paid"] = 0.0
    record = share_deal(
        {y: draw(amount(5.0, 80.0)) for y in range(2025, 2030)}, volatility=draw(amount(0.0, 0.6))
    )
    return changed(
        record,
        valuation_date=TODAY,
        streams__other={"type": "forecast", "annual": dict.fromkeys(range(2025, 2030), 9.0)},
        discount_rate=draw(amount(0.0, 0.3)),
        events={name: {"hazard": draw(amount(0.0, 1.0))} for name in ("stop", "sale", "failure")},
        **{
            f"legs__share__{key}": held
            for key, held in {
                "rate": draw(amount(0.01, 0.9)),
                "start": START,
                "end": END,
                "payment_lag": draw(st.sampled_from([0, 45])),
                "settlement": draw(st.sampled_from(["period", "half_year", "year"])),
                "investment": draw(amount(1.0, 30.0)),
                "stop_events": draw(st.sampled_from([[], ["stop"]])),
                "clauses": {f"c{i}": c for i, c in enumerate(found)},
                **leg,
            }.items()
        },
    )


def amounts(record: Record, seed: int = 3) -> dict[str, np.ndarray]:
    graph = _core.graph_of(deal_of(record))
    rows = graph.run(seed=seed, first_block=0)
    return {name: row[:256] for name, row in zip(graph.output_names, rows, strict=True)}


def paid(record: Record) -> np.ndarray:
    return amounts(record)["paid.share"]


def rounding(record: Record) -> float:
    """Of running totals that are at most all revenue, levelled up by the volatility."""
    return 1e-12 * sum(record["streams"]["sales"]["annual"].values())


def clauses_of(record: Record) -> dict[str, Record]:
    return {c["type"]: c for c in record["legs"]["share"]["clauses"].values()}


def makes_up(kinds: dict[str, Record]) -> bool:
    """Whether more of one period may make up less of another, and a limit cut the more."""
    made_up = {"minimum_guarantee", "catch_up"} & set(kinds)
    is_withheld = bool(kinds.get("minimum_guarantee", {}).get("recoupable"))
    return bool(made_up and "period_cap" in kinds) or is_withheld


@settings(max_examples=8)
@given(record=contracts(), seed=st.integers(0, 2**64 - 1))
def test_random_contracts_are_the_references_on_every_path(record, seed):
    assert_is_the_reference(record, kinds=AMOUNTS, seed=seed, paths=8)


@pytest.mark.slow
@settings(max_examples=1000)
@given(record=contracts(), seed=st.integers(0, 2**64 - 1))
def test_many_random_contracts_are_the_references_on_every_path(record, seed):
    assert_is_the_reference(record, kinds=AMOUNTS, seed=seed, paths=8)


@settings(max_examples=8)
@given(record=contracts(cap=False, later=False), cap=amount(0.1, 60.0))
def test_no_path_is_paid_more_than_the_cap(record, cap):
    leg = record["legs"]["share"]
    # A formula of payments stands in place of what the cap has left, and is not bound by it.
    kept = {n: c for n, c in leg["clauses"].items() if c.get("stage") != "payment"}
    clauses = {**kept, "b": {"type": "balloon"}}
    record = changed(record, legs__share__cap=cap, legs__share__clauses=clauses)
    room = max(cap - leg["already_paid"], 0.0)
    # Differences of running totals: their rounding is that of the totals, not of the cap.
    assert paid(record).max() <= room + 1e-12 * (cap + leg["already_paid"])


@settings(max_examples=8)
@given(record=contracts(cap=False, later=False, formulas="none"))
def test_no_year_is_paid_more_than_its_limit(record):
    limit = {"type": "period_cap", "amount": 3.0, "prorated": False}
    clauses = [c for c in record["legs"]["share"]["clauses"].values()]
    kept = [c for c in clauses if c["type"] not in ("period_cap", "recoup_then_split")]
    record = changed(
        record,
        legs__share__clauses={f"c{i}": c for i, c in enumerate([*kept, limit])},
        legs__share__payment_lag=0,
        legs__share__settlement="period",
        legs__share__already_paid=0.0,
    )
    for name, row in amounts(record).items():
        if name.startswith("payment."):
            assert row.max() <= 3.0 * (1 + 1e-12), name


@settings(max_examples=8)
@given(record=contracts(cap=False, later=False, formulas="rising"), factor=amount(1.0, 3.0))
def test_more_revenue_never_pays_less(record, factor):
    kinds = clauses_of(record)
    # A missed test may raise the rate, and a higher tier may lower it for the whole amount.
    if "springing_rate" in kinds or kinds.get("tiers", {}).get("whole_amount"):
        return
    if makes_up(kinds):
        return
    more = changed(
        record,
        streams__more={"type": "scaled", "of": "sales", "factor": factor},
        legs__share__base="more",
    )
    slack = rounding(record) * factor
    assert (paid(more) >= paid(record) - slack).all()


@settings(max_examples=8)
@given(record=contracts(cap=False, later=False, formulas="rising"), more=amount(0.0, 0.1))
def test_a_higher_rate_never_pays_less(record, more):
    kinds = clauses_of(record)
    if {"springing_rate", "recoup_then_split"} & set(kinds):
        return
    if "tiers" in kinds or makes_up(kinds):
        return
    higher = changed(record, legs__share__rate=record["legs"]["share"]["rate"] + more)
    slack = rounding(record)
    assert (paid(higher) >= paid(record) - slack).all()


@settings(max_examples=8)
@given(record=contracts())
def test_the_scale_of_money_scales_the_value(record):
    scaled = _scaled(record, 2.0**20)
    before, after = amounts(record), amounts(scaled)
    for name in ("leg.share", "paid.share"):
        # A power of two: the same digits.
        assert close(
            after[name], before[name] * 2.0**20, rel=1e-12, abs=1e-12 * np.abs(after[name]).max()
        )


MONEY = {
    *("amount", "target", "revenue_before", "above", "already_paid", "investment", "annual"),
    "numbers",
}


def _scaled(held: Any, factor: float, *, is_money: bool = False) -> Any:
    if isinstance(held, dict):
        return {
            key: _scaled(value, factor, is_money=is_money or key in MONEY)
            for key, value in held.items()
        }
    if isinstance(held, list):
        return [_scaled(value, factor, is_money=is_money) for value in held]
    return held * factor if is_money and isinstance(held, float | int) else held


@settings(max_examples=8)
@given(record=contracts())
def test_what_the_payer_pays_the_receiver_receives(record):
    found = amounts(record)
    assert close(found["party.payer"], -found["party.receiver"])
    assert close(found["party.receiver"], found["leg.share"])


@settings(max_examples=8)
@given(record=contracts(later=False), part=share)
def test_no_more_is_clawed_back_than_was_received(record, part):
    # Valued before the first payment, so that all that is received is in what is paid.
    record = changed(record, valuation_date="2025-07-01", legs__share__already_paid=0.0)
    back = {"type": "clawback", "event": "failure", "part": part}
    before, after = paid(record), paid(changed(record, legs__share__clauses__back=back))
    slack = rounding(record)
    assert (before - after <= part * before + slack).all()
    assert (after <= before + slack).all()


@settings(max_examples=8)
@given(record=contracts(later=False))
def test_nothing_is_paid_after_the_end_and_its_lag(record):
    leg = record["legs"]["share"]
    years = {int(n.split(".")[-1]) for n in amounts(record) if n.startswith("payment.share.")}
    # The term ends in September 2029; half year and year of it in December.
    last = dt.date(2029, 9, 30) if leg["settlement"] == "period" else dt.date(2029, 12, 31)
    assert max(years) <= (last + dt.timedelta(days=leg["payment_lag"])).year


@settings(max_examples=8)
@given(record=contracts())
def test_a_longer_leg_changes_no_bit_of_any_other(record):
    assert_a_longer_leg_changes_no_bit(record)
