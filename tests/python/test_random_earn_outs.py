"""Properties of random earn-outs and milestones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from against_reference import KINDS, assert_is_the_reference
from capstake import _core
from close import close, same_bits
from deals import Record, changed, deal_of
from on_random import check_on, few_and, on_random
from random_earn_outs import earn_outs, milestones
from test_earn_outs import earn_out, milestone

AMOUNTS = KINDS - {"cap_days", "cap_reached"}
MORE_EVENTS = {
    "events__default": {"hazard": 0.1},
    "events__approval": {"hazard": 0.3},
    "events__never": {"hazard": 0.0},
}
LEGS = st.one_of(
    earn_outs().map(lambda terms: changed(earn_out(**terms), **MORE_EVENTS)),
    milestones().map(lambda terms: changed(milestone(**terms), **MORE_EVENTS)),
)


def with_terms(record: Record, **terms: Any) -> Record:
    return changed(record, **{f"legs__x__{key}": held for key, held in terms.items()})


def outputs(record: Record) -> dict[str, np.ndarray]:
    graph = _core.graph_of(deal_of(record))
    rows = graph.run(seed=7)
    return {
        name: row[:256]
        for name, row in zip(graph.output_names, rows, strict=True)
        if name.split(".")[0] in {"leg", "paid", "payment", "party"}
    }


def paid(record: Record) -> np.ndarray:
    """In all, from the first payment on: valued before it."""
    return outputs(changed(record, valuation_date="2025-07-01"))["paid.x"]


def most(held: Any) -> float:
    return max(held["by_date"].values()) if isinstance(held, dict) else held


@on_random(record=LEGS)
def test_random_legs_are_the_references(record):
    assert_is_the_reference(record, kinds=AMOUNTS, paths=16)


@on_random(terms=earn_outs(schedules=False), more=st.floats(1.0, 3.0))
def test_earn_outs_rise_with_the_metric(terms, more):
    record = changed(
        earn_out(**terms),
        streams__more={"type": "scaled", "of": "sales", "factor": more},
        **MORE_EVENTS,
    )
    lower, higher = paid(record), paid(with_terms(record, base="more"))
    assert (higher >= lower * (1 - 1e-12) - 1e-12).all()


@on_random(record=LEGS)
def test_no_leg_pays_more_than_its_terms_allow(record):
    """A milestone its amount, or what is accelerated; an earn-out its total cap, and of all tests
    what each is worth at most. Of several tests of a total, and of one, that is due once."""
    terms = record["legs"]["x"]
    if terms["type"] == "milestone":
        amount = most(terms["amount"])
        limit = max(amount, most(terms.get("acceleration_amount", 0.0)))
        assert paid(record).max() <= limit * (1 + 1e-15)
        return
    limit = terms.get("total_cap", np.inf)
    if "cap" in terms and not terms.get("catch_up"):
        years = 7 if "year_start" in terms else 6
        of_tests = most(terms["cap"]) * (years if terms["tested"] == "each_year" else 1)
        limit = min(limit, of_tests + (at_once(terms) if "acceleration" in terms else 0.0))
    assume(np.isfinite(limit))
    assert paid(record).max() <= limit * (1 + 1e-12)


def at_once(terms: Record) -> float:
    """The most that is accelerated."""
    return min(most(terms.get("acceleration_amount", np.inf)), most(terms.get("total_cap", np.inf)))


@on_random(record=LEGS)
def test_nothing_is_paid_before_the_start_or_after_the_end_and_its_lag(record):
    found = outputs(changed(record, valuation_date="2025-07-01"))
    years = [int(name.split(".")[-1]) for name in found if name.startswith("payment.")]
    # The last quarter ends on 30 September 2030, and 90 days later it is 29 December.
    assert min(years) >= 2025
    assert max(years) <= 2030


@on_random(record=LEGS)
def test_what_the_payer_pays_the_receiver_receives(record):
    found = outputs(record)
    assert close(found["party.payer"], -found["party.receiver"])
    assert close(found["party.receiver"], found["leg.x"])


# What says nothing, by name: further terms, or None where a leg says something there already.

FAR = 1e30


def unless(key: str, held: Any) -> Any:
    return lambda terms: None if key in terms else {key: held}


def besides(key: str) -> Any:
    return lambda terms: {key: [*terms.get(key, []), "never"]}


def one_value(key: str) -> Any:
    def found(terms: Record) -> Record | None:
        if isinstance(terms.get(key), float | int):
            return {key: {"by_date": {"2025-07-01": terms[key]}}}
        return None

    return found


def far_tier(terms: Record) -> Record | None:
    if terms["type"] != "earn_out" or "above" in terms:
        return None
    return {"above": [FAR], "amounts": [0.0], "rates": [terms["rate"]]}


def accelerated_never(terms: Record) -> Record | None:
    if "acceleration" in terms:
        return None
    return {"acceleration": "never", "acceleration_amount": 50.0}


def calendar_years(terms: Record) -> Record | None:
    has_years = terms.get("measured", terms.get("tested")) in {"each_year", "cumulative"}
    return {"year_start": "2020-01-01"} if has_years and "year_start" not in terms else None


def far_total_cap(terms: Record) -> Record | None:
    """What each of several years is paid is then a difference of totals."""
    is_one_total = terms.get("tested") == "each_year" and not terms["catch_up"]
    is_said = is_one_total or "acceleration" in terms or "total_cap" in terms
    return None if terms["type"] != "earn_out" or is_said else {"total_cap": FAR}


def of_earn_outs(terms_of: Any) -> Any:
    return lambda terms: terms_of(terms) if terms["type"] == "earn_out" else None


NEUTRAL: dict[str, Any] = {
    "a stop event that never comes": besides("stop_events"),
    "a loss event that never comes": besides("loss_events"),
    "an acceleration that never comes": accelerated_never,
    "the deal's discount rate": unless("discount_rate", 0.05),
    "years from January on": calendar_years,
    "an amount of one date": one_value("amount"),
    "a threshold of one date": one_value("threshold"),
    "a rate of one date": one_value("rate"),
    "a cap of one date": one_value("cap"),
    "a cap far away": of_earn_outs(unless("cap", FAR)),
    "a total cap far away": far_total_cap,
    "a tier far away": far_tier,
    "no lag": lambda terms: {"payment_lag": 0} if not terms["payment_lag"] else None,
    "a risk that no measure asks for": unless("risk", "diversifiable"),
}


@pytest.mark.parametrize("examples", few_and(100))
@pytest.mark.parametrize("name", NEUTRAL)
def test_terms_that_say_nothing_change_no_bit_of_a_random_leg(name, examples):
    def check(record: Record) -> None:
        terms = NEUTRAL[name](record["legs"]["x"])
        assume(terms is not None)
        before, after = outputs(record), outputs(with_terms(record, **terms))
        for output, row in after.items():
            assert same_bits(row, before.get(output, np.zeros_like(row))), output

    check_on(examples, check, record=LEGS)
