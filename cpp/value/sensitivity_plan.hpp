// What a run for sensitivities computes: a deal's graph with the derivatives of every position by
// every parameter, and the few nodes of it that have to be averaged over paths.
#pragma once

#include <string>
#include <vector>

#include "deal/lower.hpp"
#include "graph/graph.hpp"

namespace capstake {

// The mean of value * score less that of the value times that of the score, for each base that a
// position is a sum of: its derivative by a hazard at whose event the bases jump.
struct ScoreTerm {
  NodeId weight{};  // of the base in the position
  NodeId base{};
  NodeId times_score{};
  NodeId score{};
};

// The derivatives of one position, by parameter. Their means are linear in those of `averaged`.
struct PlannedRow {
  Quantity quantity;
  std::vector<NodeId> derivatives;
  std::vector<std::vector<ScoreTerm>> by_score;  // by parameter; instead of the derivative if any
  std::vector<bool> has_jump;  // by parameter; with no method that accounts for it
};

struct SensitivityPlan {
  Graph graph;
  std::vector<NodeId> parameters;
  std::vector<PlannedRow> rows;
  std::vector<NodeId> averaged;  // in the order of the graph
};

SensitivityPlan plan_sensitivities(const Deal& deal);

}  // namespace capstake
