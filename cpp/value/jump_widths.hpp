// Over what widths the jumps of a graph are spread when they are
// differentiated.
#pragma once

#include <span>

#include "graph/jumps.hpp"
#include "simulate/simulate.hpp"
#include "value/pilot_values.hpp"

namespace capstake {

// Measures on the first paths of the run how far the arguments of each jump lie apart, in their log
// ratio (their difference, if one is not positive on some path): widths are in its spreads. Jumps
// whose arguments do not vary have no width.
JumpWidths measured_widths(const Graph& graph, std::span<const NodeId> jumps, const RunSpec& spec);

// Takes away the width where the sides of a comparison are the same on some paths and one of the
// values jumps there, as with payments at a limit that are tested against it: derivatives are
// one-sided then. Where no value jumps, as at a cap that has been reached, ties do no harm.
void leave_out_ties(const Graph& graph, std::span<const NodeId> values, const PilotValues& pilot,
                    JumpWidths& widths);

}  // namespace capstake
