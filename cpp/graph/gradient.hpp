// Derivatives as a transform of the graph: reverse mode, appended as ordinary nodes, so that the
// same compiler and kernels serve values and derivatives, and a second application gives second
// ones.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// By less or less_equal node: half the width over which its jump is spread when it is
// differentiated, in units of the difference of its arguments. The value is not changed.
using JumpWidths = std::unordered_map<NodeId, double>;

// A node whose change counts `weight` times.
struct Seed {
  NodeId node{};
  NodeId weight{};
};

// Appends the derivatives of the sum of weight * node over the seeds, with the weights held, by
// each of wrt. The nodes of wrt count as independent: nothing is propagated through one to its own
// arguments. Kinks are differentiated on the side they are on (at a tie of min or max, towards the
// second argument). A jump contributes nothing (see upstream_of_jumps) unless it has a width:
// 1{a < b} is then differentiated as if its step were spread by the kernel (Tsybakov 2009, section
// 1.2.2; biweight, of order four: bias of the fourth power of the width)
//   K(u) = 105/64 (1 - u^2)^2 (1 - 3 u^2) for |u| < 1, u = (b - a) / width.
std::vector<NodeId> pull_back(Graph& graph, std::span<const Seed> seeds,
                              std::span<const NodeId> wrt, const JumpWidths& widths = {});

// Appends d(output)/d(each of wrt).
std::vector<NodeId> gradient(Graph& graph, NodeId output, std::span<const NodeId> wrt,
                             const JumpWidths& widths = {});

// The less and less_equal nodes that the output depends on by a jump that pull_back can spread.
std::vector<NodeId> jumps_of(const Graph& graph, NodeId output);

// By node: whether it moves the output across a jump (an argument of less or less_equal without a
// width, a condition of select that is not made of them), so that a derivative with respect to it
// leaves something out.
std::vector<bool> upstream_of_jumps(const Graph& graph, NodeId output,
                                    const JumpWidths& widths = {});

// By node: whether the output depends on it.
std::vector<bool> upstream_of(const Graph& graph, NodeId output);

}  // namespace capstake
