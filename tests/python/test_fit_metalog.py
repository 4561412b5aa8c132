"""Metalogs fitted to data: exact recovery, least squares by its definition, what is no metalog."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import capstake as cs
from capstake.fit_metalog import MetalogFit, MetalogLaw
from close import close
from deals import changed, deal_of, share_deal
from reference_distributions import Metalog

N = 400
P = (np.arange(1, N + 1) - 0.5) / N
# By bounds: percentiles of metalogs of 3 to 6 terms.
SHAPES: dict[str, tuple[dict[str, float], list[list[float]]]] = {
    "unbounded": ({}, [[20, 38, 60], [20, 33, 41, 60], [20, 30, 38, 47, 60]]),
    "above": ({"low": 0.0}, [[20, 38, 60], [20, 33, 43, 60], [20, 29, 37, 46, 60]]),
    "below": ({"high": 80.0}, [[20, 38, 60], [20, 33, 43, 60], [20, 30, 38, 47, 60]]),
    "both": ({"low": 0.0, "high": 80.0}, [[20, 38, 60], [20, 33, 43, 60], [20, 30, 38, 47, 60]]),
}
CASES = [(ends, values) for ends, all_values in SHAPES.values() for values in all_values]


def metalog(ends: dict[str, float], values: list[float]) -> Metalog:
    at = np.linspace(0.1, 0.9, len(values))
    return Metalog(at.tolist(), values, ends.get("low"), ends.get("high"))


def quantiles(true: Metalog, p: np.ndarray) -> np.ndarray:
    return np.array([true.ppf(float(u)) for u in p])


@pytest.mark.parametrize(("ends", "values"), CASES)
def test_data_on_a_metalog_give_its_coefficients(ends: dict[str, float], values: list[float]):
    """At (i - 1/2) / n the data have no residual, whatever the number of terms from there on."""
    true = metalog(ends, values)
    data = quantiles(true, P)[np.random.default_rng(1).permutation(N)]
    k = len(values)
    for terms in (k, k + 1):
        found = cs.fit(data, "metalog", terms=terms, **ends)["metalog"]
        expected = np.append(true.a, np.zeros(terms - k))
        assert list(found.arguments) == [f"a{i + 1}" for i in range(terms)]
        assert close(list(found.arguments.values()), expected, abs=1e-8)
        assert found.n_parameters == terms
        assert close(found.ks, 0.5 / N, rel=1e-6)


@pytest.mark.parametrize(("ends", "values"), CASES)
def test_the_number_is_the_fitted_curve(ends: dict[str, float], values: list[float]):
    true = metalog(ends, values)
    number = cs.fit(quantiles(true, P), "metalog", terms=len(values), **ends).number
    for u in (1e-6, 1e-3, 0.1, 0.5, 0.77, 0.999):
        assert close(number.quantile(u), true.ppf(u), rel=1e-9)
    assert number.status == "derived"
    assert number.source == (f"Metalog of {len(values)} terms fitted to {N} data by least squares")


@pytest.mark.parametrize("terms", [3, 4, 5])
@pytest.mark.parametrize("ends", [{}, {"low": 0.0}, {"low": 0.0, "high": 100.0}])
def test_coefficients_solve_the_normal_equations(terms: int, ends: dict[str, float]):
    """Keelin (2016), equation 7: a = (Y'Y)^-1 Y'x, with Y of the reference's own basis."""
    data = np.random.default_rng(3).gamma(4.0, 8.0, 150)
    data = data[data < 99]
    p = (np.arange(1, len(data) + 1) - 0.5) / len(data)
    y = np.array([Metalog.basis(float(u), terms) for u in p])
    x = [metalog(ends, [20, 38, 60]).unbounded(float(each)) for each in np.sort(data)]
    expected = np.linalg.solve(y.T @ y, y.T @ np.array(x))
    found = cs.fit(data, "metalog", terms=terms, **ends)["metalog"]
    assert close(list(found.arguments.values()), expected, rel=1e-6, abs=1e-7)


def test_a_sample_gives_its_coefficients_within_their_errors():
    true = metalog({"low": 0.0}, [20, 33, 43, 60])
    data = quantiles(true, np.random.default_rng(5).uniform(size=1000))
    found = cs.fit(data, "metalog", terms=4, low=0)["metalog"]
    errors = found.standard_errors(resamples=100)
    for got, expected, error in zip(found.arguments.values(), true.a, errors.values(), strict=True):
        assert abs(got - expected) < 4.5 * error
        assert 0 < error < 0.2
    p_values = found.p_values(resamples=49)
    assert min(p_values.values()) > 0.02
    with pytest.raises(cs.InputError, match="bootstrap where the fit is by least squares"):
        found.standard_errors("information")


@pytest.mark.parametrize(("ends", "values"), CASES)
def test_the_density_is_the_slope_of_the_probability(ends: dict[str, float], values: list[float]):
    law = MetalogLaw(metalog(ends, values).a, (ends.get("low"), ends.get("high")))
    x, h = np.linspace(12.0, 70.0, 30), 1e-4
    slope = (law.cdf(x + h) - law.cdf(x - h)) / (2 * h)
    assert close(np.exp(law.logpdf(x)), slope, rel=1e-6)
    assert close(law.at(law.logit(x)), x, rel=1e-12)
    assert close(np.exp(law.logcdf(x)) + np.exp(law.logsf(x)), np.ones(30), rel=1e-12)


def two_humps(apart: float) -> np.ndarray:
    generator = np.random.default_rng(7)
    return np.concatenate([generator.normal(10, 1, 300), generator.normal(10 + apart, 1, 300)])


def test_two_humps_take_more_terms_and_beat_what_has_one():
    data = two_humps(4.0)
    found = cs.fit(data, ["normal", "gamma", "metalog"])
    assert isinstance(found.best, MetalogFit)
    assert found.best.n_parameters > 4
    assert found["metalog"] is found.best
    assert all(f.number() for f in found.fits)
    assert found.best.log_likelihood > found["normal"].log_likelihood + 50
    assert "best of" in found.number.source


def test_what_has_no_positive_density_is_left_out_or_refused():
    data = two_humps(20.0)
    found = cs.fit(data, "metalog")
    refused = [name for name in found.left_out if name.startswith("metalog of")]
    assert refused
    assert "positive density" in found.left_out[refused[0]]
    terms = int(refused[0].split()[2])
    with pytest.raises(cs.InputError, match=f"metalog of {terms} terms: .*positive density"):
        cs.fit(data, "metalog", terms=terms)
    assert {f.n_parameters for f in found.fits} | {int(n.split()[2]) for n in refused} == set(
        range(3, 13)
    )


def test_without_being_named_it_is_not_fitted():
    data = np.random.default_rng(1).normal(38, 7, 100)
    assert "metalog" not in {f.family for f in cs.fit(data).fits}


BAD: list[tuple[Any, dict[str, Any], str]] = [
    ("metalog", {"terms": 2}, "terms: must be"),
    ("metalog", {"terms": 13}, "terms: must be"),
    ("metalog", {"terms": 3.5}, "terms: must be"),
    ("normal", {"terms": 3}, "terms: goes with the family metalog, got 3"),
    ("metalog", {"low": 1.0}, "data: cannot be metalog: needs data above `low`, got 1 to 12"),
    ("metalog", {"high": 12.0}, "data: cannot be metalog: needs data below `high`"),
]


@pytest.mark.parametrize(("family", "more", "message"), BAD)
def test_what_cannot_be_asked_is_refused(family: Any, more: dict[str, Any], message: str):
    with pytest.raises(cs.InputError, match=message):
        cs.fit(range(1, 13), family, **more)


def test_terms_are_fewer_than_the_different_data():
    with pytest.raises(cs.InputError, match="terms: must be between 3 and 4 for these data, got 5"):
        cs.fit([1, 2, 3, 4, 5] * 4, "metalog", terms=5)


# By bounds: the 12% quantile of the metalog through 4, 9 and 17 at 10%, 50% and 85%, as the tests
# of the R package qpd print it (dmi3kno/qpd, inst/tinytest/test_metalog.R).
@pytest.mark.parametrize(
    ("ends", "printed"),
    [({}, 4.3419), ({"low": 0}, 4.3146), ({"high": 50}, 4.3144), ({"low": 0, "high": 50}, 4.3146)],
)
def test_percentiles_give_what_another_package_prints(ends: dict[str, float], printed: float):
    number = cs.Number(metalog={"probabilities": [0.1, 0.5, 0.85], "values": [4, 9, 17], **ends})
    assert round(number.quantile(0.12), 4) == printed


def test_a_fit_stands_in_a_deal():
    data = np.random.default_rng(2).lognormal(1.5, 0.4, 300)
    number = cs.fit(data, "metalog", terms=4, low=0).number
    record = changed(share_deal({2026: 1e9}), legs__share__cap=number.to_dict())
    value = cs.value(deal_of(record | {"discount_rate": 0.0}), paths=2**13)["share"].estimate
    assert abs(value.value - float(number)) < 4.5 * value.standard_error + 1e-3
