// Nodes as they would be with others in the place of some.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

struct Replacement {
  NodeId node{};
  NodeId by{};
};

// Appends what changes of the roots; what does not is itself. Replacements stay as they are, also
// where they are made from nodes that are replaced.
std::vector<NodeId> replaced(Graph& graph, std::span<const NodeId> roots,
                             std::span<const Replacement> replacements);

}  // namespace capstake
