// What a run for sensitivities computes: a deal's graph with the derivatives of
// every position by every parameter, and the few nodes of it that have to be
// averaged over paths.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/checkpoint.hpp"
#include "deal/lower.hpp"
#include "graph/gradient.hpp"
#include "graph/graph.hpp"
#include "value/pilot_values.hpp"

namespace capstake {

// How a derivative comes about.
enum class DerivativeMethod : std::uint8_t {
  pathwise,     // path by path; nothing jumps
  integrated,   // pathwise, where the value jumped with an event that is integrated out
  conditioned,  // pathwise, where a comparison gave way to its probability one draw ahead, the
                // value to its sum over the sides of it, or where its uniform draw turns it is
                // known
  score,        // by the likelihood ratio of an event's time
  smoothed,     // jumps spread in the derivative alone, which biases it
  jump,         // none: the value jumps, and no method accounts for that
  unbounded,    // none: the value does not jump, but no finite number is its slope, as at a
                // correlation of 1, which only a square root leads away from
};
template <>
struct Names<DerivativeMethod> {
  static constexpr std::string_view kNames[] = {"pathwise", "integrated", "conditioned", "score",
                                                "smoothed", "jump",       "unbounded"};
};

// The mean of value * score less that of the value times that of the score, for
// each base that a position is a sum of: its derivative by a hazard at whose
// event the bases jump.
struct ScoreTerm {
  NodeId weight{};  // of the base in the position
  NodeId base{};
  NodeId times_score{};
  NodeId score{};
};

// The derivatives of one position, by parameter. Their means are linear in
// those of `averaged`.
struct PlannedRow {
  Measure measure;
  std::string subject;
  std::string first;  // the parameter of the first derivative, in a plan of second ones
  std::vector<DerivativeMethod> methods;
  std::vector<NodeId> derivatives;
  std::vector<NodeId> at_half_width;             // with jumps spread half as wide; or none
  std::vector<std::vector<ScoreTerm>> by_score;  // by parameter; for those of that method
};

struct SensitivityPlan {
  Graph graph;
  std::vector<NodeId> parameters;
  std::vector<PlannedRow> rows;
  std::vector<NodeId> averaged;  // in the order of the graph
};

// What a plan learns in short runs.
struct SensitivityPilot {
  // Over what width the jumps of a graph should be spread. A jump whose arguments do not vary has
  // none.
  std::function<JumpWidths(const Graph&, std::span<const NodeId> jumps)> widths;
  PilotValues values;
};

// The derivatives of every position by every parameter.
SensitivityPlan plan_sensitivities(const Deal& deal, const SensitivityPilot& pilot,
                                   const Checkpoint& checkpoint);

// The derivatives by every parameter of those by one parameter. Kinks of the
// values are jumps here. Throws std::out_of_range for a name that no parameter
// has.
SensitivityPlan plan_second(const Deal& deal, const std::string& parameter,
                            const SensitivityPilot& pilot, const Checkpoint& checkpoint);

}  // namespace capstake
