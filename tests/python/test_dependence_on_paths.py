"""Draws made once a path that depend on draws by period: closed forms, limits, no bit changed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

import capstake as cs
from capstake import _core
from capstake.dependence import dependence_sentences
from close import agrees, close, same_bits
from deals import Record, changed, deal_of, share_deal, without
from dependence_deals import DEPENDENT, OF_NORMALS, T4, mixed
from longer_leg import assert_a_longer_leg_changes_no_bit

VOLATILITY = 0.4
HAZARD = 0.2


def wrong_way(r: float, until: str = "2027-12-31", **dependence: Any) -> Record:
    """A fifth of the revenue of 2027, mean 120, paid unless the payer fails in two years."""
    pairs = [["loss", "sales.shock", r]]
    return changed(
        share_deal({2026: 100.0, 2027: 120.0}, volatility=VOLATILITY, start="2027-01-01"),
        frequency="year",
        discount_rate=0.0,
        events={"loss": {"hazard": HAZARD}},
        legs__share__loss_events=["loss"],
        dependence={"all": mixed(pairs, until, **dependence)},
    )


def paid_unless_lost(r: float, years: float, hazard: float = HAZARD) -> float:
    """24 Phi(Phi^-1(e^-2h) - r v W): E[exp(v W_2 - v^2) 1{Z < a}] with cov(W_2, Z) = r W.

    Of a bivariate normal: the lognormal's own measure moves Z by its covariance with the exponent.
    """
    shared = min(2.0, years) / math.sqrt(years)
    return 24.0 * float(ndtr(ndtri(math.exp(-2 * hazard)) - r * VOLATILITY * shared))


def _slope(f: Any, at: float, by: float = 1e-5) -> float:
    return (f(at + by) - f(at - by)) / (2 * by)


@pytest.mark.parametrize("r", [-0.5, 0.8, 1.0])
@pytest.mark.parametrize(("until", "years"), [("2026-12-31", 1), ("2027-12-31", 2),
                                              ("2031-12-31", 6)])  # fmt: skip
def test_a_payer_fails_rather_when_revenue_is_low(r: float, until: str, years: int):
    for sampler in ("sobol", "philox"):
        found = cs.value(deal_of(wrong_way(r, until)), paths=2**16, sampler=sampler)["share"]
        assert agrees(found.estimate, paid_unless_lost(r, years), largest_error=5e-3)


def test_derivatives_by_the_correlation_and_by_the_hazard():
    found = cs.sensitivities(deal_of(wrong_way(-0.5)), paths=2**16)["share"]
    by_r, by_hazard = (
        found[key] for key in ("dependence.all.correlation[0][2]", "events.loss.hazard")
    )
    slope = _slope(lambda r: paid_unless_lost(r, 2), -0.5)
    assert agrees(by_r.derivative, slope, largest_error=0.05)
    slope = _slope(lambda h: paid_unless_lost(-0.5, 2, h), HAZARD)
    assert agrees(by_hazard.derivative, slope, largest_error=0.05)


@pytest.mark.parametrize(("kind", "of_normals"), OF_NORMALS)
def test_rank_correlations(kind: str, of_normals: Any):
    found = cs.value(deal_of(wrong_way(-0.6, kind=kind)), paths=2**16)["share"].estimate
    assert agrees(found, paid_unless_lost(of_normals(-0.6), 2), largest_error=2e-3)


def test_a_risk_premium_moves_the_drift_and_not_the_draws():
    """The ratio of the two values is that of sure revenue."""
    record = changed(
        wrong_way(-0.5), streams__sales__risk_premium=0.07, risk_free=0.0, measure="risk_neutral"
    )
    sure = changed(without(record, "dependence"), streams__sales__volatility=0.0)
    values = {
        measure: cs.value(deal_of(sure), paths=2**10, measure=measure)["share"].value
        for measure in ("real_world", "risk_neutral")
    }
    ratio = values["risk_neutral"] / values["real_world"]
    assert 0.85 < ratio < 0.95
    exact = paid_unless_lost(-0.5, 2)
    for measure, expected in (("real_world", exact), ("risk_neutral", ratio * exact)):
        found = cs.value(deal_of(record), paths=2**16, measure=measure)["share"].estimate
        assert agrees(found, expected, largest_error=2e-3)
    both = cs.measures(deal_of(record), paths=2**14)["share"]
    assert agrees(both.real_world, exact, largest_error=5e-3)
    assert agrees(both.risk_neutral, ratio * exact, largest_error=5e-3)


def capped(r: float, until: str = "2027-12-31", **dependence: Any) -> Record:
    """The lower of the revenue of 2027 and a cap, both lognormal."""
    pairs = [["legs.share.cap", "sales.shock", r]]
    return changed(
        share_deal({2026: 100.0, 2027: 120.0}, volatility=0.3, rate=1.0, start="2027-01-01"),
        frequency="year",
        discount_rate=0.0,
        legs__share__cap={"lognormal": [120.0, 0.4]},
        dependence={"all": mixed(pairs, until, **dependence)},
    )


def lower_of_two(r: float) -> float:
    """Margrabe (1978), both means 120: the deviations of the logarithms are 0.3 sqrt(2) and 0.4."""
    s = 0.3 * math.sqrt(2)
    v = math.sqrt(s**2 + 0.4**2 - 2 * r * s * 0.4)
    return 120.0 - 120.0 * (2 * float(ndtr(v / 2)) - 1)


def test_a_cap_that_depends_on_revenue_is_margrabes():
    deal = deal_of(capped(0.6))
    assert agrees(cs.value(deal, paths=2**16)["share"].estimate, lower_of_two(0.6),
                  largest_error=5e-4)  # fmt: skip
    row = cs.sensitivities(deal, paths=2**16)["share"]["dependence.all.correlation[0][2]"]
    assert row.method == "pathwise"
    assert agrees(row.derivative, _slope(lower_of_two, 0.6), largest_error=0.02)


def outputs(record: Record, *, seed: int = 5, n_blocks: int = 4) -> dict[str, np.ndarray]:
    graph = _core.graph_of(deal_of(record))
    return dict(zip(graph.output_names, graph.run(seed=seed, n_blocks=n_blocks), strict=True))


@pytest.mark.parametrize("r", [-1.0, 1.0])
def test_at_the_limits_a_number_is_a_function_of_the_path(r: float):
    """log C - log m + s^2 / 2 = r s W_2 / sqrt(2), and log R - log m + v^2 = v W_2."""
    of = outputs(changed(capped(r), streams__sales__annual={2026: 1.0, 2027: 1e9}))
    revenue, cap = of["revenue.sales.2027"], of["paid.share"]
    path = (np.log(revenue / 1e9) + 0.3**2) / (0.3 * math.sqrt(2))
    assert close(np.log(cap / 120) + 0.4**2 / 2, r * 0.4 * path, abs=1e-12)


@pytest.mark.parametrize("name", ["once a path on by period", "t on a draw by period"])
def test_no_bit_of_what_is_drawn_by_period_changes(name: str):
    """Dependence between draws by period alone is the other way to say the same of these."""
    record = DEPENDENT[name]
    bare = without(record, "dependence")
    if name == "once a path on by period":
        of_shocks = {
            "draws": ["sales.shock", "peer.shock"],
            "correlation": [["sales.shock", "peer.shock", 0.3]],
        }
        bare = changed(bare, dependence={"all": of_shocks})
    a, b = outputs(record), outputs(bare)
    same = [key for key in a if key.startswith(("revenue.peer", "revenue.sales"))]
    assert len(same) > 8
    assert all(same_bits(a[key], b[key]) for key in same)


def test_correlations_of_zero_change_no_bit():
    record = DEPENDENT["once a path on by period"]
    none = without(record, "dependence")
    zero = [[a, b, 0] for a, b, _ in record["dependence"]["all"]["correlation"]]
    a, b = outputs(changed(record, dependence__all__correlation=zero)), outputs(none)
    assert all(same_bits(a[key], b[key]) for key in b)
    plain = without(wrong_way(0.0), "dependence")
    for sampler in ("sobol", "philox"):
        a, b = (
            cs.value(deal_of(held), paths=2**13, sampler=sampler)["share"]
            for held in (wrong_way(0.0), plain)
        )
        assert same_bits(a.value, b.value)
        assert same_bits(a.samples, b.samples)


@pytest.mark.parametrize("name", ["once a path on by period", "beyond the grid"])
def test_a_longer_leg_changes_no_bit(name: str):
    parties = {name: {"name": name} for name in ("maker", "partner", "fund", "payer", "receiver")}
    assert_a_longer_leg_changes_no_bit(changed(DEPENDENT[name], parties=parties))


@pytest.mark.parametrize("dependence", [{}, T4], ids=["gaussian", "t"])
def test_the_same_bits_on_any_number_of_threads(dependence: Record):
    deal = deal_of(wrong_way(-0.5, **dependence))
    one, two, seven = (cs.value(deal, paths=2**13, threads=n)["share"] for n in (1, 2, 7))
    for other in (two, seven):
        assert same_bits(one.value, other.value)
        assert same_bits(one.samples, other.samples)


DRAWS = ["legs.leg0.cap", "x.shock", "legs.leg1.cap", "y.shock"]
MATRIX = [[1, -0.4, 0.2, -0.1], [-0.4, 1, 0.1, 0.3], [0.2, 0.1, 1, -0.3], [-0.1, 0.3, -0.3, 1]]


def several(matrix: list[list[float]], **dependence: Any) -> Record:
    """Two lognormal caps, which a leg each pays in full, and two streams."""
    record = share_deal({2026: 1e9, 2027: 1e9})
    (leg,) = record["legs"].values()
    gbm = {"type": "gbm", "level": 1.0, "growth": 0.0, "volatility": 0.2}
    return changed(
        record,
        frequency="year",
        legs={f"leg{i}": leg | {"cap": {"lognormal": [5.0, 0.4]}} for i in (0, 1)},
        streams__x=gbm,
        streams__y=gbm,
        dependence__all={
            "draws": DRAWS, "correlation": matrix, "until": "2027-12-31", **dependence
        },
    )  # fmt: skip


def normals_of(record: Record, *, paths: int) -> np.ndarray:
    """The normals behind caps and paths: (4, paths)."""
    of = outputs(record, n_blocks=paths // 512)
    rows = [of[f"paid.{name.split('.')[1]}"] if name.startswith("legs")
            else of[f"revenue.{name[0]}.2027"] for name in DRAWS]  # fmt: skip
    deviations = [0.4 if name.startswith("legs") else 0.2 * math.sqrt(2) for name in DRAWS]
    return np.array([np.log(row) / s for row, s in zip(rows, deviations, strict=True)])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pearson", "kendall"])
def test_correlations_of_several_numbers_and_paths(kind: str):
    n = 2**20
    r = np.array(MATRIX)
    expected = r if kind == "pearson" else np.sin(math.pi / 2 * r)
    found = np.corrcoef(normals_of(several(MATRIX, kind=kind), paths=n))
    # The deviation of a normal sample's correlation is (1 - r^2) / sqrt(n).
    assert (np.abs(found - expected) <= 4.5 * (1 - expected**2) / math.sqrt(n) + 1e-12).all()


def test_an_invalid_matrix_is_repaired_and_its_nearest_one_is_drawn():
    n = 2**16
    bad = [[1, 0.9, 0, 0.9], [0.9, 1, 0, 0], [0, 0, 1, 0], [0.9, 0, 0, 1]]
    record = several(bad)
    (repair,) = cs.repaired_correlations(deal_of(record))
    found = np.corrcoef(normals_of(record, paths=n))
    assert (np.abs(found - repair.used) <= 4.5 * (1 - repair.used**2) / math.sqrt(n) + 1e-7).all()
    assert repair.used[1, 3] > 0.1  # the streams, which the matrix had as independent


def number_and_path(r: float, *, paths: int, **dependence: Any) -> tuple[np.ndarray, np.ndarray]:
    """Uniforms of a cap and of the path to the end of 2027."""
    of = outputs(capped_far(r, **dependence), n_blocks=paths // 512)
    number = ndtr((np.log(of["paid.share"] / 120) + 0.08) / 0.4)
    return number, ndtr((np.log(of["revenue.sales.2027"] / 1e9) + 0.09) / (0.3 * math.sqrt(2)))


def capped_far(r: float, **dependence: Any) -> Record:
    return changed(capped(r, **dependence), streams__sales__annual={2026: 1e9, 2027: 1e9})


@pytest.mark.parametrize("r", [-0.6, 0.0, 0.5])
def test_a_t_copula_of_a_number_and_a_path(r: float):
    n = 2**16
    number, path = number_and_path(r, paths=n, copula="t", degrees_of_freedom=2)
    for u in (number, path):
        # Kolmogorov-Smirnov at a probability of 1e-6 (Smirnov's limit).
        assert stats.kstest(u, "uniform").statistic < math.sqrt(math.log(2e6) / 2 / n)
    # 2 / pi asin(r) (Demarta and McNeil 2005, proposition 2), whose deviation is at most this.
    tau = stats.kendalltau(number, path).statistic
    exact = 2 / math.pi * math.asin(r)
    assert abs(tau - exact) < 4 * math.sqrt(2 * (1 - exact**2) / n)
    # The probability of both in a corner, by the bivariate t itself.
    q = 0.02
    for s in (1, -1):
        shape = [[1, s * r], [s * r, 1]]
        both = float(
            stats.multivariate_t(shape=shape, df=2).cdf([stats.t.ppf(q, 2)] * 2, random_state=1)
        )
        other = path if s == 1 else 1 - path
        got = np.mean((number < q) & (other < q))
        assert abs(got - both) < 4 * math.sqrt(both / n) + 2e-5


def test_a_derivative_of_a_t_copula_is_a_central_difference():
    record = capped(0.35, **T4)
    rows = cs.sensitivities(deal_of(record), paths=2**14)["share"]
    draws = record["dependence"]["all"]["draws"]

    def samples(by: float, field: str) -> np.ndarray:
        held = [[*draws, 0.35 + by]] if field == "correlation" else 4 + by
        moved = changed(record, **{f"dependence__all__{field}": held})
        return cs.value(deal_of(moved), paths=2**15, sampler="philox")["share"].samples

    for key, field in (("correlation[0][2]", "correlation"), ("degrees_of_freedom",) * 2):
        row = rows[f"dependence.all.{key}"]
        change = (samples(1e-3, field) - samples(-1e-3, field)) / 2e-3
        error = math.hypot(row.derivative.standard_error, change.std() / math.sqrt(len(change)))
        assert abs(row.derivative.value - change.mean()) < 4 * error, key


def test_versions_are_compared_on_the_same_draws():
    """What does not depend has the same draws in both, and what does its own value."""
    old, new = (deal_of(held) for held in (without(wrong_way(0.0), "dependence"), wrong_way(-0.5)))
    both = cs.compare(old, new, paths=2**14)
    assert same_bits(both.old["share"].samples, cs.value(old, paths=2**14)["share"].samples)
    gap = paid_unless_lost(-0.5, 2) - paid_unless_lost(0.0, 2)
    assert agrees(both["share"].estimate, gap, largest_error=0.03)


def test_words_name_the_date():
    deal = deal_of(wrong_way(-0.5))
    assert dependence_sentences(deal) == [
        "loss and sales.shock depend on each other by a Gaussian copula, given by correlations of "
        "the normals behind the draws. What is drawn once a path depends on the path of what is "
        "drawn by period from the valuation date to 31 December 2027."
    ]


def test_a_path_of_revisions_needs_one_by_the_date():
    record = DEPENDENT["on draws of other kinds"]
    with pytest.raises(cs.InputError) as refused:
        deal_of(changed(record, dependence__all__until="2026-06-30"))
    (issue,) = refused.value.issues
    assert (issue.path, issue.rule) == (
        "dependence.all.until",
        'must not come before the first draw of "sales.revision" on 2026-08-31',
    )


@pytest.mark.slow
def test_intervals_of_a_payer_that_fails_rather_when_revenue_is_low():
    """Within four deviations of 95% over 300 seeds, on 16 replicates of 2^9 points."""
    deal, exact = deal_of(wrong_way(-0.5)), paid_unless_lost(-0.5, 2)
    covered = 0
    for seed in range(300):
        low, high = cs.value(deal, paths=2**13, sampler="sobol", seed=seed)["share"].interval
        covered += low <= exact <= high
    assert abs(covered / 300 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 300)
