// Graph -> Program, in named passes: live nodes, path-invariant values, order, slots by liveness.
#pragma once

#include <vector>

#include "program/program.hpp"

namespace capstake {

// Compiles the graph's outputs. Throws std::invalid_argument when the graph has no output or needs
// more than 65,535 slots, scalars or draws, or when two draw names collide in the key of the draws.
Program compile(const Graph& graph);

// By node: whether it depends on some draw. The others are the same on all paths.
std::vector<bool> varying_nodes(const Graph& graph);

}  // namespace capstake
