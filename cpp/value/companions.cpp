#include "value/companions.hpp"

#include <algorithm>
#include <iterator>

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
                                            const std::vector<std::string>& events,
                                            const Checkpoint& checkpoint) {
  const std::vector<std::vector<NodeId>> with_events = relaxed(graph, nodes);
  std::vector<NodeId> all;
  for (const std::vector<NodeId>& of_node : with_events) {
    all.insert(all.end(), of_node.begin(), of_node.end());
  }
  all = without_events(graph, all, events, checkpoint);
  const Marks moved = moved_by(graph, events);
  std::vector<std::vector<NodeId>> found;
  auto next = all.begin();
  for (const std::vector<NodeId>& of_node : with_events) {
    const auto end = next + static_cast<std::ptrdiff_t>(of_node.size());
    std::copy_if(next, end, std::back_inserter(found.emplace_back()),
                 [&](NodeId companion) { return !moved[index(companion)]; });
    next = end;
  }
  return found;
}

}  // namespace capstake
