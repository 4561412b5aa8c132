"""Streams that combine others: limits, identities and what is refused."""

from __future__ import annotations

import copy
import math
import random
from typing import Any

import numpy as np
import pytest

import capstake as cs
from capstake import _core
from close import close, same_bits
from deals import Record, changed, deal_of
from stream_deals import CHANNELS, FORECASTS, PLAN, PROCESSES, STREAM_DEALS, stream_deal


def outputs(record: Record, seed: int = 3) -> dict[str, np.ndarray]:
    """Every output on the first block of paths."""
    graph = _core.graph_of(deal_of(record))
    return dict(zip(graph.output_names, graph.run(seed=seed), strict=True))


def revenue_of(streams: dict, base: str, year: int, **deal) -> np.ndarray:
    return outputs(stream_deal(streams, base, **deal))[f"revenue.{base}.{year}"]


def test_a_stream_more_moves_no_other_number():
    alone = outputs(stream_deal({"plan": PLAN}, "plan"))
    among = outputs(stream_deal(CHANNELS, "plan"))
    assert all(same_bits(among[name], row) for name, row in alone.items())


def test_what_leaks_and_what_stays_add_up():
    out = outputs(stream_deal(CHANNELS | {
        "stays": {"type": "sum", "of": ["plan"], "less": ["leaks"]},
        "whole": {"type": "sum", "of": ["stays", "leaks"]},
    }, "whole"))  # fmt: skip
    for year in (2027, 2028, 2029):
        assert close(out[f"revenue.whole.{year}"], out[f"revenue.plan.{year}"], rel=1e-15)


def test_a_sum_of_one_and_a_ramp_of_one_are_the_stream():
    still = {"at_start": 1, "at_end": 1, "start": "2026-05-01", "end": "2028-01-01"}
    for same in (
        {"type": "sum", "of": ["plan"]},
        {"type": "ramp", "of": "plan", **still},
        {"type": "ramp", "of": "plan", **still, "interpolation": "log_linear"},
    ):
        x = revenue_of({"plan": PLAN, "x": same}, "x", 2028)
        assert same_bits(x, revenue_of({"plan": PLAN}, "plan", 2028))


@pytest.mark.parametrize("frequency", ["month", "quarter", "year"])
def test_a_linear_ramp_across_a_whole_year_has_its_middle(frequency):
    ramp = {"type": "ramp", "of": "flat", "at_start": 0.0, "at_end": 0.25,
            "start": "2026-12-31", "end": "2027-12-31"}  # fmt: skip
    flat = {"type": "forecast", "annual": dict.fromkeys(range(2026, 2030), 365.0)}
    streams = {"flat": flat, "x": ramp}
    # Months of a flat forecast are equal, whatever their days: the second half of the year, of 184
    # days against 181, weighs 0.4% too little.
    x = revenue_of(streams, "x", 2027, frequency=frequency)
    assert close(x, np.full_like(x, 365 * 0.125), rel=0.005)
    if frequency == "year":
        assert close(x, np.full_like(x, 365 * 0.125), rel=1e-15)
    for year, factor in ((2026, 0.0), (2028, 0.25)):
        x = revenue_of(streams, "x", year, valuation_date="2025-12-31", frequency=frequency)
        assert close(x, np.full_like(x, 365 * factor), rel=1e-15)


def test_a_log_linear_ramp_meets_the_linear_one_at_its_ends_and_lies_below_it():
    ramp = {"type": "ramp", "of": "plan", "at_start": 0.1, "at_end": 0.9,
            "start": "2026-12-31", "end": "2028-12-31"}  # fmt: skip
    streams = {"plan": PLAN, "lin": ramp, "log": ramp | {"interpolation": "log_linear"}}
    out = outputs(stream_deal(streams, "lin"))
    assert close(out["revenue.log.2029"], out["revenue.lin.2029"], rel=1e-15)
    assert (out["revenue.log.2027"] < out["revenue.lin.2027"]).all()
    # One period of a year whose mean part of the way is a quarter: 0.1 * 9^(1/4).
    year = outputs(stream_deal(streams, "lin", frequency="year"))
    part = (365 / 2) / 731
    assert close(year["revenue.log.2027"] / year["revenue.plan.2027"],
                 np.full(512, 0.1 * 9**part), rel=1e-14)  # fmt: skip


@pytest.mark.parametrize("weights", [[0.1, 0.2, 0.3, 0.4], [1 / 12] * 11 + [1 / 12]])
def test_seasons_keep_the_total_of_an_even_year(weights):
    flat = {"type": "forecast", "annual": dict.fromkeys(range(2026, 2030), 100.0)}
    streams = {"flat": flat, "x": {"type": "seasonal", "of": "flat", "weights": weights}}
    for frequency in ("month", "quarter", "year"):
        x = revenue_of(streams, "x", 2027, frequency=frequency)
        assert close(x, np.full_like(x, 100.0), rel=1e-15)


def test_even_weights_change_nothing():
    streams = {"plan": PLAN, "x": {"type": "seasonal", "of": "plan", "weights": [0.25] * 4}}
    out = outputs(stream_deal(streams, "x"))
    assert same_bits(out["revenue.x.2028"], out["revenue.plan.2028"])


def test_facts_carry_no_noise_and_what_follows_is_the_other_stream():
    figures = {"2025-Q1": 1.0, "2025-Q2": 2.0, "2025-Q3": 3.0, "2025-Q4": 4.0, "2026-Q1": 5.0}
    streams = {"plan": PLAN, "x": {"type": "history", "figures": figures, "of": "plan"}}
    record = changed(stream_deal(streams, "x"), legs__share__start="2025-01-01")
    out = outputs(record)
    assert close(out["revenue.x.2025"], np.full(512, 10.0), rel=1e-15)
    assert same_bits(out["revenue.x.2027"], out["revenue.plan.2027"])
    assert out["revenue.plan.2025"].std() == 0


def test_currency_scales_value():
    record = stream_deal(CHANNELS, "known")
    scale = 7.0

    def larger(held):
        if isinstance(held, dict):
            return {key: [scale * x for x in v] if isinstance(v, list) else v
                    for key, v in held.items()}  # fmt: skip
        return scale * held

    rich = changed(record, legs__capped__cap=30 * scale)
    for name in ("plan", "price"):
        annual = rich["streams"][name]["annual"]
        rich["streams"][name]["annual"] = {y: scale * x for y, x in annual.items()}
    figures = rich["streams"]["known"]["figures"]
    rich["streams"]["known"]["figures"] = {p: larger(x) for p, x in figures.items()}
    one, other = outputs(record), outputs(rich)
    for name in ("leg.share", "leg.capped", "paid.capped", "revenue.known.2028"):
        assert close(other[name], scale * one[name], rel=1e-13)


def company_on(stream: str, **company) -> Record:
    return stream_deal(
        CHANNELS, "plan",
        companies={"firm": {"party": "payer", "revenue": stream, "multiple": 5,
                            "multiple_volatility": 0.4, "exit_date": "2028-12-31", **company}},
        stakes={"stake": {"holder": "payer", "company": "firm", "fraction": 0.5}},
    )  # fmt: skip


def test_a_combination_lends_the_shock_of_its_only_random_stream():
    # `hosted` is sure users times a random price, so its company moves with the price.
    out = outputs(company_on("hosted", correlation=1.0))["stake.stake"]
    price = outputs(company_on("price", correlation=1.0))["stake.stake"]
    corr = np.corrcoef(np.log(out), np.log(price))[0, 1]
    assert corr > 1 - 1e-12
    assert deal_of(company_on("total")).companies["firm"].correlation.value == 0
    with pytest.raises(cs.InputError, match="plan or price"):
        deal_of(company_on("total", correlation=0.1))


def test_a_history_that_does_not_reach_its_plan_is_no_bridge():
    gap = {"type": "history", "figures": {"2023": 1.0}, "of": "plan"}
    record = changed(stream_deal({"plan": PLAN, "x": gap}, "x"), legs__share__start="2024-01-01")
    with pytest.raises(cs.InputError, match=r"needs revenue from 2024 to 2029, but .* from 2025"):
        deal_of(record)


def test_months_that_do_not_fill_a_quarter_count_and_the_plan_has_the_rest():
    figures = {"2025-11": 3.0, "2025-12": 4.0, "2026-01": 5.0, "2026-02": 6.0}
    plan = {"type": "forecast", "annual": dict.fromkeys(range(2025, 2030), 48.0)}
    streams = {"plan": plan, "x": {"type": "history", "figures": figures, "of": "plan"}}
    out = outputs(changed(stream_deal(streams, "x"), legs__share__start="2025-01-01"))
    # Of the fourth quarter of 2025 October is the plan's, of the first of 2026 March.
    assert close(out["revenue.x.2025"], np.full(512, 3 * 12.0 + (4.0 + 3.0 + 4.0)), rel=1e-14)
    assert close(out["revenue.x.2026"], np.full(512, (5.0 + 6.0 + 4.0) + 3 * 12.0), rel=1e-14)


@pytest.mark.parametrize(
    "terms",
    [
        {"volatility": 0.3},
        {"revisions": {"2026-12-31": 0.3}},
        {"p10": {"2027": 30, "2028": 40, "2029": 45}, "p90": {"2027": 60, "2028": 80, "2029": 110}},
    ],
)
def test_a_leg_before_a_launch_is_the_leg_from_the_launch_on(terms):
    annual = {2027: 40, 2028: 55, 2029: 70}
    late = {"type": "forecast", "annual": annual, "growth_haircut": {"uniform": [0, 0.5]}, **terms}
    early = late | {"annual": {2025: 0, 2026: 0} | annual}
    found = [
        cs.value(
            deal_of(changed(stream_deal({"x": stream}, "x"), legs__share__start=start,
                            legs__capped__start=start, discount_rate=0.05)),
            paths=2**12,
        )
        for stream, start in ((early, "2026-04-01"), (late, "2027-01-01"))
    ]  # fmt: skip
    for leg in ("share", "capped"):
        value, same = (v[leg].value for v in found)
        assert close(value, same, rel=1e-12)
        assert found[0][leg].standard_error > 0.0
    assert found[0].deal.streams["x"].annual[2026].value == 0.0


def test_a_launch_has_exact_checks_and_sensitivities():
    stream = {"type": "forecast", "annual": {2026: 0, 2027: 40, 2028: 55, 2029: 70},
              "volatility": 0.3}  # fmt: skip
    deal = deal_of(stream_deal({"x": stream}, "x"))
    valued = cs.value(deal, precision=1e-4)
    assert [check.verdict for check in cs.exact_checks(valued)] == ["agrees", "agrees"]
    found = cs.sensitivities(deal, paths=2**12)["capped"]
    assert found["streams.x.annual.2027"].derivative.value > 0.0
    assert math.isfinite(found["streams.x.volatility"].derivative.value)


def test_a_history_of_part_of_a_period_is_not_a_figure_of_it():
    early = {"type": "history", "figures": {"2024-12": 1.0}, "of": "plan"}
    record = stream_deal({"plan": PLAN, "x": early}, "x")
    covered = changed(record, frequency="month", legs__share__start="2024-12-01")
    assert deal_of(covered)
    with pytest.raises(cs.InputError, match="needs revenue from 2024 to 2029"):
        deal_of(changed(record, legs__share__start="2024-12-01"))


def test_a_wide_web_of_streams_is_lowered_once_each():
    # Each level names the one below twice: 2^60 ways down, 60 streams.
    streams = {"s0": {"type": "forecast", "annual": dict.fromkeys(range(2026, 2030), 1.0)}}
    for i in range(60):
        streams[f"s{i + 1}"] = {"type": "sum", "of": [f"s{i}", f"s{i}"]}
    x = revenue_of(streams, "s60", 2027)
    assert same_bits(x, np.full_like(x, math.ldexp(1.0, 60)))


def test_a_report_shows_the_numbers_of_combinations(tmp_path):
    deal = deal_of(stream_deal(CHANNELS, "known"))
    cs.report(cs.value(deal, paths=64), tmp_path / "memo.html")
    text = (tmp_path / "memo.html").read_text()
    for words in ("Weights 2", "Revenue in 2025-12", "At end", "Interpolation", "log linear"):
        assert words in text


def test_a_report_shows_the_numbers_of_forecasts_and_processes(tmp_path):
    for streams, shown in (
        (FORECASTS, ("P10 of 2027", "Revisions of 30 June 2026", "0.1 at the end of 30 June 2026")),
        (PROCESSES, ("Jump rate", "jumps/yr", "period mean", "Innovation", "Growth long run")),
    ):
        cs.report(cs.value(deal_of(stream_deal(streams, "all")), paths=64), tmp_path / "memo.html")
        text = (tmp_path / "memo.html").read_text()
        assert [words for words in shown if words not in text] == []


JUNK: list[Any] = [
    0, -1, 1e300, math.nan, math.inf, 1e-300, 2000, "x", "", "plan", "2026-01-01", None, True,
    [], {}, ["plan"], [0.5, 0.5], [["a"]], {"uniform": [0, 1]}, {"2026": 1}, {"2026-Q1": 5},
    {"by_date": {"2026-01-01": 0.1}},
]  # fmt: skip


def places(held: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every key path below."""
    found = []
    for key, below in held.items() if isinstance(held, dict) else enumerate(held):
        found.append((*above, key))
        if isinstance(below, dict | list):
            found += places(below, (*above, key))
    return found


@pytest.mark.parametrize("n", [40, pytest.param(1500, marks=pytest.mark.slow)])
def test_junk_in_streams_is_refused_or_valued(n):
    chance = random.Random(5)
    n_refused = 0
    for _ in range(n):
        record = copy.deepcopy(STREAM_DEALS[chance.choice(list(STREAM_DEALS))])
        for _ in range(chance.choice([1, 1, 2, 4])):
            *above, key = chance.choice(places(record["streams"]))
            table = record["streams"]
            for name in above:
                table = table[name]
            table[key] = copy.deepcopy(chance.choice(JUNK))
        try:
            deal = deal_of(record)
        except cs.InputError:
            n_refused += 1
            continue
        assert deal_of(deal.to_dict()) == deal
        _core.graph_of(deal).run(seed=1)
    assert n // 2 < n_refused < n
