// Derivatives as a transform of the graph: reverse mode, appended as ordinary nodes, so that the
// same compiler and kernels serve values and derivatives, and a second application gives second
// ones.
#pragma once

#include <span>
#include <vector>

#include "graph/jumps.hpp"

namespace capstake {

// A node whose change counts `weight` times.
struct Seed {
  NodeId node{};
  NodeId weight{};
};

// Appends the derivatives of the sum of weight * node over the seeds, with the weights held, by
// each of wrt. The nodes of wrt count as independent: nothing is propagated through one to its own
// arguments. Kinks are differentiated on the side they are on (at a tie of min or max, towards the
// second argument). A jump contributes nothing unless it has a width, see graph/jumps.hpp.
std::vector<NodeId> pull_back(Graph& graph, std::span<const Seed> seeds,
                              std::span<const NodeId> wrt, const JumpWidths& widths = {});

// Appends d(output)/d(each of wrt).
std::vector<NodeId> gradient(Graph& graph, NodeId output, std::span<const NodeId> wrt,
                             const JumpWidths& widths = {});

}  // namespace capstake
