#include "graph/step_means.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "graph/along.hpp"
#include "graph/copy.hpp"
#include "graph/direction.hpp"
#include "graph/expr.hpp"
#include "graph/facts.hpp"
#include "graph/jumps.hpp"
#include "graph/linear_means.hpp"
#include "graph/reach.hpp"

namespace capstake {
namespace {

class Steps {
 public:
  Steps(Graph& graph, const Direction& direction)
      : graph_(graph), direction_(direction), along_(graph, direction) {}

  // The nodes without the steps in which they are linear.
  std::vector<NodeId> out_of(std::span<const NodeId> nodes, std::span<const NodeId> comparisons) {
    const std::size_t n = graph_.size();
    const Marks moved = moved_along(graph_, direction_);
    find_steps(comparisons, moved, n);
    std::vector<NodeId> now;  // by node
    for (std::size_t i = 0; i < n; ++i) {
      now.push_back(without_steps(node_id(i), moved, now));
    }
    std::vector<NodeId> found;
    for (const NodeId node : nodes) {
      found.push_back(now[index(node)]);
    }
    return found;
  }

 private:
  struct Step {
    bool rises = false;
    Expr turn;
  };

  void find_steps(std::span<const NodeId> comparisons, const Marks& moved, std::size_t n) {
    Facts facts(graph_);
    for (const NodeId comparison : comparisons) {
      if (moved[index(comparison)]) {
        add_comparison(comparison, facts);
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (const Op op = graph_.node(node_id(i)).op; op == Op::min || op == Op::max) {
        add_extreme(node_id(i));
      }
    }
  }

  // Which way it turns is seen on the central path: a place that is no turn elsewhere adds noise,
  // and no bias.
  void add_comparison(NodeId comparison, Facts& facts) {
    const Along::Margins found = along_.margins(comparison);
    facts.update();
    const double rise = facts.central(found.margins[1].id()) - facts.central(found.margins[0].id());
    if (rise != 0.0) {
      steps_.insert({comparison, {rise < 0.0, along_.turn(found)}});
    }
  }

  void add_extreme(NodeId id) {
    const Node node = graph_.node(id);
    const auto a = steps_.find(node.args[0]);
    const auto b = steps_.find(node.args[1]);
    const auto is_zero = [&](NodeId arg) { return arg == graph_.constant(0.0); };
    if (a != steps_.end() && b != steps_.end() && a->second.rises == b->second.rises) {
      const bool rises = a->second.rises;
      const bool is_earlier = (node.op == Op::max) == rises;
      const Expr& one = a->second.turn;
      const Expr& other = b->second.turn;
      steps_.insert({id, {rises, is_earlier ? min(one, other) : max(one, other)}});
    } else if (node.op == Op::max && a != steps_.end() && is_zero(node.args[1])) {
      steps_.insert({id, a->second});
    } else if (node.op == Op::max && b != steps_.end() && is_zero(node.args[0])) {
      steps_.insert({id, b->second});
    }
  }

  NodeId without_steps(NodeId id, const Marks& moved, const std::vector<NodeId>& now) {
    if (const auto step = steps_.find(id); step != steps_.end()) {
      return without_jump(id, step->second);
    }
    if (!moved[index(id)] || !is_linear(graph_, id, moved)) {
      return id;
    }
    const Op op = graph_.node(id).op;
    const std::span<const NodeId> of = graph_.args(id);
    const std::size_t n = of.size();
    std::array<NodeId, 3> args{};
    std::ranges::transform(of, args.begin(), [&](NodeId a) { return now[index(a)]; });
    return graph_.apply(op, std::span(args).first(n));
  }

  NodeId without_jump(NodeId id, const Step& step) {
    const Expr node(graph_, id);
    const Expr beyond =
        step.rises ? less_equal(step.turn, along_.x()) : less_equal(along_.x(), step.turn);
    return (node - beyond + normal_cdf(step.rises ? -step.turn : step.turn)).id();
  }

  Graph& graph_;
  const Direction& direction_;
  Along along_;
  std::unordered_map<NodeId, Step> steps_;
};

}  // namespace

std::optional<std::vector<NodeId>> without_steps(Graph& graph, std::span<const NodeId> values,
                                                 const JumpLimits& limits) {
  Graph scratch;
  const std::vector<NodeId> copies = copy_nodes(scratch, graph, values);
  const std::vector<NodeId> jumps = normal_jumps(scratch, copies);
  if (jumps.empty() || jumps.size() > limits.jumps) {
    return std::nullopt;
  }
  const std::optional<Direction> direction = direction_of(scratch, jumps);
  if (!direction) {
    return std::nullopt;
  }
  const std::vector<NodeId> found = Steps(scratch, *direction).out_of(copies, jumps);
  if (found == copies || n_varying(scratch, found) > limits.nodes) {
    return std::nullopt;
  }
  return copy_nodes(graph, scratch, found);
}

}  // namespace capstake
