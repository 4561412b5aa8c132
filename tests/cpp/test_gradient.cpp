// The gradient: each operation's rule against central differences in long double, sums over paths
// of the graph, second derivatives, and jumps that are reported.
#include <algorithm>
#include <array>
#include <cmath>

#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/interpret.hpp"
#include "op_cases.hpp"

namespace capstake::testing {
namespace {

// A graph of parameters x, y, z, one operation, and its derivatives.
class OneOp {
 public:
  OneOp(Op op, std::array<double, 3> at) {
    for (std::size_t k = 0; k < static_cast<std::size_t>(arity(op)); ++k) {
      parameters_.push_back(graph_.parameter(std::string(1, static_cast<char>('x' + k)), at[k]));
    }
    derivatives_ = gradient(graph_, graph_.apply(op, parameters_), parameters_);
  }

  double derivative(std::size_t k) const {
    return interpret(graph_, {})[static_cast<std::size_t>(derivatives_[k])];
  }

 private:
  Graph graph_;
  std::vector<NodeId> parameters_;
  std::vector<NodeId> derivatives_;
};

// Away from kinks and jumps, within the domain of every operation.
constexpr std::array<std::array<double, 3>, 3> kPoints = {
    {{0.3, 0.7, 1.9}, {0.81, 0.44, -0.6}, {0.02, 1.3, 0.25}}};

TEST(GradientTest, EveryOperationAgreesWithCentralDifferences) {
  for (const OpCase& row : kOpCases) {
    for (const std::array<double, 3>& at : kPoints) {
      const OneOp graph(row.op, at);
      for (std::size_t k = 0; k < static_cast<std::size_t>(arity(row.op)); ++k) {
        if (row.op == Op::select && k == 0) {
          continue;  // the condition: a jump
        }
        constexpr Real kStep = 1e-6L;
        std::array<Real, 3> up{at[0], at[1], at[2]};
        std::array<Real, 3> down = up;
        up[k] += kStep;
        down[k] -= kStep;
        const Real slope =
            (row.reference(up[0], up[1], up[2]) - row.reference(down[0], down[1], down[2])) /
            (2.0L * kStep);
        // The truncation error is of the order kStep^2 times the third derivative (at most 1e6,
        // for the quantile at 0.02).
        EXPECT_TRUE(close(graph.derivative(k), static_cast<double>(slope), 1e-7, 1e-9))
            << name(row.op) << " by argument " << k << ": " << graph.derivative(k) << " and "
            << static_cast<double>(slope);
      }
    }
  }
}

TEST(GradientTest, KinksFollowTheSideThatIsTaken) {
  EXPECT_EQ(OneOp(Op::min, {1.0, 2.0, 0.0}).derivative(0), 1.0);
  EXPECT_EQ(OneOp(Op::min, {1.0, 2.0, 0.0}).derivative(1), 0.0);
  EXPECT_EQ(OneOp(Op::max, {1.0, 2.0, 0.0}).derivative(0), 0.0);
  EXPECT_EQ(OneOp(Op::max, {1.0, 2.0, 0.0}).derivative(1), 1.0);
  EXPECT_EQ(OneOp(Op::abs, {-3.0, 0.0, 0.0}).derivative(0), -1.0);
}

TEST(GradientTest, TiesGoToTheSecondArgumentAndCountOnce) {
  for (const Op op : {Op::min, Op::max}) {
    EXPECT_EQ(OneOp(op, {2.0, 2.0, 0.0}).derivative(0), 0.0) << name(op);
    EXPECT_EQ(OneOp(op, {2.0, 2.0, 0.0}).derivative(1), 1.0) << name(op);
  }
}

TEST(GradientTest, ContributionsOfAllUsesAddUp) {
  Graph graph;
  const Expr x(graph, graph.parameter("x", 1.5));
  const Expr y = x * x * x + exp(2.0 * x) / x;
  const NodeId slope = gradient(graph, y.id(), std::array{x.id()})[0];
  const double e = std::exp(3.0);
  const double expected = 3 * 1.5 * 1.5 + 2 * e / 1.5 - e / (1.5 * 1.5);
  EXPECT_TRUE(close(interpret(graph, {})[static_cast<std::size_t>(slope)], expected, 1e-14));
}

TEST(GradientTest, TwiceGivesSecondDerivatives) {
  Graph graph;
  const Expr x(graph, graph.parameter("x", 0.4));
  const Expr y(graph, graph.parameter("y", 1.1));
  const Expr f = exp(x * y) + log(x) * y;
  const NodeId fx = gradient(graph, f.id(), std::array{x.id()})[0];
  const std::vector<NodeId> second = gradient(graph, fx, std::array{x.id(), y.id()});
  const std::vector<double> values = interpret(graph, {});
  const double e = std::exp(0.44);
  EXPECT_TRUE(
      close(values[static_cast<std::size_t>(second[0])], 1.1 * 1.1 * e - 1.1 / (0.4 * 0.4), 1e-13));
  EXPECT_TRUE(close(values[static_cast<std::size_t>(second[1])], e + 0.44 * e + 1 / 0.4, 1e-13));
}

TEST(GradientTest, StopsAtTheNodesItIsTakenBy) {
  Graph graph;
  const Expr x(graph, graph.parameter("x", 2.0));
  const Expr square = x * x;
  const Expr f = square * x;
  const std::vector<NodeId> by = gradient(graph, f.id(), std::array{square.id(), x.id()});
  const std::vector<double> values = interpret(graph, {});
  EXPECT_EQ(values[static_cast<std::size_t>(by[0])], 2.0);
  EXPECT_EQ(values[static_cast<std::size_t>(by[1])], 4.0);  // not 12: x within the square is held
}

TEST(GradientTest, IsZeroByWhatDoesNotMatter) {
  Graph graph;
  const NodeId x = graph.parameter("x", 2.0);
  const NodeId other = graph.parameter("other", 3.0);
  const NodeId slope = gradient(graph, x, std::array{other})[0];
  EXPECT_EQ(interpret(graph, {})[static_cast<std::size_t>(slope)], 0.0);
}

TEST(GradientTest, JumpsAreReportedAndNothingElseIs) {
  Graph graph;
  const Expr level(graph, graph.parameter("level", 1.0));
  const Expr prize(graph, graph.parameter("prize", 5.0));
  const Expr unused(graph, graph.parameter("unused", 5.0));
  const Expr z(graph, graph.draw("z", 0));
  const Expr digital = select(less(level, z), prize, prize.constant(0.0));
  const std::vector<bool> jumps = upstream_of_jumps(graph, digital.id());
  EXPECT_TRUE(jumps[static_cast<std::size_t>(level.id())]);
  EXPECT_FALSE(jumps[static_cast<std::size_t>(prize.id())]);
  EXPECT_FALSE(jumps[static_cast<std::size_t>(unused.id())]);
  const Expr capped = min(level * z, prize);
  const std::vector<bool> none = upstream_of_jumps(graph, capped.id());
  EXPECT_TRUE(std::ranges::none_of(none, [](bool jump) { return jump; }));
}

}  // namespace
}  // namespace capstake::testing
