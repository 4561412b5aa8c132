// What is left of a sum once the terms without a known mean are dropped: a control where the whole
// has no mean, such as revenue of which a part saturates.
#pragma once

#include <optional>

#include "graph/graph.hpp"
#include "graph/mean.hpp"

namespace capstake {

// The sum of the node's random terms with known means, each times the path-invariant factors that
// stand before it; none where no term has one. Terms are found through sums, differences, signs and
// products and quotients with path-invariant nodes. None, too, where the graph grows beyond the
// largest size.
std::optional<NodeId> known_part(Graph& graph, Means& means, NodeId node, std::size_t largest);

}  // namespace capstake
