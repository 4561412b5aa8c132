// Legs valued on both sides of their tests of sales.
#pragma once

#include <vector>

#include "deal/lower.hpp"
#include "graph/jumps.hpp"
#include "graph/relax.hpp"

namespace capstake {

// Of what is summed over sides. Derivatives take a few nodes for each of these.
inline constexpr JumpLimits kSideLimits{.jumps = 15, .nodes = 40'000};

// Replaces the nodes of legs that have jumps by their sums over the sides, and appends to the
// controls the same sums of theirs: by these a leg is controlled no worse than it was. Of legs with
// too many jumps for this, those go that they are linear in. Stakes, in which the jumps are small,
// stay as they are. A leg's scenarios are split alike, so that noise cancels in their differences.
void split_leg_jumps(Graph& graph, const std::vector<Quantity>& quantities,
                     std::vector<NodeId>& nodes, std::vector<LinearControl>& controls);

}  // namespace capstake
