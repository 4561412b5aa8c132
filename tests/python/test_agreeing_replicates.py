"""Errors where all replicates of Sobol points agree on a jump, by one draw, that is off by a share.

A forecast whose growth is cut by a uniform share passes a limit on an interval of that share, so
probabilities are known. Intervals are to cover them whatever is made of the jump.
"""

from __future__ import annotations

import math

import numpy as np

import capstake as cs
from deals import Record, deal_of, share_deal

PATHS = 2**13
LEAST, MOST = 0.1, 0.7  # of growth that is cut off
AMOUNT = 10.0
DISCOUNT = math.exp(-0.05 * 2.0)  # two years at 5%


def cut_forecast() -> Record:
    return {
        "type": "forecast",
        "annual": {2026: 100.0, 2027: 200.0},
        "volatility": 0.0,
        "growth_haircut": {"uniform": [LEAST, MOST]},
    }


def milestone(threshold: float, amount: float = AMOUNT) -> Record:
    return {
        "type": "milestone",
        "payer": "payer",
        "receiver": "receiver",
        "base": "other",
        "amount": amount,
        "threshold": threshold,
        "measured": "each_year",
        "start": "2027-01-01",
        "end": "2027-12-31",
    }


def with_milestones(**legs: Record) -> cs.Deal:
    """An uncapped share of a lognormal year, whose error controls take to 0, and milestones."""
    record = share_deal({2026: 100.0, 2027: 200.0}, volatility=0.3)
    record["streams"]["other"] = cut_forecast()
    record["legs"] |= legs
    return deal_of(record | {"frequency": "year"})


def probability(threshold: float) -> float:
    """That 100 grows to the threshold by 2027, where 200 was foreseen: 100 + 100 (1 - cut)."""
    return float(np.clip((1.0 - (threshold / 100.0 - 1.0) - LEAST) / (MOST - LEAST), 0.0, 1.0))


def least_error(height: float, part: float) -> float:
    """A point's share of a jump, spread over 16 replicates; a little less is that of one point."""
    deviation = height * math.sqrt(part * (1.0 - part))
    return 0.8 * 2.0 * deviation / (PATHS / 16 * math.sqrt(12.0 * 16))


def covered(found: list[tuple[cs.Estimate, float]]) -> float:
    return float(np.mean([e.interval[0] <= exact <= e.interval[1] for e, exact in found]))


def capped_shares(caps: np.ndarray) -> cs.Deal:
    record = share_deal({2026: 100.0, 2027: 200.0}) | {"frequency": "year"}
    record["streams"]["sales"] = cut_forecast()
    leg = record["legs"].pop("share") | {"start": "2027-01-01"}
    record["legs"] |= {f"share_{i}": leg | {"cap": float(cap)} for i, cap in enumerate(caps)}
    return deal_of(record)


def test_derivatives_by_caps_have_errors():
    # 20% of 2027 is above the cap with a probability; the derivative is that, discounted.
    found = []
    for caps in np.linspace(26.3, 37.7, 60).reshape(-1, 10):
        sensitivities = cs.sensitivities(capped_shares(caps), paths=PATHS)
        for i, cap in enumerate(caps):
            part = probability(cap / 0.2)
            derivative = sensitivities[f"share_{i}"][f"legs.share_{i}.cap"].derivative
            assert derivative.standard_error >= least_error(DISCOUNT, part)
            assert derivative.standard_error < 1 / 512
            found.append((derivative, DISCOUNT * part))
    assert covered(found) > 0.86  # 95% less three standard errors of 60 intervals


def test_parties_have_the_errors_of_their_parts():
    share = 0.2 * (100.0 * math.exp(-0.05) + 200.0 * DISCOUNT)
    found = []
    for threshold in np.linspace(131.0, 189.0, 15):
        valuation = cs.value(with_milestones(jump=milestone(threshold)), paths=PATHS)
        part = probability(threshold)
        receiver = valuation["receiver"].estimate
        assert receiver.standard_error >= least_error(AMOUNT * DISCOUNT, part)
        found.append((receiver, share + AMOUNT * DISCOUNT * part))
    assert covered(found) > 0.78  # 95% less three standard errors of 15 intervals


def test_differences_have_the_errors_of_what_changed():
    same = milestone(150.3)
    found = []
    for threshold in np.linspace(132.0, 188.0, 5):
        old, new = (
            with_milestones(jump=milestone(threshold, amount), same=same) for amount in (10.0, 12.0)
        )
        compared = cs.compare(old, new, paths=PATHS)
        part = probability(threshold)
        change = compared["jump"].estimate
        assert change.standard_error >= least_error(2.0 * DISCOUNT, part)
        assert change.standard_error < 2.0 / 512
        legs = [
            (sign, (scenario, "leg", "jump", ""))
            for sign, scenario in ((-1.0, "old"), (1.0, "new"))
        ]
        assert compared.combined(legs).standard_error >= least_error(2.0 * DISCOUNT, part)
        assert compared["same"].estimate.standard_error == 0.0
        unchanged = [(sign, (scenario, "leg", "same", "")) for sign, (scenario, *_) in legs]
        assert compared.combined(unchanged).standard_error == 0.0
        found.append((change, 2.0 * DISCOUNT * part))
    assert covered(found) > 0.68  # 95% less three standard errors of 5 intervals
