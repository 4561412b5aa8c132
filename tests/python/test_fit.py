"""Distributions fitted to simulated data of known arguments, and data that cannot be fitted."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from scipy import stats

import capstake as cs
from capstake.fit import LEAST_DATA
from close import agrees, close, same_bits
from deals import changed, deal_of, share_deal
from reference_distributions import quantile

N = 1500
# By family: arguments, and what is known of the support.
TRUE: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "normal": ({"mean": 38.0, "standard_deviation": 7.0}, {}),
    "lognormal": ({"mean": 38.0, "volatility": 0.4}, {}),
    "student_t": ({"location": 38.0, "scale": 2.0, "degrees_of_freedom": 4.0}, {}),
    "gamma": ({"shape": 2.5, "scale": 3.0}, {}),
    "beta": ({"alpha": 2.5, "beta": 0.8, "low": 20.0, "high": 60.0}, {"low": 20.0, "high": 60.0}),
    "uniform": ({"low": 20.0, "high": 60.0}, {}),
    "triangular": ({"low": 20.0, "mode": 30.0, "high": 60.0}, {}),
    "pert": ({"low": 20.0, "mode": 30.0, "high": 60.0}, {}),
}


def simulated(family: str, n: int = N, seed: int = 1) -> np.ndarray:
    held = {family: list(TRUE[family][0].values())}
    u = np.random.default_rng(seed).uniform(size=n)
    return np.array([quantile(held, float(each)) for each in u])


@pytest.mark.parametrize("family", TRUE)
def test_arguments_are_found_within_their_errors(family: str):
    arguments, ends = TRUE[family]
    found = cs.fit(simulated(family), family, **ends)[family]
    errors = found.standard_errors(resamples=16)  # themselves right to a fifth
    assert list(found.arguments) == list(arguments) == list(errors)
    for name, true in arguments.items():
        if name in ends:
            assert (found.arguments[name], errors[name]) == (true, 0.0)
            continue
        # An estimated end of a uniform distribution is off to one side by about its error.
        assert abs(found.arguments[name] - true) < 4.5 * errors[name], name
        assert 0 < errors[name] < 0.2 * max(abs(true), 1), name


@pytest.mark.parametrize("family", TRUE)
def test_the_family_of_the_data_is_found(family: str):
    _, ends = TRUE[family]
    found = cs.fit(simulated(family, seed=3), **ends)
    assert found.best.family == family
    assert [f.bic for f in found.fits] == sorted(f.bic for f in found.fits)


@pytest.mark.parametrize("family", ["normal", "lognormal", "student_t", "gamma", "beta"])
def test_likelihoods_are_at_least_scipys(family: str):
    """SciPy fits the same families by a search of its own, here from the true shape of t."""
    data = simulated(family, 500, seed=5)
    _, ends = TRUE[family]
    found = cs.fit(data, family, **ends)[family]
    laws: dict[str, tuple[Any, tuple[float, ...], dict[str, float]]] = {
        "normal": (stats.norm, (), {}),
        "lognormal": (stats.lognorm, (), {"floc": 0}),
        "student_t": (stats.t, (4.0,), {"loc": 38, "scale": 2}),
        "gamma": (stats.gamma, (), {"floc": 0}),
        "beta": (stats.beta, (), {"floc": 20, "fscale": 40}),
    }
    law, start, fixed = laws[family]
    best = float(law(*law.fit(data, *start, **fixed)).logpdf(data).sum())
    assert close(found.log_likelihood, best, abs=1e-3)
    assert found.log_likelihood > best - 1e-6


@pytest.mark.parametrize("family", ["triangular", "pert", "uniform"])
def test_no_arguments_near_by_are_likelier(family: str):
    data = simulated(family, 300, seed=6)
    found = cs.fit(data, family)[family]
    at = np.array(list(found.arguments.values()))
    of = found._of
    for seed in range(200):
        near = at + np.random.default_rng(seed).normal(size=len(at)) * 10 ** -(1 + seed % 5)
        if np.all(np.diff(near) > 0):
            assert of.log_likelihood(data, near) <= found.log_likelihood + 1e-7


def test_errors_of_a_normal_distribution_are_known():
    data = simulated("normal")
    found = cs.fit(data, "normal")["normal"]
    sd = data.std()
    errors = found.standard_errors()
    assert close(list(found.arguments.values()), [data.mean(), sd], rel=1e-14)
    # sd / sqrt(n) and sd / sqrt(2 n), from the information matrix.
    exact = [sd / math.sqrt(N), sd / math.sqrt(2 * N)]
    assert close(list(errors.values()), exact, rel=1e-5)
    by_bootstrap = found.standard_errors("bootstrap", resamples=200)
    assert close(list(by_bootstrap.values()), exact, rel=5 / math.sqrt(2 * 200))


def test_likelihood_and_criteria():
    data = simulated("gamma", 200)
    found = cs.fit(data, "gamma")["gamma"]
    shape, scale = found.arguments.values()
    likelihood = stats.gamma.logpdf(data, shape, scale=scale).sum()
    assert close(found.log_likelihood, likelihood, rel=1e-12)
    assert close(found.aic, 4 - 2 * likelihood, rel=1e-12)
    assert close(found.bic, 2 * math.log(200) - 2 * likelihood, rel=1e-12)
    known = cs.fit(simulated("beta", 200), "beta", low=20, high=60)["beta"]
    assert known.n_parameters == 2


def test_distances_are_scipys():
    data = simulated("normal", 300)
    found = cs.fit(data, "normal")["normal"]
    law = stats.norm(*found.arguments.values())
    assert close(found.ks, stats.kstest(data, law.cdf).statistic, rel=1e-12)
    # With the estimated arguments of SciPy's own test, whose deviation has n - 1 for n.
    u = np.sort(law.cdf(data))
    i = np.arange(1, 301)
    exact = -300 - np.mean((2 * i - 1) * (np.log(u) + np.log1p(-u[::-1])))
    assert close(found.ad, exact, rel=1e-10)


@pytest.mark.slow
def test_p_values_are_uniform_where_the_family_is_true():
    """Sixty fits of sixty data: the mean of p is 1/2 within its error, and false families fail."""
    ks, ad = [], []
    for seed in range(60):
        p = cs.fit(simulated("normal", 60, seed), "normal")["normal"].p_values(resamples=99)
        ks.append(p["ks"])
        ad.append(p["ad"])
    for p in (ks, ad):
        assert abs(np.mean(p) - 0.505) < 4 / math.sqrt(12 * 60)
    p = cs.fit(simulated("lognormal", 300), "normal")["normal"].p_values()
    assert p == {"ks": 1 / 200, "ad": 1 / 200}


def test_the_number_stands_in_a_deal():
    found = cs.fit(simulated("lognormal", 500), ["lognormal", "normal", "gamma"])
    number = found.number
    assert number.source == (
        "Fitted to 500 data by maximum likelihood, best of 3 fits by the Bayesian information "
        "criterion"
    )
    assert number.status == "derived"
    assert close(number.value, found.best.arguments["mean"], rel=1e-12)
    record = changed(share_deal({2026: 1e9}), legs__share__cap=number.to_dict(), discount_rate=0.0)
    value = cs.value(deal_of(record), paths=2**13)["share"].estimate
    assert agrees(value, found.best.arguments["mean"], largest_error=1e-3)
    cut = found["normal"].number(truncated_below=0, source="sales")
    assert cut.to_dict() == {
        "normal": list(found["normal"].arguments.values()),
        "truncated_below": 0.0,
        "source": "sales",
        "status": "derived",
    }


def test_the_same_every_time():
    data = simulated("triangular", 100)
    a, b = (cs.fit(data, "triangular")["triangular"] for _ in range(2))
    assert same_bits(list(a.arguments.values()), list(b.arguments.values()))
    assert a.standard_errors(resamples=20) == b.standard_errors(resamples=20)


def test_the_table_shows_all():
    found = cs.fit(simulated("normal", 100) - 38, criterion="aic")
    table = found.table()
    assert [row[0].replace(" ", "_") for row in table.rows] == [f.family for f in found.fits]
    assert found.left_out == {
        "lognormal": "needs data above 0",
        "beta": "needs `low` and `high`, the ends of its support",
        "gamma": "needs data above 0",
    }
    assert "lognormal needs data above 0" in table.note
    assert found.best.family in found._repr_html_()
    assert repr(found).startswith("<fit of 100 data: ")
    with pytest.raises(KeyError, match="'gamma' was not fitted: needs data above 0"):
        found["gamma"]


GOOD = list(range(1, 21))


@pytest.mark.parametrize(
    ("data", "more", "message"),
    [
        ([*GOOD, math.nan, math.nan], {}, r"data: must be finite, got nan at \[20\] and 1 more"),
        ([*GOOD, math.inf], {}, r"data: must be finite, got inf at \[20\]"),
        (GOOD[: LEAST_DATA - 1], {}, "data: must be 10 or more, got 9"),
        ([], {}, "data: must be 10 or more, got 0"),
        ([GOOD, GOOD], {}, r"data: must be one row of numbers, got shape \(2, 20\)"),
        (["a"] * 20, {}, "data: must be numbers"),
        ([3.0] * 20, {}, "data: must not all be the same, got 3"),
        ([*GOOD, 0], {"families": "lognormal"}, "data: cannot be lognormal: needs data above 0"),
        (GOOD, {"families": "beta"}, "data: cannot be beta: needs `low` and `high`"),
        (GOOD, {"families": "beta", "low": 1, "high": 30}, "needs data between `low` and `high`"),
        (GOOD, {"families": "uniform", "low": 2}, "needs data at or above `low`"),
        (GOOD, {"families": "pert", "high": 2}, "needs data at or below `high`"),
        (GOOD, {"families": "nromal"}, "families: must be uniform, triangular, .*got 'nromal'"),
        (GOOD, {"families": "empirical"}, "families: needs no fit"),
        (GOOD, {"families": []}, "families: must name at least one"),
        (GOOD, {"criterion": "best"}, "criterion: must be aic, bic, ks, ad, got 'best'"),
        (GOOD, {"low": 9, "high": 2}, "low: must be below high, got 9 and 2"),
        (GOOD, {"low": math.nan}, "low: must be a finite number"),
    ],
)
def test_refused(data: Any, more: dict[str, Any], message: str):
    with pytest.raises(cs.InputError, match=message):
        cs.fit(data, **more)


def test_between_given_ends_a_pert_is_regular():
    """Its mode has an error from the information, near that of samples."""
    data = stats.beta(2, 4).rvs(400, random_state=3)  # PERT of mode 1/4 between 0 and 1
    found = cs.fit(data, "pert", low=0, high=1)["pert"]
    errors = found.standard_errors("information")
    assert errors == found.standard_errors()
    assert errors["low"] == errors["high"] == 0.0
    assert close(errors["mode"], found.standard_errors("bootstrap")["mode"], rel=0.25)
    with pytest.raises(cs.InputError, match="bootstrap where the ends"):
        cs.fit(data, "pert", low=0)["pert"].standard_errors("information")


def test_methods_of_errors_are_refused():
    found = cs.fit(GOOD, "uniform")["uniform"]
    with pytest.raises(cs.InputError, match="bootstrap where the ends"):
        found.standard_errors("information")
    with pytest.raises(cs.InputError, match="bootstrap where the likelihood has a kink"):
        cs.fit(GOOD, "triangular", low=0, high=50)["triangular"].standard_errors("information")
    with pytest.raises(cs.InputError, match='"information" or "bootstrap"'):
        found.standard_errors("jackknife")
    with pytest.raises(cs.InputError, match="resamples"):
        found.p_values(resamples=0)


def test_without_scipy_the_extra_is_named():
    code = (
        "import sys; sys.modules['scipy'] = None\n"
        "import capstake as cs\n"
        "try: cs.fit(range(20))\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == 'capstake.fit needs SciPy: pip install "capstake[fit]"\n'


def test_shapes_at_their_limits_stand_in_a_deal():
    """Normal data have a Student t of the most degrees of freedom that a deal takes, if any."""
    found = cs.fit(np.linspace(30, 50, 200), ["student_t"])["student_t"]
    assert found.arguments["degrees_of_freedom"] == 1e4
    assert not found.number().is_constant
