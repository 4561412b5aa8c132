#include "value/staged_gradient.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "graph/drawn_jumps.hpp"
#include "graph/expr.hpp"
#include "graph/linear_means.hpp"

namespace capstake {

namespace {

// The adjoints of the frontier. Where the value is not affine in a jump, the
// jump's height is the value with the comparison true less that with it false,
// both computed.
std::vector<NodeId> adjoints_of(Graph& graph, NodeId value, std::span<const NodeId> frontier,
                                const JumpWidths& widths) {
  std::vector<Seed> seeds{{value, graph.constant(1.0)}};
  JumpWidths affine;
  std::map<std::pair<NodeId, NodeId>, std::vector<DrawnJump>> by_place;  // and draw
  for (const NodeId jump : jumps_of(graph, value)) {
    const auto found = widths.find(jump);
    if (found == widths.end() || found->second.rule == JumpRule::still) {
      continue;
    }
    if (found->second.rule == JumpRule::drawn) {
      const DrawnJump drawn = drawn_jump(graph, jump).value();
      by_place[{drawn.draw, drawn.place}].push_back(drawn);
      continue;
    }
    if (is_affine_in(graph, value, jump)) {
      affine.insert(*found);
      continue;
    }
    const Expr height = Expr(graph, substituted(graph, value, jump, 1.0)) -
                        Expr(graph, substituted(graph, value, jump, 0.0));
    const Expr a(graph, graph.node(jump).args[0]);
    const Expr b(graph, graph.node(jump).args[1]);
    const auto [by_a, by_b] = spread_jump(a, b, found->second);
    seeds.push_back({a.id(), (height * by_a).id()});
    seeds.push_back({b.id(), (height * by_b).id()});
  }
  for (const auto& [place, jumps] : by_place) {
    seeds.push_back({place.second, slope_by_place(graph, value, jumps)});
  }
  return pull_back(graph, seeds, frontier, affine);
}

}  // namespace

StagedGradient::StagedGradient(Graph& graph, std::span<const NodeId> values,
                               std::span<const NodeId> preferred,
                               std::span<const NodeId> parameters, const JumpWidths& widths)
    : graph_(graph),
      parameters_(parameters.begin(), parameters.end()),
      drawn_(varying_nodes(graph)),
      moved_(downstream(graph, marked(graph, parameters))) {
  for (const NodeId node : nodes_to_average(graph, values, preferred)) {
    Base base{node, frontier(node, {}), {}};
    base.adjoints = adjoints_of(graph, node, base.frontier, widths);
    bases_.push_back(std::move(base));
  }
}

// As far as it is not behind the stops, from the last node down.
std::vector<NodeId> StagedGradient::frontier(NodeId of, std::span<const NodeId> stops) const {
  Marks reached(drawn_.size());
  const Marks is_stop = marked(graph_, stops);
  reached[index(of)] = true;
  std::vector<NodeId> found;
  for (std::size_t i = index(of) + 1; i-- > 0;) {
    if (!reached[i] || is_stop[i]) {
      continue;
    }
    if (drawn_[i]) {
      for (const NodeId argument : graph_.args(node_id(i))) {
        reached[index(argument)] = true;
      }
    } else if (moved_[i]) {
      found.push_back(node_id(i));
    }
  }
  return found;
}

StagedDerivatives StagedGradient::of(NodeId value) {
  std::vector<NodeId> wrt;
  std::ranges::transform(bases_, std::back_inserter(wrt), &Base::node);
  const std::vector<NodeId> upper = frontier(value, wrt);
  std::ranges::copy(upper, std::back_inserter(wrt));
  const std::vector<NodeId> weights = gradient(graph_, value, wrt);
  StagedDerivatives found;
  std::vector<Seed> seeds;
  for (std::size_t b = 0; b < bases_.size(); ++b) {
    const Expr weight(graph_, weights[b]);
    found.bases.push_back({weights[b], bases_[b].node});
    for (std::size_t i = 0; i < bases_[b].frontier.size(); ++i) {
      const Expr adjoint(graph_, bases_[b].adjoints[i]);
      seeds.push_back({bases_[b].frontier[i], (weight * adjoint).id()});
    }
  }
  for (std::size_t i = 0; i < upper.size(); ++i) {
    seeds.push_back({upper[i], weights[bases_.size() + i]});
  }
  found.derivatives = pull_back(graph_, seeds, parameters_);
  return found;
}

std::vector<NodeId> StagedGradient::adjoints() const {
  std::vector<NodeId> found;
  for (const Base& base : bases_) {
    std::ranges::copy(base.adjoints, std::back_inserter(found));
  }
  return found;
}

}  // namespace capstake
