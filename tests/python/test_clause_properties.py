"""Properties that hold for every combination of clauses, on random contracts."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from against_reference import KINDS, assert_is_the_reference
from capstake import _core
from close import close
from deals import Record, changed, deal_of
from longer_leg import assert_a_longer_leg_changes_no_bit
from on_random import on_random
from random_contracts import amount, contracts, share

# A total that ends on the cap to the last digit has reached it or not by rounding; test_clauses.py
# has the dates.
AMOUNTS = KINDS - {"cap_days", "cap_reached"}


def amounts(record: Record, seed: int = 3) -> dict[str, np.ndarray]:
    graph = _core.graph_of(deal_of(record))
    rows = graph.run(seed=seed, first_block=0)
    return {name: row[:256] for name, row in zip(graph.output_names, rows, strict=True)}


def paid(record: Record) -> np.ndarray:
    return amounts(record)["paid.share"]


def from_the_start(record: Record) -> Record:
    """Valued before the first payment, so that all that is received is in what is paid."""
    return changed(record, valuation_date="2025-07-01", legs__share__already_paid=0.0)


def rounding(record: Record) -> float:
    """Of running totals that are at most all revenue, levelled up by the volatility."""
    return 1e-12 * sum(record["streams"]["sales"]["annual"].values())


def clauses_of(record: Record) -> dict[str, Record]:
    return {c["type"]: c for c in record["legs"]["share"]["clauses"].values()}


def makes_up(kinds: dict[str, Record]) -> bool:
    """Whether more of one period may make up less of another, and a limit cut the more."""
    made_up = {"minimum_guarantee", "catch_up"} & set(kinds)
    is_withheld = bool(kinds.get("minimum_guarantee", {}).get("recoupable"))
    # A formula in place of a minimum has no say after a stop event, and the minimum has it again.
    is_hidden = {"minimum_guarantee", "custom"} <= set(kinds)
    # What is caught up sooner may fall into a span whose minimum would have topped it up.
    is_absorbed = {"minimum_guarantee", "catch_up"} <= set(kinds)
    return bool(made_up and "period_cap" in kinds) or is_withheld or is_hidden or is_absorbed


@on_random(record=contracts(), seed=st.integers(0, 2**64 - 1), many=1000)
def test_random_contracts_are_the_references_on_every_path(record, seed):
    assert_is_the_reference(record, kinds=AMOUNTS, seed=seed, paths=8)


@on_random(record=contracts(cap=False, later=False), cap=amount(0.1, 60.0))
def test_no_path_is_paid_more_than_the_cap(record, cap):
    leg = record["legs"]["share"]
    record = changed(record, legs__share__cap=cap, legs__share__clauses__b={"type": "balloon"})
    room = max(cap - leg["already_paid"], 0.0)
    # Differences of running totals: their rounding is that of the totals, not of the cap.
    assert paid(record).max() <= room + 1e-12 * (cap + leg["already_paid"])


@on_random(record=contracts(cap=False, later=False, formulas="none"))
def test_no_year_is_paid_more_than_its_limit(record):
    limit = {"type": "period_cap", "amount": 3.0, "prorated": False}
    clauses = [c for c in record["legs"]["share"]["clauses"].values()]
    kept = [c for c in clauses if c["type"] != "period_cap"]
    # Minimums that the limit never let be met are refused; lower ones are cut where it binds.
    kept = [_scaled(c, 0.03) if c["type"] == "minimum_guarantee" else c for c in kept]
    for year in years_of(record, [*kept, limit]):
        assert year.max() <= 3.0 + rounding(record)


# A limit cuts what a minimum tops up.
@on_random(
    record=contracts(
        cap=False,
        later=False,
        formulas="none",
        without=frozenset({"period_cap", "minimum_guarantee"}),
    )
)
def test_no_year_is_paid_less_than_its_minimum(record):
    minimum = {"type": "minimum_guarantee", "amount": 3.0, "prorated": False}
    clauses = [c for c in record["legs"]["share"]["clauses"].values()]
    for year in years_of(changed(record, legs__share__stop_events=[]), [*clauses, minimum]):
        assert year.min() >= 3.0 - rounding(record)


def years_of(record: Record, clauses: list[Record]) -> list[np.ndarray]:
    """What is paid in each year under these clauses, from the first payment on."""
    record = from_the_start(
        changed(
            record,
            legs__share__clauses={f"c{i}": c for i, c in enumerate(clauses)},
            legs__share__payment_lag=0,
            legs__share__year_start=None,
            legs__share__settlement="period",
        )
    )
    return [row for name, row in amounts(record).items() if name.startswith("payment.")]


# A missed test may raise the rate.
@on_random(
    record=contracts(
        cap=False, later=False, formulas="rising", without=frozenset({"springing_rate"})
    ),
    factor=amount(1.0, 3.0),
)
def test_more_revenue_never_pays_less(record, factor):
    kinds = clauses_of(record)
    # A higher tier may lower the rate for the whole amount; and a tier of a higher rate that is
    # used up sooner earns its amount in fewer periods, each of which may be cut by a limit.
    tiers = kinds.get("tiers", {})
    assume(not tiers.get("whole_amount") and not (tiers and "period_cap" in kinds))
    assume(not makes_up(kinds))
    # What is received sooner bears less interest, which is made up too.
    assume("interest" not in kinds.get("recoup_then_split", {}))
    record = from_the_start(record)
    more = changed(
        record,
        streams__more={"type": "scaled", "of": "sales", "factor": factor},
        legs__share__base="more",
    )
    slack = rounding(record) * factor
    assert (paid(more) >= paid(record) - slack).all()


# Rates of clauses may lie below the leg's own, and are reached the sooner.
@on_random(
    record=contracts(
        cap=False,
        later=False,
        formulas="rising",
        without=frozenset({"springing_rate", "recoup_then_split", "tiers"}),
    ),
    more=amount(0.0, 0.1),
)
def test_a_higher_rate_never_pays_less(record, more):
    kinds = clauses_of(record)
    # Arrears are caught up for longer at a lower rate, and a formula may cut single periods.
    assume(not makes_up(kinds) and not {"catch_up", "custom"} <= set(kinds))
    record = from_the_start(record)
    rate = record["legs"]["share"]["rate"]
    if isinstance(rate, dict):
        higher_rate: Any = {"by_date": {d: x + more for d, x in rate["by_date"].items()}}
    else:
        higher_rate = rate + more
    higher = changed(record, legs__share__rate=higher_rate)
    slack = rounding(record)
    assert (paid(higher) >= paid(record) - slack).all()


@on_random(record=contracts())
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
    *("numbers", "cap"),
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


@on_random(record=contracts())
def test_what_the_payer_pays_the_receiver_receives(record):
    found = amounts(record)
    assert close(found["party.payer"], -found["party.receiver"])
    assert close(found["party.receiver"], found["leg.share"])


@on_random(record=contracts(later=False), part=share)
def test_no_more_is_clawed_back_than_was_received(record, part):
    record = from_the_start(record)
    back = {"type": "clawback", "event": "failure", "part": part}
    before, after = paid(record), paid(changed(record, legs__share__clauses__back=back))
    slack = rounding(record)
    assert (before - after <= part * before + slack).all()
    assert (after <= before + slack).all()
    more = {"type": "clawback", "event": "sale", "part": 1.0}
    both = paid(changed(record, legs__share__clauses__back=back, legs__share__clauses__more=more))
    assert (both >= -slack).all()
    assert (both <= after + slack).all()


@on_random(record=contracts(later=False))
def test_nothing_is_paid_after_the_end_and_its_lag(record):
    # The last period ends on 30 September 2029: 92 days later the year ends, too.
    for settlement, lag, last_year in (
        ("period", 92, 2029),
        ("period", 93, 2030),
        ("year", 0, 2029),
        ("year", 1, 2030),
    ):
        terms = {"legs__share__settlement": settlement, "legs__share__payment_lag": lag}
        found = amounts(changed(record, **terms))
        years = {int(name.split(".")[-1]) for name in found if name.startswith("payment.share.")}
        assert max(years) == last_year


@on_random(record=contracts())
def test_a_longer_leg_changes_no_bit_of_any_other(record):
    assert_a_longer_leg_changes_no_bit(record)
