// Steps out of values that are linear in them, such as the payment at a first passage. Along a
// direction (graph/along.hpp) a comparison is a step 1{x >= a} or 1{x <= a}, where a depends on no
// x; the greater and the lesser of two steps that both rise are steps at the lesser and the greater
// place. Of a value that is linear in a step, with a height that x does not move,
//   step - 1{x >= a'} + P(x >= a')
// has the same mean for any a' without x, and no jump where a' is where it turns. So all jumps of a
// first passage over dozens of periods go, for one solution each (conditional Monte Carlo, one
// dimension at a time: Glasserman and Staum 2001; Griewank, Kuo, Leovey and Sloan 2018).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/graph.hpp"
#include "graph/jumps.hpp"

namespace capstake {

// Appends each value without its steps. Nothing where no value is linear in a step or where limits
// forbid.
std::optional<std::vector<NodeId>> without_steps(Graph& graph, std::span<const NodeId> values,
                                                 const JumpLimits& limits);

}  // namespace capstake
