// The interpreter: one path at a time, one node after another. Slow and plain; what the Program
// computes must agree with it bit for bit. The Graph folds constants with it.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// op at its first arity(op) arguments, with the arithmetic of the kernels in use (base/isa.hpp).
double evaluate(Op op, double a, double b = 0.0, double c = 0.0);

// A node that has a value already.
struct Given {
  NodeId node{};
  double value = 0.0;
};

// The value of every node, given a value for each of graph.draws(), and the values of some nodes
// (in the order of the graph), which are then not computed. Throws std::invalid_argument unless
// draws has one value a draw.
std::vector<double> interpret(const Graph& graph, std::span<const double> draws,
                              std::span<const Given> given = {});

// The value of every node that depends on no draw or on given nodes only; the others are NaN or,
// past a minimum or a comparison, meaningless.
std::vector<double> invariant_values(const Graph& graph, std::span<const Given> given = {});

}  // namespace capstake
