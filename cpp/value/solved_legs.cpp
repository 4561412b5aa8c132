#include "value/solved_legs.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "graph/jump_sides.hpp"
#include "value/leg_jumps.hpp"

namespace capstake {

namespace {

// Of probability that may be left on a path: a derivative is the less right by about so much.
constexpr double kMayBeLeft = 1e-6;

}  // namespace

std::optional<SolvedLeg> solved_leg(Graph& graph, NodeId leg, const PilotValues& pilot) {
  Graph scratch = graph;
  std::optional<SolvedSides> sides = over_solved_sides(scratch, std::array{leg}, kSideLimits);
  if (!sides) {
    return std::nullopt;
  }
  for (const std::vector<double>& left : pilot(scratch, sides->unsolved)) {
    if (!std::ranges::all_of(left, [](double x) { return x <= kMayBeLeft; })) {
      return std::nullopt;
    }
  }
  graph = std::move(scratch);
  return SolvedLeg{sides->values.front(), std::move(sides->comparisons)};
}

}  // namespace capstake
