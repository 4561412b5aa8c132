// Legs whose value jumps where normal draws decide a comparison, for derivatives.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.hpp"
#include "value/pilot_values.hpp"

namespace capstake {

struct SolvedLeg {
  NodeId value{};
  std::vector<NodeId> comparisons;  // in it, that no parameter moves across a jump
};

// Appends the leg as the sum over the sides of its jumps (graph/jump_sides.hpp), where a pilot sees
// each of its comparisons turn once along the direction and solved for; else nothing.
std::optional<SolvedLeg> solved_leg(Graph& graph, NodeId leg, const PilotValues& pilot);

}  // namespace capstake
