// Which nodes depend on which: the two walks over the graph that compiling and every transform
// start from.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// A property of each node.
using Marks = std::vector<bool>;

// The given nodes alone; or all leaves of one kind.
Marks marked(const Graph& graph, std::span<const NodeId> nodes);
Marks marked(const Graph& graph, Op leaf);

// The marked nodes and all that they depend on.
Marks upstream(const Graph& graph, Marks from);

// The marked nodes and all that depend on them.
Marks downstream(const Graph& graph, Marks from);

// The nodes that depend on some draw. The others are the same on all paths.
Marks varying_nodes(const Graph& graph);

// The number of nodes that are computed on each path for some.
std::size_t n_varying(const Graph& graph, std::span<const NodeId> nodes);

}  // namespace capstake
