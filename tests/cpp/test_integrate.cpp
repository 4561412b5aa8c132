// Events integrated out of small graphs, against closed forms.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/integrate.hpp"
#include "graph/interpret.hpp"

namespace capstake::testing {
namespace {

double value_of(const Graph& graph, NodeId node, std::span<const double> draws) {
  return interpret(graph, draws)[static_cast<std::size_t>(node)];
}

// A graph with one event X, a hazard h of which thresholds h t are made, and another draw z.
struct EventGraph {
  explicit EventGraph(double hazard) : h(graph, graph.parameter("h", hazard)) {}
  Expr survives(double t) { return less_equal(h * t, x); }
  // Part of [t, s] that passes before the event.
  Expr part(double t, double s) {
    const Expr from = h * t;
    return min(max((x - from) / max(h * s - from, 1e-30), 0.0), 1.0);
  }
  // The mean over the event for z = log(2), the derivative by h, and what became of the draw.
  struct Result {
    double mean;
    double slope;
    IntegratedDraw draw;
  };
  Result mean(Expr of) {
    const Integrated found = integrate_out(graph, std::array{of.id()});
    const NodeId slope = gradient(graph, found.outputs[0], std::array{h.id()})[0];
    const std::vector<double> draws = {NAN, std::log(2.0)};
    return {value_of(graph, found.outputs[0], draws), value_of(graph, slope, draws),
            found.draws.at(0)};
  }

  Graph graph;
  Expr x{graph, (-log(Expr(graph, graph.draw("event", 0, Law::uniform)))).id()};
  Expr z{graph, graph.draw("other", 0)};
  Expr h;
};

constexpr double kHazards[] = {0.0, 1e-9, 0.03, 0.4, 3.0};

TEST(IntegrateTest, SurvivalIsExponentialInTheHazard) {
  for (const double h : kHazards) {
    EventGraph event(h);
    const auto [mean, slope, draw] = event.mean(event.survives(2.0));
    EXPECT_TRUE(close(mean, std::exp(-2.0 * h), 1e-15)) << h;
    EXPECT_TRUE(close(slope, -2.0 * std::exp(-2.0 * h), 1e-15)) << h;
    EXPECT_EQ(draw.integrated, 1u);
    EXPECT_EQ(draw.sampled + draw.placed, 0u);
  }
}

// E[part of [1, 2] before the event] = integral of exp(-h t) over it.
TEST(IntegrateTest, PartOfAPeriodBeforeTheEvent) {
  for (const double h : kHazards) {
    EventGraph event(h);
    const auto [mean, slope, draw] = event.mean(event.part(1.0, 2.0));
    const double exact = h == 0.0 ? 1.0 : std::exp(-h) * -std::expm1(-h) / h;
    // d/dh of the integral of exp(-h t) over [1, 2] is minus that of t exp(-h t).
    const double exact_slope =
        h < 1e-3 ? -1.5 + 7.0 / 3.0 * h
                 : (std::exp(-2 * h) * (1 + 2 * h) - std::exp(-h) * (1 + h)) / (h * h);
    EXPECT_TRUE(close(mean, exact, 1e-14)) << h << ": " << mean << " and " << exact;
    EXPECT_TRUE(close(slope, exact_slope, 1e-11)) << h << ": " << slope << " and " << exact_slope;
    EXPECT_EQ(draw.integrated, 1u);
  }
}

// A capped total of two payments, each for a part of a period that passes before the event.
TEST(IntegrateTest, CapWithinAPeriod) {
  for (const double h : {0.03, 0.4, 3.0}) {
    for (const double cap : {0.5, 1.0, 1.7, 2.5, 3.0, 4.0}) {
      EventGraph event(h);
      const Expr total = 1.0 * event.part(0.0, 1.0) + exp(event.z) * event.part(1.0, 2.0);
      const double mean = event.mean(min(total, cap)).mean;
      // min(total, cap) rises at rate 1 in [0, 1] and 2 in [1, 2] up to the cap.
      const auto integral = [&](double from, double to) {
        return to <= from ? 0.0 : (std::exp(-h * from) - std::exp(-h * to)) / h;
      };
      const double exact = integral(0.0, std::min(cap, 1.0)) +
                           2.0 * integral(1.0, std::min(2.0, 1.0 + (cap - 1.0) / 2.0));
      EXPECT_TRUE(close(mean, exact, 1e-14)) << h << " " << cap << ": " << mean << ", " << exact;
    }
  }
}

}  // namespace
}  // namespace capstake::testing
