"""Both measures side by side: common draws, equivalent rates, and how they are shown."""

from __future__ import annotations

import datetime as dt
import functools
import json
import math

import numpy as np
import pytest
from scipy.stats import norm
from typer.testing import CliRunner

import capstake as cs
from capstake import _core, cli
from capstake.flat_rate import FlatDiscounting
from close import close
from deals import CAPPED_SHARE, EVERYTHING, Record, changed, deal_of, share_deal
from measure_deals import EARN_OUTS, EVERY_TERM

DEALS = {"every term": EVERY_TERM, "earn-outs": EARN_OUTS}

PATHS = 2**13
FREE, PREMIUM, SPREAD = 0.03, 0.07, 0.02


def linear(**changes: object) -> Record:
    """A share of a rate that is seen when it is paid, in two currencies of risk."""
    years = {2026 + i: 1.0 for i in range(3)}
    record = changed(
        share_deal(years, rate=0.2),
        discount_rate=0.12,
        risk_free=FREE,
        parties__payer__credit_spread=SPREAD,
        streams__sales={
            "type": "gbm",
            "level": 100.0,
            "growth": 0.1,
            "volatility": 0.4,
            "risk_premium": PREMIUM,
        },
    )
    return changed(record, **changes)


def rates(record: Record, name: str = "share") -> tuple[cs.Estimate, cs.Estimate]:
    position = cs.measures(deal_of(record), paths=PATHS)[name]
    assert position.real_world_rate is not None
    assert position.equivalent_rate is not None
    return position.real_world_rate, position.equivalent_rate


@pytest.mark.parametrize("volatility", [0.0, 0.4])
@pytest.mark.parametrize("events", [[], ["stop"]])
def test_the_equivalent_rate_of_a_share_is_the_sum_of_its_parts(volatility: float, events: list):
    record = linear(
        streams__sales__volatility=volatility,
        events={"stop": {"hazard": 0.2}},
        legs__share__loss_events=events,
    )
    real, neutral = rates(record)
    assert close(real.value, 0.12, abs=1e-9)
    assert close(neutral.value, FREE + PREMIUM + SPREAD, abs=1e-9)
    assert neutral.standard_error < 1e-9


def test_rates_compound_as_the_deal_says():
    real, neutral = rates(linear(compounding="annual"))
    assert close(real.value, 0.12, abs=1e-9)
    # The risk-free rate is annual, premium and spread are continuous.
    assert close(neutral.value, (1 + FREE) * math.exp(PREMIUM + SPREAD) - 1, abs=1e-9)


def test_a_rate_by_date_and_a_credit_clause_have_one_flat_rate():
    curve = {"by_date": {"2025-12-31": 0.08, "2027-06-30": 0.14}}
    clause = {"type": "payer_credit", "spread": 0.01}
    record = linear(discount_rate=curve, legs__share__clauses={"credit": clause})
    real, neutral = rates(record)
    assert 0.09 < real.value < 0.15
    assert close(neutral.value, FREE + PREMIUM + 0.01, abs=1e-9)


def test_an_option_has_a_higher_rate_than_its_metric_and_a_capped_share_a_lower_one():
    term = {"payer": "payer", "receiver": "receiver", "base": "sales",
            "start": "2026-01-01", "end": "2026-12-31"}  # fmt: skip
    record = linear(
        frequency="year",
        legs={
            "call": {**term, "type": "earn_out", "rate": 1, "threshold": 110},
            "capped": {**term, "rate": 1, "cap": 90.0},
        },
    )
    found = cs.measures(deal_of(record), paths=2**17)

    def call(drift: float, strike: float) -> float:
        forward, s = 100 * math.exp(drift), 0.4
        d2 = math.log(forward / strike) / s - s / 2
        return float(forward * norm.cdf(d2 + s) - strike * norm.cdf(d2))

    def capped(drift: float) -> float:
        return 100 * math.exp(drift) - call(drift, 90.0)

    for name, payoff in (("call", lambda d: call(d, 110.0)), ("capped", capped)):
        value = math.exp(-FREE - SPREAD) * payoff(0.1 - PREMIUM)
        exact = math.log(payoff(0.1) / value)
        rate = found[name].equivalent_rate
        assert rate is not None
        assert abs(rate.value - exact) < 5 * rate.standard_error
        assert 0 < rate.standard_error < 1e-3
        neutral = found[name].risk_neutral
        assert abs(neutral.value - value) < 5 * neutral.standard_error
    call_rate, capped_rate = (found[name].equivalent_rate for name in ("call", "capped"))
    assert call_rate is not None
    assert capped_rate is not None
    assert capped_rate.value < FREE + PREMIUM + SPREAD - 0.02
    assert call_rate.value > FREE + PREMIUM + SPREAD + 0.05


@functools.cache
def measured(name: str) -> cs.Measures:
    return cs.measures(deal_of(DEALS[name]), paths=PATHS)


def test_the_rate_gives_the_value_from_expected_payments():
    found = measured("earn-outs")
    record = changed(EARN_OUTS, measure="real_world")
    valued = cs.value(deal_of(record), paths=PATHS)
    today = deal_of(record).valuation_date
    (year,) = (a for a in valued.payments("approved") if a.mean.value > 0)
    time = _core.year_fraction("ACT/365F", today, dt.date(2030, 12, 31))
    solved = (year.mean.value / found["approved"].risk_neutral.value) ** (1 / time) - 1
    rate = found["approved"].equivalent_rate
    assert rate is not None
    assert close(rate.value, solved, rel=1e-11)


def test_the_rate_of_a_stake_reconciles_its_expected_proceeds():
    found = measured("earn-outs")
    deal = deal_of(changed(EARN_OUTS, measure="real_world"))
    valued = cs.value(deal, paths=PATHS)
    ends = {p["label"]: p["last"] for p in _core.grid(deal)}
    for name in ("partner_stake", "fund_stake"):
        rate = found[name].equivalent_rate
        assert rate is not None
        worth = sum(
            valued._results.estimate(("", "stake_flow", name, period)).value
            * (1 + rate.value)
            ** -_core.year_fraction("ACT/365F", deal.valuation_date, ends[period])
            for period in valued._results.periods("", "stake_flow", name)
        )
        # Points differ between the runs, and only values have controls.
        assert close(worth, found[name].risk_neutral.value, rel=5e-3)
        assert found[name.split("_")[0]].equivalent_rate is None


@pytest.mark.parametrize("name", [pytest.param("every term", marks=pytest.mark.slow), "earn-outs"])
def test_each_value_is_that_of_the_deal_under_the_measure(name: str):
    found, record = measured(name), DEALS[name]
    for measure in ("real_world", "risk_neutral"):
        valued = cs.value(deal_of(changed(record, measure=measure)), paths=PATHS)
        assert list(valued) == list(found)
        for position in valued:
            alone, beside = valued[position].estimate, getattr(found[position], measure)
            # Events may be sampled in one of the runs and integrated out in the other.
            error = math.hypot(alone.standard_error, beside.standard_error)
            assert abs(alone.value - beside.value) <= 5 * error + 1e-12 * abs(alone.value)
            assert error < 0.02 * abs(alone.value)
    for p in found.positions.values():
        gap = p.risk_neutral.value - p.real_world.value
        scale = abs(p.risk_neutral.value) + abs(p.real_world.value)
        assert close(p.difference.value, gap, abs=1e-9 * scale)


def test_neither_the_stated_measure_nor_threads_make_a_difference():
    other = deal_of(changed(EARN_OUTS, measure="real_world"))
    again = cs.measures(other, paths=PATHS, threads=2).to_dict()
    assert again["positions"] == measured("earn-outs").to_dict()["positions"]


def test_draws_are_common():
    # A leg that needs no controls: of others, what these leave has little in common.
    p = measured("every term")["royalty"]
    apart = math.hypot(p.real_world.standard_error, p.risk_neutral.standard_error)
    assert p.difference.standard_error < 0.7 * apart


def test_without_a_premium_a_diversifiable_leg_differs_by_its_discounting():
    record = linear(legs__share__risk="diversifiable")
    real, neutral = rates(record)
    assert close(neutral.value, FREE + SPREAD, abs=1e-9)
    assert close(real.value, 0.12, abs=1e-9)


def test_positions_add_up_and_names_are_checked():
    found = measured("every term")
    assert len(found) == len(EVERY_TERM["legs"]) + 2 + 3
    with pytest.raises(KeyError, match="no leg, stake or party named 'x'"):
        found["x"]
    total = sum(found[n].risk_neutral.value for n in ("maker", "partner", "fund"))
    stakes = sum(found[n].risk_neutral.value for n in ("partner_stake", "fund_stake"))
    assert close(total, stakes, rel=1e-10)


def test_a_deal_without_a_risk_free_rate_is_refused():
    with pytest.raises(cs.InputError, match="risk_free: is required to value a deal under both"):
        cs.measures(deal_of(EVERYTHING), paths=PATHS)
    with pytest.raises(cs.InputError, match="power of two"):
        cs.measures(deal_of(EVERY_TERM), paths=10_000)


def test_no_rate_gives_a_value_beyond_all_payments():
    terms = {"type": "milestone", "amount": 1.0, "probability": 0.0}
    record = linear(legs__never=CAPPED_SHARE["legs"]["share"] | terms)
    for key in ("base", "rate", "cap"):
        del record["legs"]["never"][key]
    found = cs.measures(deal_of(record), paths=PATHS)["never"]
    assert found.equivalent_rate is None
    assert found.risk_neutral.value == 0.0
    assert np.isfinite(found.difference.value)


def test_a_leg_of_negative_value_has_the_rates_of_its_mirror_image():
    sales = {"type": "forecast", "annual": {2026 + i: 100.0 + 50 * i for i in range(3)}}
    record = linear(
        streams__less=changed(sales, risk_premium=PREMIUM),
        streams__double={"type": "scaled", "of": "less", "factor": 2.0},
        streams__difference={"type": "sum", "of": ["less"], "less": ["double"]},
    )
    real, neutral = rates(changed(record, legs__share__base="less"))
    mirrored = rates(changed(record, legs__share__base="difference"))
    assert close([rate.value for rate in mirrored], [real.value, neutral.value], rel=1e-12)
    assert mirrored[0].value > 0


@pytest.mark.parametrize(
    ("amounts", "rate"),
    [
        ([5.0, -6.0], None),  # (1 - 2x)(1 - 3x) of the discount factor x: 100% and 200%
        ([9.0, -26.0, 24.0], None),  # (1 - 2x)(1 - 3x)(1 - 4x): 100%, 200% and 300%
        ([-2.0, -4.0], None),  # (1 + x)^2 and more: none
        ([2.25, -0.5], 1.0),  # (1 - 2x)(1 - x/4): 100%, and -75%, which says nothing
    ],
)
def test_a_rate_is_given_where_there_is_a_single_one(amounts: list[float], rate: float | None):
    deal = deal_of(changed(linear(), compounding="annual"))
    flows = [(dt.date(2026 + i, 12, 31), amount) for i, amount in enumerate(amounts)]
    found = FlatDiscounting(deal, flows).rate(1.0)
    assert (found is None) if rate is None else close(found, rate, rel=1e-12)


# Shown


def test_table_record_and_repr():
    found = cs.measures(deal_of(linear()), paths=PATHS)
    text = repr(found)
    assert "Real-world value" in text
    assert text.count("12.0%  ") == 1  # a rate that the deal states has no error
    assert text.count("12.0% ± 0") == 1  # and here, the equivalent one neither
    assert "<table" in found._repr_html_()
    uncertain = changed(linear(), discount_rate={"triangular": [0.10, 0.12, 0.15]})
    assert repr(cs.measures(deal_of(uncertain), paths=PATHS)).count("% ± ") == 2
    record = found.to_dict()
    assert json.dumps(record, allow_nan=False)
    assert close(record["positions"]["share"]["equivalent_rate"]["value"], 0.12, abs=1e-9)
    assert record["positions"]["payer"]["equivalent_rate"] is None


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "deal.json"
    path.write_text(json.dumps(linear(), default=str))
    return str(path)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, [*arguments, "--paths", "8192", "-q"])
    return result.exit_code, result.stdout


def test_the_command_line(file):
    code, out = run("measures", file)
    assert code == 0
    assert "Equivalent rate" in out
    code, out = run("measures", file, "--json")
    assert (code, json.loads(out)["paths"]) == (0, 8192)
    values = [
        json.loads(run("value", file, "--json", *more)[1])["positions"]["share"]["value"]
        for more in ([], ["--measure", "real_world"], ["--measure", "risk_neutral"])
    ]
    assert values[0] == values[1]
    assert abs(values[2] - values[1]) < 1e-9 * values[1]  # 12% either way
    code, out = run("sensitivities", file, "--json", "--measure", "risk_neutral")
    fields = {row["field"] for row in json.loads(out)["sensitivities"]}
    assert {"deal.risk_free", "parties.payer.credit_spread"} <= fields
    code, out = run("value", file, "--json", "--measure", "physical")
    assert code == 3
    assert json.loads(out)["errors"][0]["path"].endswith("measure")


@pytest.mark.slow
def test_the_memo_shows_both(tmp_path):
    for measure in ("real_world", "risk_neutral"):
        valued = cs.value(deal_of(changed(EVERY_TERM, measure=measure)), paths=4096)
        page = cs.report(valued, tmp_path / f"{measure}.html").read_text("utf-8")
        assert "Real-world and risk-neutral value" in page
        assert "Equivalent rate" in page
        assert ("Values are risk-neutral" in page) == (measure == "risk_neutral")
        assert "Its risk is taken to diversify away." in page
    plain = cs.report(cs.value(deal_of(EVERYTHING), paths=4096), tmp_path / "plain.html")
    assert "risk-neutral" not in plain.read_text("utf-8")


def test_value_takes_a_measure_in_place_of_the_deals():
    record = changed(EARN_OUTS, measure="real_world")
    other = deal_of(changed(record, measure="risk_neutral"))
    found = cs.value(deal_of(record), measure="risk_neutral", paths=2**13)
    assert found.deal == other
    assert found.measure == found.to_dict()["measure"] == "risk_neutral"
    expected = cs.value(other, paths=2**13)
    assert {n: p.value for n, p in found.positions.items()} == {
        n: p.value for n, p in expected.positions.items()
    }
    assert "risk-neutral value at" in repr(found)
    again = cs.value(other, measure="real_world", paths=2**13)
    assert again.measure == "real_world"
    assert "risk-neutral" not in repr(again)
    derived = cs.sensitivities(deal_of(record), measure="risk_neutral", paths=2**13)
    assert derived.deal == other
    change = cs.compare(deal_of(record), deal_of(record), measure="risk_neutral", paths=2**13)
    assert change.old.measure == change.new.measure == "risk_neutral"


def test_a_measure_that_a_deal_cannot_have_is_refused():
    with pytest.raises(cs.InputError, match=r'measure: must be "real_world" or "risk_neutral"'):
        cs.value(deal_of(EARN_OUTS), measure="physical")
    with pytest.raises(cs.InputError, match="risk_free"):
        cs.value(deal_of(EVERYTHING), measure="risk_neutral")
