"""Time the engine beside its peers on a capped share of 20 quarters: speed, accuracy, scale.

Run ``python tests/bench/bench_engine.py [section ...] [--quick] [--repeats N]`` with capstake
installed; peers that are not (``pip install .[bench]``) are left out. Sections, all by default:

speed
    Cycles and nanoseconds a path-step, draws included, on one thread; how many times as long each
    takes as the first, run in turn in the same process; each value against the exact one; and the
    time in which each reaches a standard error of 0.1%. `Engine` answers the question of the peers:
    the mean and its error. `value` is a whole call, with payments, revenue, controls, distributions
    and their errors; `value, Sobol` the same as users call it.
threads
    Speed of two threads over one.
sensitivities
    Time of a value with all its sensitivities over that of the value.
rqmc
    Variance of plain points over that of Sobol points, at as many of them.
deals
    Variance of plain points, events sampled and without controls, over that of values as they come:
    ten deals with stakes and exits, by the spread over seeds.
memory
    Peak of a fresh process, by the number of paths.

Times on one thread are of the processor, so they leave out what other programs took; those of two
threads are by the clock. Of the repeats the fastest counts. Cycles come from a chain of dependent
additions, timed right beside. The instruction set is forced by CAPSTAKE_ISA=avx2, say, for the
peers as well (see one_thread.py). A path-step is one quarter of one path.
"""

from __future__ import annotations

import argparse
import inspect
import math
import multiprocessing
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import one_thread  # noqa: F401  (before NumPy)

# isort: split
import numpy as np

import capstake as cs
import peers
import stake_deals
from capped_share import QUARTERS, deal, exact_value
from capstake import _core

TARGET_ERROR = 1e-3
BLOCK = _core.build_info()["block"]
DEAL_RATIO = 10_000
HAS_SAMPLERS = "sampler" in inspect.signature(cs.value).parameters


def engine(paths: int, *, sampler: str = "philox", seed: int = 1, threads: int = 1) -> cs.Valuation:
    """Value the share."""
    choice = {"sampler": sampler} if HAS_SAMPLERS else {}
    return cs.value(deal(), paths=paths, seed=seed, threads=threads, **choice)


def value_moments(sampler: str) -> peers.Peer:
    """Value the share as a peer does, by a whole call."""

    def moments(paths: int) -> tuple[float, float]:
        share = engine(paths, sampler=sampler)["share"]
        return share.value, share.standard_error

    return moments


def block_sums(graph: _core.Graph, paths: int, **run: object) -> tuple[float, float]:
    """Sum and sum of squares of the graph's output."""
    blocks = paths // BLOCK
    at_once = min(blocks, 256)  # a megabyte
    total = squares = 0.0
    for first in range(0, blocks, at_once):
        (x,) = graph.run(seed=1, first_block=first, n_blocks=at_once, **run)
        total += float(x.sum())
        squares += float(x @ x)
    return total, squares


def share_alone() -> _core.Graph:
    """Return the graph of the share's value and nothing else."""
    graph, _ = _core.graph_of(deal()).integrate_out(outputs=["leg.share"])
    return graph


def engine_moments(paths: int) -> tuple[float, float]:
    """Mean of the share alone, and its standard error."""
    return peers.moments(*block_sums(share_alone(), paths), paths)


def engine_sobol(design: str) -> peers.Peer:
    """Return the same on 16 scrambled nets."""

    def moments(paths: int) -> tuple[float, float]:
        graph, points = share_alone(), paths // 16
        means = [
            block_sums(graph, points, design=design, replicate=r)[0] / points for r in range(16)
        ]
        return float(np.mean(means)), float(np.std(means, ddof=1)) / 4

    return moments


@dataclass
class Timed:
    """Times of one contender."""

    paths: int
    result: tuple[float, float] = (math.nan, math.nan)
    seconds: list[float] = field(default_factory=list)
    cycles: list[float] = field(default_factory=list)

    def run(self, function: peers.Peer) -> None:
        """Time one call, and the clock beside it."""
        rate = _core.cycles_per_nanosecond()
        started = time.process_time()
        self.result = function(self.paths)
        seconds = time.process_time() - started
        rate = max(rate, _core.cycles_per_nanosecond())
        self.seconds.append(seconds)
        self.cycles.append(seconds * 1e9 * rate)

    @property
    def path_steps(self) -> int:
        """Path-steps of one call."""
        return self.paths * QUARTERS


def speed(quick: bool, repeats: int) -> None:
    """Compare with the peers."""
    paths = 2**16 if quick else 2**22
    on_nets = {
        "engine, bridge": (engine_sobol("bridge"), 1.0),
        "engine, principal": (engine_sobol("principal"), 1.0),
        "value, Sobol": (value_moments("sobol"), 1.0),
    }
    contenders = {
        "engine": (engine_moments, 1.0),
        "value": (value_moments("philox"), 1.0),
        **on_nets,
        **peers.available(),
    }
    times = {name: Timed(int(paths * share)) for name, (_, share) in contenders.items()}
    for _ in range(repeats):
        for name, (function, _) in contenders.items():
            times[name].run(function)
    exact = exact_value()
    first = min(times["engine"].seconds) / times["engine"].path_steps
    print(f"  exact value {exact:.6f}; {paths:,} paths (peers fewer)")
    print("  name                cycles      ns   times   value       s.e.  error/s.e.    to 0.1%")
    for name, timed in times.items():
        each = min(timed.seconds) / timed.path_steps
        mean, error = timed.result
        distance = "-" if name == "QuantLib" else f"{(mean - exact) / error:+.2f}"
        # Of plain paths the standard error falls with their root; of nets faster.
        seconds = min(timed.seconds) * (error / (TARGET_ERROR * mean)) ** 2
        to_target = "-" if name in on_nets else f"{seconds * 1e3:.1f} ms"
        print(
            f"  {name:17s} {min(timed.cycles) / timed.path_steps:8.1f} {each * 1e9:7.2f} "
            f"{each / first:7.1f}   {mean:.5f} {error:8.1e}    {distance:>8s} {to_target:>10s}"
        )
    if "QuantLib" in times:
        print("  (QuantLib values an average-price call on as many dates, another payoff)")


def best(repeats: int, *calls: Callable[[], object]) -> list[float]:
    """Return the shortest time by the clock of each call, run in turn."""
    seconds = [math.inf] * len(calls)
    for _ in range(repeats):
        for i, call in enumerate(calls):
            started = time.perf_counter()
            call()
            seconds[i] = min(seconds[i], time.perf_counter() - started)
    return seconds


def threads(quick: bool, repeats: int) -> None:
    """Compare two threads with one."""
    paths = 2**16 if quick else 2**22
    one, two = best(repeats, lambda: engine(paths), lambda: engine(paths, threads=2))
    print(f"  {paths:,} paths: 1 thread {one:.3f} s, 2 threads {two:.3f} s: {one / two:.2f} times")


def sensitivities(quick: bool, repeats: int) -> None:
    """Compare a value with all its sensitivities with the value alone."""
    paths = 2**14 if quick else 2**21
    value, all_of_them = best(
        repeats,
        lambda: engine(paths),
        lambda: cs.sensitivities(deal(), paths=paths, seed=1, threads=1),
    )
    print(
        f"  {paths:,} paths: value {value:.3f} s, with sensitivities {all_of_them:.3f} s: "
        f"{all_of_them / value:.2f} times"
    )


def rqmc(quick: bool, repeats: int) -> None:
    """Compare the variance of Sobol points with that of plain ones, by errors that are known."""
    if not HAS_SAMPLERS:
        print("  this version has no Sobol points")
        return
    paths, seeds = (2**13, 4) if quick else (2**14, 64)
    exact = exact_value()
    plain = engine(2**16 if quick else 2**20)["share"].standard_error
    plain *= math.sqrt((2**16 if quick else 2**20) / paths)
    errors = [
        engine(paths, sampler="sobol", seed=seed)["share"].value - exact for seed in range(seeds)
    ]
    spread = math.sqrt(float(np.mean(np.square(errors))))
    stated = engine(paths, sampler="sobol")["share"].standard_error
    (seconds,) = best(repeats, lambda: engine(paths, sampler="sobol"))
    print(
        f"  {paths:,} points: plain s.e. {plain:.2e}; Sobol error {spread:.2e} (root mean square, "
        f"{seeds} seeds), stated s.e. {stated:.2e}; variance ratio {(plain / spread) ** 2:,.0f}; "
        f"{seconds * 1e3:.1f} ms in all"
    )


def deals(quick: bool, repeats: int) -> None:
    """Compare the variance of plain Monte Carlo with that of values, deal by deal."""
    paths, seeds = (2**10, 2) if quick else (2**14, 32)
    print(f"  {paths:,} points, {seeds} seeds, events sampled and no controls over values")
    least: dict[str, float] = {}
    for name, build in stake_deals.DEALS.items():
        found = stake_deals.gains(
            build(), paths=paths, seeds=seeds, plain_blocks=8 if quick else 256
        )
        print(f"  {name}\n    {'':34s}  variance ratio   spread     stated     plain")
        for gain in found:
            print(
                f"    {gain.output:34s}  {gain.ratio:14,.0f}   {gain.spread:.2e}   "
                f"{gain.stated:.2e}   {gain.plain:.2e}"
            )
        least[name] = min(gain.ratio for gain in found)
    enough = sum(ratio >= DEAL_RATIO for ratio in least.values())
    worst = min(least, key=least.__getitem__)
    print(
        f"  least of each deal at least {DEAL_RATIO:,}: {enough} of {len(least)} deals; "
        f"the least of all {least[worst]:,.0f} ({worst})"
    )


def _peak(paths: int, queue: multiprocessing.Queue[int]) -> None:
    engine(paths)
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text("utf-8")
    queue.put(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]))


def peak_memory(paths: int) -> float:
    """MiB at the peak of a fresh process that imports everything and values the share (Linux)."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_peak, args=(paths, queue))
    process.start()
    used = queue.get()
    process.join()
    return used / 1024


def memory(quick: bool, repeats: int) -> None:
    """Show that memory does not grow with the number of paths."""
    sizes = [13, 14] if quick else [13, 20, 24, 27]
    peaks = {size: peak_memory(2**size) for size in sizes}
    print("  " + ", ".join(f"2^{size} paths {peak:.0f} MiB" for size, peak in peaks.items()))
    growth = (peaks[sizes[-1]] - peaks[sizes[-2]]) / (2 ** sizes[-1] - 2 ** sizes[-2])
    line = peaks[sizes[-1]] + max(growth, 0.0) * (1e9 - 2 ** sizes[-1])
    print(f"  10^9 paths by the line through the last two: {line:.0f} MiB")


SECTIONS: dict[str, Callable[[bool, int], None]] = {
    "speed": speed,
    "threads": threads,
    "sensitivities": sensitivities,
    "rqmc": rqmc,
    "deals": deals,
    "memory": memory,
}


def main(arguments: list[str] | None = None) -> None:
    """Print the sections asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="few paths: only to see that it runs")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args(arguments)
    chosen = options.sections or list(SECTIONS)
    if unknown := set(chosen) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    info = cs.build_info()
    print(
        f"capstake {info['version']}, {info['compiler']}, {info['instruction_set']}, "
        f"{_core.cycles_per_nanosecond():.2f} GHz, NumPy {np.__version__}"
    )
    for name in chosen:
        print(name)
        SECTIONS[name](options.quick, 1 if options.quick else options.repeats)


if __name__ == "__main__":
    main()
