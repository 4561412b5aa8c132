"""What a random contract pays by the end of each year, against the cap that applies by then.

A cap in money or as a multiple is that of the latest date by then, less what was paid before; what
an accreting cap limits is payments at their worth on its first day. A tail comes besides: its part
of the revenue. Prices of a buy-out and of a change of control, balloons and formulas of payments
stay below the cap; deferral and grace only pay later (here without interest, which no cap counts),
failures and clawbacks only less.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import assume

import capstake as cs
from capstake import _core
from deals import Record, changed, deal_of
from on_random import on_random
from random_contracts import ACCRUALS, contracts

CONTRACTS = contracts(capped=True)


def latest(held: Any, by: str) -> float:
    """A number that never falls, by a date: that of its last step, or else of the first one."""
    if not isinstance(held, dict):
        return held
    steps = sorted(held["by_date"].items())
    return max([x for date, x in steps if date <= by] or [steps[0][1]])


def highest(held: Any) -> float:
    return max(held["by_date"].values()) if isinstance(held, dict) else held


def worth(rate: Any, since: str, by: str) -> float:
    """On the day `since`, of 1 that is paid on the later day: at the rate, compounded yearly, of
    years of 360 days."""
    steps = sorted(rate["by_date"].items()) if isinstance(rate, dict) else [("2000-01-01", rate)]
    ends = [date for date, _ in steps[1:]] + ["9999-12-31"]
    found = 1.0
    for i, ((begin, x), end) in enumerate(zip(steps, ends, strict=True)):
        a, b = (since if i == 0 else max(begin, since)), min(end, by)
        if a < b:
            found *= (1 + x) ** -years(a, b)
    return found


def years(begin: str, end: str) -> float:
    a, b = dt.date.fromisoformat(begin), dt.date.fromisoformat(end)
    days = min(b.day, 30) - min(a.day, 30)
    return b.year - a.year + (b.month - a.month) / 12 + days / 360


def plain(record: Record) -> Record:
    """Valued before the first payment, all of which then is paid by its year's last day."""
    clauses = {
        name: {**c, "interest": 0.0} if c["type"] in {"deferral", "grace_period"} else c
        for name, c in record["legs"]["share"]["clauses"].items()
    }
    return changed(
        record,
        valuation_date="2025-07-01",
        compounding="annual",
        legs__share__clauses=clauses,
        legs__share__accrual_start=None,
    )


ACCRUE_OTHERWISE = {*ACCRUALS, "custom"}


def with_all_revenue(record: Record) -> Record:
    """With a leg that pays all of the revenue; a tail is a part of it where nothing but the leg's
    rate says what accrues, and otherwise there is none."""
    leg = record["legs"]["share"]
    kinds = {c["type"] for c in leg["clauses"].values()}
    kept = {
        name: c
        for name, c in leg["clauses"].items()
        if c["type"] != "tail_rate" or not kinds & ACCRUE_OTHERWISE
    }
    whole = {key: leg[key] for key in ("payer", "receiver", "base", "start", "end")}
    return changed(record, legs__share__clauses=kept, legs__all=whole | {"rate": 1.0})


def paid_and_tail(record: Record) -> tuple[list[tuple[str, np.ndarray]], np.ndarray]:
    """By year, and the most that a tail may pay in all."""
    record = with_all_revenue(record)
    graph = _core.graph_of(deal_of(record))
    rows = {
        name: row[:256] for name, row in zip(graph.output_names, graph.run(seed=3), strict=True)
    }
    of_years = [
        (name[-4:] + "-12-31", row)
        for name, row in sorted(rows.items())
        if name.startswith("payment.share.")
    ]
    clauses = record["legs"]["share"]["clauses"].values()
    tail = max((highest(c["rate"]) for c in clauses if c["type"] == "tail_rate"), default=0.0)
    return of_years, tail * rows["paid.all"]


def is_allowed(record: Record) -> bool:
    try:
        deal_of(record)
    except cs.InputError:
        return False
    return True


@on_random(record=CONTRACTS, many=1000)
def test_no_more_is_paid_by_any_year_than_the_cap_of_its_dates(record):
    record = plain(record)
    assume(is_allowed(record))  # made plain, two minimums may be of one span
    leg = record["legs"]["share"]
    kinds = {c["type"]: c for c in leg["clauses"].values()}
    if "accreting_cap" in kinds:
        check_worth(record, kinds["accreting_cap"])
        return
    of_years, tail = paid_and_tail(record)
    paid = np.zeros_like(tail)
    for date, row in of_years:
        paid = paid + row
        if "cap_multiple" in kinds:
            cap = latest(kinds["cap_multiple"]["multiple"], date) * leg["investment"]
        else:
            cap = latest(leg["cap"], date)
        limit = max(cap - leg["already_paid"], 0.0)
        assert (paid <= limit + tail + 1e-11 * (cap + leg["already_paid"] + tail)).all(), date


def check_worth(record: Record, cap: Record) -> None:
    """Of payments a year, so that the day of each is known: 31 December."""
    kept = {
        name: c
        for name, c in record["legs"]["share"]["clauses"].items()
        if c["type"] not in {"deferral", "grace_period"}
    }
    of_years, tail = paid_and_tail(
        changed(
            record,
            frequency="year",
            legs__share__clauses=kept,
            legs__share__year_start=None,
            legs__share__payment_lag=0,
            legs__share__settlement="period",
        )
    )
    since = cap.get("since") or record["legs"]["share"]["start"]
    worths = [worth(cap["rate"], since, date) for date, _ in of_years]
    paid = sum(d * row for d, (_, row) in zip(worths, of_years, strict=True))
    # What a tail pays is worth at most what it is on the first day.
    limit = cap["amount"] + tail
    assert (paid <= limit * (1 + 1e-11)).all()
