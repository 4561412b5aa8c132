"""Sobol points and their scrambling, against SciPy and as cpp/random/sobol.hpp documents them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import qmc

import capstake as cs
from capstake._core import sobol_points, sobol_scramble
from capstake._core import student_t_quantile as t_quantile
from close import close, same_bits
from draws import fnv1a_64

BITS = 52
DIMENSIONS = 1024
SCALE = 2.0**-BITS


def test_first_points_in_three_dimensions_are_those_published():
    # Joe and Kuo's example, first 10 points in three dimensions (their program `sobol`, D(6)).
    expected = [
        [0, 0, 0],
        [0.5, 0.5, 0.5],
        [0.75, 0.25, 0.25],
        [0.25, 0.75, 0.75],
        [0.375, 0.375, 0.625],
        [0.875, 0.875, 0.125],
        [0.625, 0.125, 0.875],
        [0.125, 0.625, 0.375],
        [0.1875, 0.3125, 0.9375],
        [0.6875, 0.8125, 0.4375],
    ]
    assert same_bits(sobol_points([0, 1, 2], 10).T * SCALE, expected)


def test_points_of_every_dimension_are_scipys():
    points = sobol_points(list(range(DIMENSIONS)), 256) * SCALE
    assert same_bits(points, qmc.Sobol(DIMENSIONS, scramble=False, bits=BITS).random(256).T)


@pytest.mark.parametrize("first", [1, 511, 2**14 - 3])
def test_points_by_index_are_scipys_after_that_many(first):
    # SciPy skips points with up to 32 bits only, which are enough for all digits of these.
    engine = qmc.Sobol(DIMENSIONS, scramble=False, bits=32).fast_forward(first)
    dimensions = [0, 1, 2, 40, 1023]
    assert same_bits(sobol_points(dimensions, 8, first) * SCALE, engine.random(8).T[dimensions])


@pytest.mark.parametrize("seed", [0, 7])
def test_scrambled_points_are_scipys_given_the_same_matrices(seed):
    dimensions = 12
    rng = np.random.default_rng(seed).spawn(1)[0]
    # As qmc.Sobol draws them: digits of the shifts, least significant first, then the matrices.
    shifts = rng.integers(2, size=(dimensions, BITS), dtype=np.uint64)
    matrices = rng.integers(2, size=(dimensions, BITS, BITS), dtype=np.uint64)
    scrambles = []
    for shift, matrix in zip(shifts, matrices, strict=True):
        lower = np.tril(matrix, -1) | np.eye(BITS, dtype=np.uint64)
        # Row p, the most significant digit first, has the weight 2^(51 - p).
        columns = [sum(int(bit) << (BITS - 1 - p) for p, bit in enumerate(c)) for c in lower.T]
        scrambles.append((columns, sum(int(bit) << i for i, bit in enumerate(shift))))
    ours = sobol_points(list(range(dimensions)), 512, scrambles=scrambles) * SCALE
    scipys = qmc.Sobol(dimensions, scramble=True, bits=BITS, rng=np.random.default_rng(seed))
    assert same_bits(ours, scipys.random(512).T)


@pytest.mark.parametrize("seed", [0, 2**64 - 1])
@pytest.mark.parametrize(("replicate", "coordinate"), [(0, 0), (3, 1023), (2**32 - 1, 2**32 - 1)])
def test_scrambles_are_rebuilt_from_numpys_philox(seed, replicate, coordinate):
    counter = 2**192 + replicate * 2**128 + coordinate * 2**64 - 1  # NumPy counts before a block
    raw = np.random.Philox(key=seed + (fnv1a_64("sobol") << 64), counter=counter).random_raw(53)
    words = [int(word) for word in raw]
    diagonal = [2 ** (BITS - 1 - i) for i in range(BITS)]
    columns, shift = sobol_scramble(seed, replicate, coordinate)
    assert columns == [d | word % d for d, word in zip(diagonal, words, strict=False)]
    assert shift == words[BITS] % 2**BITS


def test_scrambled_points_keep_their_balance():
    dimensions = [0, 1, 5, 200, 1023]
    scrambles = [sobol_scramble(11, 2, d) for d in dimensions]
    for first in (0, 1024, 2**30):
        points = sobol_points(dimensions, 1024, first, scrambles)
        for row in points:
            assert sorted(row >> (BITS - 10)) == list(range(1024))


def test_scrambled_points_are_uniform_over_replicates():
    replicates = [sobol_points([3], 4, 5, [sobol_scramble(1, r, 3)]) for r in range(4000)]
    u = np.array(replicates).reshape(-1, 4) * SCALE
    # Five standard errors of a mean, and of the share of any of the digits.
    assert np.all(np.abs(u.mean(axis=0) - 0.5) < 5 / np.sqrt(12 * 4000))
    for digit in range(1, BITS + 1):
        share = np.floor(u * 2.0**digit).astype(np.uint64) & 1
        assert np.all(np.abs(share.mean(axis=0) - 0.5) < 5 * 0.5 / np.sqrt(4000))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dimensions": [1024], "n": 1}, "dimension must be below 1024, got 1024"),
        ({"dimensions": [0], "n": 0}, "indices below 2\\^52"),
        ({"dimensions": [0], "n": 2, "first": 2**52 - 1}, "indices below 2\\^52"),
        ({"dimensions": [0], "n": 1, "scrambles": []}, "a scramble for each dimension"),
        ({"dimensions": [0], "n": 1, "scrambles": [([1], 0)]}, "52 columns, got 1"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        sobol_points(**arguments)


@pytest.mark.parametrize("replicate", [0, 5])
def test_uniform_draws_of_a_graph_are_scrambled_points(replicate):
    graph = cs.Graph()
    for name in "abc":
        graph.output(name, graph.draw(name, is_uniform=True))
    rows = graph.run(seed=9, first_block=3, n_blocks=2, design="identity", replicate=replicate)
    scrambles = [sobol_scramble(9, replicate, d) for d in range(3)]
    points = sobol_points([0, 1, 2], 1024, 3 * 512, scrambles)
    assert same_bits(rows, (points + 0.5) * SCALE)


def test_principal_components_turn_normal_points():
    steps, replicate = 6, 1
    graph = cs.Graph()
    for t in range(steps):
        graph.output(str(t), graph.draw("x", t))
    rows = graph.run(seed=2, design="principal", replicate=replicate)
    scrambles = [sobol_scramble(2, replicate, d) for d in range(steps)]
    normals = ndtri((sobol_points(list(range(steps)), 512, 0, scrambles) + 0.5) * SCALE)
    # Of min(s, t): eigenvectors times roots of eigenvalues are the motion, differences its steps.
    times = np.arange(1, steps + 1)
    eigenvalues, vectors = np.linalg.eigh(np.minimum.outer(times, times).astype(float))
    motion = (vectors * np.sqrt(eigenvalues))[:, ::-1]
    turned = np.diff(motion, axis=0, prepend=np.zeros((1, steps)))
    turned *= np.sign(turned[0])  # as the engine: each coordinate first raises the motion
    assert close(rows, turned @ normals, rel=1e-12, abs=1e-12)


def test_unknown_designs_are_named():
    graph = cs.Graph()
    graph.output("x", graph.draw("x"))
    with pytest.raises(ValueError, match=r"must be philox, .* got Sobol"):
        graph.run(seed=1, design="Sobol")


@pytest.mark.slow
@pytest.mark.parametrize("design", ["bridge", "principal"])
def test_intervals_from_replicates_cover(design):
    # A capped sum of twelve lognormals: the truth is the mean of all replicates, whose error is
    # that of one run / sqrt(500) and takes less than 0.1% from the coverage.
    graph = cs.Graph()
    log_revenue = paid = graph.constant(0.0)
    for t in range(12):
        shock = graph.apply("mul", [graph.constant(0.2), graph.draw("revenue", t)])
        log_revenue = graph.apply("add", [log_revenue, shock])
        paid = graph.apply("add", [paid, graph.apply("exp", [log_revenue])])
    graph.output("paid", graph.apply("min", [paid, graph.constant(13.0)]))
    n_runs, n_replicates = 500, 16
    means = np.array(
        [
            graph.run(seed=1, n_blocks=2, design=design, replicate=r)[0].mean()
            for r in range(n_runs * n_replicates)
        ]
    ).reshape(n_runs, n_replicates)
    errors = means.std(axis=1, ddof=1) / np.sqrt(n_replicates)
    covered = np.abs(means.mean(axis=1) - means.mean()) < t_quantile(0.975, 15) * errors
    # Five deviations of a binomial share around 95%.
    assert abs(covered.mean() - 0.95) < 5 * np.sqrt(0.95 * 0.05 / n_runs)
