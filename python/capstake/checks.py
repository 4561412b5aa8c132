"""Checks on a valuation: exact values of legs, a second simulation, and money conservation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from capstake import _core
from capstake._core import Deal
from capstake.estimates import Estimate
from capstake.render import NO_ERROR
from capstake.valuation import Valuation

__all__ = ["Check", "RunsCheck", "conservation_gap", "exact_checks", "runs_checks", "verdict"]

# A difference that chance exceeds more rarely than 4 standard errors is not taken for chance.
_RARE = math.erfc(4.0 / math.sqrt(2.0))


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
        gap = self.simulated.value - self.exact
        return _in_errors(gap, self.exact, self.simulated.standard_error, self.error)

    @property
    def verdict(self) -> str:
        """``agrees``, ``differs`` (by more than chance; see :func:`verdict`) or ``not checked``."""
        if self.exact is None:
            return "not checked"
        return verdict(self.difference, self.simulated.degrees_of_freedom)


@dataclass(frozen=True)
class RunsCheck:
    """One value by two simulations of a run.

    Attributes
    ----------
    name : str
        Leg, stake or party.
    value : Estimate
        The valuation's value: events integrated out, Sobol points, controls [money].
    plain : Estimate
        Mean over the plain random paths, on which events are drawn [money].
    """

    name: str
    value: Estimate
    plain: Estimate

    @property
    def difference(self) -> float:
        """Value less plain mean, in standard errors of both together."""
        errors = (self.value.standard_error, self.plain.standard_error)
        return _in_errors(self.value.value - self.plain.value, self.value.value, *errors)

    @property
    def verdict(self) -> str:
        """``agrees`` or ``differs`` (by more than chance; see :func:`verdict`)."""
        return verdict(self.difference, _degrees_of_both(self.value, self.plain))


def verdict(difference: float, degrees_of_freedom: float = math.inf) -> str:
    """Say whether a difference in standard errors can be chance: ``agrees`` or ``differs``.

    Chance goes further once in 16,000 times, by Student's t: beyond 4 standard errors where they
    come from many paths, beyond 5.5 where they come from 16 replicates.

    Examples
    --------
    >>> verdict(4.1), verdict(4.1, 15), verdict(5.5, 15)
    ('differs', 'agrees', 'differs')
    """
    most = _core.student_t_quantile(1.0 - 0.5 * _RARE, degrees_of_freedom)
    return "agrees" if abs(difference) <= most else "differs"


def _degrees_of_both(one: Estimate, other: Estimate) -> float:
    """Return the degrees of freedom of a difference (Satterthwaite 1946)."""
    variances = [e.standard_error**2 for e in (one, other)]
    parts = zip(variances, (one.degrees_of_freedom, other.degrees_of_freedom), strict=True)
    spread = sum(variance**2 / degrees for variance, degrees in parts)
    return sum(variances) ** 2 / spread if spread > 0 else math.inf


def _in_errors(gap: float, size: float, *errors: float) -> float:
    """Return a gap in standard errors, with what rounding leaves of a value as one more of them."""
    scale = math.hypot(*errors, NO_ERROR * abs(size))
    return gap / scale if scale > 0 else (0.0 if gap == 0 else math.copysign(math.inf, gap))


def exact_checks(valuation: Valuation, *, max_steps: int | None = None) -> list[Check]:
    """Compare each leg of a valuation with its exact value, where there is one.

    Exact are revenue shares with or without a total cap, of a forecast (or a multiple of one) with
    certain numbers, its growth haircut apart; with stop and loss events. Nothing is simulated, and
    only the terms are shared with the simulation.

    Parameters
    ----------
    valuation
        What :func:`capstake.value` returned.
    max_steps
        Steps of the quadrature to take at most, over all legs; None for no limit. Their number
        grows with the square of a leg's periods: some 5,000 for five years of quarters with an
        uncertain haircut. A leg that needs more is not checked.

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
    for leg, exact, error, why_not in _core.exact_checks(deal, max_steps):
        checks.append(Check(leg, exact, error, valuation[leg].estimate, why_not))
    return checks


def runs_checks(valuation: Valuation) -> list[RunsCheck]:
    """Compare each value with the mean over the plain paths, where these are paths of their own.

    Returns
    -------
    list of RunsCheck
        One for each leg, stake and party; none where the values come from the same plain paths.
    """
    if valuation.run.sampler != "sobol":
        return []
    checks = []
    for name, position in valuation.positions.items():
        n = len(position.samples)
        deviation = float(np.std(position.samples, ddof=1)) if n > 1 else math.nan
        plain = Estimate(float(np.mean(position.samples)), deviation / math.sqrt(n))
        checks.append(RunsCheck(name, position.estimate, plain))
    return checks


def conservation_gap(valuation: Valuation) -> float:
    """Return the largest gap in the money of a plain path, relative to what moves on it.

    What one party pays under the legs another receives, so that over all parties the positions add
    up to the stakes. Nothing but rounding should be left.
    """
    gap, moved = np.zeros(1), np.zeros(1)
    for position in valuation.positions.values():
        sign = {"party": 1.0, "stake": -1.0, "leg": 0.0}[position.kind]
        gap = gap + sign * position.samples
        moved = moved + np.abs(position.samples)
    return float(np.max(np.divide(np.abs(gap), moved, out=np.zeros_like(gap), where=moved > 0)))
