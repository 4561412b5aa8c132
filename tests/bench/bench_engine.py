"""Time the engine beside the same work in NumPy: 20 quarters of a capped share and a stake.

Run ``python tests/bench/bench_engine.py [--paths 20] [--repeats 5]`` with capstake installed; paths
are given as a power of two. Both sides run on one thread, in turn, in one process; the ratio of
their times is the figure to quote. Memory is the peak of a process that runs one side alone.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import capstake as cs

QUARTERS = 20
RATE, CAP, DISCOUNT = 0.20, 38.0, 0.05
START, GROWTH, VOLATILITY = 30.0, 0.30, 0.35
MULTIPLE, LONG_RUN, REVERSION, MULTIPLE_VOLATILITY, CORRELATION = 34.0, 8.0, 0.6, 0.45, 0.3
FRACTION = 0.27


def deal() -> cs.Deal:
    """The capped share and the stake as a deal on an exact quarterly grid."""
    annual = {
        2026 + year: sum(
            START / 4 * math.exp(GROWTH / 4 * t) for t in range(4 * year + 1, 4 * year + 5)
        )
        for year in range(QUARTERS // 4)
    }
    return cs.Deal(
        name="Benchmark",
        valuation_date="2025-12-31",
        currency="USD",
        discount_rate=DISCOUNT,
        compounding="continuous",
        day_count="30E/360",
        parties={"a": cs.Party(name="A"), "b": cs.Party(name="B")},
        streams={"revenue": cs.Forecast(annual=annual, volatility=VOLATILITY)},
        legs={
            "share": cs.RevenueShare(
                payer="a",
                receiver="b",
                base="revenue",
                rate=RATE,
                cap=CAP,
                start="2026-01-01",
                end="2030-12-31",
            )
        },
        companies={
            "a_equity": cs.Company(
                party="a",
                revenue="revenue",
                multiple=MULTIPLE,
                long_run_multiple=LONG_RUN,
                reversion=REVERSION,
                multiple_volatility=MULTIPLE_VOLATILITY,
                correlation=CORRELATION,
                exit_date="2030-12-31",
            )
        },
        stakes={"stake": cs.Stake(holder="b", company="a_equity", fraction=FRACTION)},
    )


def engine(paths: int) -> tuple[float, float]:
    """Value share and stake with capstake on one thread."""
    valuation = cs.value(deal(), paths=paths, seed=1, threads=1)
    return valuation["share"].value, valuation["stake"].value


def numpy_blocks(paths: int, block: int = 4096) -> tuple[float, float]:
    """Value share and stake with NumPy as well as it can: blocks that stay in the cache, in place.

    The generator is the quickest NumPy has for normals (SFC64, ziggurat).
    """
    rng = np.random.Generator(np.random.SFC64(1))
    dt = 0.25
    step = VOLATILITY * math.sqrt(dt)
    decay = math.exp(-REVERSION * dt)
    spread = MULTIPLE_VOLATILITY * math.sqrt((1 - decay**2) / (2 * REVERSION))
    rest = math.sqrt(1 - CORRELATION**2)
    scale = [
        RATE * START / 4 * math.exp((GROWTH - VOLATILITY**2 / 2) * dt * (t + 1))
        for t in range(QUARTERS)
    ]
    df = [math.exp(-DISCOUNT * dt * (t + 1)) for t in range(QUARTERS)]
    log_level, x, total, capped, new, z, w, pv = (np.empty(block) for _ in range(8))
    share_sum = stake_sum = 0.0
    for _ in range(paths // block):
        for array in (log_level, x, total, capped, pv):
            array.fill(0.0)
        for t in range(QUARTERS):
            rng.standard_normal(out=z)
            rng.standard_normal(out=w)
            np.multiply(z, CORRELATION * spread, out=new)
            np.multiply(w, rest * spread, out=w)
            np.multiply(x, decay, out=x)
            np.add(x, new, out=x)
            np.add(x, w, out=x)
            np.multiply(z, step, out=z)
            np.add(log_level, z, out=log_level)
            np.exp(log_level, out=new)
            np.multiply(new, scale[t], out=new)
            np.add(total, new, out=total)
            np.minimum(total, CAP, out=z)
            np.subtract(z, capped, out=capped)
            np.multiply(capped, df[t], out=capped)
            np.add(pv, capped, out=pv)
            capped, z = z, capped
        share_sum += float(pv.sum())
        np.exp(x, out=x)
        np.multiply(x, new, out=x)
        stake_sum += float(x.sum())
    horizon = QUARTERS * dt
    mean = LONG_RUN * math.exp(math.log(MULTIPLE / LONG_RUN) * math.exp(-REVERSION * horizon))
    variance = MULTIPLE_VOLATILITY**2 * (1 - math.exp(-2 * REVERSION * horizon)) / (2 * REVERSION)
    to_equity = FRACTION * 4 / RATE * mean * math.exp(-variance / 2) * df[-1]
    n = paths // block * block
    return share_sum / n, to_equity * stake_sum / n


def timed(function: Callable[[int], tuple[float, float]], paths: int) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    function(paths)
    return time.perf_counter() - started


def _peak(
    function: Callable[[int], tuple[float, float]], paths: int, queue: multiprocessing.Queue[int]
) -> None:
    function(paths)
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text("utf-8")
    queue.put(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]))


def peak_memory(function: Callable[[int], tuple[float, float]], paths: int) -> float:
    """MiB at the peak of a fresh process that imports both sides and makes the call (Linux)."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_peak, args=(function, paths, queue))
    process.start()
    used = queue.get()
    process.join()
    return used / 1024


def main() -> None:
    """Print times, path-steps a second, the ratio, and memory."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--paths", type=int, default=20, help="power of two")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    paths = 2**arguments.paths
    print(
        f"{paths:,} paths x {QUARTERS} quarters, share and stake, one thread; "
        f"instruction set {cs.build_info()['instruction_set']}"
    )
    for name, function in (("capstake", engine), ("NumPy", numpy_blocks)):
        share, stake = function(2**16)
        print(f"  {name:9s} share {share:.4f}  stake {stake:.4f}  (2^16 paths)")
    times: dict[str, list[float]] = {"capstake": [], "NumPy": []}
    for _ in range(arguments.repeats):
        times["capstake"].append(timed(engine, paths))
        times["NumPy"].append(timed(numpy_blocks, paths))
    steps = paths * QUARTERS
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(
            f"  {name:9s} {median:.3f} s  {steps / median / 1e6:7.1f} M path-steps/s  "
            f"{median / steps * 1e9:5.2f} ns a path-step"
        )
    ratios = [b / a for a, b in zip(times["capstake"], times["NumPy"], strict=True)]
    print(
        f"  NumPy / capstake: {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f})"
    )
    for name, function in (("capstake", engine), ("NumPy", numpy_blocks)):
        print(
            f"  {name:9s} peak memory {peak_memory(function, paths):.0f} MiB, "
            f"{peak_memory(function, 2**13):.0f} MiB with 8,192 paths"
        )


if __name__ == "__main__":
    main()
