// Staged derivatives of values with jumps, against closed forms.
#include <array>
#include <cmath>

#include "close.hpp"
#include "graph/expr.hpp"
#include "program/compile.hpp"
#include "simulate/simulate.hpp"
#include "value/jump_widths.hpp"
#include "value/staged_gradient.hpp"

namespace capstake::testing {
namespace {

double density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2.0 * std::acos(-1.0)); }

// The mean of the derivative by the parameter, and its standard error, with
// smoothed jumps.
std::pair<double, double> derivative(Graph& graph, Expr value, Expr parameter) {
  const RunSpec spec{.paths = 1 << 17, .seed = 5};
  const JumpWidths widths = measured_widths(graph, jumps_of(graph, value.id()), spec);
  EXPECT_FALSE(widths.empty());
  StagedGradient gradient(graph, std::array{value.id()}, std::array{value.id()},
                          std::array{parameter.id()}, widths);
  graph.output("derivative", gradient.of(value.id()).derivatives[0]);
  const Estimates found = simulate(compile(graph), {OutputSpec{}}, spec);
  return {found.mean[0], found.standard_error[0]};
}

TEST(StagedGradientTest, AJumpUnderACapCountsAsHighAsItIs) {
  // min(1.7 + 1{z > k}, 2) jumps by 0.3, though neither side's slope in the
  // indicator says so.
  Graph graph;
  const Expr k(graph, graph.parameter("k", 0.3));
  const Expr z(graph, graph.draw("z", 0));
  const Expr value = min(1.7 + less(k, z), 2.0);
  const auto [mean, error] = derivative(graph, value, k);
  EXPECT_LT(std::abs(mean + 0.3 * density(0.3)), 4.0 * error);
  EXPECT_LT(error, 0.015 * 0.3 * density(0.3));
}

TEST(StagedGradientTest, AJumpThatSwitchesARateIsSmoothed) {
  // e^z where it exceeds k, else half of it: the derivative by k is -k/2 n(log
  // k) / k.
  Graph graph;
  const Expr k(graph, graph.parameter("k", 1.3));
  const Expr x = exp(Expr(graph, graph.draw("z", 0)));
  const Expr value = select(less(k, x), x, 0.5 * x);
  const auto [mean, error] = derivative(graph, value, k);
  const double expected = -0.5 * density(std::log(1.3));
  EXPECT_LT(std::abs(mean - expected), 4.0 * error);
  EXPECT_LT(error, 0.015 * std::abs(expected));
}

TEST(StagedGradientTest, ConditionsJoinedByOrAreCrossedOneByOne) {
  // Paid where z > k or z < -k: P = 2 N(-k).
  Graph graph;
  const Expr k(graph, graph.parameter("k", 0.8));
  const Expr z(graph, graph.draw("z", 0));
  const Expr either = less(k, z) + less(z, -k);
  const Expr value = select(either, k.constant(3.0), k.constant(1.0));
  const auto [mean, error] = derivative(graph, value, k);
  EXPECT_LT(std::abs(mean + 4.0 * density(0.8)), 4.0 * error);
  EXPECT_LT(error, 0.015 * 4.0 * density(0.8));
}

TEST(StagedGradientTest, JumpsThatDoNotVaryHaveNoWidth) {
  Graph graph;
  const Expr k(graph, graph.parameter("k", 0.8));
  const Expr still = 0.0 * Expr(graph, graph.draw("z", 0));
  const Expr jump = less(still, k);
  EXPECT_TRUE(measured_widths(graph, std::array{jump.id()}, {.paths = 1 << 12}).empty());
}

}  // namespace
}  // namespace capstake::testing
