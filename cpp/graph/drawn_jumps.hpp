// Comparisons that one uniform draw u decides: 1{c < u}, or 1{h < -log u} = 1{u < exp(-h)}. They
// turn at a place of the draw that does not depend on it, and the density there is 1, so the mean's
// derivative by the place is the mean of the jump there, and no kernel is needed (smoothed
// perturbation analysis: Fu and Hu 1997, chapter 4).
#pragma once

#include <optional>
#include <span>

#include "graph/graph.hpp"

namespace capstake {

struct DrawnJump {
  NodeId comparison{};
  NodeId draw{};
  NodeId place{};
  bool holds_below = false;  // below the place, else above it
};

// Appends the place; nothing where a comparison is not of this kind.
std::optional<DrawnJump> drawn_jump(Graph& graph, NodeId comparison);

// Appends what has the mean of the value's derivative by a place, at which some jumps of one draw
// turn together: the value just below it less that just above, where it is between 0 and 1.
NodeId slope_by_place(Graph& graph, NodeId value, std::span<const DrawnJump> jumps);

}  // namespace capstake
