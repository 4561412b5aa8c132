"""The founding deal by channel: own sales, Azure, other clouds, and what moves between them."""

from __future__ import annotations

import itertools
import json
import math

import pytest

import capstake as cs
from against_reference import KINDS, assert_is_the_reference
from close import close
from deals import Record, changed

PATHS = 2**12
UNCAPPED = [("rate", 1), ("payment_lag", 0)]


def record_of(name: str) -> Record:
    """The deal as its file has it: dates as text."""
    return json.loads(json.dumps(cs.load(name).to_dict(), default=str))


NEW, OLD = (record_of(f"microsoft_openai_channels_{when}") for when in ("2026_04", "2025_10"))


def valued(record: Record) -> cs.Valuation:
    return cs.value(cs.Deal.from_record(record), paths=PATHS)


def exclusive(record: Record) -> Record:
    """Nothing moves to other clouds and they add nothing."""
    return changed(record, streams__moved_revenue__at_end=0, streams__added_revenue__at_end=0)


def certain(record: Record) -> Record:
    """No chance left: plan, multiple and exit as they are expected."""
    revenue = "own_revenue" if "own_revenue" in record["streams"] else "openai_revenue"
    return changed(
        record,
        **{
            f"streams__{revenue}__growth_haircut": 0.25,
            f"streams__{revenue}__volatility": 0,
            "companies__openai__multiple_volatility": 0,
            **{f"events__{name}__hazard": 0 for name in record["events"]},
        },
    )


@pytest.mark.parametrize("record", [NEW, OLD], ids=["2026_04", "2025_10"])
def test_every_amount_is_the_references_on_every_path(record):
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"}, paths=64)


@pytest.mark.parametrize("when", ["2025_10", "2026_04"])
def test_under_exclusivity_it_is_the_founding_deal(when):
    founding = valued(certain(record_of(f"microsoft_openai_{when}")))
    by_channel = valued(certain(exclusive(record_of(f"microsoft_openai_channels_{when}"))))
    for name in [*founding.deal.legs, *founding.deal.stakes, "openai", "other_holders"]:
        assert close(by_channel[name].value, founding[name].value, rel=1e-12), name


def test_the_channels_add_up_in_the_last_year():
    # All rates 1 and nothing capped or late, so each leg pays what its channel sells.
    legs = ("microsoft_share", "azure_margin", "rival_cloud_part")
    at_once = {f"legs__{leg}__{key}": x for leg in legs for key, x in UNCAPPED}
    record = changed(certain(NEW), **at_once, legs__microsoft_share__cap=1e6)
    valuation = valued(record)
    shared, azure, rivals = (
        next(a.mean.value for a in valuation.payments(leg) if a.year == 2030) for leg in legs
    )
    plan = [13.07, 30, 62, 112, 189, 282]
    own = 13.07 * math.prod(1 + 0.75 * (b / a - 1) for a, b in itertools.pairwise(plan))
    assert close(own + rivals, shared, rel=1e-12)
    moved = 0.306 * own - azure
    added = rivals - moved
    # Both ramps have gone the same part of their way: all but half a year of 1,709 days, and a
    # little more as revenue grows within the year.
    assert close(moved / (0.25 * 0.306 * own), added / (0.08 * own), rel=1e-10)
    assert close(added / (0.08 * own), 1 - 182.5 / 1709, rel=0.02)


def test_derivatives_by_what_moves_are_differences():
    place = "streams.moved_revenue.at_end"
    record = certain(NEW)  # so that both are exact
    found = cs.sensitivities(cs.Deal.from_record(record), paths=PATHS)
    up, down = (valued(changed(record, streams__moved_revenue__at_end=at)) for at in (0.26, 0.24))
    for leg in ("azure_margin", "rival_cloud_part"):  # linear in what moves
        difference = (up[leg].value - down[leg].value) / 0.02
        derivative = found[leg][place].derivative
        assert close(derivative.value, difference, rel=1e-9)
    assert found["azure_margin"][place].derivative.value < 0.0
    assert found["rival_cloud_part"][place].derivative.value > 0.0
    assert found["microsoft_stake"][place].derivative.value > 0.0


def test_giving_up_exclusivity_costs_on_contracts_and_pays_on_the_stake():
    change = cs.compare(cs.Deal.from_record(exclusive(NEW)), cs.Deal.from_record(NEW), paths=PATHS)
    margin, stake = change["azure_margin"], change["microsoft_stake"]
    assert margin.value < -4 * margin.standard_error
    assert stake.value > 4 * stake.standard_error
    assert change["microsoft_share"].value > 0.0  # capped, so little
    assert close(change["azure_customer_base"].value, -margin.value, rel=1e-12)
    parts = ("azure_margin", "microsoft_share", "microsoft_stake")
    reverse = change["reverse_share"].value
    total = sum(change[part].value for part in parts) - reverse
    assert close(change["microsoft"].value, total, rel=1e-9)


def test_old_and_new_terms_compare_by_channel():
    old, new = (cs.load(f"microsoft_openai_channels_{when}") for when in ("2025_10", "2026_04"))
    change = cs.compare(old, new, paths=PATHS)
    assert close(change["rival_clouds"].value, change["rival_cloud_part"].value, rel=1e-12)
    assert change["reverse_share"].value < 0.0
    parties = sum(change[name].value for name in new.parties)
    stakes = sum(change[name].value for name in new.stakes)
    assert close(parties, stakes, rel=1e-9)
