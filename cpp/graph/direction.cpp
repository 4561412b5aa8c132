#include "graph/direction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

#include "graph/bounds.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/interpret.hpp"

namespace capstake {
namespace {

// Stands for zero where only a positive number has a logarithm.
constexpr double kTiny = 1e-300;

using Weights = std::map<std::string, std::map<std::size_t, double>>;  // by name and draw

double weight_of(const std::string& name, std::size_t draw, const Weights& weights) {
  const auto factor = weights.find(name);
  if (factor == weights.end()) {
    return 0.0;
  }
  const auto found = factor->second.find(draw);
  return found == factor->second.end() ? 0.0 : found->second;
}

// Adds the margin's unit gradient by the normal draws, at the centre of all draws; less it, where
// it points the other way: a test of what is missed turns where one of what is met does.
void add_unit_gradient(const Graph& graph, NodeId comparison, Weights& weights) {
  Graph scratch = graph;
  std::vector<NodeId> nodes;
  std::vector<std::size_t> draws;
  std::vector<double> centre;
  for (std::size_t i = 0; i < graph.draws().size(); ++i) {
    const Draw& draw = graph.draws()[i];
    centre.push_back(draw.law == Law::normal ? 0.0 : 0.5);
    if (draw.law == Law::normal) {
      nodes.push_back(*graph.drawn(draw.name, draw.step));
      draws.push_back(i);
    }
  }
  const std::vector<NodeId> by = gradient(scratch, margin(scratch, comparison), nodes);
  const std::vector<double> values = interpret(scratch, centre);
  double squares = 0.0;
  for (const NodeId node : by) {
    squares += values[index(node)] * values[index(node)];
  }
  if (!std::isfinite(squares) || squares == 0.0) {
    return;
  }
  double along = 0.0;
  for (std::size_t k = 0; k < by.size(); ++k) {
    along += weight_of(graph.draws()[draws[k]].name, draws[k], weights) * values[index(by[k])];
  }
  const double size = along < 0.0 ? -std::sqrt(squares) : std::sqrt(squares);
  for (std::size_t k = 0; k < by.size(); ++k) {
    if (const double weight = values[index(by[k])] / size; weight != 0.0) {
      weights[graph.draws()[draws[k]].name][draws[k]] += weight;
    }
  }
}

double length(const std::map<std::size_t, double>& weights) {
  double squares = 0.0;
  for (const auto& [draw, weight] : weights) {
    squares += weight * weight;
  }
  return std::sqrt(squares);
}

}  // namespace

Marks moved_along(const Graph& graph, const Direction& direction) {
  std::vector<NodeId> draws;
  for (const auto& [draw, weight] : direction.steps) {
    draws.push_back(draw);
  }
  return downstream(graph, marked(graph, draws));
}

NodeId margin(Graph& graph, NodeId comparison) {
  const std::array<NodeId, 3> args = graph.node(comparison).args;
  const Expr a(graph, args[0]);
  const Expr b(graph, args[1]);
  Bounds bounds(graph);
  const bool is_ratio = bounds.of(args[0]).low >= 0.0 && bounds.of(args[1]).low >= 0.0;
  return (is_ratio ? log(max(a, kTiny)) - log(max(b, kTiny)) : a - b).id();
}

std::optional<Direction> direction_of(const Graph& graph, std::span<const NodeId> comparisons) {
  Weights weights;
  for (const NodeId comparison : comparisons) {
    add_unit_gradient(graph, comparison, weights);
  }
  if (weights.empty()) {
    return std::nullopt;
  }
  const auto& [name, of_steps] = *std::ranges::max_element(
      weights, {}, [](const auto& factor) { return length(factor.second); });
  const double all = length(of_steps);
  if (all == 0.0) {
    return std::nullopt;
  }
  Direction direction;
  for (const auto& [draw, weight] : of_steps) {
    direction.steps.push_back({*graph.drawn(name, graph.draws()[draw].step), weight / all});
  }
  return direction;
}

}  // namespace capstake
