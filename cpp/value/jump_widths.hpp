// Over what widths the jumps of a graph are spread when they are
// differentiated.
#pragma once

#include <span>

#include "graph/jumps.hpp"
#include "simulate/simulate.hpp"

namespace capstake {

// Measures on the first paths of the run how far the arguments of each jump lie
// apart: with s the spread of their log ratio (of their difference, if one is
// not positive on some path), the width is 1.7 s n^(-1/9) for n paths. That is
// half of what would be best for a normal density (Hansen, B. (2009). Lecture
// notes on nonparametrics, table 1), so that the bias stays below the error.
// Jumps whose arguments do not vary have no width.
JumpWidths measured_widths(const Graph& graph, std::span<const NodeId> jumps, const RunSpec& spec);

}  // namespace capstake
