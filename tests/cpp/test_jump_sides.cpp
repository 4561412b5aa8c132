// Values over the sides of their jumps: closed forms, and the mean of plain paths whatever the
// comparison does along the direction.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include "close.hpp"
#include "graph/gradient.hpp"
#include "graph/jump_sides.hpp"
#include "years.hpp"

namespace capstake::testing {
namespace {

constexpr int kPaths = 20'000;
constexpr JumpLimits kLimits{.jumps = 15, .nodes = 100'000};

std::optional<NodeId> split(Graph& graph, NodeId value) {
  const auto found = over_jump_sides(graph, std::array{value}, {}, kLimits);
  return found ? std::optional(found->front()) : std::nullopt;
}

TEST(JumpSides, OfOneComparisonOfALognormalAreItsProbability) {
  Years years(4);
  const NodeId jump = less(years.constant(1.5), years.revenue[3]).id();
  const std::optional<NodeId> sides = split(years.graph, jump);
  ASSERT_TRUE(sides);
  const Estimate found = over_paths(years.graph, std::array{*sides}, 200)[0];
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
      const std::optional<NodeId> sides = split(graph, less(sales.constant(threshold), sales).id());
      ASSERT_TRUE(sides);
      double low = -40.0;
      double high = 40.0;
      for (int i = 0; i < 100; ++i) {
        const double middle = 0.5 * (low + high);
        const double at = known + 0.4 * std::exp(0.3 * middle) + 0.6 * std::exp(0.5 * middle);
        (at < threshold ? low : high) = middle;
      }
      const double probability = evaluate(Op::normal_cdf, -low);
      const Estimate found = over_paths(graph, std::array{*sides}, 2'000)[0];
      EXPECT_LT(found.variance, 1e-3 * probability * (1.0 - probability));
      EXPECT_NEAR(found.mean, probability, 4.0 * std::sqrt(found.variance / 2'000) + 1e-12)
          << known << ' ' << threshold;
    }
  }
}

using Make = std::function<Expr(Years&)>;
struct Case {
  const char* name;
  Make make;
};

Expr sprung(Years& years) {
  const Expr missed = less(years.revenue[1], years.constant(0.9));
  Expr paid = years.constant(0.0);
  for (const Expr& revenue : years.revenue) {
    paid = fma(select(missed, years.constant(0.15), years.constant(0.1)), revenue, paid);
  }
  return min(paid, 0.6);
}

// Rising, falling, twice turning, flat on either side of the threshold or at it, kinked, decided by
// two factors, by an event's draw, and after one another.
const Case kCases[] = {
    {"first passage", first_passage},
    {"sprung", sprung},
    {"falls", [](Years& y) { return less(2.0 - y.revenue[3], y.constant(0.8)); }},
    {"turns twice",
     [](Years& y) {
       const Expr from_one = y.revenue[3] - 0.9;
       return less(from_one * from_one, y.constant(0.04));
     }},
    {"flat above", [](Years& y) { return less_equal(y.constant(1.1), min(y.revenue[3], 1.1)); }},
    {"flat below", [](Years& y) { return less(max(y.revenue[3], 0.8), y.constant(1.2)); }},
    {"tied below", [](Years& y) { return less(y.constant(0.8), max(y.revenue[3], 0.8)); }},
    {"tied below or equal",
     [](Years& y) { return less_equal(max(y.revenue[3], 0.8), y.constant(0.8)); }},
    {"of two years", [](Years& y) { return less(y.revenue[1], y.revenue[3]); }},
    {"the lesser", [](Years& y) { return less(y.constant(1.0), min(y.revenue[0], y.revenue[3])); }},
    {"another factor",
     [](Years& y) {
       return less(y.revenue[3], exp(0.2 * Expr(y.graph, y.graph.draw("other", 0))));
     }},
    {"a hazard", [](Years& y) { return less(y.uniform(), normal_cdf(0.5 * y.revenue[1])); }},
    {"on a test",
     [](Years& y) {
       const Expr first = less(y.constant(1.1), y.revenue[1]);
       return less(y.revenue[3], select(first, y.constant(1.3), y.constant(0.9))) * y.revenue[2];
     }},
    {"growing", [](Years& y) { return less(y.constant(1.2), y.revenue[3]) * y.revenue[3]; }},
};

// Within 4 standard errors of the difference on the same paths; and never a larger variance, but
// for its own sampling error.
TEST(JumpSides, KeepTheMeanWhateverTheMarginDoes) {
  for (const Case& each : kCases) {
    Years years(5);
    const NodeId value = each.make(years).id();
    const std::optional<NodeId> sides = split(years.graph, value);
    ASSERT_TRUE(sides) << each.name;
    const NodeId difference = (Expr(years.graph, *sides) - Expr(years.graph, value)).id();
    const auto found = over_paths(years.graph, std::array{value, *sides, difference}, kPaths);
    EXPECT_NE(*sides, value) << each.name;
    EXPECT_NEAR(found[2].mean, 0.0, 4.0 * std::sqrt(found[2].variance / kPaths)) << each.name;
    EXPECT_LT(found[1].variance, 1.05 * found[0].variance) << each.name;
  }
}

TEST(JumpSides, TakeTheJumpOutOfAFirstPassage) {
  Years years(6);
  const NodeId value = first_passage(years).id();
  const auto found = over_paths(years.graph, std::array{value, *split(years.graph, value)}, 4'000);
  EXPECT_LT(found[1].variance, 0.2 * found[0].variance);
}

TEST(JumpSides, GoWithCompanionsAndLeaveOthers) {
  Years years(5);
  const Expr value = sprung(years);
  const Expr other(years.graph, years.graph.draw("other", 0));
  const std::array companions = {years.revenue[4].id(), exp(other).id()};
  const auto found = over_jump_sides(years.graph, std::array{value.id()}, companions, kLimits);
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[2], companions[1]);
  // The exact mean of a lognormal.
  const Estimate estimate = over_paths(years.graph, std::array{(*found)[1]}, kPaths)[0];
  EXPECT_NEAR(estimate.mean, std::exp(0.5 * 0.09 * 5.0),
              4.0 * std::sqrt(estimate.variance / kPaths));
}

TEST(JumpSides, LeaveAloneWhatHasNoneOrTooManyOrADomain) {
  Years years(3);
  const Expr jump = less(years.constant(1.5), years.revenue[2]);
  const std::array smooth = {min(years.revenue[0] + years.revenue[1], 1.5).id()};
  const std::array event = {less(years.uniform(), years.constant(0.2)).id()};
  const std::array jumps = {jump.id()};
  const std::array rooted = {select(jump, sqrt(years.revenue[2] - 1.5), jump).id()};
  const std::size_t size = years.graph.size();
  EXPECT_FALSE(over_jump_sides(years.graph, smooth, {}, kLimits));
  EXPECT_FALSE(over_jump_sides(years.graph, event, {}, kLimits));
  EXPECT_FALSE(over_jump_sides(years.graph, rooted, {}, kLimits));
  EXPECT_FALSE(over_jump_sides(years.graph, jumps, {}, {.jumps = 0, .nodes = 100'000}));
  EXPECT_FALSE(over_jump_sides(years.graph, jumps, {}, {.jumps = 15, .nodes = 10}));
  EXPECT_EQ(years.graph.size(), size);
}

// A value whose revenues have a factor that is a parameter, over solved sides.
struct Solved {
  Years years{5};
  Expr factor{years.graph, years.graph.constant(1.0)};
  SolvedSides sides;

  Solved(const Case& each, double at) : factor(years.graph, years.graph.parameter("factor", at)) {
    for (Expr& revenue : years.revenue) {
      revenue = factor * revenue;
    }
    sides = over_solved_sides(years.graph, std::array{each.make(years).id()}, kLimits).value();
  }

  std::vector<double> values_of(std::span<const NodeId> nodes, std::span<const double> draws) {
    const std::vector<double> all = interpret(years.graph, draws);
    std::vector<double> found;
    for (const NodeId node : nodes) {
      found.push_back(all[index(node)]);
    }
    return found;
  }
};

// By path, with the comparisons left as they are: where each turns once, the sum over the sides is
// continuous in the factor, and what has no derivative is on next to no path.
TEST(SolvedSides, MoveAsTheirDerivativeSays) {
  for (const char* name : {"sprung", "falls", "flat below", "of two years", "growing"}) {
    const Case& each = *std::ranges::find(kCases, std::string_view(name), &Case::name);
    constexpr double kStep = 1e-5;
    Solved here(each, 1.0);
    Solved up(each, 1.0 + kStep);
    Solved down(each, 1.0 - kStep);
    JumpWidths still;
    for (const NodeId comparison : here.sides.comparisons) {
      still[comparison] = {.rule = JumpRule::still};
    }
    const NodeId slope =
        gradient(here.years.graph, here.sides.values[0], std::array{here.factor.id()}, still)[0];
    int n_wrong = 0;
    for (int path = 0; path < 500; ++path) {
      const std::vector<double> draws = draws_of(here.years.graph, path);
      const double high = up.values_of(up.sides.values, draws)[0];
      const double low = down.values_of(down.sides.values, draws)[0];
      const double found = here.values_of(std::array{slope}, draws)[0];
      n_wrong += close(found, (high - low) / (2.0 * kStep), 1e-4, 1e-6) ? 0 : 1;
      EXPECT_LT(here.values_of(here.sides.unsolved, draws)[0], 1e-6) << name << ' ' << path;
    }
    EXPECT_LE(n_wrong, 2) << name;
  }
}

TEST(SolvedSides, HaveTheSlopeOfAProbability) {
  Graph graph;
  const Expr k(graph, graph.parameter("k", 1.9));
  const Expr x(graph, graph.draw("x", 0));
  const Expr sales = 0.4 * exp(0.3 * x) + 1.1 * exp(0.5 * x);
  const SolvedSides sides =
      over_solved_sides(graph, std::array{less(k, sales).id()}, kLimits).value();
  JumpWidths still;
  for (const NodeId comparison : sides.comparisons) {
    still[comparison] = {.rule = JumpRule::still};
  }
  const NodeId slope = gradient(graph, sides.values[0], std::array{k.id()}, still)[0];
  double low = 0.0;
  double high = 3.0;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    (0.4 * std::exp(0.3 * middle) + 1.1 * std::exp(0.5 * middle) < 1.9 ? low : high) = middle;
  }
  const double density = std::exp(-0.5 * low * low) / std::sqrt(2.0 * std::acos(-1.0));
  const double steepness = 0.12 * std::exp(0.3 * low) + 0.55 * std::exp(0.5 * low);
  const std::vector<double> values = interpret(graph, std::array{0.7});
  EXPECT_TRUE(close(values[index(slope)], -density / steepness, 1e-10));
}

// On some paths; on all of them another factor, which is left to itself, decides nothing.
TEST(SolvedSides, TellWhereMoreThanOneTurnDecides) {
  const Case flat_at_the_start = {"flat at the start", [](Years& y) {
                                    const Expr other(y.graph, y.graph.draw("other", 0));
                                    return less(min(exp(0.3 * other) * y.revenue[3], 1.1),
                                                y.constant(1.0));
                                  }};
  const Case the_greater = {"the greater", [](Years& y) {
                              const Expr other(y.graph, y.graph.draw("other", 0));
                              return less(y.constant(1.2), max(exp(0.3 * other), y.revenue[3]));
                            }};
  const Case at_the_threshold = {"at the threshold", [](Years& y) {
                                   return less_equal(y.constant(1.1), min(y.revenue[3], 1.1));
                                 }};
  const auto& twice = *std::ranges::find(kCases, std::string_view("turns twice"), &Case::name);
  for (const Case& each : {flat_at_the_start, the_greater, at_the_threshold, twice}) {
    Solved solved(each, 1.0);
    int n = 0;
    for (int path = 0; path < 1000; ++path) {
      n += solved.values_of(solved.sides.unsolved, draws_of(solved.years.graph, path))[0] > 1e-6;
    }
    EXPECT_GT(n, 0) << each.name;
  }
}

}  // namespace
}  // namespace capstake::testing
