// The quantities of a run with their events integrated out, as far as that pays.
#pragma once

#include <string>
#include <vector>

#include "base/checkpoint.hpp"
#include "deal/lower.hpp"
#include "graph/integrate.hpp"

namespace capstake {

struct EventFree {
  std::vector<NodeId> nodes;           // by quantity, with the means of the given ones
  std::vector<IntegratedDraw> events;  // what became of each event
};

// Integrates legs and stakes, and the proceeds and payments that are set against them. The rest
// keeps its events sampled, because every result that is integrated takes time before the run
// begins. Scenarios are treated alike, so that noise cancels in their differences.
EventFree without_events(Graph& graph, const std::vector<Quantity>& quantities,
                         const std::vector<std::string>& events, const Checkpoint& checkpoint);

// Nodes with the named events integrated out, where that takes a few pieces of each.
std::vector<NodeId> without_events(Graph& graph, const std::vector<NodeId>& nodes,
                                   const std::vector<std::string>& events,
                                   const Checkpoint& checkpoint);

}  // namespace capstake
