// Yearly revenues on which values depend, and plain paths of them.
#pragma once

#include <span>
#include <vector>

#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "random/draws.hpp"

namespace capstake::testing {

struct Estimate {
  double mean;
  double variance;
};

// Of one path.
inline std::vector<double> draws_of(const Graph& graph, int path) {
  std::vector<double> draws;
  for (const Draw& draw : graph.draws()) {
    const DrawKey key = draw_key(7, draw.name, draw.step);
    const auto at = static_cast<std::uint64_t>(path);
    draws.push_back(draw.law == Law::normal ? normal_draw(key, at) : uniform_draw(key, at));
  }
  return draws;
}

// Of nodes over plain paths.
inline std::vector<Estimate> over_paths(const Graph& graph, std::span<const NodeId> nodes, int n) {
  std::vector<Estimate> found(nodes.size(), {0.0, 0.0});
  for (int path = 0; path < n; ++path) {
    const std::vector<double> values = interpret(graph, draws_of(graph, path));
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const double value = values[index(nodes[i])];
      const double change = value - found[i].mean;
      found[i].mean += change / (path + 1);
      found[i].variance += change * (value - found[i].mean);
    }
  }
  for (Estimate& each : found) {
    each.variance /= n;
  }
  return found;
}

// Yearly revenues of a geometric Brownian motion, and an event that is uniform.
struct Years {
  Graph graph;
  std::vector<Expr> revenue;

  explicit Years(int years, double volatility = 0.3) {
    Expr level(graph, graph.constant(0.0));
    for (int t = 0; t < years; ++t) {
      const Expr z(graph, graph.draw("z", static_cast<std::uint32_t>(t)));
      level = fma(level.constant(volatility), z, level);
      revenue.push_back(exp(level));
    }
  }
  Expr constant(double value) { return {graph, graph.constant(value)}; }
  Expr uniform() { return {graph, graph.draw("u", 0, Law::uniform)}; }
};

// Pays, less the later, when the revenue of two years together reaches a threshold.
inline Expr first_passage(Years& years) {
  Expr met = years.constant(0.0);
  Expr value = years.constant(0.0);
  for (std::size_t t = 0; t + 1 < years.revenue.size(); ++t) {
    const Expr before = met;
    met = max(met, less_equal(years.constant(2.2), years.revenue[t] + years.revenue[t + 1]));
    value = fma(met - before, years.constant(std::exp(-0.1 * static_cast<double>(t))), value);
  }
  return value;
}

}  // namespace capstake::testing
