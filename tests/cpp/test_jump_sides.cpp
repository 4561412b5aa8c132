// Jumps taken out along a direction: closed forms, brute force, and what must stay as it is.
#include <cmath>

#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "graph/jump_sides.hpp"
#include "graph/rise.hpp"
#include "random/draws.hpp"

namespace capstake::testing {
namespace {

struct Estimate {
  double mean;
  double variance;
};

// Of nodes over plain paths.
std::vector<Estimate> over_paths(const Graph& graph, std::span<const NodeId> nodes, int n) {
  std::vector<Estimate> found(nodes.size(), {0.0, 0.0});
  std::vector<double> draws(graph.draws().size());
  for (int path = 0; path < n; ++path) {
    for (std::size_t k = 0; k < draws.size(); ++k) {
      const Draw& draw = graph.draws()[k];
      const DrawKey key = draw_key(7, draw.name, draw.step);
      const auto at = static_cast<std::uint64_t>(path);
      draws[k] = draw.law == Law::normal ? normal_draw(key, at) : uniform_draw(key, at);
    }
    const std::vector<double> values = interpret(graph, draws);
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

// Yearly revenues of a geometric Brownian motion.
struct Path {
  Graph graph;
  std::vector<Expr> revenue;

  explicit Path(int years, double volatility = 0.3) {
    Expr level(graph, graph.constant(0.0));
    for (int t = 0; t < years; ++t) {
      const Expr z(graph, graph.draw("z", static_cast<std::uint32_t>(t)));
      level = fma(level.constant(volatility), z, level);
      revenue.push_back(exp(level));
    }
  }
  Expr constant(double value) { return {graph, graph.constant(value)}; }
};

constexpr int kPaths = 20'000;

// Both have the same mean, within 4 standard errors of their difference.
void expect_same_mean(const Estimate& a, const Estimate& b) {
  EXPECT_NEAR(a.mean, b.mean, 4.0 * std::sqrt((a.variance + b.variance) / kPaths));
}

TEST(JumpSides, OfOneComparisonOfALognormalIsItsProbability) {
  Path path(4);
  const NodeId jump = less(path.constant(1.5), path.revenue[3]).id();
  const JumpsRemoved removed = without_jumps(path.graph, std::array{jump}, {});
  ASSERT_NE(removed.values[0], jump);
  const Estimate found = over_paths(path.graph, removed.values, 200)[0];
  const double probability = 1.0 - evaluate(Op::normal_cdf, std::log(1.5) / 0.6);
  EXPECT_TRUE(close(found.mean, probability, 1e-12));
  EXPECT_LT(found.variance, 1e-24);
}

// Known sales of some months and random ones of others, near and far from the threshold.
TEST(JumpSides, SolveSumsOfExponentials) {
  for (const double known : {0.0, 0.5, 0.9}) {
    for (const double threshold : {1.0, 1.9, 3.5}) {
      Graph graph;
      const Expr x(graph, graph.draw("x", 0));
      const Expr sales = known + 0.4 * exp(0.3 * x) + 0.6 * exp(0.5 * x);
      const NodeId jump = less(sales.constant(threshold), sales).id();
      const JumpsRemoved removed = without_jumps(graph, std::array{jump}, {});
      double low = -40.0;
      double high = 40.0;
      for (int i = 0; i < 100; ++i) {
        const double middle = 0.5 * (low + high);
        const double at = known + 0.4 * std::exp(0.3 * middle) + 0.6 * std::exp(0.5 * middle);
        (at < threshold ? low : high) = middle;
      }
      const double probability = evaluate(Op::normal_cdf, -low);
      EXPECT_NEAR(over_paths(graph, removed.values, 1)[0].mean, probability, 1e-9)
          << known << ' ' << threshold;
    }
  }
}

TEST(JumpSides, OfAFirstPassageKeepTheMeanAndLoseTheJumps) {
  Path path(6);
  Expr met = path.constant(0.0);
  Expr value = path.constant(0.0);
  for (std::size_t t = 0; t + 1 < 6; ++t) {
    const Expr total = path.revenue[t] + path.revenue[t + 1];
    const Expr before = met;
    met = max(met, less_equal(path.constant(2.8), total));
    value = fma(met - before, path.constant(std::exp(-0.1 * static_cast<double>(t))), value);
  }
  const NodeId as_was = value.id();
  const JumpsRemoved removed = without_jumps(path.graph, std::array{as_was}, {});
  const auto found = over_paths(path.graph, std::array{as_was, removed.values[0]}, kPaths);
  expect_same_mean(found[0], found[1]);
  EXPECT_LT(found[1].variance, 0.2 * found[0].variance);
}

// What follows a test depends on the side, and goes on with the same path.
TEST(JumpSides, KeepTheMeanOfWhatFollows) {
  Path path(5);
  const Expr missed = less(path.revenue[1], path.constant(0.9));
  Expr paid = path.constant(0.0);
  for (const Expr& revenue : path.revenue) {
    paid = fma(select(missed, path.constant(0.15), path.constant(0.1)), revenue, paid);
  }
  const std::array values = {min(paid, 0.8).id()};
  const std::array companions = {paid.id(), path.revenue[4].id()};
  const JumpsRemoved removed = without_jumps(path.graph, values, companions);
  ASSERT_NE(removed.values[0], values[0]);
  const std::array all = {values[0],     removed.values[0],    companions[0], removed.companions[0],
                          companions[1], removed.companions[1]};
  const std::vector<Estimate> found = over_paths(path.graph, all, kPaths);
  for (std::size_t i = 0; i < all.size(); i += 2) {
    expect_same_mean(found[i], found[i + 1]);
  }
  // Turned, not changed in law: the exact mean and variance of a lognormal.
  const double s2 = 0.09 * 5.0;
  EXPECT_NEAR(found[5].mean, std::exp(0.5 * s2), 4.0 * std::sqrt(found[5].variance / kPaths));
}

// A margin that turns back: the split leaves a jump, but no bias.
TEST(JumpSides, AreRightWhereAComparisonTurnsTwice) {
  Path path(3);
  const Expr from_one = path.revenue[2] - 1.0;
  const NodeId near = less(from_one * from_one, path.constant(0.04)).id();
  const JumpsRemoved removed = without_jumps(path.graph, std::array{near}, {});
  const auto found = over_paths(path.graph, std::array{near, removed.values[0]}, kPaths);
  expect_same_mean(found[0], found[1]);
  const double s = 0.3 * std::sqrt(3.0);
  const double probability =
      evaluate(Op::normal_cdf, std::log(1.2) / s) - evaluate(Op::normal_cdf, std::log(0.8) / s);
  EXPECT_NEAR(found[1].mean, probability, 4.0 * std::sqrt(found[1].variance / kPaths));
}

TEST(JumpSides, LeaveAloneWhatHasNoneOrTooMany) {
  Path path(3);
  const NodeId capped = min(path.revenue[0] + path.revenue[1], 1.5).id();
  const NodeId event =
      less(Expr(path.graph, path.graph.draw("u", 0, Law::uniform)), path.constant(0.2)).id();
  const NodeId jump = less(path.constant(1.5), path.revenue[2]).id();
  const std::size_t size = path.graph.size();
  const std::array smooth = {capped, event};
  EXPECT_EQ(without_jumps(path.graph, smooth, {}).values,
            std::vector(smooth.begin(), smooth.end()));
  const std::array jumps = {jump};
  EXPECT_EQ(without_jumps(path.graph, jumps, smooth, {.nodes = 10}).companions,
            std::vector(smooth.begin(), smooth.end()));
  EXPECT_EQ(without_jumps(path.graph, jumps, {}, {.sides = 0}).values[0], jump);
  EXPECT_EQ(path.graph.size(), size);
}

TEST(Rise, IsToldByTheMaking) {
  Graph graph;
  const Expr x(graph, graph.draw("x", 0));
  const Expr other(graph, graph.draw("y", 0));
  const Expr up = exp(0.3 * x + other);
  Rises rises(graph, x.id());
  EXPECT_EQ(rises.of(other.id()), Rise::none);
  EXPECT_EQ(rises.of(up.id()), Rise::rises);
  EXPECT_EQ(rises.of((2.0 - 3.0 * up).id()), Rise::falls);
  EXPECT_EQ(rises.of((1.0 / up).id()), Rise::falls);
  EXPECT_EQ(rises.of((up / (1.0 / up)).id()), Rise::rises);
  EXPECT_EQ(rises.of(min(up, x + other).id()), Rise::rises);
  EXPECT_EQ(rises.of((up - x).id()), Rise::unknown);
  EXPECT_EQ(rises.of((other * up).id()), Rise::unknown);
  EXPECT_EQ(rises.of(select(less(other, other.constant(0.0)), up, x).id()), Rise::rises);
  EXPECT_EQ(rises.of(select(less(x, other), up, x).id()), Rise::unknown);
}

}  // namespace
}  // namespace capstake::testing
