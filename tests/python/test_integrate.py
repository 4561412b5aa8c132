"""Events integrated out: exact on each path of the other draws, and smooth in the hazards."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

import capstake as cs
from capstake._core import Graph, graph_of
from close import close, same_bits
from deals import EVERYTHING, Record, changed, deal_of, share_deal
from draws import uniforms
from events import mean_over_exponential
from random_graphs import random_graph

POSITIONS = ("leg.", "stake.", "party.", "paid.", "payment.", "stake_flow.")


def amounts(graph: Graph) -> list[str]:
    return [name for name in graph.output_names if name.startswith(POSITIONS)]


def draws_on_path(graph: Graph, seed: int, path: int) -> list[float]:
    u = [float(uniforms(seed, name, step, path)[0]) for name, step, _ in graph.draws]
    laws = [is_uniform for _, _, is_uniform in graph.draws]
    return [x if is_uniform else float(ndtri(x)) for x, is_uniform in zip(u, laws, strict=True)]


def by_brute_force(graph: Graph, event: str, hazard: float, path: int) -> np.ndarray:
    """The outputs' means over one event's time, for the other draws of a path."""
    draws = draws_on_path(graph, 1, path)
    at = [name for name, _, _ in graph.draws].index(event)

    def outputs(x: float) -> np.ndarray:
        draws[at] = math.exp(-x)
        return np.array(graph.interpret_at(draws))

    days = np.arange(0, 365 * 8, 5)
    return mean_over_exponential(outputs, list(hazard * days / 365))


def assert_exact(record: Record, event: str, hazard: float, path: int) -> None:
    whole = graph_of(deal_of(record))
    nothing, _ = whole.integrate_out(["no such draw"], amounts(whole))
    means, [(name, integrated, placed, sampled, _)] = nothing.integrate_out([event], growth=1000)
    assert name == event
    assert integrated > 0
    assert (placed, sampled) == (0, 0)
    assert event not in [name for name, _, _ in means.draws]
    exact = by_brute_force(nothing, event, hazard, path)
    got = means.interpret_at(draws_on_path(means, 1, path))
    # The reference gives up on intervals of width 1e-11, and jumps there by at most the value.
    assert close(got, exact, rel=1e-10, abs=1e-9)


@pytest.mark.parametrize(("event", "hazard"), [("trigger", 0.2), ("flotation", 0.25)])
def test_a_mean_is_exact_on_a_path(event, hazard):
    assert_exact(EVERYTHING, event, hazard, path=3)


ONE_LEG = share_deal(
    {2026: 30.0, 2027: 62.0, 2028: 112.0},
    volatility=0.3,
    cap=20.0,
    start="2026-02-10",
    end="2028-11-20",
    payment_lag=40,
    stop_events=["stop"],
) | {"events": {"stop": {"hazard": 0.3}, "loss": {"hazard": 0.1}}}

VARIANTS = {
    "stop": ONE_LEG,
    "stop and loss": changed(ONE_LEG, legs__share__loss_events=["stop"]),
    "another loss": changed(ONE_LEG, legs__share__loss_events=["loss"]),
    "accrual before": changed(ONE_LEG, legs__share__accrual_start="2026-05-20"),
    "no cap": changed(ONE_LEG, legs__share__cap=1e9),
    "by date": changed(
        ONE_LEG,
        events__stop__hazard={"by_date": {"2025-01-01": 0.3, "2026-08-15": 0.0, "2027-02-01": 0.5}},
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_stopped_leg_is_exact_on_a_path(variant):
    assert_exact(VARIANTS[variant], "stop", 0.3, path=5)


def test_no_event_no_change():
    record = share_deal({2026: 30.0, 2027: 62.0}, volatility=0.3, cap=9.0)
    graph = graph_of(deal_of(record))
    means, draws = graph.integrate_out()
    assert draws == []
    assert same_bits(means.run(1), graph.run(1))


def test_graphs_without_events_keep_their_bits():
    for seed in range(40):
        graph = random_graph(seed)
        means, draws = graph.integrate_out()
        assert all(integrated == placed == 0 for _, integrated, placed, _, _ in draws)
        got, before = means.run(1), graph.run(1)
        nan = np.isnan(before)  # whose payload is open
        assert np.array_equal(np.isnan(got), nan)
        assert same_bits(np.where(nan, 0.0, got), np.where(nan, 0.0, before))


@pytest.mark.parametrize("name", ["microsoft_openai_2026_04", "microsoft_openai_2025_10"])
def test_means_agree_with_sampling_and_vary_less(name):
    graph = graph_of(cs.load(name))
    kept = [n for n in graph.output_names if n.startswith("leg.")]
    sampled, _ = graph.integrate_out(["no such draw"], kept)
    means, draws = graph.integrate_out([], kept)
    assert sum(draw[1] + draw[2] for draw in draws) > 0
    a, b = sampled.run(7, 0, 64), means.run(7, 0, 64)
    # Paired: both have the same other draws, so the difference has the event's noise alone.
    error = (a - b).std(axis=1) / math.sqrt(a.shape[1])
    assert np.all(np.abs((a - b).mean(axis=1)) <= 4 * error)
    assert np.all(b.var(axis=1) <= 1.01 * a.var(axis=1))
    assert np.any(b.var(axis=1) < 0.6 * a.var(axis=1))


def mean_at(record: Record, hazard: float) -> tuple[list[float], list[str]]:
    graph = graph_of(deal_of(changed(record, events__stop__hazard=hazard)))
    means, _ = graph.integrate_out([], amounts(graph))
    return means.interpret_at(draws_on_path(means, 1, 2)), means.output_names


def test_a_mean_has_no_step_where_a_hazard_begins():
    zero, _ = mean_at(ONE_LEG, 0.0)
    little, _ = mean_at(ONE_LEG, 1e-9)
    assert close(little, zero, rel=1e-8)
