#include "value/leg_jumps.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "graph/jump_sides.hpp"
#include "graph/step_means.hpp"

namespace capstake {

namespace {

constexpr JumpLimits kStepLimits{.jumps = 500, .nodes = 40'000};

// Places of each leg among the quantities, in all scenarios.
std::map<std::string, std::vector<std::size_t>> legs(const std::vector<Quantity>& quantities) {
  std::map<std::string, std::vector<std::size_t>> found;
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    if (quantities[i].measure == Measure::leg && quantities[i].scenario != kDifference) {
      found[quantities[i].subject].push_back(i);
    }
  }
  return found;
}

// Of what has too many sides, such as a first passage.
void take_steps_out(Graph& graph, const std::vector<NodeId>& values,
                    const std::vector<std::size_t>& places, std::vector<NodeId>& nodes) {
  if (const std::optional<std::vector<NodeId>> found = without_steps(graph, values, kStepLimits)) {
    for (std::size_t k = 0; k < places.size(); ++k) {
      nodes[places[k]] = (*found)[k];
    }
  }
}

}  // namespace

void split_leg_jumps(Graph& graph, const std::vector<Quantity>& quantities,
                     std::vector<NodeId>& nodes, std::vector<LinearControl>& controls) {
  const std::vector<LinearControl> as_were = controls;
  std::vector<NodeId> companions;
  for (const LinearControl& control : as_were) {
    companions.push_back(control.node);
  }
  for (const auto& [subject, places] : legs(quantities)) {
    std::vector<NodeId> values;
    for (const std::size_t place : places) {
      values.push_back(nodes[place]);
    }
    const std::optional<std::vector<NodeId>> split =
        over_jump_sides(graph, values, companions, kSideLimits);
    if (!split) {
      take_steps_out(graph, values, places, nodes);
      continue;
    }
    for (std::size_t k = 0; k < places.size(); ++k) {
      nodes[places[k]] = (*split)[k];
    }
    for (std::size_t k = 0; k < companions.size(); ++k) {
      const NodeId node = (*split)[places.size() + k];
      if (node != companions[k]) {
        controls.push_back({node, as_were[k].mean});
      }
    }
  }
}

}  // namespace capstake
