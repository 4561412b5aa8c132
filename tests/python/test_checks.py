"""Exact checks of legs against closed forms, quadrature by SciPy, and the simulation."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

import capstake as cs
from capstake import _core, check_tables, checks
from capstake.checks import Check, RunsCheck
from close import close
from deals import CAPPED_SHARE, CAPPED_SHARE_VALUE, EVERYTHING, Record, changed, deal_of, share_deal
from exact import expected_minimum


def exact(record: Record, leg: str = "share") -> float:
    (value,) = [row[1] for row in _core.exact_checks(deal_of(record)) if row[0] == leg]
    assert value is not None
    return value


def one_year(volatility: float, **leg: object) -> Record:
    """A year of revenue 100, as one period; 20% of it is 20."""
    record = share_deal({2026: 100.0}, volatility=volatility, **leg)
    return changed(record, frequency="year", events={"e": {"hazard": 0.3}})


def test_the_capped_share_has_its_known_value():
    assert close(exact(CAPPED_SHARE), CAPPED_SHARE_VALUE, rel=1e-12)


def test_already_paid_lowers_the_cap():
    lower = changed(CAPPED_SHARE, legs__share__cap=48.0, legs__share__already_paid=10.0)
    assert close(exact(lower), CAPPED_SHARE_VALUE, rel=1e-12)
    used_up = changed(CAPPED_SHARE, legs__share__already_paid=50.0)
    assert exact(used_up) == 0.0


def test_without_a_cap_the_mean_is_shared():
    record = share_deal({2026: 100.0, 2027: 150.0}, volatility=0.4)
    flat = changed(record, discount_rate=0.0)
    assert close(exact(flat), 0.2 * 250.0, rel=1e-13)


def test_a_loss_event_takes_payments_with_its_survival():
    record = one_year(0.4, cap=15.0, payment_lag=90, loss_events=["e"])
    black = float(expected_minimum(20.0, 0.4, 15.0))
    expected = math.exp(-(0.05 + 0.3) * 1.25) * black  # 30E/360: the year and 90 days
    assert close(exact(record), expected, rel=1e-12)
    both = changed(record, legs__share__stop_events=["e"])  # paid means not stopped either
    assert close(exact(both), expected, rel=1e-12)


@pytest.mark.parametrize("volatility", [0.4, 0.0])
def test_a_stop_event_ends_accruals_within_the_period(volatility: float):
    record = one_year(volatility, cap=15.0, stop_events=["e"])

    def paid(part: float) -> float:
        if volatility == 0.0:
            return min(20.0 * part, 15.0)
        return float(expected_minimum(20.0 * part, volatility, 15.0)) if part > 0 else 0.0

    stopped = quad(
        lambda x: 0.3 * math.exp(-0.3 * x) * paid(x), 0, 1, points=[0.75], epsabs=0, epsrel=1e-12
    )[0]
    expected = math.exp(-0.05) * (stopped + math.exp(-0.3) * paid(1.0))
    assert close(exact(record), expected, rel=1e-10)


def test_a_haircut_is_integrated_over():
    annual = {2025: 100.0, 2026: 130.0, 2027: 180.0}
    record = changed(
        share_deal(annual, volatility=0.3, cap=60.0, start="2026-01-01"),
        valuation_date="2025-12-31",
        streams__sales__growth_haircut={"triangular": [0.1, 0.2, 0.5]},
    )
    nodes, weights = np.polynomial.legendre.leggauss(30)
    expected = 0.0
    for low, high, density in [
        (0.1, 0.2, lambda h: 50.0 * (h - 0.1)),
        (0.2, 0.5, lambda h: 50.0 / 3.0 * (0.5 - h)),
    ]:
        for h, w in zip((low + high) / 2 + (high - low) / 2 * nodes, weights, strict=True):
            at_h = exact(changed(record, streams__sales__growth_haircut=float(h)))
            expected += w * (high - low) / 2 * density(h) * at_h
    assert close(exact(record), expected, rel=1e-12)


def test_certain_revenue_with_past_periods_is_paid_as_simulated():
    record = changed(
        share_deal({2024: 90.0, 2025: 100.0, 2026: 130.0, 2027: 180.0}, cap=75.0),
        valuation_date="2025-08-17",
        legs__share__start="2024-11-10",
        legs__share__end="2027-05-20",
        legs__share__accrual_start="2025-02-01",
        legs__share__already_paid=2.0,
        legs__share__payment_lag=75,
        legs__share__settlement="half_year",
        legs__share__rate={"by_date": {"2024-11-10": 0.2, "2026-04-01": 0.25}},
        discount_rate={"by_date": {"2025-08-17": 0.04, "2026-05-11": 0.07}},
    )
    simulated = cs.value(deal_of(record), paths=512)["share"].value
    assert simulated > 40.0
    assert close(exact(record), simulated, rel=1e-12)


@pytest.mark.parametrize("name", ["microsoft_openai_2026_04", "microsoft_openai_2025_10"])
def test_the_legs_of_the_founding_deal_agree(name: str):
    checks = cs.exact_checks(cs.value(cs.load(name), paths=2**16))
    assert len(checks) >= 2
    for check in checks:
        assert check.verdict == "agrees"
        assert check.simulated.standard_error < 4e-3 * check.exact
        assert check.error < 1e-8 * check.exact


def test_every_term_agrees():
    for check in cs.exact_checks(cs.value(deal_of(EVERYTHING), paths=2**16)):
        assert abs(check.difference) < 4.0
        assert check.simulated.standard_error < 4e-3 * check.exact


def test_partial_first_period_stop_and_hazards_by_date_agree():
    record = changed(
        share_deal({2025: 100.0, 2026: 130.0, 2027: 180.0, 2028: 200.0}, volatility=0.35, cap=60.0),
        valuation_date="2026-02-10",
        events={
            "stop": {"hazard": {"by_date": {"2026-02-10": 0.1, "2026-11-20": 0.6}}},
            "loss": {"hazard": {"by_date": {"2026-02-10": 0.0, "2027-03-05": 0.3}}},
        },
        legs__share__stop_events=["stop", "loss"],
        legs__share__loss_events=["loss"],
        legs__share__start="2026-01-20",
        legs__share__payment_lag=30,
    )
    (check,) = cs.exact_checks(cs.value(deal_of(record), paths=2**18))
    assert abs(check.difference) < 4.0
    assert check.simulated.standard_error < 2e-3 * check.exact


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"legs__share__cap": {"uniform": [30.0, 40.0]}}, "its cap is uncertain"),
        ({"legs__share__rate": {"uniform": [0.1, 0.2]}}, "its rate is uncertain"),
        ({"legs__share__already_paid": {"uniform": [1.0, 2.0]}}, "already paid is uncertain"),
        ({"legs__share__discount_rate": {"uniform": [0.0, 0.1]}}, "discount rate is uncertain"),
        ({"streams__sales__volatility": {"uniform": [0.1, 0.2]}}, "volatility of its revenue is"),
        ({"streams__sales__annual__2027": {"uniform": [10.0, 20.0]}}, "revenue of 2027 is uncer"),
        (
            {
                "events": {"e": {"hazard": {"uniform": [0.1, 0.2]}}},
                "legs__share__stop_events": ["e"],
            },
            "the hazard of e is uncertain",
        ),
    ],
)
def test_what_is_not_exact_says_why(changes: dict, reason: str):
    (check,) = cs.exact_checks(cs.value(deal_of(changed(CAPPED_SHARE, **changes)), paths=512))
    assert reason in check.why_not
    assert check.verdict == "not checked"
    assert math.isnan(check.difference)


@pytest.fixture(scope="module")
def everything():
    return cs.value(deal_of(EVERYTHING), paths=2**13)


def test_a_quadrature_that_takes_too_long_is_left_out(everything):
    few, many = (cs.exact_checks(everything, max_steps=n) for n in (3, 10**6))
    for check in few:
        is_capped = everything.deal.legs[check.leg].cap is not None
        assert check.why_not == ("its quadrature takes too long" if is_capped else "")
        assert check.verdict == ("not checked" if is_capped else "agrees")
    assert many == cs.exact_checks(everything)


def test_two_simulations_agree(everything):
    found = checks.runs_checks(everything)
    assert [check.name for check in found] == list(everything)
    for check in found:
        assert abs(check.difference) < 4.0
        assert check.verdict == "agrees"
        samples = everything[check.name].samples
        assert close(check.plain.value, samples.mean(), rel=1e-15)
        error = samples.std(ddof=1) / math.sqrt(len(samples))
        assert close(check.plain.standard_error, error, rel=1e-12)


def test_two_simulations_that_differ_are_told():
    one, other = cs.Estimate(10.0, 0.003), cs.Estimate(10.0205, 0.004)
    assert RunsCheck("leg", one, other).verdict == "differs"
    assert close(RunsCheck("leg", one, other).difference, -4.1, rel=1e-9)
    few = cs.Estimate(10.0, 0.003, 15)  # of both together: 5**4 / (3**4 / 15) = 116 degrees
    assert RunsCheck("leg", few, other).verdict == "agrees"
    assert RunsCheck("leg", few, cs.Estimate(10.0215, 0.004)).verdict == "differs"


def test_plain_paths_are_not_compared_with_themselves():
    assert checks.runs_checks(cs.value(deal_of(CAPPED_SHARE), paths=500)) == []


def test_money_is_conserved_on_every_path(everything):
    assert checks.conservation_gap(everything) < 1e-14
    assert "to 1" in check_tables.conservation_sentence(everything)


def test_money_that_is_lost_is_found():
    valuation = cs.value(deal_of(EVERYTHING), paths=100)
    partner = valuation.positions["partner"]
    samples = partner.samples.copy()
    samples[77] += 0.01 * abs(samples[77])
    valuation.positions["partner"] = dataclasses.replace(partner, samples=samples)
    assert checks.conservation_gap(valuation) > 1e-4
    assert "not conserved" in check_tables.conservation_sentence(valuation)


def test_tables_of_checks(everything):
    exact_values = check_tables.exact_values(everything)
    assert [row[0] for row in exact_values.rows] == ["Share", "Reverse", "Royalty"]
    assert {row[4] for row in exact_values.rows} == {"agrees"}
    two_runs = check_tables.two_runs(everything)
    assert {row[0] for row in two_runs.rows} == {"Contracts", "Stakes", "Positions"}
    uncertain = changed(CAPPED_SHARE, legs__share__cap={"uniform": [30.0, 40.0]})
    (row,) = check_tables.exact_values(cs.value(deal_of(uncertain), paths=512)).rows
    assert row[2:] == (None, None, "not checked", "No exact value: its cap is uncertain.")


@pytest.mark.parametrize("degrees", [7, 14, 15, 63, math.inf])
def test_what_is_taken_for_chance_happens_all_but_once_in_16000(degrees: float):
    at_four = 2.0 * float(stats.norm.sf(4.0))
    most = float(stats.t.isf(0.5 * at_four, degrees))
    assert [checks.verdict(x * most, degrees) for x in (-1.001, -0.999, 0.999, 1.001)] == [
        "differs", "agrees", "agrees", "differs",
    ]  # fmt: skip
    one = cs.Estimate(10.0 + 0.1 * (most - 0.01), 0.1, degrees)
    assert Check("leg", 10.0, 1e-9, one).verdict == "agrees"


def test_verdicts():
    def verdict(value: float, standard_error: float) -> str:
        return Check("leg", 10.0, 1e-9, cs.Estimate(value, standard_error)).verdict

    assert verdict(10.39, 0.1) == "agrees"
    assert verdict(10.41, 0.1) == "differs"
    assert verdict(9.59, 0.1) == "differs"
    assert verdict(10.0 + 1e-12, 0.0) == "agrees"
    assert verdict(10.01, 0.0) == "differs"
    assert verdict(math.nan, 0.1) == "differs"
