"""Controls that the graph of a deal gives by itself: their exact means, and what they gain."""

import numpy as np
import pytest

import capstake as cs
from capstake import _core
from clause_cases import CASES
from deals import CAPPED_SHARE, EVERYTHING, changed, deal_of, without

BLOCKS = 64


def controlled(deal: cs.Deal) -> tuple[dict[str, float], np.ndarray]:
    """Return the gain for each leg, stake and party, and z-scores of the controls' means."""
    graph = _core.graph_of(deal)
    outputs = dict(zip(graph.output_names, graph.output_nodes, strict=True))
    positions = [n for n in outputs if n.split(".")[0] in ("leg", "stake", "party")]
    wanted = [outputs[name] for name in positions if not name.startswith("party")]
    controls = graph.linear_controls(wanted)
    for i, (node, mean) in enumerate(controls):
        graph.output(f"control {i}", node)
        graph.output(f"mean {i}", mean)
    run = dict(zip(graph.output_names, graph.run(1, 0, BLOCKS), strict=True))
    nodes = np.array([run[f"control {i}"] for i in range(len(controls))])
    means = np.array([run[f"mean {i}"][0] for i in range(len(controls))])
    spread = nodes.std(axis=1) / np.sqrt(nodes.shape[1])
    assert np.all(spread < 0.05 * np.abs(means))
    scores = (nodes.mean(axis=1) - means) / spread
    gains = {}
    for name in positions:
        y = run[name] - run[name].mean()
        x = (nodes - nodes.mean(axis=1, keepdims=True)).T
        left = y - x @ np.linalg.lstsq(x, y, rcond=1e-10)[0]
        gains[name] = float(y @ y / max(left @ left, 1e-30 * (y @ y)))
    return gains, scores


@pytest.mark.parametrize(
    ("deal", "least"),
    [
        (deal_of(CAPPED_SHARE), {"leg.share": 1.2}),
        (deal_of(EVERYTHING), {"leg.share": 2.0, "stake.fund_stake": 1000.0}),
        (cs.load("microsoft_openai_2026_04"), {"stake.microsoft_stake": 1000.0}),
        (cs.load("microsoft_openai_2025_10"), {"stake.microsoft_stake": 1000.0}),
    ],
    ids=["capped share", "everything", "2026-04", "2025-10"],
)
def test_means_are_right_and_variances_fall(deal, least):
    gains, scores = controlled(deal)
    assert np.all(np.abs(scores) < 4.5)
    for name, gain in least.items():
        assert gains[name] > gain
    assert all(gain > 0.999 for gain in gains.values())


def test_a_share_without_a_cap_is_its_own_control():
    gains, _ = controlled(deal_of(without(CAPPED_SHARE, "legs__share__cap")))
    assert gains["leg.share"] > 1e12


def test_uncapped_share_has_the_published_mean():
    # asian.derived_capped_share.5 of cases/capped_share.json: 20% of 30 exp(0.3 t), capped at 38.
    means = [30 * np.exp(0.3 * t) for t in range(1, 6)]
    deal = deal_of(
        {
            **without(CAPPED_SHARE, "streams"),
            "frequency": "year",
            "discount_rate": 0.045,
            "streams": {
                "sales": {
                    "type": "forecast",
                    "annual": dict(zip(range(2026, 2031), means, strict=True)),
                    "volatility": 0.4,
                }
            },
        }
    )
    graph = _core.graph_of(deal)
    leg = graph.output_nodes[graph.output_names.index("leg.share")]
    ((_, mean),) = graph.linear_controls([leg])
    graph.output("mean", mean)
    value = dict(zip(graph.output_names, graph.interpret(1, 0), strict=True))["mean"]
    assert abs(value - 68.7398601872392) < 1e-11


def test_no_mean_comes_with_a_reason():
    graph = _core.Graph()
    shock = graph.draw("z")
    capped = graph.apply("min", [graph.apply("exp", [shock]), graph.draw("y")])
    node, reason = graph.mean(capped)
    assert node is None
    assert "kink" in reason
    with pytest.raises(IndexError):
        graph.mean(10**6)


def test_stakes_keep_their_controls_where_two_events_end_a_leg():
    # Events are integrated out of kinks there, and what comes of that has no known mean.
    valuation = cs.value(cs.load("microsoft_openai_2025_10"), paths=2**13)
    gains = valuation.control_gains()
    assert gains["microsoft_stake"] > 30
    assert gains["other_holders_stake"] > 30


def test_a_short_run_keeps_the_controls_that_it_has_paths_for():
    valued = cs.value(deal_of(EVERYTHING), paths=2**12, sampler="philox")
    assert valued.control_gains()["fund_stake"] > 1000.0


def test_equal_deals_differ_by_nothing():
    # Each leg with coefficients of its own, so that sums in another order would leave rounding.
    leg = CAPPED_SHARE["legs"]["share"]
    legs = {f"legs__share_{cap}": leg | {"cap": float(cap)} for cap in (20, 45, 70, 90)}
    deal = deal_of(changed(CAPPED_SHARE, **legs))
    for seed in range(8):
        compared = cs.compare(deal, deal, paths=2**13, seed=seed)
        for name in ("share", "payer", "receiver"):
            assert compared[name].estimate.value == 0.0
            assert compared[name].estimate.standard_error == 0.0


# Integrated over an event, what a control leaves out of a clause may be an exponential of an
# exponential, whose mean no path shows.
@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_no_control_spoils_a_clause_beside_a_stop_event(name):
    record = changed(CASES[name], legs__share__stop_events=["stop"])
    try:
        valued = cs.value(deal_of(record), paths=2**12, sampler="philox", seed=3)
    except cs.InputError:
        pytest.skip("the clause has its own end")
    share = valued["share"]
    sharp = cs.value(deal_of(record), paths=2**13, seed=3)["share"]
    error = np.std(share.samples) / np.sqrt(len(share.samples))
    for each in (share, sharp):
        assert abs(each.value - np.mean(share.samples)) <= 5 * error + 4 * each.standard_error
