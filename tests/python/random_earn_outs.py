"""Random earn-outs and milestones, as Hypothesis strategies of a leg's terms."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from deals import Record


def number(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


def by_date(draw: Any, held: float) -> Any:
    """The number, or it and its half more from a date within the term on."""
    if not draw(st.booleans()):
        return held
    date = draw(st.sampled_from(["2027-01-01", "2028-02-29", "2029-06-30"]))
    return {"by_date": {"2025-01-01": held, date: 1.5 * held}}


EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "stop_events": st.just(["failure"]),
        "acceleration": st.just("sale"),
        "loss_events": st.just(["default"]),
        "year_start": st.sampled_from(["2024-10-01", "2031-04-01"]),
    },
)


def events(draw: Any, drawn: Record) -> None:
    drawn |= draw(EVENTS)
    drawn["payment_lag"] = draw(st.sampled_from([0, 90]))
    if "acceleration" in drawn and draw(st.booleans()):
        drawn["acceleration_amount"] = by_date(draw, draw(number(0.0, 20)))


@st.composite
def earn_outs(draw: Any, *, schedules: bool = True) -> Record:
    """Terms by date, which may make up for one another, or constant ones, which rise."""
    dated = by_date if schedules else (lambda _, held: held)
    threshold, rate = draw(st.just(0.0) | number(1, 200)), draw(st.just(0.0) | number(0.01, 3))
    drawn: Record = {
        "tested": draw(st.sampled_from(["each_year", "cumulative", "total"])),
        "threshold": threshold,
        "rate": dated(draw, rate),
        "rate_on": draw(st.sampled_from(["excess", "whole"])),
    }
    if draw(st.booleans()):
        levels = sorted(draw(st.lists(st.integers(5, 100), min_size=1, max_size=3, unique=True)))
        sizes = {"min_size": len(levels), "max_size": len(levels)}
        # Levels within reach, in the order that they must have.
        drawn["above"] = [threshold + x for x in levels]
        drawn["rates"] = sorted(draw(st.lists(number(rate, 4), **sizes)))
        drawn["amounts"] = draw(st.lists(number(0.0, 9), **sizes))
        if schedules and draw(st.booleans()):
            drawn["whole_amount"] = True
    events(draw, drawn)
    some = number(0.1, 20) if rate == 0 else st.just(0.0) | number(0.1, 9)
    drawn["amount"] = dated(draw, draw(some))
    drawn |= draw(st.fixed_dictionaries({}, optional={"total_cap": number(1, 90)}))
    if draw(st.booleans()):
        drawn["cap"] = dated(draw, draw(number(1, 30)))
    if "acceleration" in drawn and "total_cap" not in drawn:
        drawn.setdefault("acceleration_amount", 7.0)
    if drawn["tested"] == "each_year":
        drawn["catch_up"] = draw(st.booleans())
    elif drawn["tested"] == "total":
        drawn.pop("year_start", None)
    return drawn


@st.composite
def milestones(draw: Any) -> Record:
    drawn: Record = {
        "amount": by_date(draw, draw(number(0.1, 20))),
        "probability": draw(st.just(1.0) | number(0.0, 1.0)),
    }
    kind = draw(st.sampled_from(["base", "event", "date"]))
    events(draw, drawn)
    if kind == "base":
        drawn |= {"base": "sales", "threshold": by_date(draw, draw(number(1.0, 200.0)))}
        drawn["measured"] = draw(st.sampled_from(["since_start", "each_year"]))
    if drawn.get("measured") != "each_year":
        drawn.pop("year_start", None)
    if kind == "event":
        drawn["event"] = "approval"
    return drawn
