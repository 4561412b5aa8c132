"""What the benchmark compares with: each peer values the capped share on one thread, its own way.

A peer is a function of the number of paths that returns (mean, standard error). Present values are
summed by parts, sum of (d_t - d_{t+1}) min(S_t, C), which is the least work for them.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable

import numpy as np

from capped_share import CAP, DISCOUNT, FACTORS, GROWTH, QUARTERS, SCALES, START, STEP, VOLATILITY

Peer = Callable[[int], tuple[float, float]]

WEIGHTS = [now - later for now, later in zip(FACTORS, [*FACTORS[1:], 0.0], strict=True)]


def moments(total: float, squares: float, n: int) -> tuple[float, float]:
    """Mean and its standard error from sums."""
    mean = total / n
    return mean, math.sqrt(max(squares / n - mean * mean, 0.0) / (n - 1))


def numpy_blocks(block: int, generator: type[np.random.BitGenerator]) -> Peer:
    """NumPy in blocks that stay in the cache, in place."""

    def value(paths: int) -> tuple[float, float]:
        rng = np.random.Generator(generator(1))
        level, total, x, pv = (np.empty(block) for _ in range(4))
        sums = squares = 0.0
        for _ in range(paths // block):
            level.fill(0.0)
            total.fill(0.0)
            pv.fill(0.0)
            for t in range(QUARTERS):
                rng.standard_normal(out=x)
                np.multiply(x, STEP, out=x)
                np.add(level, x, out=level)
                np.exp(level, out=x)
                np.multiply(x, SCALES[t], out=x)
                np.add(total, x, out=total)
                np.minimum(total, CAP, out=x)
                np.multiply(x, WEIGHTS[t], out=x)
                np.add(pv, x, out=pv)
            sums += float(pv.sum())
            squares += float(pv @ pv)
        return moments(sums, squares, paths // block * block)

    return value


def numba_loop(own_normals: bool) -> Peer:
    """Numba: a scalar loop over paths, with Numba's normals or NumPy's quickest."""
    import numba

    scales, weights = np.array(SCALES), np.array(WEIGHTS)

    @numba.njit
    def own(_rng):  # type: ignore[no-untyped-def]
        return np.random.standard_normal()  # noqa: NPY002

    @numba.njit
    def of_numpy(rng):  # type: ignore[no-untyped-def]
        return rng.standard_normal()

    normal = own if own_normals else of_numpy

    @numba.njit(fastmath=True, error_model="numpy")
    def run(rng, paths, scales, weights, step, cap):  # type: ignore[no-untyped-def]
        sums = squares = 0.0
        for _ in range(paths):
            level = total = pv = 0.0
            for t in range(scales.size):
                level += step * normal(rng)
                total += scales[t] * math.exp(level)
                pv += weights[t] * min(total, cap)
            sums += pv
            squares += pv * pv
        return sums, squares

    def value(paths: int) -> tuple[float, float]:
        rng = np.random.Generator(np.random.SFC64(1))
        sums, squares = run(rng, paths, scales, weights, STEP, CAP)
        return moments(sums, squares, paths)

    value(16)  # compiles
    return value


def quantlib_asian() -> Peer:
    """QuantLib's Monte Carlo engine for an average-price call on as many dates: like work."""
    import QuantLib as ql

    today = ql.Date(31, 12, 2025)
    ql.Settings.instance().evaluationDate = today
    day_count = ql.Thirty360(ql.Thirty360.European)

    def flat(rate: float) -> ql.YieldTermStructureHandle:
        return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, day_count))

    volatility = ql.BlackConstantVol(today, ql.NullCalendar(), VOLATILITY, day_count)
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(START)),
        flat(DISCOUNT - GROWTH),
        flat(DISCOUNT),
        ql.BlackVolTermStructureHandle(volatility),
    )
    dates = [today + ql.Period(3 * (t + 1), ql.Months) for t in range(QUARTERS)]
    option = ql.DiscreteAveragingAsianOption(
        ql.Average.Arithmetic,
        0.0,
        0,
        dates,
        ql.PlainVanillaPayoff(ql.Option.Call, START),
        ql.EuropeanExercise(dates[-1]),
    )

    def value(paths: int) -> tuple[float, float]:
        option.setPricingEngine(
            ql.MCDiscreteArithmeticAPEngine(
                process, "pseudorandom", requiredSamples=paths, controlVariate=False, seed=42
            )
        )
        return option.NPV(), option.errorEstimate()

    return value


def available() -> dict[str, tuple[Peer, float]]:
    """Peers by name, each with the paths it is given as a share of the engine's.

    A peer whose package is missing is left out with a word.
    """
    peers = {
        "NumPy SFC64, 4k": (numpy_blocks(4096, np.random.SFC64), 1 / 4),
        "NumPy SFC64, 16k": (numpy_blocks(16384, np.random.SFC64), 1 / 4),
        "NumPy Philox, 4k": (numpy_blocks(4096, np.random.Philox), 1 / 4),
    }
    optional = [
        ("Numba", "numba", lambda: numba_loop(own_normals=True), 1 / 8),
        ("Numba SFC64", "numba", lambda: numba_loop(own_normals=False), 1 / 8),
        ("QuantLib", "QuantLib", quantlib_asian, 1 / 64),
    ]
    for name, module, make, share in optional:
        if importlib.util.find_spec(module) is None:
            print(f"  {name} is left out: pip install {module}")
        else:
            peers[name] = (make(), share)
    return peers
