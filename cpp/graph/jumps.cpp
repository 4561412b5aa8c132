#include "graph/jumps.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "graph/facts.hpp"
#include "graph/linear_means.hpp"
#include "graph/replace.hpp"

namespace capstake {
namespace {

constexpr double kTiny = 1e-300;

Expr kernel(Expr x, double width) {
  const Expr u = x * (1.0 / width);
  const Expr square = min(u * u, 1.0);
  const Expr rest = 1.0 - square;
  return (rest * rest) * (1.0 - 3.0 * square) * (105.0 / (64.0 * width));
}

Marks upstream_of(const Graph& graph, NodeId node) {
  return upstream(graph, marked(graph, std::array{node}));
}

Marks downstream_of(const Graph& graph, NodeId node) {
  return downstream(graph, marked(graph, std::array{node}));
}

// The nodes that are made of comparisons and constants alone.
Marks discrete_nodes(const Graph& graph) {
  Marks discrete(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Op op = graph.node(node_id(i)).op;
    discrete[i] = is_comparison(op) || op == Op::constant ||
                  (arity(op) > 0 && std::ranges::all_of(graph.args(node_id(i)), [&](NodeId a) {
                     return discrete[index(a)];
                   }));
  }
  return discrete;
}

// Whether a node, some arguments of which depend on a jump, is affine in them.
bool is_affine(const Graph& graph, NodeId id, NodeId jump, const Marks& depends) {
  const Node& node = graph.node(id);
  const auto on = [&](std::size_t k) -> bool { return depends[index(node.args[k])]; };
  return node.op == Op::select ? !on(0) || (node.args[0] == jump && !on(1) && !on(2))
                               : is_linear(graph, id, depends);
}

// Whether the node is a jump that nothing spreads.
bool is_bare(const Graph& graph, NodeId id, const JumpWidths& widths, const Marks& discrete) {
  const Node& node = graph.node(id);
  return is_comparison(node.op) ? !widths.contains(id)
                                : node.op == Op::select && !discrete[index(node.args[0])];
}

}  // namespace

std::pair<Expr, Expr> spread_jump(Expr a, Expr b, const JumpWidth& over) {
  if (!over.is_of_ratio) {
    const Expr height = kernel(b - a, over.width);
    return {-height, height};
  }
  // Both are positive, as far as was seen; a path on which one is not counts as
  // far from the jump.
  const Expr height = kernel(log(max(b / a, kTiny)), over.width);
  return {-(height / max(a, kTiny)), height / max(b, kTiny)};
}

bool is_comparison(Op op) { return op == Op::less || op == Op::less_equal; }

std::vector<NodeId> jumps_of(const Graph& graph, NodeId output) {
  const Marks live = upstream_of(graph, output);
  const Marks varying = varying_nodes(graph);
  std::vector<NodeId> found;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (live[i] && varying[i] && is_comparison(graph.node(node_id(i)).op)) {
      found.push_back(node_id(i));
    }
  }
  return found;
}

std::vector<NodeId> normal_jumps(const Graph& graph, std::span<const NodeId> values) {
  const Facts facts(graph);
  std::vector<NodeId> found;
  for (const NodeId value : values) {
    for (const NodeId jump : jumps_of(graph, value)) {
      if (facts.has_normal(jump) && std::ranges::find(found, jump) == found.end()) {
        found.push_back(jump);
      }
    }
  }
  return found;
}

bool is_affine_in(const Graph& graph, NodeId output, NodeId jump) {
  const Marks live = upstream_of(graph, output);
  const Marks depends = downstream_of(graph, jump);
  for (std::size_t i = index(jump) + 1; i < graph.size(); ++i) {
    if (live[i] && depends[i] && !is_affine(graph, node_id(i), jump, depends)) {
      return false;
    }
  }
  return true;
}

NodeId substituted(Graph& graph, NodeId output, NodeId node, double value) {
  const Replacement constant{node, graph.constant(value)};
  return replaced(graph, std::array{output}, std::array{constant}).front();
}

Marks upstream_of_jumps(const Graph& graph, NodeId output, const JumpWidths& widths) {
  const Marks live = upstream_of(graph, output);
  const Marks varying = varying_nodes(graph);
  const Marks discrete = discrete_nodes(graph);
  Marks marks(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (live[i] && varying[i] && is_bare(graph, node_id(i), widths, discrete)) {
      // The alternatives of select pass through smoothly; only its condition
      // jumps.
      const std::span<const NodeId> args = graph.args(node_id(i));
      for (const NodeId argument : graph.node(node_id(i)).op == Op::select ? args.first(1) : args) {
        marks[index(argument)] = true;
      }
    }
  }
  return upstream(graph, std::move(marks));
}

}  // namespace capstake
