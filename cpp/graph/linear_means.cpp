#include "graph/linear_means.hpp"

#include <algorithm>
#include <limits>

#include "base/require.hpp"
#include "graph/interpret.hpp"

namespace capstake {
namespace {

std::vector<NodeId> drawn_arguments(const Graph& graph, NodeId id, const Marks& drawn) {
  std::vector<NodeId> found;
  for (const NodeId argument : graph.args(id)) {
    if (drawn[index(argument)]) {
      found.push_back(argument);
    }
  }
  return found;
}

// The node whose mean gives that of this one by itself.
NodeId core(const Graph& graph, NodeId id, const Marks& drawn) {
  while (drawn[index(id)] && is_linear(graph, id, drawn)) {
    const std::vector<NodeId> arguments = drawn_arguments(graph, id, drawn);
    if (arguments.size() != 1) {
      break;
    }
    id = arguments.front();
  }
  return id;
}

// Nodes whose means follow from those of other marked ones.
Marks covered(const Graph& graph, const Marks& marked, const Marks& drawn) {
  Marks found(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto known = [&](NodeId a) { return marked[index(a)] || found[index(a)]; };
    found[i] = drawn[i] && is_linear(graph, node_id(i), drawn) &&
               std::ranges::all_of(drawn_arguments(graph, node_id(i), drawn), known);
  }
  return found;
}

}  // namespace

bool is_linear(const Graph& graph, NodeId id, const Marks& drawn) {
  const Node& node = graph.node(id);
  const auto is_drawn = [&](std::size_t k) -> bool { return drawn[index(node.args[k])]; };
  switch (node.op) {
    case Op::neg:
    case Op::add:
    case Op::sub:
      return true;
    case Op::mul:
    case Op::fma:
      return !(is_drawn(0) && is_drawn(1));
    case Op::div:
      return !is_drawn(1);
    default:
      return false;
  }
}

std::vector<NodeId> nodes_to_average(const Graph& graph, std::span<const NodeId> results,
                                     std::span<const NodeId> preferred) {
  const Marks drawn = varying_nodes(graph);
  Marks marked(graph.size());
  for (const NodeId node : preferred) {
    marked[index(core(graph, node, drawn))] = true;
  }
  const Marks follows = covered(graph, marked, drawn);
  Marks needed(graph.size());
  for (const NodeId node : results) {
    needed[index(node)] = true;
  }
  std::vector<NodeId> found;
  for (std::size_t i = graph.size(); i-- > 0;) {
    if (!needed[i] || !drawn[i]) {
      continue;
    }
    const NodeId id = node_id(i);
    if ((marked[i] && !follows[i]) || !is_linear(graph, id, drawn)) {
      found.push_back(id);
    } else {
      for (const NodeId argument : drawn_arguments(graph, id, drawn)) {
        needed[index(argument)] = true;
      }
    }
  }
  std::ranges::reverse(found);
  return found;
}

std::vector<double> means_of_nodes(const Graph& graph, std::span<const NodeId> averaged,
                                   std::span<const double> means) {
  require(averaged.size() == means.size(), "means_of_nodes", "needs one mean for each node",
          std::to_string(means.size()) + " for " + std::to_string(averaged.size()));
  std::vector<Given> given;
  for (std::size_t i = 0; i < averaged.size(); ++i) {
    given.push_back({averaged[i], means[i]});
  }
  return invariant_values(graph, given);
}

}  // namespace capstake
