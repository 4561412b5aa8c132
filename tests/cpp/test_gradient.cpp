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
    {{0.3, 0.7, 1.9}, {0.81, 0.64, 0.6}, {0.02, 1.3, 0.25}}};

TEST(GradientTest, EveryOperationAgreesWithCentralDifferences) {
  for (const OpCase& row : kOpCases) {
    if (row.op == Op::held) {
      continue;
    }
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

TEST(GradientTest, WhatIsHeldHasNoSlope) {
  EXPECT_EQ(OneOp(Op::held, {2.0, 0.0, 0.0}).derivative(0), 0.0);
  Graph graph;
  const Expr x(graph, graph.parameter("x", 3.0));
  const NodeId slope = gradient(graph, (held(x) * x).id(), std::array{x.id()})[0];
  EXPECT_EQ(interpret(graph, {})[index(slope)], 3.0);
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

// Steps s_t = s_(t-1) + w_t e^x_t and a sum of f_t (min(s_t, c) - min(s_(t-1), c)): the adjoint of
// the cap is a constant less that of the first step, so one comparison a step serves all.
TEST(GradientTest, CappedTotalsShareTheirMasks) {
  Graph graph;
  const Expr cap(graph, graph.parameter("cap", 2.5));
  const Expr start(graph, graph.parameter("start", 0.25));
  Expr total = start;
  Expr capped = min(total, cap);
  Expr value(graph, graph.constant(0.0));
  for (std::uint32_t t = 0; t < 3; ++t) {
    total = total + 0.75 * exp(Expr(graph, graph.draw("x", t)));
    const Expr paid = min(total, cap) - capped;
    capped = capped + paid;
    value = fma(paid, paid.constant(1.0 / (t + 1.0)), value);
  }
  const std::size_t before = graph.size();
  const auto by = gradient(graph, value.id(), std::array{cap.id(), start.id()});
  const auto n_less = [&] {
    std::size_t n = 0;
    for (std::size_t i = before; i < graph.size(); ++i) {
      n += graph.node(NodeId{static_cast<std::uint32_t>(i)}).op == Op::less ? 1 : 0;
    }
    return n;
  };
  EXPECT_LE(n_less(), 4u);
  const std::vector<double> values = interpret(graph, std::array{-0.2, 0.1, 0.3});
  // 0.25 + 0.75 (e^-0.2 + e^0.1 + e^0.3): 0.86, 1.69 and over the cap in the third step.
  EXPECT_TRUE(close(values[static_cast<std::size_t>(by[0])], 1.0 / 3.0, 1e-15));
  EXPECT_TRUE(close(values[static_cast<std::size_t>(by[1])], -1.0 / 3.0, 1e-15));
}

// A jump that has a width: the kernel's integral over the step is 1, its second moment 0.
TEST(GradientTest, JumpsWithAWidthAreSpread) {
  Graph graph;
  const Expr x(graph, graph.draw("x", 0));
  const Expr prize(graph, graph.parameter("prize", 5.0));
  const Expr level(graph, graph.parameter("level", 1.0));
  const Expr digital = select(less(level, x), prize, prize.constant(0.0));
  const JumpWidths widths{{jumps_of(graph, digital.id()).at(0), {0.5, false}}};
  const NodeId slope = gradient(graph, digital.id(), std::array{level.id()}, widths)[0];
  EXPECT_FALSE(
      upstream_of_jumps(graph, digital.id(), widths)[static_cast<std::size_t>(level.id())]);
  double sum = 0.0;
  double second = 0.0;
  constexpr int kSteps = 2000;
  for (int i = 0; i < kSteps; ++i) {
    const double at = 2.0 * (i + 0.5) / kSteps;
    const std::vector<double> values = interpret(graph, std::array{at});
    const double k = -values[static_cast<std::size_t>(slope)] / 5.0 * 2.0 / kSteps;
    sum += k;
    second += k * (at - 1.0) * (at - 1.0);
  }
  EXPECT_TRUE(close(sum, 1.0, 1e-5));
  EXPECT_TRUE(close(second, 0.0, 0.0, 1e-5));
}

// A condition that is not made of comparisons alone stays bare.
TEST(GradientTest, ConditionsThatAreNotDecidedByComparisonsStayBare) {
  Graph graph;
  const Expr x(graph, graph.draw("x", 0));
  const Expr level(graph, graph.parameter("level", 1.0));
  const Expr either = less(level, x) + max(level - x, 0.0);
  const Expr digital = select(either, level.constant(1.0), level.constant(0.0));
  JumpWidths widths;
  for (const NodeId jump : jumps_of(graph, digital.id())) {
    widths[jump] = {0.5, false};
  }
  EXPECT_TRUE(upstream_of_jumps(graph, digital.id(), widths)[static_cast<std::size_t>(level.id())]);
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
