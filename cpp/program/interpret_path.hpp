// The interpreter on the draws of one path: what a Program must give, bit for bit.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// The value of every node on a path.
std::vector<double> interpret_path(const Graph& graph, std::uint64_t seed, std::uint64_t path);

}  // namespace capstake
