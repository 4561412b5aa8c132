"""Random graphs through the engine's Graph face, from a seed."""

from __future__ import annotations

import random

import capstake as cs

# Operations of cpp/graph/ops.def by arity.
OPS = {
    1: [
        "neg",
        "abs",
        "sqrt",
        "exp",
        "log",
        "expm1",
        "log1p",
        "normal_cdf",
        "normal_quantile",
        "log_gamma",
    ],
    2: [
        "add",
        "sub",
        "mul",
        "div",
        "min",
        "max",
        "less",
        "less_equal",
        "gamma_cdf",
        "gamma_quantile",
        "student_t_cdf",
        "student_t_quantile",
    ],
    3: ["fma", "select", "beta_cdf", "beta_quantile"],
}
SHAPED = {f"{law}_{kind}" for law in ("gamma", "student_t", "beta") for kind in ("cdf", "quantile")}
AWKWARD = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    3.0,
    1e-300,
    -1e300,
    5e-324,
    2.0**53,
    0.1,
    -0.7,
    float("inf"),
    float("-inf"),
    float("nan"),
]


def random_graph(
    seed: int, n_nodes: int = 80, n_outputs: int = 12, *, tame: bool = False
) -> cs.Graph:
    """A graph of draws, parameters, constants and operations.

    A tame one holds no awkward constants and only arithmetic, exp and log of positive numbers, and
    ends in differences of nearly equal products, which show how products were rounded.
    """
    rng = random.Random(seed)
    graph = cs.Graph()
    nodes = [graph.draw("z", step) for step in range(4)]
    nodes += [graph.draw("u", step, is_uniform=True) for step in range(4)]
    nodes += [graph.parameter(f"p{i}", rng.uniform(-2.0, 2.0)) for i in range(3)]
    if tame:
        _grow_tame(graph, nodes, rng, n_nodes)
    else:
        nodes += [graph.constant(x) for x in rng.sample(AWKWARD, 6)]
        for _ in range(n_nodes):
            arity = rng.choices([1, 2, 3], weights=[2, 4, 2])[0]
            # Late arguments are likelier, so that graphs grow deep.
            args = [nodes[int(len(nodes) * rng.random() ** 0.6)] for _ in range(arity)]
            op = rng.choice(OPS[arity])
            if op in SHAPED and rng.random() < 0.9:  # within their domain, most of the time
                shapes = [graph.constant(rng.uniform(0.6, 5.0)) for _ in args[1:]]
                args = [graph.apply("normal_cdf", args[:1]), *shapes]
            nodes.append(graph.apply(op, args))
    for i, node in enumerate(rng.sample(nodes[-30:], n_outputs)):
        graph.output(f"out{i}", node)
    return graph


def _grow_tame(graph: cs.Graph, nodes: list[int], rng: random.Random, n_nodes: int) -> None:
    def squashed(node: int) -> int:  # into (0, 1)
        return graph.apply("normal_cdf", [node])

    def append(op: str, *args: int) -> int:
        nodes.append(graph.apply(op, list(args)))
        return nodes[-1]

    for _ in range(n_nodes // 4):
        a, b, c = (rng.choice(nodes) for _ in range(3))
        product = graph.apply("mul", [a, b])
        append("fma", a, b, graph.apply("neg", [product]))
        append("sub", append("exp", squashed(c)), append("expm1", squashed(c)))
        append("log", append("add", squashed(a), graph.constant(0.5)))
        append("min", append("add", a, product), append("log1p", squashed(b)))
