// Means through the linear part of a graph. The mean of a sum is the sum of the
// means, and a factor that is the same on all paths stands before the mean: so
// few nodes need to be averaged over paths to know the means of many.
#pragma once

#include <span>
#include <vector>

#include "graph/reach.hpp"

namespace capstake {

// Whether the node is linear in its marked arguments, such as those that depend on draws.
bool is_linear(const Graph& graph, NodeId node, const Marks& marked);

// Nodes whose means give those of all results: the preferred ones where these
// reach, and where they do not the nearest nodes that are not linear. Preferred
// nodes that follow from others, or that no result needs, are left out.
std::vector<NodeId> nodes_to_average(const Graph& graph, std::span<const NodeId> results,
                                     std::span<const NodeId> preferred);

// By node: the mean, where it follows from those of the averaged nodes (in the
// order of the graph). What follows from none is NaN or, past a minimum or a
// comparison, meaningless.
std::vector<double> means_of_nodes(const Graph& graph, std::span<const NodeId> averaged,
                                   std::span<const double> means);

}  // namespace capstake
