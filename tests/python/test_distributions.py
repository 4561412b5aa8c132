"""Uncertain numbers: quantiles, means, moments on draws and derivatives of every family."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate

import capstake as cs
from close import close
from deals import share_deal
from reference_distributions import FAMILIES, quantile

P3 = {"probabilities": [0.1, 0.5, 0.9], "values": [20, 38, 60]}
P6 = {"probabilities": [0.05, 0.2, 0.4, 0.6, 0.8, 0.95], "values": [20, 29, 35.5, 40.5, 47, 60]}

CASES: dict[str, dict[str, Any]] = {
    "uniform": {"uniform": [20, 60]},
    "triangular": {"triangular": [20, 38, 60]},
    "pert": {"pert": [20, 38, 60]},
    "normal": {"normal": [38, 7]},
    "lognormal": {"lognormal": [38, 0.3]},
    "student_t": {"student_t": [38, 2, 4.5]},
    "student_t of 3": {"student_t": [38, 2, 3]},
    "student_t of 60": {"student_t": [38, 2, 60]},
    "beta": {"beta": [2.5, 1.7, 20, 60]},
    "beta with corners": {"beta": [0.4, 0.6, 20, 60]},
    "gamma": {"gamma": [4.5, 8]},
    "gamma of 1/2": {"gamma": [0.5, 60]},
    "discrete": {"discrete": {"values": [40, 20, 60, 30], "weights": [1, 2, 0.5, 3]}},
    "empirical": {"empirical": [31, 40, 28, 52, 40]},
    "metalog": {"metalog": P3},
    "metalog of 6": {"metalog": P6},
    "metalog from 0": {"metalog": {**P3, "low": 0}},
    "metalog to 80": {"metalog": {**P3, "high": 80}},
    "metalog from 0 to 80": {"metalog": {**P6, "low": 0, "high": 80}},
}
CUTS: dict[str, dict[str, float]] = {
    "": {},
    " above": {"truncated_below": 32.0},
    " below": {"truncated_above": 45.0},
    " between": {"truncated_below": 25.0, "truncated_above": 55.0},
}
ALL = {name + cut: {**held, **cuts} for name, held in CASES.items() for cut, cuts in CUTS.items()}
IS_ON_POINTS = ("discrete", "empirical")
PROBABILITIES = [1e-9, 1e-4, 0.01, 0.1, 0.3, 0.49999, 0.5, 0.51, 0.77, 0.9, 0.999, 1 - 1e-7]


def test_every_family_has_a_case():
    assert {next(iter(held)) for held in CASES.values()} == set(FAMILIES)
    assert list(cs._core.families()) == list(FAMILIES)


@pytest.mark.parametrize("name", ALL)
def test_quantiles_are_scipys(name):
    held = ALL[name]
    number = cs.Number(**held)
    # Far up in the tail a truncated quantile has only the digits that 1 - u has.
    for u in PROBABILITIES if len(held) == 1 else PROBABILITIES[:-1]:
        assert close(number.quantile(u), quantile(held, u), rel=2e-12), u


@pytest.mark.parametrize("name", [n for n in ALL if not n.startswith(IS_ON_POINTS)])
def test_means_are_integrals_of_quantiles(name):
    held = ALL[name]

    def by_logit(y: float) -> float:  # u = 1 / (1 + exp(-y)): the tails become exponential
        u = 1 / (1 + math.exp(-y))
        return quantile(held, u) * u * (1 - u)

    mean, _ = integrate.quad(by_logit, -34, 34, limit=400, epsabs=1e-11, epsrel=1e-11)
    # What lies beyond +-34 is below 1e-12 of the mean where the third moment exists.
    assert close(float(cs.Number(**held)), mean, rel=2e-9 if "student_t" in name else 1e-10)


def test_means_of_points():
    assert close(cs.Number(**CASES["discrete"]).value, (40 + 40 + 30 + 90) / 6.5, rel=1e-15)
    assert close(cs.Number(**CASES["empirical"]).value, 38.2, rel=1e-15)
    cut = cs.Number(**CASES["discrete"], truncated_below=25, truncated_above=45)
    assert close(cut.value, (40 + 90) / 4, rel=1e-15)


def one_year(rate: Any, **more: Any) -> cs.Deal:
    """A leg whose value is 100 times its rate: one payment, at once, of revenue without noise."""
    deal = share_deal({2026: 100.0}, **more)
    deal["discount_rate"] = 0.0
    deal["legs"]["share"]["rate"] = rate
    return cs.Deal.from_record(deal)


# Between 0 and 1, so that they can be a rate.
RATES: dict[str, dict[str, Any]] = {
    "uniform": {"uniform": [0.1, 0.3]},
    "triangular": {"triangular": [0.1, 0.15, 0.3]},
    "pert": {"pert": [0.1, 0.15, 0.3]},
    "normal": {"normal": [0.2, 0.1], "truncated_below": 0.05, "truncated_above": 0.9},
    "lognormal": {"lognormal": [0.2, 0.4], "truncated_above": 0.6},
    "student_t": {"student_t": [0.2, 0.05, 4], "truncated_below": 0.02, "truncated_above": 0.9},
    "beta": {"beta": [2, 5, 0.01, 0.8]},
    "gamma": {"gamma": [3, 0.07], "truncated_above": 0.95},
    "discrete": {"discrete": {"values": [0.1, 0.3, 0.2], "weights": [1, 2, 1]}},
    "empirical": {"empirical": [0.1, 0.15, 0.4]},
    "metalog": {"metalog": {**P3, "values": [0.1, 0.2, 0.35], "low": 0.02, "high": 0.9}},
    "metalog cut": {
        "metalog": {**P3, "values": [0.1, 0.2, 0.35]},
        "truncated_below": 0.03,
        "truncated_above": 0.7,
    },
}
PATHS = 2**20


@pytest.mark.slow
@pytest.mark.parametrize("name", RATES)
def test_moments_on_draws(name):
    held = RATES[name]
    got = cs.value(one_year(held), paths=PATHS, seed=3)["share"].estimate
    us = (np.arange(20_000) + 0.5) / 20_000
    values = np.array([quantile(held, float(u)) for u in us])
    expected = 100 * cs.Number(**held).value
    error = 100 * values.std() / math.sqrt(PATHS)
    # Where the mean is a control, the value is exact but for rounding.
    assert abs(got.value - expected) < 6 * got.standard_error + 1e-12 * abs(expected)
    assert got.standard_error < 1.05 * error


def perturbed(held: dict[str, Any], argument: str, by: float) -> dict[str, Any]:
    """The same number with one argument moved; as sensitivities name it."""
    changed = {k: v for k, v in held.items()}
    family = next(k for k in held if k in FAMILIES)
    if argument.startswith("truncated"):
        return {**changed, argument: held[argument] + by}
    arguments = held[family]
    if isinstance(arguments, dict):
        name, _, index = argument.partition("[")
        if index:
            moved = list(arguments[name])
            moved[int(index[:-1])] += by
            return {**changed, family: {**arguments, name: moved}}
        return {**changed, family: {**arguments, name: arguments[name] + by}}
    moved = list(arguments)
    names = [row["name"] for row in cs._core.families()[family]["arguments"]]
    moved[names.index(argument)] += by
    return {**changed, family: moved}


@pytest.mark.parametrize("name", [n for n in RATES if n != "empirical"])
def test_derivatives_by_every_argument_are_central_differences(name):
    held = RATES[name]
    paths, step = 2**14, 1e-4
    found = cs.sensitivities(one_year(held), paths=paths, seed=2)["share"]
    rows = {f.removeprefix("legs.share.rate."): r for f, r in found.items() if ".rate." in f}
    assert rows
    for argument, row in rows.items():
        if argument.startswith("weights"):  # moved by jumps, which are spread: not as sharp
            i = int(argument[-2])
            values, weights = held["discrete"]["values"], held["discrete"]["weights"]
            mean = np.average(values, weights=weights)
            expected = 100 * (values[i] - mean) / sum(weights)
            error = row.derivative.standard_error
            assert abs(row.derivative.value - expected) < 5 * error + 0.1
            assert error < 0.15
            continue
        up, down = (
            cs.value(one_year(perturbed(held, argument, by)), paths=paths, seed=2)[
                "share"
            ].samples.mean()
            for by in (step, -step)
        )
        assert close(row.derivative.value, (up - down) / (2 * step), rel=2e-5, abs=2e-4), argument
