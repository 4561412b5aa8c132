// Values on both sides of their jumps (conditional sampling: Glasserman 2003, section 4.3; Achtsis,
// Cools and Nuyens 2013). Given all but the place x along a direction of one factor
// (graph/along.hpp), the places where comparisons turn are solved for, and the value becomes the
// sum of its sides between them, each at one place within the side times its probability. The
// places depend on no x, so the mean is the same wherever they are: the closer they are, the less
// of the jump is left. The variance over plain paths is never larger.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/graph.hpp"
#include "graph/jumps.hpp"

namespace capstake {

// Appends each value, and each companion, as the sum over the sides of all jumps of
// the values that normal draws decide. Nothing where there is no such jump or where limits forbid.
std::optional<std::vector<NodeId>> over_jump_sides(Graph& graph, std::span<const NodeId> values,
                                                   std::span<const NodeId> companions,
                                                   const JumpLimits& limits);

// The same for derivatives by what moves the comparisons: their turns move as solved for, so that
// within the sides nothing jumps.
struct SolvedSides {
  std::vector<NodeId> values;
  // By comparison: the probability between the place where it is taken to turn and the next
  // approximation, and 1 or more on paths where something else than this one turn may decide it.
  // Where this is not 0 for some comparison, derivatives may leave something out.
  std::vector<NodeId> unsolved;
  std::vector<NodeId> comparisons;  // all in the values but for those that no such draw decides
};
std::optional<SolvedSides> over_solved_sides(Graph& graph, std::span<const NodeId> values,
                                             const JumpLimits& limits);

}  // namespace capstake
