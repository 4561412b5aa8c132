"""Dependences that a deal refuses because of its other objects; see bad_dependence.py too."""

from __future__ import annotations

import pytest

import capstake as cs
from deals import Record, changed, deal_of, share_deal
from dependence_deals import DEPENDENT, joint

HALF = {"correlation": [[1, 0.5], [0.5, 1]]}
LOGNORMAL = {"lognormal": [5.0, 0.4]}


def test_names_of_draws_are_those_that_a_dependence_takes():
    record = DEPENDENT["t by Kendall's"]
    names = cs.draw_names(deal_of(record))
    assert names == {
        "failure": "once a path",
        "flotation": "once a path",
        "legs.share.already_paid": "once a path",
        "legs.share.cap": "once a path",
        "companies.maker_inc.multiple": "once a path",
        "streams.sales.growth_haircut": "once a path",
        "trigger": "once a path",
        "maker_inc.multiple": "by period",
        "peer.shock": "by period",
        "sales.shock": "by period",
    }


def refusals(record: Record) -> list[tuple[str, str]]:
    with pytest.raises(cs.InputError) as refused:
        deal_of(record)
    return [(issue.path, issue.rule) for issue in refused.value.issues]


def test_a_draw_stands_in_one_dependence():
    record = joint({"a": LOGNORMAL, "b": LOGNORMAL, "c": LOGNORMAL}, None)
    record["dependence"] = {
        "x": {"draws": ["legs.a.cap", "legs.b.cap"], **HALF},
        "y": {"draws": ["legs.b.cap", "legs.c.cap"], **HALF},
    }
    rule = 'depends on others by dependence "x" already'
    assert refusals(record) == [("dependence.y.draws[0]", rule)]


def test_a_draw_is_correlated_in_one_place():
    rule = "is correlated already, by the field `correlation` of its owner"
    record = changed(DEPENDENT["Gaussian"], companies__maker_inc__correlation=0.2)
    assert refusals(record) == [("dependence.shocks.draws[0]", rule)]
    growth = {
        "type": "mean_reverting_growth", "level": 9, "growth": 0.3, "growth_long_run": 0.1,
        "growth_reversion": 1, "growth_volatility": 0.1, "volatility": 0.2, "correlation": 0.3,
    }  # fmt: skip
    record = changed(
        DEPENDENT["Gaussian"],
        streams__peer=growth,
        dependence__shocks={"draws": ["sales.shock", "peer.growth"], **HALF},
    )
    assert refusals(record) == [("dependence.shocks.draws[1]", rule)]
    assert deal_of(changed(record, streams__peer__correlation=0.0))


def test_draws_of_other_dates_cannot_depend_on_each_other():
    record = share_deal({2026: 10.0, 2027: 11.0}, volatility=0.2)
    record["streams"]["sales"]["revisions"] = {"2026-06-30": 0.1}
    record["dependence"] = {"x": {"draws": ["sales.shock", "sales.revision"], **HALF}}
    rule = 'is never drawn in the same period as "sales.shock"'
    assert refusals(record) == [("dependence.x.draws[1]", rule)]
    assert deal_of(changed(record, dependence__x__correlation=[[1, 0], [0, 1]]))
