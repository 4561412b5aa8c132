#include "graph/quadrature.hpp"

#include <cmath>

#include "graph/interpret.hpp"

namespace capstake {

namespace {

// Largest change when the step is halved.
constexpr double kLargestChange = 1e-11;

// For steps k = -n .. n with an even n: those of the coarser rule have even places.
constexpr bool is_coarse(std::size_t place) { return place % 2 == 0; }

}  // namespace

QuadratureRule QuadratureRule::coarser() const {
  QuadratureRule rule;
  for (std::size_t i = 0; i < points.size(); i += 2) {
    rule.points.push_back(points[i]);
    rule.weights.push_back(2.0 * weights[i]);
  }
  return rule;
}

QuadratureRule tanh_sinh() {
  constexpr double kStep = 1.0 / 16.0;
  constexpr int kSteps = 52;  // both ends beyond are below 1e-17
  constexpr double kPi = 3.14159265358979323846;
  QuadratureRule rule;
  for (int k = -kSteps; k <= kSteps; ++k) {
    const double up = evaluate(Op::exp, kStep * k);
    const double down = evaluate(Op::exp, -kStep * k);
    const double e = evaluate(Op::exp, -0.5 * kPi * (up - down));
    rule.points.push_back(1.0 / (1.0 + e));
    rule.weights.push_back(kStep * 0.5 * kPi * (up + down) * e / ((1.0 + e) * (1.0 + e)));
  }
  return rule;
}

QuadratureRule normal_trapezoid() {
  constexpr double kStep = 0.125;
  constexpr int kSteps = 96;  // to 12 deviations
  constexpr double kInverseSqrtTwoPi = 0.3989422804014327;
  QuadratureRule rule;
  for (int k = -kSteps; k <= kSteps; ++k) {
    const double z = kStep * k;
    rule.points.push_back(z);
    rule.weights.push_back(kStep * kInverseSqrtTwoPi * evaluate(Op::exp, -0.5 * z * z));
  }
  return rule;
}

std::vector<double> QuadratureRule::points_between(double a, double b) const {
  std::vector<double> found;
  for (const double point : points) {
    found.push_back(a + (b - a) * point);
  }
  return found;
}

std::optional<double> settled(const QuadratureRule& rule, double a, double b,
                              std::span<const double> values) {
  double value = 0.0;
  double coarse = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double term = (b - a) * rule.weights[i] * values[i];
    value += term;
    if (is_coarse(i)) {
      coarse += 2.0 * term;
      size += 2.0 * std::abs(term);
    }
  }
  const auto at_an_end = [&](std::size_t i) {
    return std::abs((b - a) * rule.weights[i] * values[i]);
  };
  const bool is_settled = std::abs(coarse - value) <= kLargestChange * size &&
                          at_an_end(0) + at_an_end(values.size() - 1) <= kLargestChange * size;
  return is_settled ? std::optional(value) : std::nullopt;
}

}  // namespace capstake
