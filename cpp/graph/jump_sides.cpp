#include "graph/jump_sides.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "graph/bounds.hpp"
#include "graph/copy.hpp"
#include "graph/direction.hpp"
#include "graph/expr.hpp"
#include "graph/facts.hpp"
#include "graph/jumps.hpp"
#include "graph/reach.hpp"
#include "graph/replace.hpp"

namespace capstake {
namespace {

// Beyond it there is less probability than a step of 1 in double.
constexpr double kFarthest = 8.2;
// Evaluations of a comparison's margin, near to a straight line along x, by which it is solved.
constexpr std::size_t kSecants = 5;
// So close a place is known where the margin is a straight line.
constexpr double kLeastStep = 1e-14;
// Keeps a quotient finite where a margin does not move.
constexpr double kTiny = 1e-300;

// Not looked into; of div, log and sqrt the bounds of the argument tell.
constexpr Op kWithDomain[] = {Op::log1p,          Op::log_gamma,     Op::gamma_cdf,
                              Op::gamma_quantile, Op::student_t_cdf, Op::student_t_quantile,
                              Op::beta_cdf,       Op::beta_quantile, Op::normal_quantile};

class Sides {
 public:
  Sides(Graph& graph, const Direction& direction)
      : graph_(graph), direction_(direction), along_(projection()) {}

  // Each node's sum over the sides between the places where the jumps turn.
  std::vector<NodeId> sums(std::span<const NodeId> nodes, std::span<const NodeId> jumps) {
    const std::vector<Expr> ends = ends_of_sides(jumps);
    const Expr uniform = normal_cdf(along_);
    std::vector<Expr> found(nodes.size(), number(0.0));
    std::vector<bool> is_moved(nodes.size());
    for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
      const Expr mass = ends[k + 1] - ends[k];
      const Expr place = bounded(normal_quantile(fma(uniform, mass, ends[k])));
      const std::vector<NodeId> there = at(place, nodes);
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

  Expr projection() {
    Expr sum = number(0.0);
    for (const auto& [draw, weight] : direction_.steps) {
      sum = fma({graph_, draw}, number(weight), sum);
    }
    return sum;
  }

  // The nodes at another place along the direction.
  std::vector<NodeId> at(const Expr& place, std::span<const NodeId> nodes) {
    const Expr moved = place - along_;
    std::vector<Replacement> replacements;
    for (const auto& [draw, weight] : direction_.steps) {
      const Expr step(graph_, draw);
      const bool is_all = direction_.steps.size() == 1;
      replacements.push_back(
          {draw, is_all ? (place * weight).id() : fma(number(weight), moved, step).id()});
    }
    return replaced(graph_, nodes, replacements);
  }

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
    const std::array margin_of = {margin(graph_, comparison)};
    const auto margin_at = [&](const Expr& place) {
      return Expr(graph_, at(place, margin_of).front());
    };
    std::vector<Expr> places = {number(0.0), number(1.0)};
    std::vector<Expr> margins = {margin_at(places[0]), margin_at(places[1])};
    const auto add = [&](const Expr& place) {
      places.push_back(place);
      margins.push_back(margin_at(place));
    };
    for (std::size_t k = 2; k < kSecants; ++k) {
      add(next_place(places, margins));
    }
    const Expr root = next_place(places, margins);
    const Expr step = max(abs(root - places.back()), kLeastStep);
    add(root - step);
    add(root + step);
    Turn turn{number(-kFarthest), number(kFarthest)};
    for (std::size_t k = 0; k < places.size(); ++k) {
      const Expr rise = margins[k] * (margins[1] - margins[0]);
      turn.low = max(turn.low, select(less(rise, number(0.0)), places[k], turn.low));
      turn.high = min(turn.high, select(less(number(0.0), rise), places[k], turn.high));
    }
    return turn;
  }

  Expr next_place(const std::vector<Expr>& places, const std::vector<Expr>& margins) {
    const std::size_t k = places.size() - 1;
    const Expr rise = margins[k] - margins[k - 1];
    // 1 / rise, and 0 where there is none.
    const Expr inverse = rise / fma(rise, rise, number(kTiny));
    return bounded(places[k] - margins[k] * ((places[k] - places[k - 1]) * inverse));
  }

  // Also of what is not a number.
  Expr bounded(const Expr& place) {
    return select(less(place, number(kFarthest)), max(place, -kFarthest), number(kFarthest));
  }

  Graph& graph_;
  const Direction& direction_;
  Expr along_;
};

// Comparisons that normal draws decide.
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
  const std::vector<NodeId> jumps = normal_jumps(graph, values);
  if (jumps.empty() || jumps.size() > limits.jumps) {
    return std::nullopt;
  }
  const std::optional<Direction> direction = direction_of(graph, jumps);
  if (!direction) {
    return std::nullopt;
  }
  std::vector<NodeId> nodes(values.begin(), values.end());
  nodes.insert(nodes.end(), companions.begin(), companions.end());
  if (may_leave_domain(graph, nodes, *direction)) {
    return std::nullopt;
  }
  Graph scratch = graph;
  const std::vector<NodeId> sums = Sides(scratch, *direction).sums(nodes, jumps);
  if (n_varying(scratch, sums) > limits.nodes) {
    return std::nullopt;
  }
  return copy_nodes(graph, scratch, sums);
}

}  // namespace capstake
