"""The exact value of a capped share of lognormal revenue: a check on the simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capstake import _core
from capstake.errors import InputError, Issue

__all__ = ["ExactCappedShare", "exact_capped_share"]


@dataclass(frozen=True, eq=False)
class ExactCappedShare:
    """What a capped share is worth, without simulation error.

    Attributes
    ----------
    present_value : float
        Expected present value of all payments [money].
    expected_paid : ndarray of shape (n_periods,)
        Expected total paid by the end of each period, undiscounted [money].
    """

    present_value: float
    expected_paid: NDArray[np.float64]


def exact_capped_share(
    *,
    start: float,
    cap: float,
    log_growth: ArrayLike,
    volatility: ArrayLike,
    weight: ArrayLike,
    discount: ArrayLike,
) -> ExactCappedShare:
    """Value a capped share of lognormal revenue by repeated one-dimensional quadrature.

    Revenue is R_t = R_{t-1} exp(m_t + s_t Z_t) with independent standard normals Z_t. Period t
    accrues w_t R_t and pays min(S_t, C) - min(S_{t-1}, C), S_t the running total of accruals. The
    relative error is below 1e-10; the time grows with the square of the number of periods.

    Parameters
    ----------
    start
        R_0 [money].
    cap
        C [money], less what was already paid.
    log_growth, volatility, weight, discount
        m_t, s_t > 0 (of the period, not annualised), w_t > 0 and the discount factor of the
        payment of period t; arrays of shape (n_periods,).

    Raises
    ------
    InputError
        An argument breaks its rule.

    References
    ----------
    Carverhill, A. and Clewlow, L. (1990). Flexible convolution. Risk 3(4), for the recursion.

    Examples
    --------
    A year of revenue 100 without growth, half of it shared up to 40: Black's formula.

    >>> one = exact_capped_share(
    ...     start=100, cap=40, log_growth=[-0.02], volatility=[0.2], weight=[0.5], discount=[1]
    ... )
    >>> round(one.present_value, 6)
    39.407035
    """
    arrays = {
        "log_growth": log_growth,
        "volatility": volatility,
        "weight": weight,
        "discount": discount,
    }
    checked = {name: _vector(name, values) for name, values in arrays.items()}
    value, paid = _core.exact_capped_share(float(start), float(cap), **checked)
    return ExactCappedShare(value, np.array(paid))


def _vector(name: str, values: ArrayLike) -> list[float]:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError([Issue(name, "must be an array of numbers", repr(values))]) from None
    if array.ndim != 1:
        raise InputError([Issue(name, "must have one dimension", f"{array.ndim}")])
    return [float(x) for x in array]
