"""Draws that depend on each other: correlations, tails, margins and values against formulas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

import capstake as cs
from capstake import _core
from capstake.narrative import run_sentences
from capstake.settings import SAMPLE_PATHS
from close import agrees, close, same_bits
from deals import CAPPED_SHARE, Record, changed, deal_of, share_deal
from dependence_deals import (
    DEPENDENT,
    LOGNORMAL,
    OF_NORMALS,
    ONCE,
    T4,
    N,
    joint,
    pair,
    samples,
)
from reference_distributions import law


@pytest.mark.parametrize("r", [-0.8, 0.3, 0.95])
@pytest.mark.parametrize("copula", [{}, T4], ids=["gaussian", "t"])
def test_kendalls_rank_correlation_is_the_one_given(r: float, copula: Record):
    of = samples(
        joint({"a": LOGNORMAL, "b": {"pert": [3, 4, 9]}}, pair(r, kind="kendall", **copula))
    )
    tau = stats.kendalltau(of["a"], of["b"]).statistic
    # Its standard deviation is at most sqrt(2 (1 - tau^2) / n) (Kendall and Gibbons 1990, 5.21).
    assert abs(tau - r) < 4 * math.sqrt(2 * (1 - r**2) / N)


@pytest.mark.parametrize("r", [-1.0, -0.6, 0.5, 1.0])
def test_pearsons_correlation_is_that_of_the_normals_behind(r: float):
    of = samples(joint({"a": LOGNORMAL, "b": {"lognormal": [2.0, 1.1]}}, pair(r)))
    got = np.corrcoef(np.log(of["a"]), np.log(of["b"]))[0, 1]
    assert abs(got - r) < 4 * (1 - r**2) / math.sqrt(N) + 1e-12
    # 2 / pi asin(r): Kruskal (1958), section 6.
    tau = stats.kendalltau(of["a"], of["b"]).statistic
    assert abs(tau - 2 / math.pi * math.asin(r)) < 4 * math.sqrt(2 * (1 - tau**2) / N) + 1e-12


@pytest.mark.slow
def test_a_t_copula_has_its_tail_dependence():
    """Demarta and McNeil (2005), equation 5: 2 t_{n+1}(-sqrt((n + 1) (1 - r) / (1 + r)))."""
    r, freedom, q, n = 0.5, 3.0, 0.004, SAMPLE_PATHS
    limit = 2 * stats.t.cdf(-math.sqrt((freedom + 1) * (1 - r) / (1 + r)), freedom + 1)
    # At a probability above 0: P(both below their q quantile) / q.
    x = stats.t.ppf(q, freedom)
    both = stats.multivariate_t(shape=[[1, r], [r, 1]], df=freedom).cdf([x, x], random_state=1)
    exact = float(both) / q
    assert abs(exact - limit) < 0.04
    numbers = {"a": {"uniform": [1, 2]}, "b": LOGNORMAL}
    for copula, expected in (
        ({"copula": "t", "degrees_of_freedom": freedom}, exact),
        ({}, stats.multivariate_normal(cov=[[1, r], [r, 1]]).cdf([ndtri(q)] * 2) / q),
    ):
        of = samples(joint(numbers, pair(r, **copula)), paths=n)
        low_a = of["a"] < 1 + q
        low_b = of["b"] < 5 * math.exp(0.4 * ndtri(q) - 0.08)
        high_a, high_b = of["a"] > 2 - q, of["b"] > 5 * math.exp(-0.4 * ndtri(q) - 0.08)
        error = math.sqrt(expected * (1 - expected) / (n * q))
        assert error < 0.02
        for a, b in ((low_a, low_b), (high_a, high_b)):
            assert abs((a & b).sum() / (n * q) - expected) < 4 * error


@pytest.mark.parametrize("copula", [{}, T4, {"copula": "t", "degrees_of_freedom": 1}])
def test_the_law_of_each_number_stays_its_own(copula: Record):
    numbers = {
        "a": {"lognormal": [5.0, 0.4]},
        "b": {"pert": [3, 4, 9]},
        "c": {"gamma": [2.5, 3]},
        "d": {"beta": [2, 3, 1, 7]},
        "e": {"metalog": {"probabilities": [0.1, 0.5, 0.9], "values": [2, 3, 5], "low": 0}},
    }
    r = np.full((5, 5), 0.6) + 0.4 * np.eye(5)
    of = samples(joint(numbers, {"correlation": r.tolist(), **copula}))
    for name, held in numbers.items():
        cdf = law(held).cdf
        u = np.sort([float(cdf(x)) for x in of[name][: N // 16]])
        # Kolmogorov-Smirnov at a probability of 1e-6 (Smirnov's limit).
        assert stats.kstest(u, "uniform").statistic < math.sqrt(math.log(2e6) / 2 / len(u)), name


def revenue_rows(record: Record, stream: str, seed: int) -> np.ndarray:
    """Logarithms of a stream's annual revenue, of 2**14 paths: (years, paths)."""
    graph = _core.graph_of(deal_of(record))
    rows = graph.run(seed=seed, n_blocks=32)
    names = [n for n in graph.output_names if n.startswith(f"revenue.{stream}.")]
    return np.log([rows[graph.output_names.index(name)] for name in names])


def test_the_law_of_a_stream_over_time_stays_its_own():
    record = DEPENDENT["t by Kendall's"]
    bare = changed(record)
    del bare["dependence"]
    dependent, alone = (revenue_rows(r, "peer", s) for r, s in ((record, 3), (bare, 4)))
    n = dependent.shape[1]
    assert len(dependent) == len(alone) >= 4
    for i in range(1, len(alone)):
        # Kolmogorov-Smirnov of two samples at a probability of 1e-6.
        found = stats.ks_2samp(dependent[i], alone[i]).statistic
        assert found < math.sqrt(math.log(2e6) / n)
    # Growth in years that share no shock does not correlate.
    growth = np.diff(dependent, axis=0)
    for i in range(len(growth) - 2):
        assert abs(np.corrcoef(growth[i], growth[i + 2])[0, 1]) < 5 / math.sqrt(n)
    # The shocks of a period do, by the sine of Kendall's -0.5: exactly so were there no averaging
    # over the year, and no weights of the shock in revenue.
    sales = np.diff(revenue_rows(record, "sales", 3), axis=0)[-4:]
    found = [np.corrcoef(a, b)[0, 1] for a, b in zip(growth[-4:], sales, strict=True)]
    assert max(found) < -0.4


def products(r: float, **more: Any) -> Record:
    """Revenue that a lognormal number scales, at an uncertain rate: 100 on average."""
    record = share_deal({2026: 1.0})
    record["streams"]["factor"] = {
        "type": "scaled",
        "of": "sales",
        "factor": {"lognormal": [1000.0, 0.3]},
    }
    record |= {"discount_rate": 0.0}
    return changed(
        record,
        legs__share__base="factor",
        legs__share__rate={"uniform": [0.05, 0.15]},
        dependence={
            "x": {"draws": ["streams.factor.factor", "legs.share.rate"], **pair(r), **more}
        },
    )


@pytest.mark.parametrize("r", [-0.7, 0.5])
def test_the_mean_of_a_product_is_its_integral(r: float):
    """Of a uniform rate and a lognormal factor; no control takes them for independent."""
    z, w = np.polynomial.hermite_e.hermegauss(80)
    w = w / w.sum()
    rate = 0.05 + 0.1 * ndtr(r * z + math.sqrt(1 - r**2) * z[:, None])
    exact = float(w @ (rate * 1000 * np.exp(0.3 * z - 0.045)) @ w)
    found = cs.value(deal_of(products(r)), paths=2**15)["share"].estimate
    assert agrees(found, exact, largest_error=2e-4)
    assert abs(exact - 100) > 1  # 100 is what independent ones would give


@pytest.mark.parametrize("r", [-0.7, 0.5])
def test_the_mean_of_a_product_of_lognormals_is_exact(r: float):
    """m n exp(r v w): a control whose mean took them for independent would move the value."""
    record = share_deal({2026: 1.0}) | {"discount_rate": 0.0}
    for name, of, factor in (("x", "sales", [100.0, 0.3]), ("y", "x", [5.0, 0.2])):
        record["streams"][name] = {"type": "scaled", "of": of, "factor": {"lognormal": factor}}
    draws = ["streams.x.factor", "streams.y.factor"]
    record = changed(record, legs__share__base="y", dependence={"all": {"draws": draws, **pair(r)}})
    for sampler in ("sobol", "philox"):
        found = cs.value(deal_of(record), paths=2**13, sampler=sampler)["share"].estimate
        assert close(found.value, 100 * math.exp(r * 0.3 * 0.2), rel=1e-12)


@pytest.mark.parametrize("r", [-0.8, 0.4])
def test_an_event_that_depends_on_a_number(r: float):
    """The number times the chance that the event has not come: m Phi(Phi^-1(e^-h) - r v)."""
    record = joint({"share": LOGNORMAL})
    (leg,) = record["legs"].values()
    hazard = 0.5
    record |= {
        "events": {"loss": {"hazard": hazard}},
        "legs": {"share": leg | {"loss_events": ["loss"], "start": "2026-12-01"}},
        "dependence": {"x": {"draws": ["legs.share.cap", "loss"], **pair(r)}},
    }
    found = cs.value(deal_of(record), paths=2**16)
    exact = 5 * ndtr(ndtri(math.exp(-hazard)) - r * 0.4)
    # An event comes the sooner the higher its draw, so r > 0 takes the high amounts away.
    assert agrees(found["share"].estimate, exact, largest_error=2e-3)
    (event,) = found.run.events
    assert (event.name, event.integrated, event.reason) == ("loss", 0, "depends on other draws")
    assert any("Loss" in s and "(depends on other draws)" in s for s in run_sentences(found))
    # By the hazard the value jumps: the jump gives way to its probability given the other draw.
    row = cs.sensitivities(deal_of(record), paths=2**15)["share"]["events.loss.hazard"]
    x = ndtri(math.exp(-hazard))
    slope = -5 * math.exp(-hazard) * stats.norm.pdf(x - r * 0.4) / stats.norm.pdf(x)
    assert row.method == "conditioned"
    assert agrees(row.derivative, slope, largest_error=2e-2)


@pytest.mark.parametrize("name", ["Gaussian", "Gaussian by Spearman's"])
def test_correlations_of_zero_change_no_bit(name: str):
    record = DEPENDENT[name]
    zero = changed(record, dependence={})
    eye = np.eye(len(ONCE)).tolist()
    zero["dependence"] = {
        "once": {**record["dependence"]["once"], "correlation": eye},
        "shocks": {
            **record["dependence"]["shocks"],
            "correlation": [["sales.shock", "peer.shock", 0]],
        },
    }
    none = changed(record)
    del none["dependence"]
    zero, none = (_core.graph_of(deal_of(held)).run(seed=5, n_blocks=4) for held in (zero, none))
    assert same_bits(zero, none)


def test_values_of_a_correlation_of_zero_are_those_of_none():
    zero = basket(0.0)
    none = changed(zero)
    del none["dependence"]
    a, b = (cs.value(deal_of(held), paths=2**13)["share"] for held in (zero, none))
    assert same_bits(a.value, b.value)
    assert same_bits(a.samples, b.samples)


@pytest.mark.parametrize("copula", [{}, T4], ids=["gaussian", "t"])
def test_the_same_bits_on_any_number_of_threads(copula: Record):
    deal = deal_of(basket(0.4, **copula))
    one, two, seven = (cs.value(deal, paths=2**13, threads=n)["share"] for n in (1, 2, 7))
    for other in (two, seven):
        assert same_bits(one.value, other.value)
        assert same_bits(one.samples, other.samples)


def test_pairs_and_matrices_say_the_same():
    by_matrix = joint({"a": LOGNORMAL, "b": LOGNORMAL}, pair(0.4))
    by_pairs = joint(
        {"a": LOGNORMAL, "b": LOGNORMAL},
        {"correlation": [["legs.b.cap", "legs.a.cap", 0.4]]},
    )
    assert same_bits(samples(by_matrix)["b"], samples(by_pairs)["b"])


def basket(r: float, **more: Any) -> Record:
    """The lower of two lognormal amounts: revenue is one of them, the cap the other."""
    record = share_deal({2026: 1.0})
    record["streams"]["amount"] = {
        "type": "scaled",
        "of": "sales",
        "factor": {"lognormal": [25.0, 0.3]},
    }
    return changed(
        record | {"discount_rate": 0.0},
        frequency="year",
        legs__share__base="amount",
        legs__share__cap={"lognormal": [5.0, 0.4]},
        dependence={"x": {"draws": ["streams.amount.factor", "legs.share.cap"], **pair(r), **more}},
    )


def lower_of_two(r: float) -> float:
    """Margrabe (1978): E min(X, Y) = E X - E max(X - Y, 0), both of mean 5."""
    v = math.sqrt(0.3**2 + 0.4**2 - 2 * r * 0.3 * 0.4)
    return 5.0 - 5.0 * (2 * float(ndtr(v / 2)) - 1)


def test_a_capped_amount_is_margrabes_and_so_is_its_derivative_by_the_correlation():
    r, h = 0.35, 1e-5
    deal = deal_of(basket(r))
    assert agrees(
        cs.value(deal, paths=2**16)["share"].estimate, lower_of_two(r), largest_error=1e-3
    )
    found = cs.sensitivities(deal, paths=2**16)["share"]
    row = found["dependence.x.correlation[0][1]"]
    exact = (lower_of_two(r + h) - lower_of_two(r - h)) / (2 * h)
    assert row.method == "pathwise"
    assert agrees(row.derivative, exact, largest_error=0.03)


@pytest.mark.parametrize(("kind", "of_normals"), OF_NORMALS)
def test_a_derivative_by_a_rank_correlation(kind: str, of_normals: Any):
    r, h = 0.35, 1e-5
    record = basket(r, kind=kind)
    draws = record["dependence"]["x"]["draws"]
    record["dependence"]["x"]["correlation"] = [[*draws, r]]
    row = cs.sensitivities(deal_of(record), paths=2**16)["share"]["dependence.x.correlation[0][2]"]
    exact = (lower_of_two(of_normals(r + h)) - lower_of_two(of_normals(r - h))) / (2 * h)
    assert row.at == r
    assert agrees(row.derivative, exact, largest_error=0.03)


@pytest.mark.parametrize(
    ("kind", "field", "key", "at", "step"),
    [("pearson", "degrees_of_freedom", "degrees_of_freedom", 4.0, 1e-3),
     ("spearman", "degrees_of_freedom", "degrees_of_freedom", 4.0, 1e-3),
     ("spearman", "correlation", "correlation[0][1]", 0.35, 1e-4)],
)  # fmt: skip
def test_a_derivative_by_a_t_copula_is_a_central_difference(
    kind: str, field: str, key: str, at: float, step: float
):
    record = basket(0.35, copula="t", degrees_of_freedom=4.0, kind=kind)
    row = cs.sensitivities(deal_of(record), paths=2**14)["share"][f"dependence.x.{key}"]

    def moved(x: float) -> Any:
        return x if field == "degrees_of_freedom" else [[1, x], [x, 1]]

    up, down = (
        cs.value(
            deal_of(changed(record, **{f"dependence__x__{field}": moved(at + by)})),
            paths=2**15,
            sampler="philox",
        )["share"].samples
        for by in (step, -step)
    )
    change = (up - down) / (2 * step)  # on each path
    error = math.hypot(row.derivative.standard_error, change.std() / math.sqrt(len(change)))
    assert abs(row.derivative.value - change.mean()) < 4 * error
    assert error < 0.1 * abs(row.derivative.value)


def test_an_exact_check_is_refused_where_what_it_integrates_depends():
    def why(**dependence: Any) -> str:
        record = changed(
            CAPPED_SHARE,
            streams__peer={"type": "gbm", "level": 1.0, "growth": 0, "volatility": 0.2},
            events={"stop": {"hazard": 0.1}, "loss": {"hazard": 0.1}},
            legs__share__stop_events=["stop"],
            legs__share__loss_events=["loss"],
            streams__sales__growth_haircut={"uniform": [0, 0.2]},
        )
        record["dependence"] = {"x": dependence}
        return _core.exact_checks(deal_of(record))[0][3]

    refused = "its revenue, its events or the growth haircut depend on each other"
    assert why(draws=["stop", "loss"], **pair(0.5)) == refused
    assert why(draws=["stop", "streams.sales.growth_haircut"], **pair(0.5)) == refused
    assert why(draws=["stop", "loss"], **pair(0.0)) == ""
    assert why(draws=["stop", "loss"], **pair(0.0, **T4)) == refused
    assert why(draws=["peer.shock", "sales.shock"], **pair(0.5)) == ""


def test_an_exact_check_that_is_given_agrees():
    record = changed(
        CAPPED_SHARE,
        streams__peer={"type": "gbm", "level": 1.0, "growth": 0, "volatility": 0.2},
        dependence={"x": {"draws": ["peer.shock", "sales.shock"], **pair(0.9, **T4)}},
    )
    deal = deal_of(record)
    (check,) = cs.exact_checks(cs.value(deal, paths=2**14))
    assert check.verdict == "agrees"
    assert check.simulated.standard_error < 0.02


def test_deals_of_other_laws_and_dependence_are_compared_on_the_same_draws():
    old = joint({"a": {"triangular": [3, 4, 6]}, "b": LOGNORMAL})
    new = joint({"a": LOGNORMAL, "b": LOGNORMAL}, pair(0.5))
    for first, second in ((old, new), (new, old)):
        both = cs.compare(deal_of(first), deal_of(second), paths=2**13)
        alone = cs.value(deal_of(first), paths=2**13)
        assert same_bits(both.old["a"].samples, alone["a"].samples)
        assert close(
            both.new["b"].samples, cs.value(deal_of(second), paths=2**13)["b"].samples, rel=1e-9
        )


SOURCED = {"value": 0.4, "source": "a survey", "status": "assumed", "range": [0.1, 0.6]}


@pytest.mark.parametrize(
    "told",
    [[["legs.a.cap", "legs.b.cap", SOURCED]], [[1, SOURCED], [0.4, 1]], [[1, 0.4], [SOURCED, 1]]],
    ids=["pair", "above", "below"],
)
def test_a_correlation_says_where_it_comes_from(told: Any, tmp_path):
    draws = ["legs.a.cap", "legs.b.cap"]
    numbers = {"a": {"uniform": [1, 2]}, "b": {"uniform": [1, 2]}}
    plain, told = (
        joint(numbers, {"correlation": r, "kind": "kendall"}) for r in ([[*draws, 0.4]], told)
    )
    deal = deal_of(told)
    assert cs.Deal.from_record(deal.to_dict()) == deal
    assert deal.dependence["all"].correlation == told["dependence"]["all"]["correlation"]
    (row,) = [r for r in _core.assumptions(deal) if r["table"] == "dependence"]
    number = row["number"]
    assert (number.value, number.source, number.status) == (0.4, "a survey", "assumed")
    assert number.range == (0.1, 0.6)
    a, b = (cs.value(deal_of(record), paths=1024) for record in (plain, told))
    assert {n: p.value for n, p in a.positions.items()} == {
        n: p.value for n, p in b.positions.items()
    }
    page = cs.report(b, tmp_path / "memo.html").read_text("utf-8")
    assert "a survey" in page
