// Graph -> Program, in named passes: wanted nodes, fused pairs, order, slots by
// liveness, instructions.
#pragma once

#include "program/program.hpp"

namespace capstake {

// Compiles the graph's outputs. Throws std::invalid_argument when the graph has no output or needs
// more than 65,535 slots, scalars or draws, or when two draw names collide in the key of the draws.
Program compile(const Graph& graph);

}  // namespace capstake
