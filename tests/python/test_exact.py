"""The exact capped share of the core against published digits, closed forms and the test's own."""

import math

import numpy as np
import pytest

import capstake as cs
from close import close
from exact import expected_capped_totals, expected_minimum, present_value


def quarterly(n: int, **changes: object) -> cs.ExactCappedShare:
    """R_0 = 30, growth 0.30 and volatility 0.35 a year, 20% of a quarter's revenue up to 38."""
    terms = {
        "start": 30,
        "cap": 38,
        "log_growth": np.full(n, (0.30 - 0.35**2 / 2) / 4),
        "volatility": np.full(n, 0.35 / 2),
        "weight": np.full(n, 0.20 / 4),
        "discount": np.exp(-0.05 * np.arange(1, n + 1) / 4),
    }
    return cs.exact_capped_share(**{**terms, **changes})


def test_five_years_to_twelve_digits():
    # Present value and total by repeated convolution, two implementations of which agree.
    exact = quarterly(20)
    assert close(exact.present_value, 32.729352493911, rel=1e-12)
    assert close(exact.expected_paid[-1], 36.581149011568, rel=1e-12)


def test_agrees_with_an_independent_recursion():
    totals = expected_capped_totals(1.5, 0.075, 0.175, 20, 38.0)
    exact = quarterly(20)
    assert close(exact.expected_paid, totals, rel=1e-11)
    discount = np.exp(-0.05 * np.arange(1, 21) / 4)
    assert close(exact.present_value, present_value(totals, discount), rel=1e-11)


def test_one_period_is_blacks_formula():
    exact = quarterly(1, start=700)
    forward = 700 * 0.05 * math.exp(0.075)
    assert close(exact.expected_paid[0], float(expected_minimum(forward, 0.175, 38.0)), rel=1e-14)


def test_a_cap_out_of_reach_leaves_the_mean():
    exact = quarterly(20, cap=1e9)
    means = np.cumsum(1.5 * np.exp(0.075 * np.arange(1, 21)))
    assert close(exact.expected_paid, means, rel=1e-11)


def test_unequal_periods():
    # A period of tiny volatility adds a nearly known amount to the cap's use.
    exact = cs.exact_capped_share(
        start=100, cap=90, log_growth=[0.0, -0.08], volatility=[0.005, 0.4],
        weight=[0.5, 0.5], discount=[1.0, 1.0],
    )  # fmt: skip
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    first = 50 * np.exp(0.005 * nodes)
    second = [float(expected_minimum(f, 0.4, 90.0 - f)) for f in first]
    expected = float((first + second) @ weights) / math.sqrt(2 * math.pi)
    assert close(exact.expected_paid[1], expected, rel=1e-10)


@pytest.mark.parametrize("finer", [2, 4])
def test_halving_the_grid_step_changes_nothing(finer: int):
    # The step follows the smallest volatility, here that of a last period that weighs nothing.
    terms = {
        "log_growth": np.full(21, (0.30 - 0.35**2 / 2) / 4),
        "volatility": np.array([0.35 / 2] * 20 + [0.35 / 2 / finer]),
        "weight": np.array([0.20 / 4] * 20 + [1e-30]),
        "discount": np.exp(-0.05 * np.arange(1, 22) / 4),
    }
    finer_grid = cs.exact_capped_share(start=30, cap=38, **terms)
    assert close(finer_grid.expected_paid[:20], quarterly(20).expected_paid, rel=1e-13)


def test_three_unequal_periods_by_gauss_hermite():
    # All but the last period by Gauss-Hermite nodes, the last by Black's formula with what is left
    # of the cap, which is smooth in the nodes.
    exact = cs.exact_capped_share(
        start=50, cap=70, log_growth=[0.1, -0.3, 0.2], volatility=[0.2, 0.6, 0.35],
        weight=[0.4, 0.7, 0.5], discount=[0.9, 0.8, 0.7],
    )  # fmt: skip
    z, w = np.polynomial.hermite_e.hermegauss(160)
    w = w / math.sqrt(2 * math.pi)
    first = 50 * np.exp(0.1 + 0.2 * z)[:, None]
    second = first * np.exp(-0.3 + 0.6 * z)[None, :]
    paid = 0.4 * first + 0.7 * second
    forward = 0.5 * second * math.exp(0.2 + 0.35**2 / 2)
    room = np.maximum(70 - paid, 1e-300)
    last = np.minimum(paid, 70) + np.where(paid < 70, expected_minimum(forward, 0.35, room), 0.0)
    assert close(exact.expected_paid[2], float(w @ last @ w), rel=1e-9)


def test_simulation_agrees():
    exact = quarterly(20)
    annual = {
        2026 + y: sum(7.5 * math.exp(0.075 * t) for t in range(4 * y + 1, 4 * y + 5))
        for y in range(5)
    }
    deal = cs.Deal(
        name="Exact", valuation_date="2025-12-31", currency="USD", discount_rate=0.05,
        compounding="continuous", day_count="30E/360",
        parties={"a": cs.Party(name="A"), "b": cs.Party(name="B")},
        streams={"r": cs.Forecast(annual=annual, volatility=0.35)},
        legs={"s": cs.RevenueShare(payer="a", receiver="b", base="r", rate=0.2, cap=38,
                                   start="2026-01-01", end="2030-12-31")},
    )  # fmt: skip
    simulated = cs.value(deal, paths=2**16)["s"]
    assert abs(simulated.value - exact.present_value) < 4 * simulated.standard_error


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": 0}, "start: must be > 0"),
        ({"cap": -1}, "cap: must be > 0"),
        ({"cap": math.nan}, "cap: must be > 0"),
        ({"volatility": [0.0] * 20}, "volatility: must be > 0"),
        ({"volatility": [0.001] + [1.0] * 19}, "within a factor of 100"),
        ({"weight": [0.0] * 20}, "weight: must be > 0"),
        ({"weight": [1.0]}, "one entry a period"),
        ({"log_growth": [math.inf] * 20}, "log_growth: must be finite"),
        ({"discount": [[1.0] * 20]}, "discount: must have one dimension"),
        ({"discount": "x"}, "discount: must be an array of numbers"),
    ],
)
def test_refuses(changes: dict, message: str):
    with pytest.raises(cs.InputError, match=message):
        quarterly(20, **changes)
