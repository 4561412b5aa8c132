#include "graph/jump_sides.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "graph/along.hpp"
#include "graph/bounds.hpp"
#include "graph/copy.hpp"
#include "graph/direction.hpp"
#include "graph/expr.hpp"
#include "graph/jumps.hpp"
#include "graph/reach.hpp"

namespace capstake {
namespace {

// So close a place is known where the margin is a straight line.
constexpr double kLeastStep = 1e-14;
// Not looked into; of div, log and sqrt the bounds of the argument tell.
constexpr Op kWithDomain[] = {Op::log1p,          Op::log_gamma,     Op::gamma_cdf,
                              Op::gamma_quantile, Op::student_t_cdf, Op::student_t_quantile,
                              Op::beta_cdf,       Op::beta_quantile, Op::normal_quantile};

class Sides {
 public:
  Sides(Graph& graph, const Direction& direction) : graph_(graph), along_(graph, direction) {}

  // Each node's sum over the sides between the places where the jumps turn.
  std::vector<NodeId> sums(std::span<const NodeId> nodes, std::span<const NodeId> jumps) {
    const std::vector<Expr> ends = ends_of_sides(jumps);
    const Expr uniform = normal_cdf(along_.x());
    std::vector<Expr> found(nodes.size(), number(0.0));
    std::vector<bool> is_moved(nodes.size());
    for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
      const Expr mass = ends[k + 1] - ends[k];
      const Expr place = along_.bounded(normal_quantile(fma(uniform, mass, ends[k])));
      const std::vector<NodeId> there = along_.at(place, nodes);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        found[i] = fma(mass, {graph_, there[i]}, found[i]);
        is_moved[i] = is_moved[i] || there[i] != nodes[i];
      }
    }
    std::vector<NodeId> ids;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      ids.push_back(is_moved[i] ? found[i].id() : nodes[i]);
    }
    return ids;
  }

 private:
  Expr number(double value) { return {graph_, graph_.constant(value)}; }

  // Probabilities in rising order, from 0 to 1. What is left between the two ends of a turn is a
  // side of its own, so that its noise is seen.
  std::vector<Expr> ends_of_sides(std::span<const NodeId> jumps) {
    std::vector<Expr> ends = {number(0.0)};
    for (const NodeId jump : jumps) {
      const Turn turn = solved(jump);
      insert(normal_cdf(turn.low), ends);
      insert(normal_cdf(turn.high), ends);
    }
    ends.push_back(number(1.0));
    return ends;
  }

  static void insert(Expr last, std::vector<Expr>& ends) {
    for (std::size_t k = 1; k < ends.size(); ++k) {
      const Expr other = std::exchange(ends[k], min(ends[k], last));
      last = max(other, last);
    }
    ends.push_back(last);
  }

  // Between these a comparison turns that rises or falls along x.
  struct Turn {
    Expr low;
    Expr high;
  };

  // By the secant method, and its last step to both sides. Places where the margin is still below
  // 0, seen along its rise, are low ends and those above it high ones: a margin that does not move
  // leaves everything between.
  Turn solved(NodeId comparison) {
    auto [places, margins] = along_.margins(comparison);
    const Expr root = along_.turn({places, margins});
    const Expr step = max(abs(root - places.back()), kLeastStep);
    for (const Expr& place : {root - step, root + step}) {
      places.push_back(place);
      margins.push_back(along_.margin_at(comparison, place));
    }
    Turn turn{number(-kFarthest), number(kFarthest)};
    for (std::size_t k = 0; k < places.size(); ++k) {
      const Expr rise = margins[k] * (margins[1] - margins[0]);
      turn.low = max(turn.low, select(less(rise, number(0.0)), places[k], turn.low));
      turn.high = min(turn.high, select(less(number(0.0), rise), places[k], turn.high));
    }
    return turn;
  }

  Graph& graph_;
  Along along_;
};

bool is_exponential(Op op) { return op == Op::exp || op == Op::expm1; }

// Exponentials of exponentials, such as of sales, overflow where paths hardly ever go.
Marks with_exponentials(const Graph& graph, const Marks& moved) {
  std::vector<NodeId> found;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (moved[i] && is_exponential(graph.node(node_id(i)).op)) {
      found.push_back(node_id(i));
    }
  }
  return downstream(graph, marked(graph, found));
}

// Whether an operation may overflow or leave its domain as x moves: far from where paths go it is
// not finite.
bool may_leave_domain(const Graph& graph, std::span<const NodeId> nodes,
                      const Direction& direction) {
  std::vector<NodeId> steps;
  for (const auto& [draw, weight] : direction.steps) {
    steps.push_back(draw);
  }
  const Marks live = upstream(graph, marked(graph, nodes));
  const Marks moved = downstream(graph, marked(graph, steps));
  const Marks grown = with_exponentials(graph, moved);
  Bounds bounds(graph);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Op op = graph.node(node_id(i)).op;
    const std::span<const NodeId> args = graph.args(node_id(i));
    if (!live[i] || !moved[i]) {
      continue;
    }
    if (op == Op::div || op == Op::log || op == Op::sqrt) {
      const NodeId argument = args.back();
      if (moved[index(argument)] && bounds.of(argument).low <= 0.0) {
        return true;
      }
    } else if (is_exponential(op)) {
      if (grown[index(args[0])] && std::isinf(bounds.of(node_id(i)).high)) {
        return true;
      }
    } else if (std::ranges::find(kWithDomain, op) != std::end(kWithDomain)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::vector<NodeId>> over_jump_sides(Graph& graph, std::span<const NodeId> values,
                                                   std::span<const NodeId> companions,
                                                   const SideLimits& limits) {
  if (const std::size_t n = normal_jumps(graph, values).size(); n == 0 || n > limits.jumps) {
    return std::nullopt;
  }
  // Solving takes many walks over the graph: of what the nodes need alone.
  std::vector<NodeId> nodes(values.begin(), values.end());
  nodes.insert(nodes.end(), companions.begin(), companions.end());
  Graph scratch;
  nodes = copy_nodes(scratch, graph, nodes);
  const std::vector<NodeId> jumps = normal_jumps(scratch, std::span(nodes).first(values.size()));
  const std::optional<Direction> direction = direction_of(scratch, jumps);
  if (!direction || may_leave_domain(scratch, nodes, *direction)) {
    return std::nullopt;
  }
  const std::vector<NodeId> sums = Sides(scratch, *direction).sums(nodes, jumps);
  if (n_varying(scratch, sums) > limits.nodes) {
    return std::nullopt;
  }
  return copy_nodes(graph, scratch, sums);
}

}  // namespace capstake
