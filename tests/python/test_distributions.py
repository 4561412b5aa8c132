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


# Unbounded above, for which a rate has no room.
AMOUNTS = {
    name: CASES[name]
    for name in ("lognormal", "gamma", "gamma of 1/2", "beta with corners", "metalog from 0")
}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*RATES, *AMOUNTS])
def test_central_moments_on_draws(name):
    """The second to fourth of 2**20 draws, each with the error that theory gives it."""
    is_rate = name in RATES
    held = RATES[name] if is_rate else AMOUNTS[name]
    record = one_year(held) if is_rate else one_year(1.0, cap=held)
    if not is_rate:
        record = record.replace(streams={"sales": {"type": "forecast", "annual": {2026: 1e9}}})
    graph = cs._core.graph_of(record)
    n_blocks = PATHS // graph.run(seed=4).shape[1]
    row = graph.output_names.index("leg.share")
    draws = graph.run(seed=4, n_blocks=n_blocks)[row] / (100 if is_rate else 1)
    assert len(draws) == PATHS
    mean = cs.Number(**held).value
    us = (np.arange(50_000) + 0.5) / 50_000
    deviations = np.array([quantile(held, float(u)) for u in us]) - mean
    for k in (2, 3, 4):
        expected, square = (float((deviations**p).mean()) for p in (k, 2 * k))
        error = math.sqrt((square - expected**2) / PATHS)
        # A few times the error of the sum over us, which has no tail beyond 1e-5.
        rest = 2e-3 * float((np.abs(deviations) ** k).mean())
        assert abs(((draws - mean) ** k).mean() - expected) < 4.5 * error + rest, k


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
        # The value is 100 times the mean, whose exact value a number knows.
        up, down = (cs.Number(**perturbed(held, argument, by)).value for by in (step, -step))
        expected = 100 * (up - down) / (2 * step)
        error = row.derivative.standard_error
        assert abs(row.derivative.value - expected) < 6 * error + 1e-4 * (1 + abs(expected))
        assert error < 1e-2 * (1 + abs(expected)), argument
