// The interpreter on the draws of one path: what a Program must give, bit for bit.
#pragma once

#include <vector>

#include "graph/graph.hpp"
#include "program/design.hpp"

namespace capstake {

// The value of every node on a path of the streams of Philox4x64.
std::vector<double> interpret_path(const Graph& graph, std::uint64_t seed, std::uint64_t path);

// The same on a path of a design of the graph's program. Draws that the program does not need, and
// what depends on them, are NaN.
std::vector<double> interpret_path(const Graph& graph, const Design& design, const PathId& path);

}  // namespace capstake
