"""Atoms and expected shortfalls of distributions, against NumPy and what is known."""

from __future__ import annotations

import numpy as np
import pytest

import capstake as cs
from close import close
from deals import CAPPED_SHARE, EVERYTHING, deal_of

CAP = CAPPED_SHARE["legs"]["share"]["cap"]


@pytest.fixture(scope="module")
def everything() -> cs.Valuation:
    return cs.value(deal_of(EVERYTHING), paths=4096)


@pytest.fixture(scope="module")
def capped() -> cs.Valuation:
    return cs.value(deal_of(CAPPED_SHARE), paths=2**14)


def test_expected_shortfalls_are_means_of_tails(everything):
    for position in everything.positions.values():
        ordered = np.sort(position.samples)
        n = len(ordered)
        k = n // 20
        worst = position.expected_shortfall(100 * k / n)
        best = position.expected_shortfall(100 * k / n, tail="upper")
        scale = np.abs(ordered).max()
        assert close(worst.mean.value, ordered[:k].mean(), abs=1e-12 * scale)
        assert close(best.mean.value, ordered[-k:].mean(), abs=1e-12 * scale)
        assert worst.mean.value <= worst.value_at_risk <= best.value_at_risk <= best.mean.value


def test_standard_error_of_a_shortfall_is_that_of_the_excess(capped):
    share = capped["share"]
    found = share.expected_shortfall(10)
    excess = np.maximum(found.value_at_risk - share.samples, 0.0)
    expected = excess.std(ddof=1) / 0.1 / np.sqrt(len(excess))
    assert close(found.mean.standard_error, expected, rel=1e-12)


def test_the_cap_is_an_atom_of_the_total_paid(capped):
    low, high = capped.total_percentiles("share", (5, 50))
    reached = capped.reaches_cap("share")
    assert high.value == CAP
    assert high.atom == reached.mean()
    assert 0.8 < high.atom < 0.85
    assert low.value < CAP
    assert low.atom == 0.0
    # Present values differ from path to path with the date on which the cap is reached.
    assert all(p.atom == 0.0 for p in capped["share"].percentiles())


def test_what_is_asked_wrongly_is_refused(capped):
    for percent in (0, 100, -1, float("nan"), "5", None):
        with pytest.raises(cs.InputError, match="percent: must lie between 0 and 100"):
            capped["share"].expected_shortfall(percent)
    with pytest.raises(cs.InputError, match='tail: must be "lower" or "upper", got \'left\''):
        capped["share"].expected_shortfall(5, tail="left")
    with pytest.raises(KeyError, match="no leg named 'receiver'"):
        capped.total_percentiles("receiver")


def test_one_outcome_in_a_tail_tells_no_error():
    few = cs.value(deal_of(CAPPED_SHARE), paths=8)
    assert np.isnan(few["share"].expected_shortfall(5).mean.standard_error)
    record = few.to_dict()["positions"]["share"]["expected_shortfall"]
    assert record["standard_error"] is None
    assert "nan" not in repr(few)
