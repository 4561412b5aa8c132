"""What a memo says of a deal: its method and its clauses, and nothing of what it has not."""

import pytest

import capstake as cs
from capstake.report import report
from deals import changed, deal_of, without
from memo import read_memo
from memo_deals import RECORDS, SHARE

METHOD_OF = {
    "one leg, no cap": ["geometric Brownian motion", "Under a revenue share"],
    "stake only": ["s equity is its annualised revenue"],
    "earn-out": ["Under an earn-out a metric is tested"],
    "credit": ["s credit, its payments are discounted by that much more"],
    "logistic": ["Revenue on a logistic curve"],
}


@pytest.mark.parametrize("name", METHOD_OF)
def test_method_speaks_of_what_the_deal_has(name, tmp_path):
    records = RECORDS | {
        "earn-out": deals_with_an_earn_out(),
        "credit": changed(
            SHARE, legs__share__clauses={"credit": {"type": "payer_credit", "spread": 0.03}}
        ),
        "logistic": changed(
            SHARE,
            streams__sales={"type": "logistic", "level": 10, "market": 50, "growth": 0.5},
        ),
    }
    valuation = cs.value(deal_of(records[name]), paths=500)
    memo = read_memo(report(valuation, tmp_path / "memo.html").read_text("utf-8"))
    method = memo.sections["method"]
    for own in METHOD_OF[name]:
        assert own in method
    others = {text for texts in METHOD_OF.values() for text in texts} - set(METHOD_OF[name])
    allowed = {
        "stake only": {"geometric Brownian motion"},
        "earn-out": {"geometric Brownian motion"},
        "credit": {"geometric Brownian motion", "Under a revenue share"},
        "logistic": {"Under a revenue share"},
    }.get(name, set())
    assert {text for text in others if text in method} == allowed


def deals_with_an_earn_out():
    leg = {
        "type": "earn_out",
        "payer": "payer",
        "receiver": "receiver",
        "base": "sales",
        "start": "2026-01-01",
        "end": "2028-12-31",
        "threshold": 120,
        "amount": 3,
    }
    return changed(without(SHARE, "legs__share"), legs__out=leg)


def test_clauses_stand_in_the_memo_with_their_numbers(tmp_path):
    clauses = {"steps": {"type": "tiers", "above": [50], "rates": [0.1]}}
    valuation = cs.value(deal_of(changed(SHARE, legs__share__clauses=clauses)), paths=500)
    memo = read_memo(report(valuation, tmp_path / "memo.html").read_text("utf-8"))
    assert (
        "Steps: by the revenue of a calendar year the share is 10% above USD 50"
        in (memo.sections["terms"])
    )
