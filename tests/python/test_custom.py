"""Formulas in deals: custom clauses against the built-in ones, and both against NumPy."""

from __future__ import annotations

import json
import pickle
import random

import numpy as np
import pytest

import capstake as cs
from against_reference import KINDS, assert_is_the_reference
from capstake import _core, deal_tables, wording
from close import close, same_bits
from deals import EVERYTHING, Record, changed, deal_of
from formula_deals import BASE, CAPPED, YEARS, custom, with_leg
from longer_leg import assert_a_longer_leg_changes_no_bit

BY_YEAR = BASE | {"frequency": "year"}


def outputs(record: Record, seed: int = 3) -> dict[str, np.ndarray]:
    """Every output on the first block of paths."""
    graph = _core.graph_of(deal_of(record))
    return dict(zip(graph.output_names, graph.run(seed=seed), strict=True))


TIERS = (
    "accrual + (low - rate) * (maximum(year_to_date(revenue) - first, 0)"
    " - maximum(year_to_date(revenue) - revenue - first, 0))"
    " - low * (maximum(year_to_date(revenue) - 45, 0)"
    " - maximum(year_to_date(revenue) - revenue - 45, 0))"
)
# Name: the leg with the built-in clause, the leg with the custom one, and pairs of their numbers.
REWRITTEN: dict[str, tuple[Record, Record, dict[str, str]]] = {
    "capped share": (
        with_leg(cap=38.0, already_paid=3.0),
        with_leg(clauses=custom(CAPPED, limit=38.0), already_paid=3.0),
        {"cap": "clauses.c.numbers.limit"},
    ),
    "the leg's own cap": (
        with_leg(cap=38.0),
        with_leg(cap=38.0, clauses=custom("minimum(rate * revenue, maximum(cap - paid, 0))")),
        {"cap": "cap", "rate": "rate"},
    ),
    "tiers": (
        with_leg(clauses={"t": {"type": "tiers", "above": [20.0, 45.0], "rates": [0.1, 0.0]}}),
        with_leg(clauses=custom(TIERS, low=0.1, first=20.0)),
        {
            "clauses.t.above[0]": "clauses.c.numbers.first",
            "clauses.t.rates[0]": "clauses.c.numbers.low",
        },
    ),
    "a minimum guarantee, until an event": (
        with_leg(
            clauses={"f": {"type": "minimum_guarantee", "amount": 2.0, "per": "period"}},
            stop_events=["stop"],
        ),
        with_leg(clauses=custom("maximum(accrual, least * part)", least=2.0), stop_events=["stop"]),
        {"clauses.f.amount": "clauses.c.numbers.least"},
    ),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_rewritten_clause_pays_the_same(name):
    built_in, rewritten, _ = REWRITTEN[name]
    ours, theirs = outputs(rewritten), outputs(built_in)
    for output in theirs:
        if output.startswith(("leg.", "paid.", "payment.", "party.")):
            largest = np.abs(theirs[output]).max()
            assert close(ours[output], theirs[output], rel=1e-12, abs=1e-13 * largest), output


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_rewritten_clause_has_the_same_sensitivities(name):
    built_in, rewritten, pairs = REWRITTEN[name]
    ours, theirs = (
        cs.sensitivities(deal_of(record), paths=2**14)["share"] for record in (rewritten, built_in)
    )
    for old, new in pairs.items():
        a, b = theirs[f"legs.share.{old}"], ours[f"legs.share.{new}"]
        # The points of a run suit its graph, so these are two estimates of one derivative.
        error = np.hypot(a.derivative.standard_error, b.derivative.standard_error)
        assert error < 0.02 * abs(a.derivative.value)
        assert abs(b.derivative.value - a.derivative.value) <= 4.5 * error


def test_a_payment_that_is_the_payment_changes_no_bit():
    plain = outputs(with_leg(cap=38.0))
    same = outputs(with_leg(cap=38.0, clauses=custom("payment", "payment")))
    assert all(same_bits(same[name], row) for name, row in plain.items())


def test_a_payment_after_the_cap():
    plain = outputs(with_leg(BY_YEAR, cap=38.0))
    least = outputs(with_leg(BY_YEAR, cap=38.0, clauses=custom("minimum(payment, 9)", "payment")))
    for year in YEARS:
        name = f"payment.share.{year}"
        assert same_bits(least[name], np.minimum(plain[name], 9.0))
    assert same_bits(least["cap_days.share"], plain["cap_days.share"])


def test_a_formula_has_no_say_after_a_stop_event():
    leg = with_leg(BY_YEAR, clauses=custom("1"), stop_events=["stop"])
    out = outputs(leg)
    paid = np.stack([out[f"payment.share.{year}"] for year in YEARS])
    assert set(np.unique(paid)) == {0.0, 1.0}
    assert (np.diff(paid, axis=0) <= 0).all()
    assert paid[0].all()


def test_what_was_due_before_a_stop_event_is_still_paid():
    # A minimum is topped up at the year's end, for the days before the event.
    floor = {"f": {"type": "minimum_guarantee", "amount": 50.0, "per": "year"}}
    record = with_leg(clauses=floor, stop_events=["stop"])
    plain = outputs(record)
    for formula, stage in (("minimum(accrual, 1e9)", "accrual"), ("2 * payment / 2", "payment")):
        same = outputs(with_leg(clauses=floor | custom(formula, stage), stop_events=["stop"]))
        assert all(same_bits(same[name], row) for name, row in plain.items()), formula


# The same words, settled by hand: reference_formula.py knows nothing of the engine.
MOST = {"by_date": {"2026-01-01": 3.0, "2028-05-20": 8.0}}
LATE = {"accrual_start": "2027-05-20", "cap": 20.0, "payment_lag": 45}
REFERENCED: dict[str, Record] = {
    "a limit by date": with_leg(clauses=custom("minimum(accrual, most)", most=MOST)),
    "a limit on payments": with_leg(
        cap=30.0, clauses=custom("minimum(payment, most)", "payment", most=MOST)
    ),
    "a drawn share of what is left": with_leg(
        cap=40.0, clauses=custom("kept * (cap - paid) * part", kept={"uniform": [0.05, 0.1]})
    ),
    "a part of another stream": with_leg(
        clauses=custom("rate * revenue + 5% * maximum(other - lag(other, 4), 0)")
    ),
    "a rate that climbs with time": with_leg(
        clauses=custom("where(time > 2.5, 0.1 + 1% * time, 0.2) * revenue ** 0.9"),
        end="2029-08-20", start="2026-02-10",
    ),
    "a rate that steps up": with_leg(
        clauses=custom('step_up(rate, "2028-07-01", 2 * rate) * year_to_date(revenue) / 4')
    ),
    "until an event": with_leg(
        clauses=custom("maximum(accrual, least * part) + sqrt(cumulative(other)) * part", least=2),
        stop_events=["stop"],
    ),
    "counted late": with_leg(clauses=custom("2 * accrual - exp(-accrual)"), **LATE),
    "counted late, until an event": with_leg(
        clauses=custom("accrual + part"), stop_events=["stop"], **LATE
    ),
    "two in their order": with_leg(
        clauses={"b": custom("accrual + 1")["c"], "a": custom("2 * accrual")["c"],
                 "z": custom("payment - lag(payment) / 2", "payment")["c"]},
    ),
    "among other clauses": with_leg(
        cap=60.0,
        already_paid=2.0,
        clauses={
            "t": {"type": "tiers", "above": [20.0, 45.0], "rates": [0.1, 0.0]},
            **custom("where(paid < 10, 1.5 * accrual, accrual)"),
            "p": custom("abs(payment - 1)", "payment")["c"],
            "r": {"type": "tail_rate", "rate": 0.05},
            "d": {"type": "deferral", "part": 0.5, "days": 200, "interest": 0.1},
            "g": {"type": "clawback", "event": "stop", "part": 0.5},
        },
    ),
    "of the whole deal": changed(
        EVERYTHING, legs__share__clauses=custom("minimum(accrual, 10% * licences + 1)")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCED)
def test_custom_clauses_are_the_references_on_every_path(name):
    assert_is_the_reference(REFERENCED[name], kinds=KINDS - {"cap_days"}, paths=100)
    if name != "of the whole deal":
        assert_a_longer_leg_changes_no_bit(REFERENCED[name])


class RandomFormula:
    """A formula as a text, with its values by year and path."""

    def __init__(self, chance: random.Random, names: dict[str, np.ndarray]) -> None:
        self.chance, self.names = chance, names

    def make(self, depth: int = 4) -> tuple[str, np.ndarray]:
        if depth == 0 or self.chance.random() < 0.1:
            name = self.chance.choice([*self.names, "number"])
            if name == "number":
                x = round(self.chance.uniform(0.1, 3), 2)
                return repr(x), np.full_like(next(iter(self.names.values())), x)
            return name, self.names[name]
        kind = self.chance.choice(["+", "-", "*", "min", "max", "where", "abs", "sum", "lag"])
        a, x = self.make(depth - 1)
        if kind == "abs":
            return f"abs({a})", np.abs(x)
        if kind == "sum":
            return f"cumulative({a})", np.cumsum(x, axis=0)
        if kind == "lag":
            return f"lag({a})", np.concatenate([np.zeros_like(x[:1]), x[:-1]])
        b, y = self.make(depth - 1)
        if kind == "where":
            return f"where({a} < {b}, {a}, 2 * {b})", np.where(x < y, x, 2 * y)
        if kind in ("min", "max"):
            return f"{kind}imum({a}, {b})", getattr(np, f"{kind}imum")(x, y)
        values = {"+": x + y, "-": x - y, "*": 0.01 * x * y}[kind]
        return (f"0.01 * ({a}) * ({b})" if kind == "*" else f"(({a}) {kind} ({b}))"), values


def by_year(out: dict[str, np.ndarray], what: str) -> np.ndarray:
    return np.stack([out[f"{what}.{year}"] for year in YEARS])


@pytest.mark.parametrize("seed", range(40))
def test_random_formulas_are_numpys(seed):
    out = outputs(BY_YEAR)
    names = {"sales": by_year(out, "revenue.sales"), "other": by_year(out, "revenue.other")}
    sized = {"size": np.full_like(names["sales"], 1.75)}
    stream, of_stream = RandomFormula(random.Random(seed), names | sized).make()
    given = {"revenue": names["sales"], "accrual": 0.2 * names["sales"], "other": names["other"]}
    clause, of_clause = RandomFormula(random.Random(-1 - seed), given | sized).make()
    # 0 times the number, so that it is used.
    record = changed(
        with_leg(BY_YEAR, clauses=custom(f"{clause} + 0 * size", size=1.75)),
        streams__x={
            "type": "formula", "formula": f"{stream} + 0 * size", "numbers": {"size": 1.75},
        },
    )  # fmt: skip
    made = outputs(record)
    for what, values in (("revenue.x", of_stream), ("payment.share", of_clause)):
        # Where terms cancel the error is that of the terms.
        assert close(by_year(made, what), values, rel=1e-12, abs=1e-12 * np.abs(values).max()), what


def test_a_stream_by_formula_is_the_combination():
    kinds = [
        ({"type": "sum", "of": ["sales"], "less": ["other"]}, "sales - other", {}),
        ({"type": "scaled", "of": "sales", "factor": 0.3}, "f * sales", {"f": 0.3}),
    ]
    for stream, formula, numbers in kinds:
        streams = {"x": stream, "y": {"type": "formula", "formula": formula, "numbers": numbers}}
        out = outputs(changed(BASE, **{f"streams__{k}": s for k, s in streams.items()}))
        assert close(by_year(out, "revenue.y"), by_year(out, "revenue.x"), rel=1e-12, abs=1e-12)


def test_streams_by_formula_are_the_references_on_every_path():
    streams = {
        "x": {
            "type": "formula",
            "formula": "maximum(sales - least, 0) + lag(x0, 2) * 5% + time",
            "numbers": {"least": {"triangular": [2, 5, 9]}},
        },
        "x0": {"type": "formula", "formula": 'step_up(other, "2028-05-20", year_to_date(other))'},
        "flat": {"type": "formula", "formula": "a * exp(-a * time)",
                 "numbers": {"a": {"by_date": {"2026-01-01": 2, "2029-01-01": 1}}}},
    }  # fmt: skip
    record = changed(with_leg(base="x"), **{f"streams__{k}": s for k, s in streams.items()})
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"}, paths=100)
    assert_a_longer_leg_changes_no_bit(record)


def test_totals_of_a_stream_begin_with_its_start():
    years = {y: 10.0 for y in range(2024, 2031)}
    stream = {"type": "formula", "formula": "cumulative(sure)", "start": "2025-05-20"}
    record = changed(
        with_leg(base="x", start="2025-04-01"),
        streams__sure={"type": "forecast", "annual": years},
        streams__x=stream,
    )
    assert_is_the_reference(record, kinds=KINDS - {"cap_days"}, paths=2)
    assert_a_longer_leg_changes_no_bit(record)
    # 2.5 a quarter since April 2025: 10 by March 2026.
    assert close(outputs(record)["revenue.x.2026"][0], 10 + 12.5 + 15 + 17.5, rel=1e-12)
    with pytest.raises(cs.InputError, match=r'needs revenue .* stream "x" has figures from 2026'):
        deal_of(changed(record, streams__x={"type": "formula", "formula": "cumulative(sure)"}))
    with pytest.raises(cs.InputError, match="but the formula has none"):
        deal_of(changed(record, streams__x=stream | {"formula": "2 * sure"}))


def test_python_and_a_file_give_the_same_bits():
    revenue, paid = cs.symbol("revenue"), cs.symbol("paid")
    share = np.minimum(0.2 * revenue, np.maximum(cs.symbol("limit") - paid, 0))
    in_python = deal_of(with_leg(clauses={"c": cs.Custom(formula=share, numbers={"limit": 38})}))
    in_file = cs.loads(json.dumps(with_leg(clauses=custom(CAPPED, limit=38))), is_json=True)
    assert in_python == in_file
    for deal in (in_python, pickle.loads(pickle.dumps(in_python)), deal_of(in_file.to_dict())):
        assert deal == in_file
        assert same_bits(_core.graph_of(deal).run(seed=1), _core.graph_of(in_file).run(seed=1))


def test_numbers_are_assumptions_and_may_be_of_any_kind():
    dated = {"by_date": {"2026-01-01": 10.0, "2028-01-01": 30.0}}
    record = with_leg(
        clauses=custom("minimum(accrual, most) * part_kept", most=dated,
                       part_kept={"uniform": [0.5, 1.0]}),
    )  # fmt: skip
    fields = [row["field"] for row in _core.assumptions(deal_of(record))]
    assert "clauses.c.numbers.most" in fields
    assert "clauses.c.numbers.part_kept" in fields
    assert len(np.unique(outputs(record)["leg.share"])) > 500


SURE = {
    "threshold": ({"amount": 8.0, "per": "period"}, "rate * maximum(revenue - 8, 0)"),
    "minimum_guarantee": ({"amount": 2.0, "per": "period"}, "maximum(accrual, 2)"),
    "period_cap": ({"amount": 2.0, "per": "period"}, "minimum(accrual, 2)"),
}


@pytest.mark.parametrize("kind", SURE)
def test_a_clause_is_as_sure_as_the_formula_that_says_the_same(kind):
    terms, formula = SURE[kind]
    legs = ({"c": {"type": kind, **terms}}, custom(formula))
    named, by_formula = (
        cs.value(deal_of(with_leg(clauses=clauses)), paths=2**14)["share"].estimate
        for clauses in legs
    )
    # Errors of 16 replicates are known to a fifth; without a control they are ten times as large.
    assert named.standard_error < 3 * by_formula.standard_error
    assert abs(named.value - by_formula.value) < 5 * by_formula.standard_error


def test_numbers_take_per_cents_as_formulas_do():
    sizes = {"a": "5%", "b": {"by_date": {"2026-01-01": "7.5%", "2028-01-01": 0.1}}}
    sizes |= {"c": {"uniform": ["10%", 0.2], "range": ["9%", "21%"]}}
    plain = {"a": 0.05, "b": {"by_date": {"2026-01-01": 0.075, "2028-01-01": 0.1}}}
    plain |= {"c": {"uniform": [0.1, 0.2], "range": [0.09, 0.21]}}
    formula = "(a + b + c) * revenue"
    assert deal_of(with_leg(clauses=custom(formula, **sizes))) == deal_of(
        with_leg(clauses=custom(formula, **plain))
    )
    stream = {"type": "formula", "formula": "a * sales"}
    deals = [
        deal_of(changed(BASE, streams__x=stream | {"numbers": {"a": a}})) for a in ("5%", 0.05)
    ]
    assert deals[0] == deals[1]


def test_a_stream_of_a_clause_must_cover_the_term():
    short = {"type": "forecast", "annual": {2026: 1.0}}
    record = changed(with_leg(clauses=custom("minimum(accrual, short)")), streams__short=short)
    with pytest.raises(cs.InputError, match='stream "short" has figures'):
        deal_of(record)


def test_what_moves_with_a_formula_of_two_streams_is_refused():
    record = changed(
        BASE,
        streams__x={"type": "formula", "formula": "sales + other"},
        companies={"firm": {"party": "payer", "revenue": "x", "multiple": 5, "correlation": 0.3,
                            "multiple_volatility": 0.4, "exit_date": "2028-12-31"}},
    )  # fmt: skip
    with pytest.raises(cs.InputError, match="several random parts"):
        deal_of(record)


def test_a_clause_is_put_into_words_by_its_formula():
    deal = deal_of(with_leg(clauses=custom("minimum(payment, most)", "payment", most=3)))
    ((_, words),) = wording.clauses(deal, "share")
    assert words == "what a period pays is minimum(payment, most), where most is 3"
    assert any("most = 3" in row for row in deal_tables.terms(deal).rows)
