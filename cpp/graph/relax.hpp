// Linear controls derived from the graph: companions of an output without its caps, floors and
// maxima, whose exact mean is known. On each path they move with the output, so they tell how far
// the mean over the paths of a run is off (simulate/controls.hpp).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// By node: its companions, without duplicates, best first. Every min and max that depends on a
// normal draw gives way to one argument, every select to one branch:
// 1. the argument that depends on normal draws; if both do, the one that is active on the central
//    path (normal draws 0, uniform 0.5);
// 2. as 1, and of a max that drops a floor only the leading term: max(gross - charge, 0) -> gross;
// 3. as 1 with the other choice where both depend on normal draws.
// A node without such kinks is its own companion. Where these hardly move with it, its companions
// are others:
// 4. of every min and max the argument that is active on the central path, random or not;
// 5. of every min and max the argument without normal draws, if there is one.
std::vector<std::vector<NodeId>> relaxed(Graph& graph, std::span<const NodeId> nodes);

struct LinearControl {
  NodeId node{};  // random
  NodeId mean{};  // its exact mean, a path-invariant node
};

inline constexpr std::size_t kMostControls = 8;

// Controls for some nodes of the graph: of each its first companion with a known mean, then of each
// its second, and so on; after these, of companions without one, what of their sums has one
// (graph/known_part.hpp). Without duplicates, up to kMostControls.
std::vector<LinearControl> linear_controls(Graph& graph, std::span<const NodeId> of);
// The same from given companions of each.
std::vector<LinearControl> linear_controls(Graph& graph,
                                           std::span<const std::vector<NodeId>> companions);

}  // namespace capstake
