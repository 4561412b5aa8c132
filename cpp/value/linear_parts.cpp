#include "value/linear_parts.hpp"

#include <algorithm>
#include <map>

namespace capstake {

namespace {

// Adds weight * node to the weights of the bases; false where the node is no sum of them.
bool add_parts(const Graph& graph, NodeId node, double weight, std::span<const NodeId> bases,
               std::map<std::size_t, double>& weights) {
  const auto base = std::ranges::find(bases, node);
  if (base != bases.end()) {
    weights[static_cast<std::size_t>(base - bases.begin())] += weight;
    return true;
  }
  const auto add = [&](std::size_t k, double sign) {
    return add_parts(graph, graph.args(node)[k], sign * weight, bases, weights);
  };
  switch (graph.node(node).op) {
    case Op::constant:
      return graph.constants()[graph.node(node).leaf] == 0.0;
    case Op::neg:
      return add(0, -1.0);
    case Op::add:
      return add(0, 1.0) && add(1, 1.0);
    case Op::sub:
      return add(0, 1.0) && add(1, -1.0);
    default:
      return false;
  }
}

}  // namespace

std::vector<LinearPart> linear_parts(const Graph& graph, NodeId node,
                                     std::span<const NodeId> bases) {
  std::map<std::size_t, double> weights;
  std::vector<LinearPart> parts;
  if (add_parts(graph, node, 1.0, bases, weights)) {
    for (const auto& [base, weight] : weights) {
      parts.push_back({base, weight});
    }
  }
  return parts;
}

}  // namespace capstake
