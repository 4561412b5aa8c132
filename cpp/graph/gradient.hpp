// Derivatives as a transform of the graph: reverse mode, appended as ordinary nodes, so that the
// same compiler and kernels serve values and derivatives, and a second application gives second
// ones.
#pragma once

#include <span>
#include <vector>

#include "graph/reach.hpp"

namespace capstake {

// Appends d(output)/d(each of wrt). The nodes of wrt count as independent: nothing is propagated
// through one to its own arguments. Kinks are differentiated on the side they are on (at a tie of
// min or max, towards the second argument); a jump contributes nothing, see upstream_of_jumps.
std::vector<NodeId> gradient(Graph& graph, NodeId output, std::span<const NodeId> wrt);

// By node: whether it moves the output across a jump (an argument of less or less_equal, a
// condition of select), so that a derivative with respect to it leaves something out.
Marks upstream_of_jumps(const Graph& graph, NodeId output);

}  // namespace capstake
