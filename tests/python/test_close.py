"""The comparisons themselves: that they fail when they should."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from close import agrees, close, same_bits

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("compare", [same_bits, lambda a, b: close(a, b, rel=1.0, abs=INF)])
@pytest.mark.parametrize(
    ("got", "reference"),
    [
        (NAN, NAN),
        (NAN, 1.0),
        (1.0, NAN),
        ([1.0, NAN], [1.0, 2.0]),
        ([1.0], [1.0, 1.0]),
        (1.0, [1.0]),
    ],
)
def test_nan_and_other_shapes_never_agree(compare, got, reference):
    assert not compare(got, reference)


def test_same_bits_sees_the_last_bit_and_the_sign_of_zero():
    assert same_bits([1.0, -2.0, INF], [1.0, -2.0, INF])
    assert not same_bits(1.0, np.nextafter(1.0, 2.0))
    assert not same_bits([0.0, 1.0], [-0.0, 1.0])


def test_same_bits_of_strided_arrays_compares_what_is_seen():
    a = np.arange(12.0).reshape(3, 4)
    assert same_bits(a[:, 1], [1.0, 5.0, 9.0])
    assert not same_bits(a.T[0], a[0, :3])


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_close_measures_from_the_absolute_reference(sign):
    assert close(sign * 100.9, sign * 100.0, rel=0.01)
    assert not close(sign * 101.1, sign * 100.0, rel=0.01)
    assert not close(sign * 98.9, sign * 100.0, rel=0.01)
    assert not close(-sign * 100.0, sign * 100.0, rel=0.01)


def test_close_needs_a_tolerance_to_forgive_anything():
    assert close(1.0, 1.0)
    assert not close(np.nextafter(1.0, 2.0), 1.0)
    assert not close(1e-300, 0.0, rel=1.0)
    assert close(1e-300, 0.0, abs=1e-299)


def test_close_takes_infinities_only_as_equal():
    assert close([INF, -INF], [INF, -INF])
    assert not close(INF, -INF, rel=1.0, abs=INF)
    assert not close(1e308, INF, rel=1.0, abs=INF)
    assert not close(INF, 1e308, rel=1.0, abs=INF)


def test_a_failure_says_where_and_by_how_much():
    verdict = close([[1.0, 2.0], [3.0, 4.5]], [[1.0, 2.0], [3.0, 4.0]], rel=1e-3)
    assert repr(verdict) == (
        "1 of 4 not within rel=0.001, abs=0; first at (1, 1): 4.5 against 4.0, difference 0.5"
    )


@pytest.mark.parametrize(
    ("value", "error", "holds"),
    [
        (103.9, 1.0, True),
        (96.1, 1.0, True),
        (104.1, 1.0, False),  # too far
        (95.9, 1.0, False),
        (100.0, 2.1, False),  # too noisy to say
        (100.0, 0.0, True),  # exact
        (100.1, 0.0, False),  # no error at all
        (100.0, -1.0, False),
        (NAN, 1.0, False),
        (100.0, NAN, False),
    ],
)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_agrees_needs_a_near_value_and_a_small_error(value, error, holds, sign):
    estimate = SimpleNamespace(
        value=sign * value, standard_error=error, degrees_of_freedom=math.inf
    )
    assert bool(agrees(estimate, sign * 100.0, largest_error=0.02)) is holds
