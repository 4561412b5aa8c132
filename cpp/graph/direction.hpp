// A direction of one factor, along which comparisons are decided.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/graph.hpp"
#include "graph/reach.hpp"

namespace capstake {

// Steps of one normal name, with weights whose squares add up to 1.
struct Direction {
  struct Step {
    NodeId draw{};
    double weight = 0.0;
  };
  std::vector<Step> steps;
};

// The nodes that its draws move.
Marks moved_along(const Graph& graph, const Direction& direction);

// What changes its sign where the comparison's outcome does: the logarithm of the ratio of the two
// sides where they are positive, else their difference. Appended.
NodeId margin(Graph& graph, NodeId comparison);

// The mean of the comparisons' unit gradients at the centre of all draws, each to the side of those
// before it, as far as one factor goes (linear transformation: Imai and Tan 2006). Nothing where no
// normal draw moves them there.
std::optional<Direction> direction_of(const Graph& graph, std::span<const NodeId> comparisons);

}  // namespace capstake
