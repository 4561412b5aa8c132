#include "graph/jump_sides.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "graph/algebra.hpp"
#include "graph/copy.hpp"
#include "graph/direction.hpp"
#include "graph/facts.hpp"
#include "graph/jumps.hpp"
#include "graph/reach.hpp"
#include "graph/replace.hpp"
#include "graph/rise.hpp"

namespace capstake {
namespace {

// More jumps than these have no direction in common.
constexpr std::size_t kMostJumps = 64;
// Where the probability of being beyond is zero in double.
constexpr double kFarthest = 38.0;
// Evaluations of a comparison's margin, near to a straight line in the draw, by which it is solved.
constexpr int kSecants = 6;
// Jumps that are not decided but evaluated on both sides: each doubles what is computed.
constexpr std::size_t kMostEvaluated = 1;
constexpr double kTiny = 1e-300;

class Sides {
 public:
  Sides(Algebra& algebra, NodeId along, std::size_t most_sides)
      : algebra_(algebra),
        rises_(algebra.graph(), along),
        along_(along),
        uniform_(algebra.apply(Op::normal_cdf, along)),
        sides_left_(most_sides) {}

  // Nothing where there are too many; the value itself where nothing turns it.
  std::optional<NodeId> sum(NodeId value) {
    if (!next_jump(value, {})) {
      return value;
    }
    return sum(value, {}, algebra_.constant(0.0), algebra_.constant(1.0));
  }

 private:
  using Jumps = std::vector<NodeId>;

  // The part of the value's mean from one probability along the draw to another. Of the jumps that
  // are split at, those that surely turn once are decided; others are evaluated on each side, so
  // that the mean is the same even where they turn back.
  std::optional<NodeId> sum(NodeId value, const Jumps& split, NodeId from, NodeId to) {
    if (from == to) {
      return algebra_.constant(0.0);
    }
    const std::optional<NodeId> jump = next_jump(value, split);
    if (!jump) {
      return side(value, from, to);
    }
    if (sides_left_ == 0) {
      return std::nullopt;
    }
    --sides_left_;
    const NodeId root = algebra_.apply(Op::normal_cdf, solved(*jump));
    const NodeId turn = algebra_.apply(Op::min, algebra_.apply(Op::max, root, from), to);
    const Rise rise = rise_of(*jump);
    Jumps now = split;
    if (rise == Rise::unknown) {
      now.push_back(*jump);
      if (now.size() > kMostEvaluated) {
        return std::nullopt;
      }
    }
    const auto on_side = [&](Rise holding) {
      return rise == Rise::unknown
                 ? value
                 : with(value, *jump, algebra_.constant(rise == holding ? 1.0 : 0.0));
    };
    const std::optional<NodeId> before = sum(on_side(Rise::rises), now, from, turn);
    const std::optional<NodeId> after =
        before ? sum(on_side(Rise::falls), now, turn, to) : std::nullopt;
    return after ? std::optional(algebra_.apply(Op::add, *before, *after)) : std::nullopt;
  }

  // The value at a place within the side, times the side's probability.
  NodeId side(NodeId value, NodeId from, NodeId to) {
    const NodeId mass = algebra_.apply(Op::sub, to, from);
    const NodeId within = algebra_.apply(Op::fma, uniform_, mass, from);
    const NodeId place = bounded(algebra_.apply(Op::normal_quantile, within));
    return algebra_.apply(Op::mul, mass, with(value, along_, place));
  }

  // Of the left side over the right one.
  Rise rise_of(NodeId comparison) {
    const std::array<NodeId, 3> args = algebra_.graph().node(comparison).args;
    return together(rises_.of(args[0]), opposite(rises_.of(args[1])));
  }

  // The first comparison that the draw moves and the value is not yet split at.
  std::optional<NodeId> next_jump(NodeId value, const Jumps& split) {
    for (const NodeId jump : jumps_of(algebra_.graph(), value)) {
      if (rise_of(jump) != Rise::none && std::ranges::find(split, jump) == split.end()) {
        return jump;
      }
    }
    return std::nullopt;
  }

  // The place along the draw where the comparison turns, by the secant method; at an end where it
  // turns nowhere.
  NodeId solved(NodeId comparison) {
    Algebra& a = algebra_;
    const NodeId margin_of = margin(a.graph(), comparison);
    NodeId last = a.constant(0.0);
    NodeId next = a.constant(1.0);
    NodeId margin_at_last = with(margin_of, along_, last);
    for (int k = 1; k < kSecants; ++k) {
      const NodeId margin_at_next = with(margin_of, along_, next);
      const NodeId moved = a.apply(Op::sub, next, last);
      const NodeId rise = a.apply(Op::sub, margin_at_next, margin_at_last);
      // moved / rise, and 0 where there is no rise, as once both have come to rest.
      const NodeId inverse = a.apply(Op::div, a.apply(Op::mul, moved, rise),
                                     a.apply(Op::fma, rise, rise, a.constant(kTiny)));
      const NodeId step = a.apply(Op::mul, margin_at_next, inverse);
      last = std::exchange(next, bounded(a.apply(Op::sub, next, step)));
      margin_at_last = margin_at_next;
    }
    return next;
  }

  NodeId bounded(NodeId place) {
    const NodeId farthest = algebra_.constant(kFarthest);
    return algebra_.apply(Op::min, algebra_.apply(Op::max, place, algebra_.constant(-kFarthest)),
                          farthest);
  }

  NodeId with(NodeId value, NodeId node, NodeId by) {
    return replaced(algebra_.graph(), std::array{value}, std::array{Replacement{node, by}},
                    [&](Op op, std::span<const NodeId> args) { return algebra_.apply(op, args); })
        .front();
  }

  Algebra& algebra_;
  Rises rises_;
  NodeId along_;
  NodeId uniform_;  // of the draw
  std::size_t sides_left_;
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

std::vector<double> values_of_parameters(const Graph& graph) {
  std::vector<double> values;
  for (const Parameter& parameter : graph.parameters()) {
    values.push_back(parameter.value);
  }
  return values;
}

}  // namespace

JumpsRemoved without_jumps(Graph& graph, std::span<const NodeId> values,
                           std::span<const NodeId> companions, const JumpLimits& limits) {
  const JumpsRemoved as_before{{values.begin(), values.end()},
                               {companions.begin(), companions.end()}};
  const std::vector<NodeId> jumps = normal_jumps(graph, values);
  if (jumps.empty() || jumps.size() > kMostJumps) {
    return as_before;
  }
  Graph scratch = graph;
  const std::optional<Direction> direction = direction_of(scratch, jumps);
  if (!direction) {
    return as_before;
  }
  Algebra algebra(scratch, values_of_parameters(graph));
  std::vector<NodeId> all(values.begin(), values.end());
  all.insert(all.end(), companions.begin(), companions.end());
  all = seen_along(scratch, *direction, all);
  bool is_any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<NodeId> sum = Sides(algebra, direction->along, limits.sides).sum(all[i]);
    if (!sum || sum == all[i]) {
      continue;
    }
    const NodeId before = std::exchange(all[i], *sum);
    if (n_varying(scratch, all) > limits.nodes) {
      all[i] = before;
    } else {
      is_any = true;
    }
  }
  if (!is_any) {
    return as_before;
  }
  all = copy_nodes(graph, scratch, all);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(values.size());
  return {{all.begin(), middle}, {middle, all.end()}};
}

}  // namespace capstake
