"""Sensitivities of deals with formulas against differences of values."""

from __future__ import annotations

import numpy as np
import pytest

import capstake as cs
from capstake import _core
from deals import Record, changed, deal_of
from formula_deals import CAPPED, custom, with_leg

CURVED = (
    "k * revenue ** p * exp(-decay * time) + q * lag(sqrt(revenue))"
    " + 0.1 * log(1 + s * cumulative(revenue)) + minimum(accrual, most)"
)
SIZES = {"k": 0.1, "p": 0.8, "decay": 0.2, "q": 0.3, "s": 2.0, "most": 2.5}


@pytest.mark.parametrize("place", ["clause", "stream"])
def test_sensitivities_are_central_differences_on_common_draws(place):
    def record(**sizes: float) -> Record:
        numbers = SIZES | sizes
        if place == "clause":
            return with_leg(clauses=custom(CURVED, **numbers))
        formula = CURVED.replace("revenue", "sales").replace("accrual", "other")
        stream = {"type": "formula", "formula": formula, "numbers": numbers}
        return changed(with_leg(base="x"), streams__x=stream)

    def values(**sizes: float) -> np.ndarray:
        graph = _core.graph_of(deal_of(record(**sizes)))
        rows = graph.run(seed=5, n_blocks=64)
        return rows[graph.output_names.index("leg.share")]

    path = {"clause": "legs.share.clauses.c.numbers", "stream": "streams.x.numbers"}[place]
    found = cs.sensitivities(deal_of(record()), paths=2**15)["share"]
    for name, x in SIZES.items():
        h = 1e-4 * x
        slopes = (values(**{name: x + h}) - values(**{name: x - h})) / (2 * h)
        slope, error = slopes.mean(), slopes.std(ddof=1) / np.sqrt(slopes.size)
        derivative = found[f"{path}.{name}"].derivative
        assert 0 < derivative.standard_error < 0.02 * abs(slope), name
        assert error < 0.02 * abs(slope), name
        assert abs(derivative.value - slope) < 4 * np.hypot(error, derivative.standard_error), name


BENT: dict[str, Record] = {
    "a root": custom("sqrt(1 + accrual)"),
    "a limit of what is left": custom(CAPPED, limit=38.0),
    "tiers of the whole": {
        "t": {"type": "tiers", "above": [20.0, 45.0], "rates": [0.3, 0.4], "whole_amount": True}
    },
}


@pytest.mark.parametrize("name", BENT)
def test_hazards_of_what_bends_within_a_period(name):
    # No line in the event's time, so the time is drawn: its likelihood ratio is the derivative.
    record = with_leg(clauses=BENT[name], stop_events=["stop"])
    found = cs.sensitivities(deal_of(record), paths=2**14)["share"]["events.stop.hazard"].derivative
    h = 0.005
    up, down = (
        cs.value(deal_of(changed(record, events__stop__hazard=0.25 + x)), paths=2**14)["share"]
        for x in (h, -h)
    )
    slope = (up.value - down.value) / (2 * h)
    # The values are of common points; their errors are those of each by itself at most.
    error = np.hypot(up.estimate.standard_error, down.estimate.standard_error) / (2 * h)
    assert found.standard_error < 0.02 * abs(slope)
    assert error < 0.1 * abs(slope)
    assert abs(found.value - slope) < 4.5 * np.hypot(found.standard_error, error)
