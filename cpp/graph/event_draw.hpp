// Uniform draws that stand for an event's time, and the thresholds that cut it into pieces.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/algebra.hpp"
#include "graph/reach.hpp"

namespace capstake {

struct EventDraw {
  NodeId draw{};                   // u
  NodeId variable{};               // -log(u)
  std::vector<NodeId> thresholds;  // above 0, rising, the same on all paths
  std::vector<double> parameters;  // at which they do: values, but zero hazards a little above
  std::string obstacle;            // why it cannot be integrated out; empty if it can
};

bool is_uniform_draw(const Graph& graph, NodeId node);
// The uniform draw u of which a node is -log u.
std::optional<NodeId> draw_of_event_time(const Graph& graph, NodeId node);

// The draw as an event, looking at those of its uses that are live.
EventDraw event_of(const Graph& graph, NodeId draw, const Marks& live, std::size_t most_thresholds);

}  // namespace capstake
