#include "graph/reach.hpp"

#include <algorithm>

namespace capstake {
Marks marked(const Graph& graph, std::span<const NodeId> nodes) {
  Marks marks(graph.size());
  for (const NodeId node : nodes) {
    marks[index(node)] = true;
  }
  return marks;
}

Marks marked(const Graph& graph, Op leaf) {
  Marks marks(graph.size());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    marks[i] = graph.node(node_id(i)).op == leaf;
  }
  return marks;
}

Marks upstream(const Graph& graph, Marks from) {
  for (std::size_t i = from.size(); i-- > 0;) {
    if (from[i]) {
      for (const NodeId argument : graph.args(node_id(i))) {
        from[index(argument)] = true;
      }
    }
  }
  return from;
}

// Transforms ask this for one draw after another, so it is as plain a loop as can be.
Marks downstream(const Graph& graph, Marks from) {
  const auto first = static_cast<std::size_t>(std::ranges::find(from, true) - from.begin());
  for (std::size_t i = first + 1; i < from.size(); ++i) {
    for (const NodeId argument : graph.args(node_id(i))) {
      if (from[index(argument)]) {
        from[i] = true;
        break;
      }
    }
  }
  return from;
}

Marks varying_nodes(const Graph& graph) { return downstream(graph, marked(graph, Op::draw)); }

std::size_t n_varying(const Graph& graph, std::span<const NodeId> nodes) {
  const Marks live = upstream(graph, marked(graph, nodes));
  const Marks varying = varying_nodes(graph);
  std::size_t n = 0;
  for (std::size_t i = 0; i < live.size(); ++i) {
    n += live[i] && varying[i] ? 1 : 0;
  }
  return n;
}

}  // namespace capstake
