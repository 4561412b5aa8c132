"""Simulated values of legs beside exact ones: an independent check on a valuation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from capstake import _core
from capstake._core import Deal
from capstake.estimates import Estimate
from capstake.valuation import Valuation

__all__ = ["Check", "exact_checks"]

# Beyond this many standard errors a difference is not chance: one leg in 16,000.
_CHANCE = 4.0


@dataclass(frozen=True)
class Check:
    """One leg by two methods.

    Attributes
    ----------
    leg : str
        Name of the leg.
    exact : float or None
        Present value to the receiver by quadrature [money]; None where no method is known.
    error : float
        Bound on the error of ``exact`` [money].
    simulated : Estimate
        The valuation's value [money].
    why_not : str
        Why there is no exact value; empty where there is one.
    """

    leg: str
    exact: float | None
    error: float
    simulated: Estimate
    why_not: str = ""

    @property
    def difference(self) -> float:
        """Simulated less exact value, in standard errors; NaN where there is no exact value.

        The exact value's own error counts as one more standard error, and so does what rounding
        leaves of a simulation without noise.
        """
        if self.exact is None:
            return math.nan
        rounding = 1e-12 * abs(self.exact)
        scale = math.hypot(self.simulated.standard_error, self.error, rounding)
        gap = self.simulated.value - self.exact
        return gap / scale if scale > 0 else (0.0 if gap == 0 else math.copysign(math.inf, gap))

    @property
    def verdict(self) -> str:
        """``agrees``, ``differs`` (by more than 4 standard errors) or ``not checked``."""
        if self.exact is None:
            return "not checked"
        return "agrees" if abs(self.difference) <= _CHANCE else "differs"


def exact_checks(valuation: Valuation) -> list[Check]:
    """Compare each leg of a valuation with its exact value, where there is one.

    Exact are revenue shares with or without a total cap, of a forecast (or a multiple of one) with
    certain numbers, its growth haircut apart; with stop and loss events. Nothing is simulated, and
    only the terms are shared with the simulation.

    Parameters
    ----------
    valuation
        What :func:`capstake.value` returned.

    Returns
    -------
    list of Check
        One for each leg of the deal, in its order.

    References
    ----------
    Carverhill, A. and Clewlow, L. (1990). Flexible convolution. Risk 3(4), for the recursion.

    Examples
    --------
    >>> import capstake as cs
    >>> deal = cs.load("microsoft_openai_2026_04")
    >>> [check.verdict for check in cs.exact_checks(cs.value(deal, paths=4096))]
    ['agrees', 'agrees']
    """
    deal: Deal = valuation.deal
    checks = []
    for leg, exact, error, why_not in _core.exact_checks(deal):
        checks.append(Check(leg, exact, error, valuation[leg].estimate, why_not))
    return checks
