// The pass of the compiler that puts two operations into one super-instruction.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "graph/reach.hpp"
#include "program/code.hpp"

namespace capstake {

// How a node is computed: from its arguments, or, if an operation was fused into it, from those of
// the pair.
struct Step {
  Code code;
  std::array<NodeId, 3> nodes{};

  std::span<const NodeId> args() const {
    return std::span(nodes).first(static_cast<std::size_t>(arity(code)));
  }
};

using Steps = std::vector<Step>;  // by node

// The steps of the wanted nodes. A node is fused into its consumer if that is its only one, it is
// not an output, and the pair has a row in supers.def; then it is wanted no more.
Steps fused_steps(const Graph& graph, const Marks& varying, Marks& wanted);

}  // namespace capstake
