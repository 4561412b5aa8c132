"""Random draws against numpy.random.Philox, in the layout that cpp/random/draws.hpp documents."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

import capstake as cs
from close import close, same_bits
from draws import normals, uniforms, words

BLOCK = cs.build_info()["block"]
SEEDS = [0, 1, 2**32, 2**63 + 12345, 2**64 - 1]
VARIABLES = [("sales.shock", 0), ("sales.shock", 1), ("a", 7), ("", 3), ("größe", 2**32 - 1)]
# Paths: the first, next to multiples of 4, where counter words of 32 bits would wrap, and far out.
PATHS = [0, 1, 2, 3, 4, 5, 7, 8, 511, 512, 2**32 - 1, 2**32, 2**34 - 1, 2**34, 2**40 + 3, 2**48 - 1]


def graph_of(variables, is_uniform):
    graph = cs.Graph()
    for i, (name, step) in enumerate(variables):
        graph.output(str(i), graph.draw(name, step, is_uniform))
    return graph


def test_rebuilt_words_are_those_of_the_authors():
    # Random123 tests/kat_vectors (Salmon et al., SC11), philox4x64-10, all-zero key and counter.
    # NumPy counts before each block, so that its first block after 2^256 - 1 is that of 0.
    first = np.random.Philox(key=0, counter=2**256 - 1).random_raw(4)
    expected = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert first.tolist() == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_draws_are_rebuilt_bit_for_bit(seed):
    graph = graph_of(VARIABLES, is_uniform=True)
    for block in (0, 1, 2**23 - 1, 2**23, 2**39 - 1):
        rows = graph.run(seed=seed, first_block=block, n_blocks=2)
        for row, (name, step) in zip(rows, VARIABLES, strict=True):
            assert same_bits(row, uniforms(seed, name, step, block * BLOCK, 2 * BLOCK))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_interpreter_draws_the_same_one_path_at_a_time(seed):
    graph = graph_of(VARIABLES, is_uniform=True)
    for path in PATHS:
        expected = [uniforms(seed, name, step, path)[0] for name, step in VARIABLES]
        assert same_bits(graph.interpret(seed=seed, path=path), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_normal_draws_are_the_quantiles_of_the_uniform_ones(seed):
    graph = graph_of(VARIABLES, is_uniform=False)
    rows = graph.run(seed=seed, n_blocks=64)
    for row, (name, step) in zip(rows, VARIABLES, strict=True):
        # Two implementations of the quantile, each good to a few units in the last place.
        assert close(row, normals(seed, name, step, 0, 64 * BLOCK), rel=1e-14)


def test_uniform_and_normal_draws_of_a_name_are_of_the_same_word():
    u = graph_of([("x", 0)], is_uniform=True).run(seed=5)
    z = graph_of([("x", 0)], is_uniform=False).run(seed=5)
    assert close(ndtr(z), u, rel=1e-13)


def test_draws_of_other_names_steps_seeds_and_paths_differ():
    rows = [
        words(seed, name, step, path, 64).tolist()
        for seed in SEEDS
        for name, step in VARIABLES
        for path in (0, 64)
    ]
    graph_rows = [graph_of(VARIABLES, True).run(seed=seed) for seed in SEEDS]
    assert len({word for row in rows for word in row}) == len(rows) * 64
    together = np.concatenate(graph_rows).ravel()
    assert len(np.unique(together)) == together.size


def quantile(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The engine's normal quantile, as the interpreter and as the block program compute it."""
    graph = cs.Graph()
    for i, x in enumerate(u):
        # The draw keeps the argument from being a constant, which would be folded.
        zero = graph.apply("mul", [graph.draw("x"), graph.constant(0.0)])
        argument = graph.apply("add", [graph.parameter(f"u{i}", float(x)), zero])
        graph.output(str(i), graph.apply("normal_quantile", [argument]))
    return np.array(graph.interpret(seed=1, path=0)), graph.run(seed=1)[:, 0]


def test_the_normal_quantile_is_scipys_over_its_whole_range():
    u = np.concatenate(
        [
            [2.0**-53, 1 - 2.0**-53, 0.5 - 2.0**-53, 0.5 + 2.0**-53],
            np.logspace(-300, -1, 300),
            1 - np.logspace(-15, -1, 150),
            np.linspace(0.001, 0.999, 400),
            [0.075, np.nextafter(0.075, 0), 0.925, np.nextafter(0.925, 1), np.exp(-25.0)],
        ]
    )
    interpreted, run = quantile(u)
    # Each is good to a few units in the last place.
    assert close(interpreted, ndtri(u), rel=1e-14)
    assert same_bits(run, interpreted)


def test_the_normal_quantile_of_the_ends_and_of_the_middle():
    interpreted, run = quantile(np.array([0.0, 0.5, 1.0]))
    assert close(interpreted, [-np.inf, 0.0, np.inf])
    assert same_bits(run, interpreted)


def test_means_of_draws_are_those_of_their_law():
    n = 4096
    z = graph_of([(f"v{i}", i) for i in range(8)], False).run(seed=11, n_blocks=n)
    size = z.shape[1]
    assert np.all(np.abs(z.mean(axis=1)) < 5 / np.sqrt(size))
    assert np.all(np.abs((z**2).mean(axis=1) - 1) < 5 * np.sqrt(2 / size))
    correlation = np.corrcoef(z) - np.eye(8)
    assert np.abs(correlation).max() < 5 / np.sqrt(size)
