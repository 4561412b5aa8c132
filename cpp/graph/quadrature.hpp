// Quadrature with a check of itself: each rule holds the one of twice its step, as every second
// point with twice the weight, so that halving the step costs no point twice. Built on the
// functions of math/, so that the bits do not depend on a C library.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace capstake {

struct QuadratureRule {
  std::vector<double> points;
  std::vector<double> weights;

  // The rule of twice the step.
  QuadratureRule coarser() const;
  // The points with (0, 1) stretched to (a, b).
  std::vector<double> points_between(double a, double b) const;
};

// Tanh-sinh rule on (0, 1) (Takahasi and Mori 1974): halving the step squares the error, also where
// the integrand has a root or a logarithm at an end.
QuadratureRule tanh_sinh();

// Trapezoid rule for the standard normal density, spectrally accurate for smooth integrands
// (Trefethen and Weideman 2014).
QuadratureRule normal_trapezoid();

// The integral between a and b, of a function given at the points between them; nothing where the
// coarser rule differs by more than 1e-11 of the integral of its size, or as much is at the ends:
// an exponential of an exponential has no mean. The error is far below that.
std::optional<double> settled(const QuadratureRule& rule, double a, double b,
                              std::span<const double> values);

}  // namespace capstake
