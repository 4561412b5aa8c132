"""A clause that says nothing changes no bit of a random contract.

Neutral to rounding only is a total cap far away, as payments under a cap are differences of running
totals, several equal rates, whose products are added up, and what comes after a hurdle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

import capstake as cs
from bad_deals import field
from capstake import _core
from close import close, same_bits
from deals import Record, changed, deal_of
from on_random import check_on, few_and
from random_contracts import ACCRUALS, DATES, END, EXCLUDED, START, contracts

CLAUSE_TYPES = set(field("RevenueShare", "clauses")["types"])
FAR = 1e30


def clause(kind: str, **terms: Any) -> Record:
    return {"type": kind, **terms}


MULTIPLE = 1.5

# By name: a clause that changes nothing. RATE stands for the leg's own, which must be one number.
RATE = object()
NEUTRAL: dict[str, Record] = {
    "a threshold of nothing": clause("threshold", amount=0),
    "a threshold of nothing in each period": clause("threshold", amount=0, per="period"),
    "no catch-up": clause("catch_up", target=50, rate=0),
    "a catch-up to nothing": clause("catch_up", target=0, rate=0.1),
    "a minimum of nothing": clause("minimum_guarantee", amount=0),
    "a minimum of nothing, recouped": clause("minimum_guarantee", amount=0, recoupable=True),
    "a minimum of nothing in a period": clause("minimum_guarantee", amount=0, per="period"),
    "a minimum of nothing by a day": clause(
        "minimum_guarantee", amount=0, per="term", until=DATES[1]
    ),
    "a limit far away": clause("period_cap", amount=FAR, carry_forward=True),
    "a limit of a period far away": clause("period_cap", amount=FAR, per="period"),
    "a hurdle far away": clause("recoup_then_split", amount=FAR, rate=0.01),
    "a hurdle with interest, far away": clause(
        "recoup_then_split", amount=FAR, rate=0.01, interest=0.1, since="2025-03-01"
    ),
    "the same rate after a hurdle": clause("recoup_then_split", amount=3.0, rate=RATE),
    "a test that sets the rate that there is": clause(
        "springing_rate", test_date=DATES[2], target=20, rate_if_missed=RATE, rate_if_met=RATE
    ),
    "a test of payments that sets the rate that there is": clause(
        "springing_rate",
        test_date=DATES[1],
        target=2,
        rate_if_missed=RATE,
        rate_if_met=RATE,
        measure="payments",
    ),
    "a test that keeps the cap's multiple": clause(
        "springing_cap",
        test_date=DATES[2],
        target=20,
        multiple_if_missed=MULTIPLE,
        multiple_if_met=MULTIPLE,
    ),
    "a return that any payment makes up to": clause("true_up", rate=0, amount=1e-300),
    "a tail of nothing": clause("tail_rate", rate=0),
    "a balloon of nothing": clause("balloon", part=0),
    "a buy-out on the last day at no price": clause("buy_out", on=END, amount=0, less_paid=False),
    "a change of control that never comes": clause(
        "change_of_control", event="never", amount=30, less_paid=False
    ),
    "nothing deferred": clause("deferral", part=0, days=400, interest=0.1),
    "a grace period that ends before the start": clause("grace_period", until=START, interest=0.1),
    "credit without a spread": clause("payer_credit", spread=0),
    "a failure that costs nothing": clause("payer_credit", failure="failure", recovery=1),
    "a clawback of nothing": clause("clawback", event="failure", part=0),
    "a clawback that never comes": clause("clawback", event="never", part=1),
    "what accrues": clause("custom", formula="accrual"),
    "what accrues, up to far away": clause(
        "custom", formula="minimum(accrual, most)", numbers={"most": FAR}
    ),
    "what is paid": clause("custom", formula="payment", stage="payment"),
    "what is paid, or more than nothing": clause(
        "custom", formula="maximum(payment, -1)", stage="payment"
    ),
    "tiers of one rate": clause("tiers", above=[3.0, 20.0], rates=[RATE, RATE]),
    "tiers of one rate in each period": clause(
        "tiers", above=[3.0, 20.0], rates=[RATE, RATE], per="period"
    ),
}
TO_ROUNDING: dict[str, Record] = {
    "a cap far away": clause("cap_multiple", multiple=FAR),
    "an accreting cap far away": clause("accreting_cap", amount=FAR, rate=0.1),
    "an accreting cap far away since a day": clause(
        "accreting_cap", amount=FAR, rate=0.1, since="2025-02-01"
    ),
    "tiers of one rate on the whole amount": clause(
        "tiers", above=[3.0, 20.0], rates=[RATE, RATE], whole_amount=True
    ),
}
SETS_RATES = {"springing_rate", "recoup_then_split", "tiers"}
LATER = {"catch_up", "minimum_guarantee", "period_cap", "custom"}
OF_CAPS = {"cap_multiple", "accreting_cap"}
ON_CAPS = {"balloon", "springing_cap", "true_up"}
AFTER_A_HURDLE = LATER | OF_CAPS | ON_CAPS | {"tail_rate", "buy_out", "change_of_control"}


def is_apart(kind: str, other: str) -> bool:
    """Whether a contract has one of these types or the other."""
    pairs = [*EXCLUDED, OF_CAPS]
    return any({kind, other} == pair for pair in pairs)


def never_below_nothing(clauses: dict[str, Record]) -> dict[str, Record]:
    """Without what accrues nothing as a difference of totals: a minimum of nothing tops up the
    -1e-16 that this may be."""
    kept = {}
    for name, c in clauses.items():
        if c["type"] == "tiers":
            kept[name] = c | {"rates": [max(rate, 0.01) for rate in c["rates"]]}
        elif c["type"] == "recoup_then_split":
            kept[name] = c | {"rate": max(c["rate"], 0.01)}
        elif c["type"] != "threshold":
            kept[name] = c
    return kept


def has_years(c: Record) -> bool:
    return c.get("per") == "year" or c["type"] == "catch_up"


def without_and_with(record: Record, added: Record) -> tuple[Record, Record]:
    """The contract without what may not stand beside a neutral clause, and with that clause."""
    kind = added["type"]
    sets_rate = RATE in (*added.values(), *added.get("rates", []))
    leg = record["legs"]["share"]
    kept = {
        name: c
        for name, c in leg["clauses"].items()
        if not is_apart(kind, c["type"])
        and not (kind == c["type"] and kind != "custom")
        and not (sets_rate and c["type"] in SETS_RATES)
    }
    if kind in {"minimum_guarantee", "catch_up"}:
        kept = never_below_nothing(kept)
    # Far from a cap there is no tail; and a tail is worked out in another way where more than the
    # leg's rate says what accrues.
    if kind in {*OF_CAPS, *ACCRUALS, "custom"}:
        kept = {name: c for name, c in kept.items() if c["type"] != "tail_rate"}
    if kind in OF_CAPS:
        kept = {name: c for name, c in kept.items() if c["type"] not in ON_CAPS}
    # A hurdle is worked out in another way where anything else may change what is paid.
    if kind in AFTER_A_HURDLE and "h" not in kept:
        kept = {name: c for name, c in kept.items() if c["type"] != "recoup_then_split"}
    if kind == "springing_cap":
        kept = {name: c for name, c in kept.items() if c["type"] not in OF_CAPS}
        kept["whole"] = clause("cap_multiple", multiple=MULTIPLE)
    changes: Record = {"clauses": kept}
    if kind == "springing_cap":
        changes["cap"] = None
    if kind in {"tail_rate", "balloon", "true_up"} and not has_cap(record, kept):
        changes["cap"] = 9.0
    if kind in OF_CAPS:
        changes["cap"] = None
        changes["clauses"] = {n: c for n, c in kept.items() if not uses_cap(c)}
    if kind == "accreting_cap" or "interest" in added:
        changes["already_paid"] = 0.0
    # Once an event may end the leg, the period of the valuation date is shared in two parts.
    if kind == "change_of_control":
        changes["stop_events"] = ["stop"]
    if not any(map(has_years, kept.values())):
        changes["year_start"] = None
    before = changed(
        record,
        events__never={"hazard": 0.0},
        **{f"legs__share__{key}": held for key, held in changes.items()},
    )
    held = {key: leg["rate"] if x is RATE else x for key, x in added.items()}
    if "rates" in held:
        held["rates"] = [leg["rate"]] * len(held["rates"])
    return before, changed(before, legs__share__clauses=changes["clauses"] | {"neutral": held})


def has_cap(record: Record, kept: dict[str, Record]) -> bool:
    is_said = record["legs"]["share"].get("cap") is not None
    return is_said or bool(OF_CAPS & {c["type"] for c in kept.values()})


def uses_cap(c: Record) -> bool:
    return c["type"] == "custom" and "cap" in c["formula"]


def outputs(record: Record) -> dict[str, np.ndarray]:
    try:
        graph = _core.graph_of(deal_of(record))
    except cs.InputError:
        assume(False)
    rows = graph.run(seed=3, first_block=0)
    return {
        name: row[:128] + 0.0  # 0 and -0 are the same amount
        for name, row in zip(graph.output_names, rows, strict=True)
        if name.split(".")[0] in {"leg", "paid", "payment", "party", "cap_days", "cap_reached"}
    }


CONTRACTS = contracts()
Verdict = Callable[[np.ndarray, np.ndarray, float], Any]


def check(
    added: Record,
    verdict: Verdict,
    examples: int,
    record: st.SearchStrategy[Record] = CONTRACTS,
) -> None:
    def is_neutral(record: Record) -> None:
        before, after = without_and_with(record, added)
        found, expected = outputs(after), outputs(before)
        revenue = sum(record["streams"]["sales"]["annual"].values())
        assert set(expected) <= set(found)
        for name, row in expected.items():
            # Rounding may decide in which period a cap is reached.
            if verdict is is_same or not name.startswith("cap_"):
                assert verdict(found[name], row, revenue), name

    check_on(examples, is_neutral, record=record)


def is_same(found: np.ndarray, expected: np.ndarray, _: float) -> Any:
    return same_bits(found, expected)


def is_near(found: np.ndarray, expected: np.ndarray, revenue: float) -> Any:
    return close(found, expected, abs=1e-12 * revenue)


@pytest.mark.parametrize("examples", few_and(100, few=4))
@pytest.mark.parametrize("name", NEUTRAL)
def test_a_neutral_clause_changes_no_bit_of_a_random_contract(name, examples):
    check(NEUTRAL[name], is_same, examples)


@pytest.mark.parametrize("examples", few_and(100, few=4))
@pytest.mark.parametrize("name", TO_ROUNDING)
def test_a_clause_that_is_neutral_to_rounding(name, examples):
    check(TO_ROUNDING[name], is_near, examples)


HURDLES = st.tuples(
    contracts(without=frozenset(LATER | {"recoup_then_split"}), later=False, formulas="none"),
    ACCRUALS["recoup_then_split"],
).map(lambda parts: with_hurdle(*parts))


def with_hurdle(record: Record, hurdle: Record) -> Record:
    clauses = record["legs"]["share"]["clauses"]
    return changed(
        record, legs__share__clauses=clauses | {"h": hurdle}, legs__share__already_paid=0.0
    )


@pytest.mark.parametrize("examples", few_and(100))
@pytest.mark.parametrize("name", [name for name, c in NEUTRAL.items() if c["type"] in LATER])
def test_a_clause_that_is_neutral_to_rounding_beside_a_hurdle(name, examples):
    check(NEUTRAL[name], is_near, examples, HURDLES)


def test_every_type_of_clause_has_neutral_terms():
    listed = {c["type"] for c in (*NEUTRAL.values(), *TO_ROUNDING.values())}
    assert listed == CLAUSE_TYPES
