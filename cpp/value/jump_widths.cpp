#include "value/jump_widths.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "graph/interpret.hpp"
#include "simulate/statistics.hpp"
#include "value/pilot_values.hpp"

namespace capstake {

namespace {

// In spreads of what jumps. Of plain paths the width that makes bias and error least falls with the
// ninth root of their number (Tsybakov 2009, section 1.2.3, for smoothness 4); it is 3.4 of these
// for a normal density (Hansen, B. (2009). Lecture notes on nonparametrics, table 1). A sixth of it
// is taken, so that the bias is far below the error; of Sobol points, which have smaller errors, a
// twelfth.
double width_in_spreads(const RunSpec& spec) {
  const double log_paths = evaluate(Op::log, static_cast<double>(spec.paths));
  const double best = 3.4 * evaluate(Op::exp, log_paths / -9.0);
  return best / (spec.sampler == Sampler::sobol ? 12.0 : 6.0);
}

// The standard deviation, or what it would be for a normal distribution with the same quartiles if
// that is less, so that long tails do not count. 0 where values do not vary or are not finite.
double spread_of(const std::vector<double>& values) {
  const auto [low, high] = std::ranges::minmax(values);
  if (low == high || !std::ranges::all_of(values, [](double x) { return std::isfinite(x); })) {
    return 0.0;
  }
  const double* const column = values.data();
  const Moments moments = moments_of(std::span(&column, 1), values.size(), {});
  const double deviation = std::sqrt(moments.m2[0] / static_cast<double>(values.size()));
  const std::vector<Quantile> quartiles = quantiles(values, std::array{0.25, 0.75});
  constexpr double kNormalRange = 1.349;  // between the quartiles of the standard normal
  const double by_quartiles = (quartiles[1].value - quartiles[0].value) / kNormalRange;
  return by_quartiles > 0.0 ? std::min(deviation, by_quartiles) : deviation;
}

// Of arguments that are the same, in parts of their size.
constexpr double kRounding = 1e-12;

bool is_tie(double a, double b) {
  return std::abs(a - b) <= kRounding * (std::abs(a) + std::abs(b));
}

JumpWidth width_of(const std::vector<double>& a, const std::vector<double>& b, double factor) {
  const auto is_positive = [](double x) { return x > 0.0; };
  JumpWidth found{0.0, std::ranges::all_of(a, is_positive) && std::ranges::all_of(b, is_positive)};
  std::vector<double> apart;
  for (std::size_t i = 0; i < a.size(); ++i) {
    apart.push_back(found.is_of_ratio ? evaluate(Op::log, b[i] / a[i]) : b[i] - a[i]);
  }
  found.width = factor * spread_of(apart);
  for (std::size_t i = 0; i < a.size(); ++i) {
    found.has_ties = found.has_ties || is_tie(a[i], b[i]);
  }
  return found;
}

// Of the jump, relative to the value, on paths where both sides are the same; else 0.
NodeId height_at_ties(Graph& graph, NodeId value, NodeId jump) {
  const Expr a(graph, graph.node(jump).args[0]);
  const Expr b(graph, graph.node(jump).args[1]);
  const Expr is_tie = less_equal(abs(a - b), kRounding * (abs(a) + abs(b)));
  const Expr with(graph, substituted(graph, value, jump, 1.0));
  const Expr without(graph, substituted(graph, value, jump, 0.0));
  const Expr size = max(abs(with) + abs(without), 1e-300);
  return select(is_tie, abs(with - without) / size, a.constant(0.0)).id();
}

}  // namespace

JumpWidths measured_widths(const Graph& graph, std::span<const NodeId> jumps, const RunSpec& spec) {
  std::vector<NodeId> arguments;
  for (const NodeId jump : jumps) {
    const std::span<const NodeId> args = graph.args(jump);
    arguments.insert(arguments.end(), args.begin(), args.end());
  }
  const std::vector<std::vector<double>> values = pilot_values(spec)(graph, arguments);
  const double factor = width_in_spreads(spec);
  JumpWidths widths;
  for (std::size_t i = 0; i < jumps.size(); ++i) {
    const JumpWidth width = width_of(values[2 * i], values[2 * i + 1], factor);
    if (width.width > 0.0) {
      widths[jumps[i]] = width;
    }
  }
  return widths;
}

void leave_out_ties(const Graph& graph, std::span<const NodeId> values, const PilotValues& pilot,
                    JumpWidths& widths) {
  constexpr double kLeastHeight = 1e-9;
  if (std::ranges::none_of(widths, [](const auto& each) { return each.second.has_ties; })) {
    return;
  }
  Graph scratch = graph;
  std::vector<NodeId> jumps;
  std::vector<NodeId> heights;
  for (const NodeId value : values) {
    for (const NodeId jump : jumps_of(graph, value)) {
      if (const auto found = widths.find(jump); found != widths.end() && found->second.has_ties) {
        jumps.push_back(jump);
        heights.push_back(height_at_ties(scratch, value, jump));
      }
    }
  }
  const std::vector<std::vector<double>> found = pilot(scratch, heights);
  for (std::size_t i = 0; i < jumps.size(); ++i) {
    if (std::ranges::any_of(found[i], [](double height) { return !(height <= kLeastHeight); })) {
      widths.erase(jumps[i]);
    }
  }
}

}  // namespace capstake
