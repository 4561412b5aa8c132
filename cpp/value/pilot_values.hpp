// What nodes are worth on the first paths of a run.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "graph/graph.hpp"
#include "simulate/simulate.hpp"

namespace capstake {

// By node, then by path.
using PilotValues =
    std::function<std::vector<std::vector<double>>(const Graph&, std::span<const NodeId>)>;

// On plain paths.
PilotValues pilot_values(const RunSpec& spec);

}  // namespace capstake
