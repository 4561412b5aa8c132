"""Sensitivities against closed forms, against bumps on the same draws, and their honesty."""

import copy
import math

import pytest
from scipy.stats import norm

import capstake as cs
from bumps import bumped, is_bumpable
from close import close

# Two-sided 99.99% of Student's t with 31 degrees of freedom, for errors from 32 groups.
T = 4.45


def one_period(cap: float, volatility: float = 0.4, **changes: object) -> cs.Deal:
    """A share of one year's revenue of 100, capped: a call spread on the revenue."""
    leg = {
        "payer": "maker",
        "receiver": "holder",
        "base": "sales",
        "rate": 0.5,
        "start": "2026-01-01",
        "end": "2026-12-31",
        "cap": cap,
        **changes,
    }
    return cs.Deal(
        name="One year",
        valuation_date="2025-12-31",
        currency="USD",
        discount_rate=0.1,
        compounding="continuous",
        day_count="30E/360",
        frequency="year",
        parties={"maker": cs.Party(name="Maker"), "holder": cs.Party(name="Holder")},
        streams={"sales": cs.Forecast(annual={2026: 100}, volatility=volatility)},
        events={"end": cs.Event(hazard=0.3)},
        legs={"share": cs.RevenueShare(**leg)},
    )


def within(sensitivity: cs.Sensitivity, expected: float) -> bool:
    d = sensitivity.derivative
    return abs(d.value - expected) < T * d.standard_error


def test_black_greeks_of_a_capped_year():
    # min(F exp(s Z - s^2/2), C) for F = 50, C = 45; Black (1976), with the discount factor exp(-r).
    forward, cap, s, r = 50.0, 45.0, 0.4, 0.1
    d1 = math.log(forward / cap) / s + s / 2
    d2 = d1 - s
    df = math.exp(-r)
    call = df * (forward * norm.cdf(d1) - cap * norm.cdf(d2))
    found = cs.sensitivities(one_period(cap), paths=2**18)["share"]
    delta = df * (1 - norm.cdf(d1))
    expected = {
        "legs.share.rate": delta * 100,
        "streams.sales.annual.2026": delta * 0.5,
        "legs.share.cap": df * norm.cdf(d2),
        "streams.sales.volatility": -df * forward * norm.pdf(d1),
        "deal.discount_rate": -(df * forward - call),
    }
    for field, value in expected.items():
        assert within(found[field], value), (field, found[field], value)
        assert found[field].derivative.standard_error < 0.02 * abs(value), field


def test_hazard_of_a_stop_event():
    # The year accrues until the event: mean part (1 - exp(-h)) / h of an uncapped 50.
    h, df = 0.3, math.exp(-0.1)
    deal = one_period(1e9, volatility=0.0, stop_events=["end"])
    slope = (math.exp(-h) * (1 + h) - 1) / h**2
    found = cs.sensitivities(deal, paths=2**18)["share"]["events.end.hazard"]
    assert not found.has_jump
    assert within(found, 50 * df * slope)
    assert found.derivative.standard_error < 0.01 * abs(found.derivative.value)


def stake_with_failure(hazard: object) -> cs.Deal:
    deal = one_period(45.0).to_dict()
    deal["events"]["fails"] = {"hazard": hazard}
    deal["companies"] = {
        "c": {
            "party": "maker",
            "revenue": "sales",
            "multiple": 2.0,
            "exit_date": "2026-12-31",
            "failure": "fails",
            "recovery": 0.25,
        }
    }
    deal["stakes"] = {"stake": {"holder": "holder", "company": "c", "fraction": 0.5}}
    return cs.Deal.from_record(deal)


def test_hazard_of_a_failure():
    # Half of 200 exp(-0.1) times (P(survive) + 0.25 P(fail)), P(survive) = exp(-h).
    h = 0.2
    sensitivities = cs.sensitivities(stake_with_failure(h), paths=2**18)
    assert "Smoothed" not in sensitivities.table("stake").note
    found = sensitivities["stake"]["events.fails.hazard"]
    expected = 100 * math.exp(-0.1) * -math.exp(-h) * (1 - 0.25)
    assert not found.has_jump
    assert within(found, expected)
    assert found.derivative.standard_error < 0.02 * abs(expected)


def test_uncertain_hazard_of_a_failure():
    # As above, with the hazard uniform on [a, b]: the mean of exp(-h) has closed derivatives.
    a, b = 0.1, 0.3
    sensitivities = cs.sensitivities(stake_with_failure({"uniform": [a, b]}), paths=2**17)
    assert "Smoothed" not in sensitivities.table("stake").note
    found = sensitivities["stake"]
    survival = (math.exp(-a) - math.exp(-b)) / (b - a)
    expected = {
        "low": (survival - math.exp(-a)) / (b - a),
        "high": (math.exp(-b) - survival) / (b - a),
    }
    for end, slope in expected.items():
        row = found[f"events.fails.hazard.{end}"]
        assert row.method == "conditioned"
        assert within(row, 75 * math.exp(-0.1) * slope)
        assert row.derivative.standard_error < 1e-4 * abs(row.derivative.value)
        assert row.bias is None
    assert found["companies.c.multiple"].method == "pathwise"
    assert found["companies.c.multiple"].bias is None


def test_hazard_that_is_zero_is_differentiated_upwards():
    # With the event integrated out the mean is exp(-h) whatever the path, also at h = 0.
    row = cs.sensitivities(stake_with_failure(0.0), paths=2**16)["stake"]["events.fails.hazard"]
    assert row.method == "integrated"
    assert within(row, -75 * math.exp(-0.1))
    assert row.derivative.standard_error < 0.01 * 75


def test_blacks_second_derivatives_of_a_capped_year():
    # As for the first ones; Haug (2007), The Complete Guide to Option Pricing Formulas, chapter 2:
    # gamma, strike gamma, vomma and vanna of the short call in F - call.
    forward, cap, s, r = 50.0, 45.0, 0.4, 0.1
    d1 = math.log(forward / cap) / s + s / 2
    d2 = d1 - s
    df = math.exp(-r)
    annual, limit = "streams.sales.annual.2026", "legs.share.cap"
    volatility, rate = "streams.sales.volatility", "deal.discount_rate"
    found = cs.sensitivities(one_period(cap), paths=2**17, second=[annual, limit, volatility, rate])
    second = found.second("share")
    vega = df * forward * norm.pdf(d1)
    expected = {
        (annual, annual): -df * norm.pdf(d1) / (forward * s) * 0.5**2,
        (limit, limit): -df * norm.pdf(d2) / (cap * s),
        (limit, annual): df * norm.pdf(d2) / (forward * s) * 0.5,
        (annual, limit): df * norm.pdf(d2) / (forward * s) * 0.5,
        (volatility, volatility): -vega * d1 * d2 / s,
        (annual, volatility): df * norm.pdf(d1) * d2 / s * 0.5,
        (rate, limit): -df * norm.cdf(d2),
        (rate, rate): df * (forward * norm.cdf(-d1) + cap * norm.cdf(d2)),
    }
    scale = {annual: 50.0, limit: 45.0, volatility: 0.4, rate: 0.1}
    for pair, value in expected.items():
        row = second[pair]
        assert abs(row.derivative.value - value) < T * row.derivative.standard_error, (pair, row)
        bound = 0.3 / (scale[pair[0]] * scale[pair[1]])
        assert row.derivative.standard_error < bound, (pair, row)
        # The derivative by the rate has a kink where the others jump.
        assert row.method == ("pathwise" if pair[0] == rate else "smoothed"), pair


def test_values_are_homogeneous_in_money():
    # Euler: what scales with money adds up to the value, path by path.
    deal = cs.Deal.from_record(without_events(cs.load("microsoft_openai_2026_04").to_dict()))
    found = cs.sensitivities(deal, paths=2**14, sampler="philox")
    value = cs.value(deal, paths=2**14, sampler="philox")["microsoft_share"].samples.mean()
    rows = found["microsoft_share"]
    money = [f for f in rows if ".annual." in f or f.endswith((".cap", ".already_paid"))]
    assert len(money) > 5
    assert close(sum(rows[f].at * rows[f].derivative.value for f in money), value, rel=1e-12)


def test_first_derivatives_are_homogeneous_of_degree_zero():
    # Euler again: jumps spread in their arguments' ratio keep it, path by path.
    found = cs.sensitivities(one_period(45.0), paths=2**14, second="legs.share.cap")
    second = found.second("share")
    terms = [
        row.at * second["legs.share.cap", field].derivative.value
        for field, row in found["share"].items()
        if ".annual." in field or field.endswith((".cap", ".already_paid"))
    ]
    assert max(map(abs, terms)) > 0.1
    assert close(sum(terms), 0.0, abs=1e-13)


def test_second_derivatives_are_asked_for_by_names_of_numbers():
    deal = one_period(45.0)
    with pytest.raises(cs.InputError, match="second: must be numbers of the deal"):
        cs.sensitivities(deal, paths=2**14, second=["legs.share.colour"])
    found = cs.sensitivities(deal, paths=2**14)
    with pytest.raises(KeyError, match="no second derivatives of 'share'"):
        found.second("share")


def without_events(record: dict) -> dict:
    """Return the record without events, which values sample and sensitivities integrate out."""
    changed = copy.deepcopy(record)
    changed.pop("events", None)
    for leg in changed["legs"].values():
        leg.pop("stop_events", None)
        leg.pop("loss_events", None)
    for company in changed.get("companies", {}).values():
        company.pop("failure", None)
        company.pop("exit", None)
    return changed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["microsoft_openai_2026_04", "microsoft_openai_2025_10"])
def test_every_field_of_the_bundled_deals_agrees_with_bumps(name: str):
    paths = 2**15
    record = without_events(cs.load(name).to_dict())
    found = cs.sensitivities(cs.Deal.from_record(record), paths=paths, sampler="philox")
    fields = [f for f in found["microsoft"] if is_bumpable(record, f, hazards=False)]
    assert len(fields) > 20
    capped = {f"legs.{leg}.already_paid" for leg, held in record["legs"].items() if "cap" in held}
    for field in fields:
        if field.endswith(".already_paid") and field not in capped:
            continue  # refused where there is no cap
        step = 1e-5 * max(abs(found["microsoft"][field].at), 0.1)
        low = -step if found["microsoft"][field].at > 0 else 0.0
        up = cs.value(bumped(record, field, step), paths=paths)
        down = cs.value(bumped(record, field, low), paths=paths)
        for position in ("microsoft", "microsoft_share", "other_holders"):
            change = up[position].samples.mean() - down[position].samples.mean()
            difference = change / (step - low)
            derivative = found[position][field].derivative.value
            # The same paths: only kinks crossed within the step and rounding remain.
            assert close(derivative, difference, rel=2e-3, abs=2e-5), (field, position)


def test_threads_change_no_bit():
    deal = cs.load("microsoft_openai_2026_04")
    one, seven = (cs.sensitivities(deal, paths=2**14, threads=n).to_dict() for n in (1, 7))
    assert one == seven


def test_ranges_of_the_deal_stand_beside_the_derivatives():
    found = cs.sensitivities(cs.load("microsoft_openai_2026_04"), paths=2**14)
    cap = found["microsoft_share"]["legs.microsoft_share.cap"]
    assert cap.range == (30.0, 50.0)
    assert cap.swing == (cap.derivative.value * -8.0, cap.derivative.value * 12.0)
    with pytest.raises(KeyError, match="no leg, stake or party named 'x'"):
        found["x"]


def stake_with_reversion(reversion: float, correlation: float = 0.5) -> cs.Deal:
    deal = stake_with_failure(0.1).to_dict()
    deal["companies"]["c"] |= {
        "long_run_multiple": 1.0,
        "reversion": reversion,
        "multiple_volatility": 0.5,
        "correlation": correlation,
    }
    return cs.Deal.from_record(deal)


def test_reversion_at_zero_has_the_derivative_of_its_limit():
    at_zero = cs.sensitivities(stake_with_reversion(0.0), paths=2**16)["stake"]
    near = cs.sensitivities(stake_with_reversion(1e-6), paths=2**16)["stake"]
    a, b = (s["companies.c.reversion"].derivative.value for s in (at_zero, near))
    assert close(a, b, rel=1e-5)


def test_a_slope_without_bound_is_marked_and_called_no_jump():
    # Of a correlation c the part that is independent moves with sqrt(1 - c^2).
    found = cs.sensitivities(stake_with_reversion(0.3, correlation=1.0), paths=2**14)
    assert not found["stake"]["companies.c.correlation"].has_jump
    (row,) = (
        r
        for r in found.to_dict()
        if (r["position"], r["field"]) == ("stake", "companies.c.correlation")
    )
    assert row["derivative"] is None
    assert found["stake"]["companies.c.correlation"].method == "unbounded"
    assert "no finite derivative" in repr(found.table("stake").rows)


def launch(**changes: object) -> cs.Deal:
    """Two legs and a stream that begins with its second figure; one leg shares another stream."""
    plan = {"annual": {2026: 0, 2027: 40, 2028: 60}, **changes}
    frequency = str(plan.pop("frequency", "quarter"))
    deal = copy.deepcopy(one_period(1e9).to_dict())
    deal["frequency"] = frequency
    deal["streams"] = {
        "sales": {"type": "forecast", **plan},
        "other": {"type": "forecast", "annual": {2026: 10, 2027: 11, 2028: 12}},
    }
    share = deal["legs"]["share"] | {"end": "2028-12-31"}
    deal["legs"] = {"share": share, "late": share | {"start": "2027-01-01"}}
    deal["legs"]["aside"] = share | {"base": "other"}
    return cs.Deal.from_record(deal)


# With the least figure in 2026 all of 2027 would come in its last quarter.
def test_by_a_figure_before_the_launch_there_is_no_derivative():
    found = cs.sensitivities(launch(volatility=0.2), paths=2**13)
    field = "streams.sales.annual.2026"
    for position in ("share", "late", "holder"):
        assert found[position][field].method == "jump"
        assert math.isnan(found[position][field].derivative.value)
        assert f"{field} (jumps: no derivative)" in repr(found.table(position).rows)
    assert found["aside"][field].derivative.value == 0.0
    assert found["share"]["streams.sales.annual.2027"].method == "pathwise"
    assert found["share"][field].at == 0.0
    second = cs.sensitivities(launch(), paths=2**13, second="deal.discount_rate")
    assert second.second("share")["deal.discount_rate", field].has_jump
    assert not second.second("aside")["deal.discount_rate", field].has_jump


def test_where_nothing_is_counted_from_the_launch_there_is_one():
    plan = {"frequency": "year"}
    found = cs.sensitivities(launch(**plan), paths=2**13)["share"]["streams.sales.annual.2026"]
    assert found.method == "pathwise"
    some = {"annual": {2026: 1e-6, 2027: 40, 2028: 60}}
    more, less = (cs.value(launch(**p), paths=2**13)["share"].value for p in (plan | some, plan))
    assert close(found.derivative.value, (more - less) / 1e-6, rel=1e-6)
    cut = cs.sensitivities(launch(**plan, growth_haircut=0.1), paths=2**13)
    assert cut["share"]["streams.sales.annual.2026"].method == "jump"
