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
#include "graph/gradient.hpp"
#include "graph/jumps.hpp"
#include "graph/reach.hpp"

namespace capstake {
namespace {

// So close a place is known where the margin is a straight line.
constexpr double kLeastStep = 1e-14;
// Further places at which a margin is evaluated for derivatives, which need the very turn.
constexpr std::size_t kMoreForSlopes = 7;
// Of margins, relative to those far out.
constexpr double kRounding = 1e-12;
// So that the quantile is finite, and its slope.
constexpr double kLeastProbability = 1e-16;
constexpr double kMostProbability = 1.0 - 0x1p-53;
// Not looked into; of div, log and sqrt the bounds of the argument tell.
constexpr Op kWithDomain[] = {Op::log1p,          Op::log_gamma,     Op::gamma_cdf,
                              Op::gamma_quantile, Op::student_t_cdf, Op::student_t_quantile,
                              Op::beta_cdf,       Op::beta_quantile, Op::normal_quantile};

class Sides {
 public:
  Sides(Graph& graph, const Direction& direction, std::span<const NodeId> jumps, std::size_t n_more)
      : graph_(graph), along_(graph, direction) {
    for (const NodeId jump : jumps) {
      turns_.push_back(solved(jump, n_more));
    }
  }

  // By jump, as SolvedSides has it.
  std::vector<NodeId> unsolved() const {
    std::vector<NodeId> ids;
    for (const Turn& turn : turns_) {
      const Expr place = moving(turn);
      const Expr left = abs(next_step(turn, place));
      const Expr between = normal_cdf(place + left) - normal_cdf(place - left);
      ids.push_back((between + is_other_than_solved(turn, place)).id());
    }
    return ids;
  }

  // Of sides, in probability: rising, from 0 to 1. What is left between the two ends of a turn is a
  // side of its own, so that its noise is seen.
  std::vector<Expr> ends() {
    std::vector<Expr> found = {number(0.0)};
    for (const Turn& turn : turns_) {
      insert(normal_cdf(turn.low), found);
      insert(normal_cdf(turn.high), found);
    }
    found.push_back(number(1.0));
    return found;
  }

  // The same with one end a turn, which moves as the place where the margin is 0.
  std::vector<Expr> moving_ends() {
    std::vector<Expr> found = {number(0.0)};
    for (const Turn& turn : turns_) {
      insert(normal_cdf(moving(turn)), found);
    }
    found.push_back(number(1.0));
    return found;
  }

  // Each node's sum over sides.
  std::vector<NodeId> sums(std::span<const NodeId> nodes, const std::vector<Expr>& ends) {
    const Expr uniform = normal_cdf(along_.x());
    std::vector<Expr> found(nodes.size(), number(0.0));
    std::vector<bool> is_moved(nodes.size());
    for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
      const Expr mass = ends[k + 1] - ends[k];
      const Expr within = fma(uniform, mass, ends[k]);
      const Expr place = normal_quantile(min(max(within, kLeastProbability), kMostProbability));
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
  Expr number(double value) const { return {graph_, graph_.constant(value)}; }

  static void insert(Expr last, std::vector<Expr>& ends) {
    for (std::size_t k = 1; k < ends.size(); ++k) {
      const Expr other = std::exchange(ends[k], min(ends[k], last));
      last = max(other, last);
    }
    ends.push_back(last);
  }

  // Between these a comparison turns that rises or falls along x.
  struct Turn {
    NodeId comparison{};
    Expr low;
    Expr high;
    Expr rise;  // of the margin along x, where the search for the turn began
  };

  // By the secant method, for so many more places within the turn's two ends so far, and its last
  // step to both sides. Places where the margin is still below 0, seen along its rise, are low ends
  // and those above it high ones: a margin that does not move leaves everything between.
  Turn solved(NodeId comparison, std::size_t n_more) {
    Along::Margins tried = along_.margins(comparison);
    Turn turn{comparison, number(-kFarthest), number(kFarthest),
              tried.margins[1] - tried.margins[0]};
    for (std::size_t k = 0; k < tried.places.size(); ++k) {
      narrow(turn, tried.places[k], tried.margins[k]);
    }
    const auto add = [&](const Expr& place) {
      tried.places.push_back(place);
      tried.margins.push_back(margin_at(turn, place));
      narrow(turn, place, tried.margins.back());
    };
    for (std::size_t k = 0; k < n_more; ++k) {
      add(within(turn, along_.turn(tried)));
    }
    const Expr root = within(turn, along_.turn(tried));
    const Expr step = max(abs(root - tried.places.back()), kLeastStep);
    add(root - step);
    add(root + step);
    return turn;
  }

  static void narrow(Turn& turn, const Expr& place, const Expr& margin) {
    const Expr rise = margin * turn.rise;
    turn.low = max(turn.low, select(less(rise, rise.constant(0.0)), place, turn.low));
    turn.high = min(turn.high, select(less(rise.constant(0.0), rise), place, turn.high));
  }

  static Expr within(const Turn& turn, const Expr& place) {
    const Expr middle = 0.5 * (turn.low + turn.high);
    return select(less(turn.low, place), select(less(place, turn.high), place, middle), middle);
  }

  Expr margin_at(const Turn& turn, const Expr& place) const {
    return along_.margin_at(turn.comparison, place);
  }

  // A step of Newton's from the low end, which is held: by the implicit function theorem the place
  // moves as the margin there does, over its slope along x.
  Expr moving(const Turn& turn) const {
    const Expr place = held(turn.low);
    return place + next_step(turn, place);
  }

  Expr next_step(const Turn& turn, const Expr& place) const {
    const Expr there = margin_at(turn, place);
    const Expr slope(graph_, gradient(graph_, there.id(), std::array{place.id()}).front());
    return min(max(-there * held(inverse_or_zero(slope)), -1.0), 1.0);
  }

  // Above 0 where the comparison comes out at some place, the path's own among them, as if it were
  // on the other side of its turn, or is at the threshold there; or where it turns nowhere, as at
  // the nearer end the margin is flat: then another draw may move it past the threshold at once.
  Expr is_other_than_solved(const Turn& turn, const Expr& place) const {
    const Expr low = margin_at(turn, number(-kFarthest));
    const Expr high = margin_at(turn, number(kFarthest));
    const Expr rounding = kRounding * (abs(low) + abs(high));
    Expr found = less_equal(abs(turn.rise), rounding);
    std::vector<Expr> probes = {along_.x()};
    for (const double x : {-6.9, -3.7, -2.1, -1.1, -0.37, 0.41, 1.3, 2.3, 3.9, 6.8}) {
      probes.push_back(number(x));
    }
    for (const Expr& probe : probes) {
      const Expr there = margin_at(turn, probe);
      const Expr rising = select(less(number(0.0), turn.rise), there, -there);
      found = found + select(less(probe, place), less_equal(-rounding, rising),
                             less_equal(rising, rounding));
    }
    const Expr is_low_nearer = less(abs(low), abs(high));
    const Expr end = select(is_low_nearer, low, high);
    const Expr before = select(is_low_nearer, margin_at(turn, number(-kFarthest + 1.0)),
                               margin_at(turn, number(kFarthest - 1.0)));
    const Expr is_flat = less_equal(abs(end - before), rounding);
    return found + select(less(number(0.0), low * high), is_flat, number(0.0));
  }

  Graph& graph_;
  Along along_;
  std::vector<Turn> turns_;
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
  const Marks live = upstream(graph, marked(graph, nodes));
  const Marks moved = moved_along(graph, direction);
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

// What the nodes need alone: solving takes many walks over the graph.
struct Solving {
  Graph graph;
  std::vector<NodeId> nodes;
  std::vector<NodeId> jumps;
  Direction direction;
};

// Nothing where normal draws decide no jump of the first nodes, or where limits forbid.
std::optional<Solving> solving(const Graph& graph, std::span<const NodeId> nodes,
                               std::size_t n_values, std::size_t most_jumps) {
  const std::size_t n = normal_jumps(graph, nodes.first(n_values)).size();
  if (n == 0 || n > most_jumps) {
    return std::nullopt;
  }
  Solving found;
  found.nodes = copy_nodes(found.graph, graph, nodes);
  found.jumps = normal_jumps(found.graph, std::span(found.nodes).first(n_values));
  std::optional<Direction> direction = direction_of(found.graph, found.jumps);
  if (!direction || may_leave_domain(found.graph, found.nodes, *direction)) {
    return std::nullopt;
  }
  found.direction = std::move(*direction);
  return found;
}

// Comparisons that have come since the graph was so large.
std::vector<NodeId> new_comparisons(const Graph& graph, std::size_t size,
                                    std::span<const NodeId> values) {
  const Marks live = upstream(graph, marked(graph, values));
  std::vector<NodeId> found;
  for (std::size_t i = size; i < graph.size(); ++i) {
    if (live[i] && is_comparison(graph.node(node_id(i)).op)) {
      found.push_back(node_id(i));
    }
  }
  return found;
}

}  // namespace

std::optional<std::vector<NodeId>> over_jump_sides(Graph& graph, std::span<const NodeId> values,
                                                   std::span<const NodeId> companions,
                                                   const JumpLimits& limits) {
  std::vector<NodeId> nodes(values.begin(), values.end());
  nodes.insert(nodes.end(), companions.begin(), companions.end());
  std::optional<Solving> found = solving(graph, nodes, values.size(), limits.jumps);
  if (!found) {
    return std::nullopt;
  }
  Sides sides(found->graph, found->direction, found->jumps, 0);
  const std::vector<NodeId> sums = sides.sums(found->nodes, sides.ends());
  if (n_varying(found->graph, sums) > limits.nodes) {
    return std::nullopt;
  }
  return copy_nodes(graph, found->graph, sums);
}

std::optional<SolvedSides> over_solved_sides(Graph& graph, std::span<const NodeId> values,
                                             const JumpLimits& limits) {
  std::optional<Solving> found = solving(graph, values, values.size(), limits.jumps);
  if (!found) {
    return std::nullopt;
  }
  Sides sides(found->graph, found->direction, found->jumps, kMoreForSlopes);
  const std::vector<NodeId> sums = sides.sums(found->nodes, sides.moving_ends());
  if (n_varying(found->graph, sums) > limits.nodes) {
    return std::nullopt;
  }
  const std::size_t size = graph.size();
  SolvedSides solved{copy_nodes(graph, found->graph, sums), {}, {}};
  solved.comparisons = new_comparisons(graph, size, solved.values);
  solved.unsolved = copy_nodes(graph, found->graph, sides.unsolved());
  return solved;
}

}  // namespace capstake
