// Conditioning one draw ahead: closed forms, the same mean over paths, and what
// is left alone.
#include <array>
#include <cmath>

#include "close.hpp"
#include "graph/condition.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/interpret.hpp"
#include "program/compile.hpp"
#include "simulate/simulate.hpp"

namespace capstake::testing {
namespace {

double cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

TEST(ConditionTest, DigitalOfALognormalIsBlacks) {
  Graph graph;
  const Expr level(graph, graph.parameter("level", 1.2));
  const Expr spot(graph, graph.parameter("spot", 1.0));
  const Expr z(graph, graph.draw("z", 0));
  const Expr value = 5.0 * less_equal(level, spot * exp(0.4 * z - 0.08));
  const Expr smooth(graph, conditioned(graph, std::array{value.id()})[0]);
  const NodeId slope = gradient(graph, smooth.id(), std::array{level.id()})[0];
  const std::vector<double> values = interpret(graph, std::array{0.7});
  const double d = (std::log(1.0 / 1.2) - 0.08) / 0.4;
  EXPECT_TRUE(close(values[index(smooth.id())], 5.0 * cdf(d), 1e-14));
  const double density = std::exp(-0.5 * d * d) / std::sqrt(2.0 * std::acos(-1.0));
  EXPECT_TRUE(close(values[index(slope)], -5.0 * density / (1.2 * 0.4), 1e-14));
}

// Milestones at each of three steps and the day a running total passes a cap:
// each term has a last draw of its own.
class StepsTest : public ::testing::Test {
 protected:
  StepsTest() {
    Expr log_level(graph, graph.constant(0.0));
    Expr total = log_level;
    Expr sum = log_level;
    for (std::uint32_t t = 0; t < 3; ++t) {
      log_level = fma(log_level.constant(0.5), Expr(graph, graph.draw("z", t)), log_level);
      const Expr revenue = 2.0 * exp(log_level);
      total = total + 0.3 * revenue;
      sum = sum + select(less(revenue, level), level.constant(-0.5), 0.25 * level);
      sum = sum + less_equal(level.constant(1.5), total) * (t + 1.0);
    }
    milestones = sum.id();
    capped = min(total + less(level, 2.0 * exp(log_level)), level.constant(2.5)).id();
  }

  Graph graph;
  Expr level{graph, graph.parameter("level", 2.2)};
  NodeId milestones{};
  NodeId capped{};
};

TEST_F(StepsTest, MeansAreTheSameAndVariancesLess) {
  const NodeId smooth = conditioned(graph, std::array{milestones})[0];
  graph.output("jumps", milestones);
  graph.output("smooth", smooth);
  const Estimates found =
      simulate(compile(graph), {OutputSpec{}, OutputSpec{}}, {.paths = 1 << 16, .seed = 3});
  const double error = std::hypot(found.standard_error[0], found.standard_error[1]);
  EXPECT_LT(std::abs(found.mean[0] - found.mean[1]), 4.0 * error);
  EXPECT_LT(error, 0.02);
  EXPECT_LT(found.variance[1], 0.9 * found.variance[0]);
  EXPECT_TRUE(jumps_of(graph, smooth).empty());
}

TEST_F(StepsTest, WhatIsNotOfThatKindIsLeft) {
  EXPECT_EQ(conditioned(graph, std::array{capped})[0], capped);
}

}  // namespace
}  // namespace capstake::testing
