// Jumps taken out of means along one direction of a factor (conditional sampling: Glasserman 2003,
// section 4.3; Achtsis, Cools and Nuyens 2013): given all other draws, a comparison that rises or
// falls along the direction turns at one place of it, which is solved for on each path. The value
// becomes the sum of its sides, each at a place within it, times the probabilities of the sides:
// the same mean, without the jump, for values that are smooth on each side.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

struct JumpLimits {
  std::size_t nodes = 60'000;  // computed on each path for all values and companions
  std::size_t sides = 128;     // of one value
};

struct JumpsRemoved {
  std::vector<NodeId> values;
  std::vector<NodeId> companions;  // the same nodes, seen along the same direction
};

// Appends the values without the jumps that normal draws decide, as far as limits go, and what they
// go with. Without such jumps all stay as they are.
JumpsRemoved without_jumps(Graph& graph, std::span<const NodeId> values,
                           std::span<const NodeId> companions, const JumpLimits& limits = {});

}  // namespace capstake
