"""Exact values of a capped share of independent lognormal growth, without simulation.

With uncapped running totals S_t = a (e^{Y_1} + e^{Y_1 + Y_2} + ...), Y normal and independent, the
law of log(S_t / a) follows L_1 = Y, L_{n+1} = Y + log(1 + e^{L_n}). Its density is carried on a
uniform grid by the trapezoid rule, which converges faster than any power of the step for such
smooth densities; the last step is Black's formula, so the kink of min(S, C) is never on the grid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]

# Normal densities beyond this many standard deviations are below 1e-22.
_REACH = 10.0


def expected_minimum(
    forward: Array | float, volatility: float, cap: float, power: int = 1
) -> Array:
    """Black's formula for E[min(F e^{v Z - v^2 / 2}, C)^power]."""
    forward = np.asarray(forward, dtype=float)
    d = (np.log(cap / forward) + volatility**2 / 2) / volatility
    growth = np.exp(power * (power - 1) / 2 * volatility**2)
    return forward**power * growth * ndtr(d - power * volatility) + cap**power * ndtr(-d)


def expected_capped_totals(
    scale: float, growth: float, volatility: float, n: int, cap: float, power: int = 1
) -> Array:
    """E[min(S_k, C)^power] for k = 1..n; e^Y has mean e^growth and log deviation volatility."""
    mean = growth - volatility**2 / 2
    high = np.log(n) + n * max(mean, 0.0) + _REACH * volatility * np.sqrt(n)
    step = min(volatility / 4, 0.1)
    grid = np.arange(mean - _REACH * volatility, high, step)
    one_plus = np.logaddexp(0.0, grid)

    def density(y: Array) -> Array:
        z = (y - mean) / volatility
        return np.exp(-z * z / 2) / (volatility * np.sqrt(2 * np.pi))

    kernel = density(grid[:, None] - one_plus[None, :]) * step
    last_step = expected_minimum(scale * np.exp(growth + one_plus), volatility, cap, power)
    totals = [float(expected_minimum(scale * np.exp(growth), volatility, cap, power))]
    law = density(grid)
    for _ in range(1, n):
        totals.append(float(law @ last_step) * step)
        law = kernel @ law
    return np.array(totals)


def present_value(totals: Array, discount: Array) -> float:
    """The value of payments min(S_t, C) - min(S_{t-1}, C) with discount factors d_t."""
    return float(np.diff(totals, prepend=0.0) @ discount)
