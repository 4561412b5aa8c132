// Legs valued on both sides of their tests of sales.
#pragma once

#include <vector>

#include "deal/lower.hpp"
#include "graph/relax.hpp"

namespace capstake {

// Replaces the nodes of legs that have jumps by their sums over the sides, and appends to the
// controls the same sums of theirs: by these a leg is controlled no worse than it was. Of legs with
// too many jumps for this, those go that they are linear in. Stakes, in which the jumps are small,
// stay as they are. A leg's scenarios are split alike, so that noise
// cancels in their differences.
void split_leg_jumps(Graph& graph, const std::vector<Quantity>& quantities,
                     std::vector<NodeId>& nodes, std::vector<LinearControl>& controls);

}  // namespace capstake
