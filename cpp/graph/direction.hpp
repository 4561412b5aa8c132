// A direction of a factor: the steps of one normal name, seen as one standard normal draw along
// unit weights and what is left across them. The law of the steps is the same.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

struct Direction {
  struct Step {
    NodeId draw{};
    double weight = 0.0;  // above 0; their squares add up to 1
  };
  NodeId along{};  // the draw
  std::vector<Step> steps;
};

// The direction in which comparisons are decided, as far as one factor does: the mean of their unit
// gradients at the centre of all draws, as in the linear transformation method (Imai and Tan 2006).
// Nothing where no normal draw moves them. Appends to the graph.
std::optional<Direction> direction_of(Graph& graph, std::span<const NodeId> comparisons);

// Appends the nodes with each step s_i by s_i + w_i (along - sum w_j s_j). Affine forms of steps
// become one term in `along`, with a coefficient that is the same on all paths, and the rest.
std::vector<NodeId> seen_along(Graph& graph, const Direction& direction,
                               std::span<const NodeId> nodes);

// What changes its sign where the comparison's outcome does: the logarithm of the ratio of the two
// where they are positive, else their difference.
NodeId margin(Graph& graph, NodeId comparison);

}  // namespace capstake
