"""What a memo says of a deal: its method and its clauses, and nothing of what it has not."""

import pytest

import capstake as cs
from capstake import _core, deal_tables
from capstake.clause_wording import clause_terms
from capstake.dependence import dependence_sentences
from capstake.report import report
from capstake.wording import clause_order, leg_terms
from deals import Record, changed, deal_of, without
from dependence_deals import DEPENDENT
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


def method_of(tmp_path, new: Record, old: Record | None = None) -> str:
    """The section on the method in the memo of a deal, or of two versions."""
    result = cs.value(deal_of(new), paths=500)
    if old is not None:
        result = cs.compare(deal_of(old), deal_of(new), paths=500)
    return read_memo(report(result, tmp_path / "memo.html").read_text("utf-8")).sections["method"]


def test_method_speaks_of_the_old_version_too(tmp_path):
    everything = DEPENDENT["Gaussian"]
    share = changed(SHARE, valuation_date=everything["valuation_date"])
    old = method_of(tmp_path, share, everything)
    assert "The old terms alone: legs.share.cap, legs.share.already_paid," in old
    assert "Events are independent of revenue and of each other, other than stated" in old
    for said in ("The cap Running totals", "Equity A company", "Contracts and equity What"):
        assert said in old
    one, other = deal_of(everything), deal_of(share)
    assert dependence_sentences(one, other)[0].startswith("The new terms alone: legs.share.cap,")
    assert dependence_sentences(one, one) == dependence_sentences(one)


FORMULA = {"type": "custom", "formula": "0.5 * payment", "stage": "payment"}


def test_the_order_of_clauses_is_the_cores(tmp_path):
    """Only what the deal has is ordered: a single clause needs no order."""
    one = deal_of(changed(SHARE, legs__share__clauses={"half": FORMULA}))
    assert clause_order(one, deal_of(SHARE)) == []
    clauses = {
        "later": {"type": "deferral", "part": 0.5, "days": 90},
        "nothing_yet": {"type": "grace_period", "until": "2026-12-31"},
        "half": FORMULA,
        "more": {"type": "custom", "formula": "2 * accrual"},
        "steps": {"type": "tiers", "above": [50], "rates": [0.1]},
    }
    method = method_of(tmp_path, changed(SHARE, legs__share__clauses=clauses, legs__share__cap=9))
    assert (
        "in a fixed order: tiers and thresholds, formulas of accruals, total cap, formulas of "
        "payments, deferral, grace period."
    ) in method


@pytest.mark.slow
def test_the_memo_says_where_the_order_of_clauses_decides(tmp_path):
    formulas = "Formulas act as they stand, each on what the one before it gives."
    events = "Where two events come in the same period, the clause that stands first counts first."
    more = FORMULA | {"stage": "accrual", "formula": "2 * accrual"}
    sale = {"type": "change_of_control", "event": "sale", "amount": 9}
    back = {"type": "clawback", "event": "sale", "part": 0.5}
    others = {"put": {"hazard": 0.1}, "sale": {"hazard": 0.2}}
    for clauses, says in (
        ({"half": FORMULA, "more": more}, set()),
        ({"half": FORMULA, "more": FORMULA}, {formulas}),
        ({"sale": sale, "back": back}, set()),
        ({"sale": sale, "put": sale | {"event": "put"}}, {events}),
        (
            {"a": back, "half": FORMULA, "b": back | {"event": "put"}, "more": FORMULA},
            {formulas, events},
        ),
    ):
        deal = changed(SHARE, legs__share__clauses=clauses, events=others)
        method = method_of(tmp_path, deal)
        assert {rule for rule in (formulas, events) if rule in method} == says


def test_each_stage_has_a_name_and_the_docstring_lists_them():
    stages = _core.clause_stages()
    assert len(stages) == len(set(stages)) == 18
    doc = " ".join(cs.RevenueShare.__doc__.split())
    assert ", ".join(stages) in doc
    assert _core.clause_stage(cs.Custom(**FORMULA_FIELDS)) == "formulas of payments"
    assert _core.clause_stage(cs.CapMultiple(multiple=2)) == "total cap"


FORMULA_FIELDS = {key: held for key, held in FORMULA.items() if key != "type"}


def credit_sentence(record: Record, **credit) -> str:
    clause = {"type": "payer_credit", **credit}
    deal = deal_of(
        changed(
            record,
            parties__payer__credit_spread=0.02,
            events__failure={"hazard": 0.1},
            legs__share__clauses={"credit": clause},
        )
    )
    return clause_terms(deal, deal.legs["share"], "credit")


def test_a_credit_clause_is_worded_by_the_measure():
    """Under the risk-neutral measure it takes the place of the payer's own spread."""
    neutral = changed(SHARE, measure="risk_neutral", risk_free=0.03)
    assert credit_sentence(SHARE, spread=0.04).endswith(
        "payments are discounted at 4% a year more than at the contract's rate"
    )
    assert credit_sentence(neutral, spread=0.04).endswith(
        "payments are discounted at the risk-free rate and 4% a year, in place of Payer's own "
        "spread of 2% a year"
    )
    assert credit_sentence(neutral, failure="failure").endswith(
        "payments are discounted at the risk-free rate alone, in place of Payer's own spread of "
        "2% a year, and after “Failure” nothing of what falls due is still paid"
    )
    assert credit_sentence(SHARE, failure="failure").endswith(
        "after “Failure” nothing of what falls due is still paid"
    )


def test_the_method_says_whose_spread_discounts(tmp_path):
    neutral = changed(SHARE, measure="risk_neutral", risk_free=0.03)
    own = "discounted at the risk-free rate and the payer\u2019s credit spread, proceeds"
    clause = {"type": "payer_credit", "spread": 0.04}
    other = method_of(tmp_path, changed(neutral, legs__share__clauses={"credit": clause}))
    assert own not in other
    assert "or the spread that a credit clause states in its place" in other


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, [True, False, False]),
        ({"legs__out__catch_up": True}, [False, True, False]),
        (
            {"legs__out__acceleration": "sale", "legs__out__acceleration_amount": 2.0},
            [True, False, True],
        ),
    ],
)
def test_what_an_earn_out_below_its_threshold_owes(more, told, tmp_path):
    nothing = "nothing at a test where the metric is below its threshold"
    made_up = "a year below its own threshold can be paid for"
    anyway = "falls due whatever the metric"
    plain = changed(deals_with_an_earn_out(), events__sale={"hazard": 0.1})
    method = method_of(tmp_path, changed(plain, **more))
    assert [text in method for text in (nothing, made_up, anyway)] == told


def test_a_formula_may_be_a_cap():
    """So nothing is said of a total cap beside one."""
    none = deal_of(SHARE)
    assert "without a total cap" in leg_terms(none, "share")
    formula = {"type": "custom", "formula": "minimum(accrual, 30 - paid)"}
    capped = deal_of(changed(SHARE, legs__share__clauses={"cap": formula}))
    assert "without a total cap" not in leg_terms(capped, "share")


def test_numbers_of_a_formula_are_called_by_their_names(tmp_path):
    clause = {
        "type": "custom",
        "formula": "minimum(accrual, most_paid)",
        "numbers": {"most_paid": {"value": 3, "source": "a letter"}},
    }
    deal = deal_of(changed(SHARE, legs__share__clauses={"limit": clause}))
    rows = {row[1]: row[6] for row in deal_tables.assumptions(deal).rows}
    assert rows["Limit: most paid"] == "Source: a letter"


def test_a_cap_out_of_reach_is_told_in_a_sentence_alone(tmp_path):
    for cap, is_shown in ((1e6, False), (30.0, True)):
        valuation = cs.value(deal_of(changed(SHARE, legs__share__cap=cap)), paths=500)
        memo = read_memo(report(valuation, tmp_path / "memo.html").read_text("utf-8"))
        assert ("is reached on none of the simulated paths" in memo.sections["caps"]) != is_shown
        assert ("probability that the cap is reached in" in memo.sections["caps"]) == is_shown
        assert ("Reached at all" in memo.sections["caps"]) == is_shown


def test_a_fit_to_percentiles_is_told_where_there_are_some():
    def fits(deal: cs.Deal) -> list[str]:
        return [row[2] for row in deal_tables.terms(deal).rows if row[1] == "Percentile fit"]

    assert fits(deal_of(SHARE)) == []
    assert fits(cs.load("liquidia_hcr")) == ["metalog"]


def test_a_long_formula_is_shown_in_the_table_alone(tmp_path):
    formula = " + ".join(["minimum(accrual, 1)"] * 12)
    clauses = {"more": {"type": "custom", "formula": formula}}
    valuation = cs.value(deal_of(changed(SHARE, legs__share__clauses=clauses)), paths=500)
    terms = read_memo(report(valuation, tmp_path / "memo.html").read_text("utf-8")).sections[
        "terms"
    ]
    assert "what a period accrues is given by the formula in the table of all terms" in terms
    assert terms.count(formula) == 1
    (row,) = [row for row in deal_tables.terms(valuation.deal).rows if formula in row]
    assert row[2:] == ("in full below", "Amount of a period.", formula)
