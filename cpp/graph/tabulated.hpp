// What nodes are at a few values of the one draw that moves them, each computed once: the means of
// a deal ask for thousands of products of the same few functions of an uncertain number.
#pragma once

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/facts.hpp"
#include "graph/graph.hpp"

namespace capstake {

class Tabulated {
 public:
  Tabulated(const Graph& graph, const Facts& facts, NodeId draw, std::vector<double> at)
      : graph_(graph), facts_(facts), draw_(draw), at_(std::move(at)) {}

  // By value of the draw. Holds until the next call. No other draw may move the node.
  std::span<const double> of(NodeId node);

 private:
  std::vector<double> computed(NodeId node) const;

  const Graph& graph_;
  const Facts& facts_;
  NodeId draw_;
  std::vector<double> at_;
  std::unordered_map<NodeId, std::vector<double>> known_;
};

// The nodes that a root is made from, itself included, in the order of the graph; the walk stops
// before those where `is_known` says so.
template <class IsKnown>
std::vector<NodeId> cone(const Graph& graph, NodeId root, const IsKnown& is_known) {
  std::vector<NodeId> found;
  std::vector<NodeId> waiting = {root};
  std::unordered_map<NodeId, bool> seen = {{root, true}};
  while (!waiting.empty()) {
    const NodeId node = waiting.back();
    waiting.pop_back();
    if (is_known(node)) {
      continue;
    }
    found.push_back(node);
    for (const NodeId argument : graph.args(node)) {
      if (seen.emplace(argument, true).second) {
        waiting.push_back(argument);
      }
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace capstake
