// Companions of legs and stakes as the deal has them, for controls.
#pragma once

#include <string>
#include <vector>

#include "base/checkpoint.hpp"
#include "graph/graph.hpp"

namespace capstake {

// By node: what `relaxed` makes of it, with the events integrated out; companions that an event
// still moves are left out. They come beside those of the nodes without events: where events are
// integrated out of kinks, these may have no known means.
std::vector<std::vector<NodeId>> companions(Graph& graph, const std::vector<NodeId>& nodes,
                                            const std::vector<std::string>& events,
                                            const Checkpoint& checkpoint);

}  // namespace capstake
