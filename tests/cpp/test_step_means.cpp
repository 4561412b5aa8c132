// Values without the steps in which they are linear: closed forms, and the mean of plain paths
// whatever the comparison does along the direction.
#include <cmath>
#include <functional>

#include "close.hpp"
#include "graph/step_means.hpp"
#include "years.hpp"

namespace capstake::testing {
namespace {

constexpr int kPaths = 20'000;
constexpr JumpLimits kLimits{.jumps = 50, .nodes = 20'000};

std::optional<NodeId> without(Graph& graph, NodeId value) {
  const auto found = without_steps(graph, std::array{value}, kLimits);
  return found ? std::optional(found->front()) : std::nullopt;
}

// 20 dates: as many sides would be 21 values a path.
TEST(StepMeans, TakeTheJumpsOutOfAFirstPassage) {
  Years years(20);
  const NodeId value = first_passage(years).id();
  const auto found =
      over_paths(years.graph, std::array{value, *without(years.graph, value)}, 4'000);
  EXPECT_LT(found[1].variance, 0.25 * found[0].variance);
}

TEST(StepMeans, OfOneDrawAreExact) {
  Graph graph;
  const Expr x(graph, graph.draw("x", 0));
  const Expr low = less(exp(0.3 * x), x.constant(0.8));
  const Expr lower = less(exp(0.5 * x), x.constant(0.5));
  const Expr high = less_equal(x.constant(1.4), exp(0.2 * x));
  const Expr higher = less_equal(x.constant(2.5), exp(0.4 * x));
  const Expr value = 3.0 * max(low, lower) + 5.0 * min(low, lower) - min(high, higher) / 4.0 -
                     2.0 * max(higher, high);
  const std::optional<NodeId> found = without(graph, value.id());
  ASSERT_TRUE(found);
  const auto below = [](double threshold, double volatility) {
    return evaluate(Op::normal_cdf, std::log(threshold) / volatility);
  };
  const double exact = 3.0 * below(0.8, 0.3) + 5.0 * below(0.5, 0.5) -
                       (1.0 - below(2.5, 0.4)) / 4.0 - 2.0 * (1.0 - below(1.4, 0.2));
  const Estimate estimate = over_paths(graph, std::array{*found}, 300)[0];
  EXPECT_TRUE(close(estimate.mean, exact, 1e-12));
  EXPECT_LT(estimate.variance, 1e-24);
}

using Make = std::function<Expr(Years&)>;
struct Case {
  const char* name;
  Make make;
};

// Places that are no turn, of margins that are flat, turn twice or are decided by others, and
// extremes of steps both ways.
const Case kCases[] = {
    {"turns twice",
     [](Years& y) {
       const Expr from_one = y.revenue[3] - 0.9;
       return less(from_one * from_one, y.constant(0.04));
     }},
    {"flat", [](Years& y) { return less_equal(y.constant(1.1), min(y.revenue[3], 1.1)); }},
    {"tied", [](Years& y) { return less(y.constant(0.8), max(y.revenue[3], 0.8)); }},
    {"of two years", [](Years& y) { return less(y.revenue[1], y.revenue[3]); }},
    {"another factor",
     [](Years& y) {
       return less(y.revenue[3], exp(0.2 * Expr(y.graph, y.graph.draw("other", 0)))) * 0.3;
     }},
    {"a hazard", [](Years& y) { return less(y.uniform(), normal_cdf(0.5 * y.revenue[1])); }},
    {"a hazard's share",
     [](Years& y) { return less(y.constant(1.1), y.revenue[1]) * y.uniform() + y.revenue[2]; }},
    {"both ways",
     [](Years& y) {
       return max(less(y.revenue[1], y.constant(0.9)), less(y.constant(1.2), y.revenue[3]));
     }},
    {"beside a product",
     [](Years& y) {
       const Expr jump = less(y.constant(1.2), y.revenue[3]);
       return jump * y.revenue[3] + 2.0 * jump;
     }},
};

// Within 4 standard errors of the difference on the same paths.
TEST(StepMeans, KeepTheMeanWhateverTheMarginDoes) {
  for (const Case& each : kCases) {
    Years years(5);
    const NodeId value = each.make(years).id();
    const std::optional<NodeId> found = without(years.graph, value);
    if (!found) {
      EXPECT_STREQ(each.name, "both ways");
      continue;
    }
    const NodeId difference = (Expr(years.graph, *found) - Expr(years.graph, value)).id();
    const Estimate off = over_paths(years.graph, std::array{difference}, kPaths)[0];
    EXPECT_GT(off.variance, 0.0) << each.name;
    EXPECT_NEAR(off.mean, 0.0, 4.0 * std::sqrt(off.variance / kPaths)) << each.name;
  }
}

TEST(StepMeans, LeaveAloneWhatIsNotLinearInAStepOrTooMuch) {
  Years years(3);
  const Expr jump = less(years.constant(1.5), years.revenue[2]);
  const std::array smooth = {min(years.revenue[0], 1.5).id()};
  const std::array product = {(jump * years.revenue[2]).id()};
  const std::array capped = {min(jump + years.revenue[0], 1.2).id()};
  const std::array jumps = {jump.id()};
  const std::size_t size = years.graph.size();
  EXPECT_FALSE(without_steps(years.graph, smooth, kLimits));
  EXPECT_FALSE(without_steps(years.graph, product, kLimits));
  EXPECT_FALSE(without_steps(years.graph, capped, kLimits));
  EXPECT_FALSE(without_steps(years.graph, jumps, {.jumps = 0, .nodes = 20'000}));
  EXPECT_FALSE(without_steps(years.graph, jumps, {.jumps = 50, .nodes = 10}));
  EXPECT_EQ(years.graph.size(), size);
  EXPECT_TRUE(without_steps(years.graph, jumps, kLimits));
}

}  // namespace
}  // namespace capstake::testing
