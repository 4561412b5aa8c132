// Nodes from one graph in another.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// Appends to a graph what some nodes of another need, unless it is there already; returns where
// they are.
std::vector<NodeId> copy_nodes(Graph& to, const Graph& from, std::span<const NodeId> nodes);

}  // namespace capstake
