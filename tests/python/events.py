"""Means over one event's time by brute force: the reference for events integrated out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np

LAST = 40.0  # exp(-40) is below the rounding of a double
NARROWEST = 1e-11


def mean_over_exponential(f: Callable[[float], np.ndarray], cuts: Sequence[float]) -> np.ndarray:
    """Integrate f(x) exp(-x) over x > 0, for f made of lines with kinks and jumps.

    Between neighbouring `cuts` it bisects until f is a line, which is integrated exactly, or the
    interval is too narrow to matter.
    """
    edges = [0.0, *sorted(c for c in set(cuts) if 0.0 < c < LAST), LAST]
    total = 0.0
    for a, b in itertools.pairwise(edges):
        # A little inside, away from the jump at an edge.
        total = total + _piece(f, a, b, f(a + 1e-13 * (1.0 + b)), f(b - 1e-13 * (1.0 + b)))
    return np.asarray(total)


def _piece(
    f: Callable[[float], np.ndarray], a: float, b: float, fa: np.ndarray, fb: np.ndarray
) -> np.ndarray:
    if b - a > NARROWEST:
        places = (0.31, 0.5, 0.77)
        inside = [f(a + t * (b - a)) for t in places]
        scale = 1e-11 * (1.0 + np.abs(fa) + np.abs(fb))
        if any(
            np.any(np.abs(v - (fa + t * (fb - fa))) > scale)
            for t, v in zip(places, inside, strict=True)
        ):
            middle = 0.5 * (a + b)
            return _piece(f, a, middle, fa, inside[1]) + _piece(f, middle, b, inside[1], fb)
    # f is fa + (fb - fa) (x - a) / (b - a); by parts.
    width = b - a
    mass = -math.expm1(-width)
    slope = (fb - fa) / width if width else 0.0 * fa
    return math.exp(-a) * (fa * mass + slope * (mass - width * math.exp(-width)))
