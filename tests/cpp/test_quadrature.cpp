#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph/quadrature.hpp"

namespace capstake {
namespace {

// f at the points of a rule between a and b.
template <class F>
std::optional<double> integral(const QuadratureRule& rule, double a, double b, F f) {
  std::vector<double> values = rule.points_between(a, b);
  std::ranges::transform(values, values.begin(), f);
  return settled(rule, a, b, values);
}

TEST(Quadrature, UnitIntervalWithASingularityAtItsEnd) {
  const auto found = integral(tanh_sinh(), 0.0, 1.0, [](double u) { return std::log(u); });
  ASSERT_TRUE(found);
  EXPECT_NEAR(*found, -1.0, 1e-13);
}

TEST(Quadrature, PartOfTheUnitInterval) {
  const auto found = integral(tanh_sinh(), 0.25, 1.0, [](double u) { return std::sqrt(u); });
  ASSERT_TRUE(found);
  EXPECT_NEAR(*found, 2.0 / 3.0 * (1.0 - 0.125), 1e-14);
}

TEST(Quadrature, MomentsOfTheNormalDistribution) {
  const QuadratureRule rule = normal_trapezoid();
  EXPECT_NEAR(*integral(rule, 0.0, 1.0, [](double z) { return z * z * z * z; }), 3.0, 1e-13);
  EXPECT_NEAR(*integral(rule, 0.0, 1.0, [](double z) { return std::exp(z); }), std::exp(0.5),
              1e-13);
}

TEST(Quadrature, AJumpDoesNotSettle) {
  const auto step = [](double x) { return x < 0.3 ? 1.0 : 0.0; };
  EXPECT_FALSE(integral(tanh_sinh(), 0.0, 1.0, step));
  EXPECT_FALSE(integral(normal_trapezoid(), 0.0, 1.0, step));
}

TEST(Quadrature, TheCoarserRuleHasTwiceTheStep) {
  const QuadratureRule rule = normal_trapezoid();
  const QuadratureRule coarser = rule.coarser();
  EXPECT_EQ(coarser.points.size(), (rule.points.size() + 1) / 2);
  EXPECT_EQ(coarser.points[1] - coarser.points[0], 2.0 * (rule.points[1] - rule.points[0]));
  double sum = 0.0;
  for (const double weight : coarser.weights) {
    sum += weight;
  }
  EXPECT_NEAR(sum, 1.0, 1e-14);
}

}  // namespace
}  // namespace capstake
