"""The bundled deals under both measures, and that the other one's numbers move no value."""

from __future__ import annotations

import math

import pytest

import capstake as cs
from capstake import _core
from close import same_bits

NAMES = sorted(cs.bundled_deals())


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_deal_has_a_value_under_both_measures(name):
    deal = cs.load(name)
    found = cs.measures(deal, paths=2**13)
    assert set(found) == {*deal.legs, *deal.stakes, *deal.parties}
    for position in found.positions.values():
        for estimate in (position.real_world, position.risk_neutral, position.difference):
            assert math.isfinite(estimate.value)
            assert math.isfinite(estimate.standard_error)
        if position.kind == "party":
            continue
        for rate in (position.real_world_rate, position.equivalent_rate):
            assert rate is not None
            # No payer here owes at less than Treasury bonds pay, or at more than start-ups do.
            assert 0.0 < rate.value < 0.30
            assert rate.standard_error < 0.01
    assert found.table().rows


def of_real_world_alone(deal: cs.Deal) -> cs.Deal:
    """The deal without what the risk-neutral measure alone reads."""
    record = deal.to_dict()
    record.pop("risk_free")
    for table, key in (
        ("parties", "credit_spread"),
        ("streams", "risk_premium"),
        ("companies", "risk_premium"),
    ):
        for held in record.get(table, {}).values():
            held.pop(key, None)
    return cs.Deal.from_record(record | {"measure": "real_world"})


@pytest.mark.parametrize("name", NAMES)
def test_what_the_other_measure_needs_moves_no_value_of_the_real_world(name):
    deal = cs.load(name)
    told, untold = (
        _core.graph_of(d) for d in (deal.replace(measure="real_world"), of_real_world_alone(deal))
    )
    assert deal.risk_free is not None
    assert told.output_names == untold.output_names
    assert same_bits(*(graph.run(seed=1, n_blocks=2) for graph in (told, untold)))


@pytest.mark.slow
def test_the_cap_of_april_2026_takes_risk_out_of_the_share():
    """The capped share is all but certain, so that it is discounted like its payer's debt."""
    old, new = (
        cs.measures(cs.load(f"microsoft_openai_{terms}"), paths=2**13)["microsoft_share"]
        for terms in ("2025_10", "2026_04")
    )
    premium = cs.load("microsoft_openai_2026_04").streams["openai_revenue"].risk_premium.value
    assert old.equivalent_rate.value - new.equivalent_rate.value > 0.75 * premium
    assert old.difference.value < 0.0 < new.difference.value
