"""Results depend on inputs, seed and paths, not on threads, blocks, process or instructions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import capstake as cs
from close import Verdict, close, same_bits
from deals import CAPPED_SHARE, EVERYTHING, changed, deal_of
from digests import PATHS, arrays, raw_value
from random_graphs import random_graph

BLOCK = cs.build_info()["block"]


def same_bits_or_nan(got: np.ndarray, reference: np.ndarray) -> Verdict:
    """Wild graphs make NaN: it must be in the same places, and everything else the same bits."""
    nan = np.isnan(reference)
    if not np.array_equal(np.isnan(got), nan):
        return Verdict(False, "NaN in other places")
    return same_bits(np.where(nan, 0.0, got), np.where(nan, 0.0, reference))


# Threads and path counts


@pytest.mark.parametrize("record", [CAPPED_SHARE, EVERYTHING], ids=["capped share", "everything"])
@pytest.mark.parametrize("paths", [2, BLOCK - 1, BLOCK + 1, PATHS, 2**17])
def test_threads_change_no_bit(record, paths):
    one, *others = (
        arrays(raw_value(record, paths=paths, threads=threads)) for threads in (1, 2, 7)
    )
    for other in others:
        assert other.keys() == one.keys()
        for name, array in one.items():
            assert same_bits(other[name], array), name


def test_samples_of_the_first_paths_do_not_depend_on_how_many_follow():
    deal = deal_of(EVERYTHING)
    few = cs.value(deal, paths=2**14)
    for paths in (2**14 + 1, 50_000, 2**17):
        more = cs.value(deal, paths=paths)
        for name, position in few.positions.items():
            assert same_bits(more[name].samples[: 2**14], position.samples)


def test_payments_drawn_anew_are_those_of_the_run(monkeypatch):
    new = changed(EVERYTHING, legs__share__cap=60.0)
    compared = cs.compare(deal_of(EVERYTHING), deal_of(new), paths=PATHS)
    for valuation in (cs.value(deal_of(EVERYTHING), paths=PATHS), compared.old, compared.new):
        first = {leg.name: valuation.payment_samples(leg.name) for leg in valuation.of_kind("leg")}
        monkeypatch.setattr("capstake.results._MOST_KEPT", 0)  # room for one leg
        for name, by_year in first.items():
            again = valuation.payment_samples(name)
            assert list(again) == valuation.payment_years(name) == list(by_year)
            assert all(same_bits(again[year], by_year[year]) for year in by_year)
            paid = valuation._results.samples(valuation.key("paid", name))
            assert close(sum(by_year.values()), paid, rel=1e-12, abs=1e-12)


# What does not come from a run of its own.
DETAILS = {"cap_reached", "cap_days"}


def test_keeping_fewer_samples_changes_no_headline_and_no_sample():
    whole, few = raw_value(EVERYTHING), raw_value(EVERYTHING, sample_paths=1000)
    assert few["quantities"] == whole["quantities"]
    headlines = [i for i, (_, kind, _, _) in enumerate(whole["quantities"]) if kind not in DETAILS]
    assert headlines
    for column in ("mean", "standard_error"):
        assert same_bits(few[column][headlines], whole[column][headlines])
    for some, all_kept in zip(few["samples"], whole["samples"], strict=True):
        assert (some is None) == (all_kept is None)
        if some is not None:
            assert same_bits(some, all_kept[:1000])


def test_details_are_those_of_a_run_of_as_many_paths_as_samples():
    run, short = raw_value(EVERYTHING, sample_paths=1000), raw_value(EVERYTHING, paths=1000)
    details = [i for i, (_, kind, _, _) in enumerate(run["quantities"]) if kind == "cap_reached"]
    assert details
    for column in ("mean", "standard_error"):
        assert same_bits(run[column][details], short[column][details])


def test_other_seeds_give_other_paths():
    deal = deal_of(CAPPED_SHARE)
    one, two = (cs.value(deal, paths=BLOCK, seed=seed)["share"].samples for seed in (1, 2))
    assert np.all(one != two)


# The block program and the interpreter


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_run_as_they_are_interpreted(seed):
    graph = random_graph(seed)
    first_block = seed * 1000
    paths = range(0, BLOCK, 7)
    run = graph.run(seed=seed, first_block=first_block)[:, ::7]
    interpreted = [graph.interpret(seed=seed, path=first_block * BLOCK + i) for i in paths]
    assert same_bits_or_nan(run, np.array(interpreted).T)


@pytest.mark.parametrize("seed", range(10))
def test_tame_random_graphs_are_finite_and_run_as_they_are_interpreted(seed):
    graph = random_graph(seed, n_nodes=200, tame=True)
    interpreted = [graph.interpret(seed=seed, path=i) for i in range(BLOCK)]
    assert same_bits(graph.run(seed=seed), np.array(interpreted).T)


def test_deals_run_as_they_are_interpreted():
    from capstake import _core

    graph = _core.graph_of(deal_of(EVERYTHING))
    run = graph.run(seed=3)
    interpreted = np.array([graph.interpret(seed=3, path=i) for i in range(BLOCK)]).T
    assert same_bits(run, interpreted)


def test_random_graphs_are_not_all_constant_or_nan():
    # The tests above would pass on nothing.
    finite = varied = 0
    for seed in range(40):
        rows = random_graph(seed).run(seed=seed)
        finite += np.isfinite(rows).all(axis=1).sum()
        varied += sum(len(np.unique(row)) > 1 for row in rows)
    assert finite > 150
    assert varied > 150


@pytest.mark.parametrize("seed", range(5))
def test_blocks_can_be_run_in_any_order(seed):
    graph = random_graph(seed, tame=True)
    whole = graph.run(seed=seed, n_blocks=8)
    for first, n in ((3, 2), (0, 1), (7, 1), (5, 3)):
        part = graph.run(seed=seed, first_block=first, n_blocks=n)
        assert same_bits(part, whole[:, first * BLOCK : (first + n) * BLOCK])


# Processes and instruction sets


def results_of_a_process(folder: Path, isa: str) -> dict[str, np.ndarray] | None:
    """Results of a new process on an instruction set; None where the processor lacks it."""
    file = folder / f"{isa or 'own'}.npz"
    environment = os.environ | {"CAPSTAKE_ISA": isa}
    if isa == "":
        del environment["CAPSTAKE_ISA"]
    ran = subprocess.run(
        [sys.executable, Path(__file__).parent / "digests.py", file],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if "must be one of the sets available here" in ran.stderr:
        return None
    assert ran.returncode == 0, ran.stderr
    with np.load(file) as stored:
        return dict(stored)


@pytest.fixture(scope="module")
def by_isa(tmp_path_factory) -> dict[str, dict[str, np.ndarray] | None]:
    folder = tmp_path_factory.mktemp("isa")
    return {isa: results_of_a_process(folder, isa) for isa in ("", "baseline", "avx2", "avx512")}


def results_on(by_isa, isa: str) -> dict[str, np.ndarray]:
    results = by_isa[isa]
    if results is None:
        pytest.skip(f"this processor has no {isa}")
    assert isa in ("", str(results["isa"]))
    return {name: array for name, array in results.items() if name != "isa"}


def test_another_process_gives_the_same_bits(by_isa):
    other = results_on(by_isa, "")
    for name, record in (("capped", CAPPED_SHARE), ("everything", EVERYTHING)):
        for key, array in arrays(raw_value(record, threads=1)).items():
            assert same_bits(other[f"{name} {key}"], array), key


def test_avx512_gives_the_bits_of_avx2(by_isa):
    wide, narrow = results_on(by_isa, "avx512"), results_on(by_isa, "avx2")
    assert wide.keys() == narrow.keys()
    for name, array in narrow.items():
        assert same_bits_or_nan(wide[name], array), name


def test_the_baseline_differs_in_the_last_digits_only(by_isa):
    baseline, own = results_on(by_isa, "baseline"), results_on(by_isa, "avx2")
    assert baseline.keys() == own.keys()
    differ = 0
    for name, array in own.items():
        if "graph" in name:
            continue  # made of cancellation, which turns last digits into first ones
        scale = np.abs(array[np.isfinite(array)]).max(initial=0.0)
        assert close(baseline[name], array, rel=1e-13, abs=1e-13 * scale), name
        differ += not same_bits(baseline[name], array)
    # Without fused products something must differ, or the baseline was not what ran.
    assert differ > 0
