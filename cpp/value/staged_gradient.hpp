// Derivatives of several values in two stages. The part of the graph that
// differs by path is swept once a base: the few values that all others are
// weighted sums of, such as legs and stakes; and only down to its frontier, the
// nodes that are the same on all paths: discount factors, volatilities of
// steps, shares of years. What lies behind is linear in the frontier's
// adjoints, so it is computed from their means (graph/linear_means.hpp).
#pragma once

#include <span>
#include <vector>

#include "graph/gradient.hpp"
#include "graph/graph.hpp"

namespace capstake {

struct WeightedBase {
  NodeId weight{};  // the same on all paths
  NodeId node{};
};

struct StagedDerivatives {
  std::vector<NodeId> derivatives;  // by parameter
  std::vector<WeightedBase> bases;  // the value, but for what is the same on all paths
};

class StagedGradient {
 public:
  // Bases are among `preferred` as far as these give all values.
  StagedGradient(Graph& graph, std::span<const NodeId> values, std::span<const NodeId> preferred,
                 std::span<const NodeId> parameters, const JumpWidths& widths);

  // Appends the derivatives of one of the values.
  StagedDerivatives of(NodeId value);

  // The adjoints of all frontiers: what to average over paths.
  std::vector<NodeId> adjoints() const;

 private:
  struct Base {
    NodeId node{};
    std::vector<NodeId> frontier;
    std::vector<NodeId> adjoints;
  };

  std::vector<NodeId> frontier(NodeId of, std::span<const NodeId> stops) const;

  Graph& graph_;
  std::vector<NodeId> parameters_;
  Marks drawn_;  // by node: whether it depends on a draw
  Marks moved_;  // by node: whether it depends on a parameter
  std::vector<Base> bases_;
};

}  // namespace capstake
