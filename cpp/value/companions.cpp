#include "value/companions.hpp"

#include <algorithm>

#include "graph/reach.hpp"
#include "graph/relax.hpp"
#include "value/event_free.hpp"

namespace capstake {

namespace {

// What depends on a draw of one of the events.
Marks moved_by(const Graph& graph, const std::vector<std::string>& events) {
  std::vector<NodeId> draws;
  for (const Draw& draw : graph.draws()) {
    if (std::ranges::find(events, draw.name) != events.end()) {
      draws.push_back(*graph.drawn(draw.name, draw.step));
    }
  }
  return downstream(graph, marked(graph, draws));
}

}  // namespace

std::vector<std::vector<NodeId>> companions(Graph& graph, const std::vector<NodeId>& nodes,
                                            const std::vector<std::string>& events) {
  std::vector<NodeId> all;
  std::vector<std::size_t> ends;
  for (const NodeId node : nodes) {
    const std::vector<NodeId> of_node = relaxed(graph, node);
    all.insert(all.end(), of_node.begin(), of_node.end());
    ends.push_back(all.size());
  }
  all = without_events(graph, all, events);
  const Marks moved = moved_by(graph, events);
  std::vector<std::vector<NodeId>> found;
  for (std::size_t i = 0, k = 0; i < ends.size(); ++i) {
    found.emplace_back();
    for (; k < ends[i]; ++k) {
      if (!moved[index(all[k])]) {
        found.back().push_back(all[k]);
      }
    }
  }
  return found;
}

}  // namespace capstake
