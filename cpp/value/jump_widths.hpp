// Over what widths the jumps of a graph are spread when they are
// differentiated.
#pragma once

#include <span>

#include "graph/jumps.hpp"
#include "simulate/simulate.hpp"

namespace capstake {

// Measures on the first paths of the run how far the arguments of each jump lie apart, in their log
// ratio (their difference, if one is not positive on some path): widths are in its spreads. Jumps
// whose arguments do not vary have no width.
JumpWidths measured_widths(const Graph& graph, std::span<const NodeId> jumps, const RunSpec& spec);

}  // namespace capstake
