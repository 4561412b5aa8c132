// What a position is a sum of: a party's value is what its legs and stakes are worth, added up.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

struct LinearPart {
  std::size_t base;  // index into the bases
  double weight;
};

// The node as a weighted sum of base nodes, found through sums, differences and signs; empty where
// it is none.
std::vector<LinearPart> linear_parts(const Graph& graph, NodeId node,
                                     std::span<const NodeId> bases);

}  // namespace capstake
