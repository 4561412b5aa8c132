#include "graph/relax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "graph/interpret.hpp"
#include "graph/known_part.hpp"
#include "graph/mean.hpp"

namespace capstake {

namespace {

// What the known parts of sums may add to the graph; each of their many terms needs a mean.
constexpr std::size_t kMostNodesOfParts = 10'000;

// Which argument of a min or max is kept if only one of them is random.
enum class Kept : std::uint8_t { random, active, fixed };

struct Choice {
  bool leading_term = false;  // drop what is taken off below a floor
  bool other = false;         // where two random arguments compete, the inactive one
  Kept kept = Kept::random;
};

// Rewrites the nodes that some roots are made from, once each, in order.
class Relaxation {
 public:
  Relaxation(Graph& graph, Facts& facts, Choice choice)
      : graph_(graph), facts_(facts), choice_(choice) {}

  NodeId of(NodeId root) {
    std::vector<bool> needed(index(root) + 1);
    needed.back() = true;
    for (std::size_t i = needed.size(); i-- > 0;) {
      if (!needed[i] || !facts_.has_normal(node_id(i)) || rewritten_.contains(node_id(i))) {
        needed[i] = false;
        continue;
      }
      for (const NodeId argument : graph_.args(node_id(i))) {
        needed[index(argument)] = true;
      }
    }
    for (std::size_t i = 0; i < needed.size(); ++i) {
      if (needed[i]) {
        rewritten_.emplace(node_id(i), rewrite(node_id(i)));
        facts_.update();
      }
    }
    return now(root);
  }

 private:
  NodeId now(NodeId node) const {
    const auto found = rewritten_.find(node);
    return found == rewritten_.end() ? node : found->second;
  }

  NodeId rewrite(NodeId id) {
    const Node node = graph_.node(id);  // a copy: the graph grows
    const std::array<NodeId, 3> args = {now(node.args[0]), now(node.args[1]), now(node.args[2])};
    switch (node.op) {
      case Op::draw:
        return id;
      case Op::min:
      case Op::max:
        return argument(node);
      case Op::select:
        return now(node.args[(facts_.central(node.args[0]) != 0.0) != choice_.other ? 1 : 2]);
      case Op::sub:
        return difference(args[0], args[1]);
      default:
        return graph_.apply(node.op,
                            std::span(args).first(static_cast<std::size_t>(arity(node.op))));
    }
  }

  NodeId argument(const Node& node) const {
    const NodeId a = node.args[0];
    const NodeId b = node.args[1];
    const bool is_one = !facts_.has_normal(a) || !facts_.has_normal(b);
    if (is_one && choice_.kept != Kept::active) {
      const NodeId kept = facts_.has_normal(a) == (choice_.kept == Kept::random) ? a : b;
      const Node& inner = graph_.node(kept);
      const bool drops = choice_.leading_term && node.op == Op::max && inner.op == Op::sub &&
                         facts_.has_normal(inner.args[0]);
      return now(drops ? inner.args[0] : kept);
    }
    const bool a_is_active = (facts_.central(a) < facts_.central(b)) == (node.op == Op::min);
    return now(a_is_active != choice_.other ? a : b);
  }

  // (x + y) - x is y: uncapped running totals leave the period's accrual.
  NodeId difference(NodeId a, NodeId b) {
    const Node sum = graph_.node(a);
    if (sum.op == Op::add && (sum.args[0] == b || sum.args[1] == b)) {
      return sum.args[sum.args[0] == b ? 1 : 0];
    }
    return graph_.apply(Op::sub, std::array{a, b});
  }

  Graph& graph_;
  Facts& facts_;
  Choice choice_;
  std::unordered_map<NodeId, NodeId> rewritten_;
};

// The value of every node on a path off the central one: all normal draws a little up.
std::vector<double> values_off_centre(const Graph& graph) {
  std::vector<double> draws;
  for (const Draw& draw : graph.draws()) {
    draws.push_back(draw.law == Law::normal ? 0.25 : 0.5);
  }
  return interpret(graph, draws);
}

// What a clause adds may undo the accrual itself: of a threshold r x - r min(x, k) nothing is left,
// of a minimum a + max(g - a, 0) the constant g, or little where they are paid later. Where no
// companion moves with its node, others take their place.
void replace_those_at_rest(Graph& graph, Facts& facts, std::span<const NodeId> nodes,
                           std::vector<std::vector<NodeId>>& companions) {
  constexpr double kLeast = 0.25;
  constexpr double kRounding = 1e-9;
  const std::vector<double> off = values_off_centre(graph);
  const auto move = [&](NodeId node) { return off[index(node)] - facts.central(node); };
  Relaxation active(graph, facts, {.kept = Kept::active});
  Relaxation fixed(graph, facts, {.kept = Kept::fixed});
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double of_node = move(nodes[i]);
    const double rounding = kRounding * std::abs(facts.central(nodes[i]));
    const bool is_at_rest = std::ranges::all_of(companions[i], [&](NodeId held) {
      return std::abs(move(held)) <= rounding || move(held) * of_node < kLeast * of_node * of_node;
    });
    if (facts.has_normal(nodes[i]) && is_at_rest) {
      companions[i] = {active.of(nodes[i])};
      if (const NodeId other = fixed.of(nodes[i]); other != companions[i].front()) {
        companions[i].push_back(other);
      }
    }
  }
}

// Of each its first, then of each its second, and so on.
std::vector<NodeId> by_rank(std::span<const std::vector<NodeId>> companions) {
  std::size_t most = 0;
  for (const std::vector<NodeId>& nodes : companions) {
    most = std::max(most, nodes.size());
  }
  std::vector<NodeId> in_order;
  for (std::size_t rank = 0; rank < most; ++rank) {
    for (const std::vector<NodeId>& nodes : companions) {
      if (rank < nodes.size()) {
        in_order.push_back(nodes[rank]);
      }
    }
  }
  return in_order;
}

}  // namespace

std::vector<std::vector<NodeId>> relaxed(Graph& graph, std::span<const NodeId> nodes) {
  Facts facts(graph);
  std::array choices = {Relaxation(graph, facts, {}),
                        Relaxation(graph, facts, {.leading_term = true}),
                        Relaxation(graph, facts, {.other = true})};
  std::vector<std::vector<NodeId>> companions;
  for (const NodeId node : nodes) {
    std::vector<NodeId>& found = companions.emplace_back();
    for (Relaxation& choice : choices) {
      const NodeId companion = choice.of(node);
      if (std::ranges::find(found, companion) == found.end()) {
        found.push_back(companion);
      }
    }
  }
  replace_those_at_rest(graph, facts, nodes, companions);
  return companions;
}

std::vector<LinearControl> linear_controls(Graph& graph, std::span<const NodeId> of) {
  return linear_controls(graph, relaxed(graph, of));
}

std::vector<LinearControl> linear_controls(Graph& graph,
                                           std::span<const std::vector<NodeId>> companions) {
  Means means(graph, Quadrature::number);
  std::vector<LinearControl> controls;
  const auto add = [&](NodeId node) {
    const bool is_in =
        std::ranges::any_of(controls, [&](const LinearControl& c) { return c.node == node; });
    if (controls.size() == kMostControls || is_in) {
      return;
    }
    if (const Mean mean = means.of(node); mean.node && *mean.node != node) {
      controls.push_back({node, *mean.node});
    }
  };
  const std::vector<NodeId> in_order = by_rank(companions);
  std::ranges::for_each(in_order, add);
  const std::size_t largest = graph.size() + kMostNodesOfParts;
  for (const NodeId node : in_order) {
    if (controls.size() == kMostControls || graph.size() > largest) {
      break;
    }
    if (!means.of(node).node) {
      if (const std::optional<NodeId> part = known_part(graph, means, node, largest)) {
        add(*part);
      }
    }
  }
  return controls;
}

}  // namespace capstake
