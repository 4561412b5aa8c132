// The operations as tests see them: a plain reference for each, and how far from it a result may
// be. Arguments that are awkward for every operation are below.
#pragma once

#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "graph/op.hpp"

namespace capstake::testing {

using Real = long double;  // 64 bits of fraction: exact enough to measure errors of double

struct OpCase {
  Op op;
  // Of arguments that are exact doubles; unused ones are 0.
  Real (*reference)(Real a, Real b, Real c);
  double max_ulp;  // 0.5: correctly rounded
};

// Phi(x). In long double, x / sqrt(2) alone would cost x^2 / 2 units in the last place of the
// result, so its rounding error is put back to first order.
inline Real reference_normal_cdf(Real x) {
  constexpr Real kSqrtHalf = 0.707106781186547524400844362104849039L;
  constexpr Real kSqrtHalfRest = 1.8950325588932571e-20L;  // sqrt(1/2) - kSqrtHalf
  const Real y = -x * kSqrtHalf;
  const Real rest = std::fma(-x, kSqrtHalf, -y) - x * kSqrtHalfRest;
  const Real slope = -2.0L / std::sqrt(std::acos(-1.0L)) * std::exp(-y * y);
  return std::isfinite(x) ? 0.5L * (std::erfc(y) + slope * rest) : 0.5L * std::erfc(-x);
}

inline Real reference_normal_quantile(Real u) {
  constexpr Real kInfinity = std::numeric_limits<Real>::infinity();
  constexpr Real kSqrtTwo = 1.41421356237309504880168872420969807856967L;
  if (!(u >= 0.0L && u <= 1.0L)) {
    return std::numeric_limits<Real>::quiet_NaN();
  }
  if (u == 0.0L || u == 1.0L) {
    return u == 0.0L ? -kInfinity : kInfinity;
  }
  if (std::abs(u - 0.5L) < 0.25L) {
    return kSqrtTwo * boost::math::erf_inv(2.0L * u - 1.0L);
  }
  return u < 0.5L ? -kSqrtTwo * boost::math::erfc_inv(2.0L * u)
                  : kSqrtTwo * boost::math::erfc_inv(2.0L * (1.0L - u));
}

// The domain of math/special.hpp; elsewhere the result is NaN.
inline bool is_shape(Real a) { return a >= 0.09375L && a <= 0x1p24L; }
inline bool is_dof(Real n) { return n >= 0.5L && n <= 0x1p24L; }
inline bool is_probability(Real u) { return u == 0.0L || (u >= 0x1p-100L && u <= 1.0L); }
constexpr Real kRealNan = std::numeric_limits<Real>::quiet_NaN();
constexpr Real kRealInfinity = std::numeric_limits<Real>::infinity();

inline Real reference_log_gamma(Real x, Real, Real) {
  return x > 0.0L && x <= 0x1p100L ? boost::math::lgamma(x) : kRealNan;
}

inline Real reference_gamma_cdf(Real x, Real shape, Real) {
  if (!is_shape(shape) || std::isnan(x)) {
    return kRealNan;
  }
  return x <= 0.0L ? 0.0L : std::isinf(x) ? 1.0L : boost::math::gamma_p(shape, x);
}

inline Real reference_gamma_quantile(Real u, Real shape, Real) {
  if (!is_shape(shape) || !is_probability(u)) {
    return kRealNan;
  }
  return u == 0.0L ? 0.0L : u == 1.0L ? kRealInfinity : boost::math::gamma_p_inv(shape, u);
}

inline Real reference_student_t_cdf(Real x, Real dof, Real) {
  if (!is_dof(dof) || !(std::abs(x) <= 0x1p300L)) {
    return kRealNan;
  }
  return boost::math::cdf(boost::math::students_t_distribution<Real>(dof), x);
}

inline Real reference_student_t_quantile(Real u, Real dof, Real) {
  if (!is_dof(dof) || !is_probability(u)) {
    return kRealNan;
  }
  if (u == 0.0L || u == 1.0L || u == 0.5L) {
    return u == 0.0L ? -kRealInfinity : u == 1.0L ? kRealInfinity : 0.0L;
  }
  if (std::abs(u - 0.5L) < 0.1L) {  // Boost's own quantile loses digits at the centre
    const Real y = boost::math::ibeta_inv(0.5L, 0.5L * dof, 2.0L * std::abs(u - 0.5L));
    return std::copysign(std::sqrt(dof * y / (1.0L - y)), u - 0.5L);
  }
  return boost::math::quantile(boost::math::students_t_distribution<Real>(dof), u);
}

inline Real reference_beta_cdf(Real x, Real a, Real b) {
  if (!is_shape(a) || !is_shape(b) || std::isnan(x) || (x > 0.0L && x < 0x1p-900L)) {
    return kRealNan;
  }
  return x <= 0.0L ? 0.0L : x >= 1.0L ? 1.0L : boost::math::ibeta(a, b, x);
}

inline Real reference_beta_quantile(Real u, Real a, Real b) {
  if (!is_shape(a) || !is_shape(b) || !is_probability(u)) {
    return kRealNan;
  }
  return u == 0.0L || u == 1.0L ? u : boost::math::ibeta_inv(a, b, u);
}

inline const std::array<OpCase, kOps> kOpCases = {{
    {Op::neg, [](Real a, Real, Real) { return -a; }, 0.5},
    {Op::abs, [](Real a, Real, Real) { return std::abs(a); }, 0.5},
    {Op::held, [](Real a, Real, Real) { return a; }, 0.5},
    {Op::sqrt, [](Real a, Real, Real) { return std::sqrt(a); }, 0.5001},
    {Op::exp, [](Real a, Real, Real) { return std::exp(a); }, 1.1},
    {Op::log, [](Real a, Real, Real) { return std::log(a); }, 0.8},
    {Op::expm1, [](Real a, Real, Real) { return std::expm1(a); }, 2.5},
    {Op::log1p, [](Real a, Real, Real) { return std::log1p(a); }, 0.85},
    {Op::normal_cdf, [](Real a, Real, Real) { return reference_normal_cdf(a); }, 4.6},
    {Op::normal_quantile, [](Real a, Real, Real) { return reference_normal_quantile(a); }, 9.0},
    {Op::log_gamma, reference_log_gamma, 10.0},
    {Op::add, [](Real a, Real b, Real) { return a + b; }, 0.5001},
    {Op::sub, [](Real a, Real b, Real) { return a - b; }, 0.5001},
    {Op::mul, [](Real a, Real b, Real) { return a * b; }, 0.5001},
    {Op::div, [](Real a, Real b, Real) { return a / b; }, 0.5001},
    {Op::min, [](Real a, Real b, Real) { return a < b ? a : b; }, 0.0},
    {Op::max, [](Real a, Real b, Real) { return a > b ? a : b; }, 0.0},
    {Op::less, [](Real a, Real b, Real) { return a < b ? 1.0L : 0.0L; }, 0.0},
    {Op::less_equal, [](Real a, Real b, Real) { return a <= b ? 1.0L : 0.0L; }, 0.0},
    {Op::gamma_cdf, reference_gamma_cdf, 100.0},
    {Op::gamma_quantile, reference_gamma_quantile, 30.0},
    {Op::student_t_cdf, reference_student_t_cdf, 700.0},
    {Op::student_t_quantile, reference_student_t_quantile, 600.0},
    {Op::fma,
     [](Real a, Real b, Real c) {
       // Rounded once to double, which long double arithmetic would not do.
       return static_cast<Real>(
           std::fma(static_cast<double>(a), static_cast<double>(b), static_cast<double>(c)));
     },
     0.0},
    {Op::select, [](Real a, Real b, Real c) { return a != 0.0L ? b : c; }, 0.0},
    {Op::beta_cdf, reference_beta_cdf, 1500.0},
    {Op::beta_quantile, reference_beta_quantile, 60.0},
}};

// Special values, ends of ranges, points where formulas change, and some plain numbers.
inline const std::vector<double>& awkward_values() {
  using Limits = std::numeric_limits<double>;
  static const std::vector<double> values = [] {
    std::vector<double> v = {0.0,
                             Limits::denorm_min(),
                             0x1p-1030,
                             Limits::min(),
                             0x1p-1000,
                             0x1p-100,
                             0x1p-54,
                             0x1p-53,
                             0x1.0000000000001p-53,
                             1e-10,
                             1e-3,
                             0.075,
                             0.0749999999999999,
                             0.1,
                             0.25,
                             0.3465735902799726,
                             0.35,
                             0.5,
                             0.50000001,
                             0.7071067811865475,
                             0.925,
                             0.9250000000000001,
                             1.0 - 0x1p-53,
                             1.0,
                             1.0 + 0x1p-52,
                             1.4142135623730951,
                             2.0,
                             3.0,
                             5.0,
                             10.0,
                             37.5,
                             38.4,
                             39.0,
                             40.0,
                             100.0,
                             700.0,
                             708.3,
                             708.4,
                             709.4361,
                             709.782712893384,
                             709.7827128933841,
                             710.0,
                             744.4400719213812,
                             745.1332191019411,
                             745.1332191019412,
                             746.0,
                             747.0,
                             1e10,
                             0x1p52,
                             0x1p53,
                             0x1p62,
                             1e100,
                             Limits::max(),
                             Limits::infinity()};
    const std::size_t n = v.size();
    for (std::size_t i = 0; i < n; ++i) {
      v.push_back(-v[i]);
    }
    v.push_back(Limits::quiet_NaN());
    return v;
  }();
  return values;
}

}  // namespace capstake::testing
