#include "math/special.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <exception>
#include <limits>

namespace capstake::math {

namespace {

namespace policies = boost::math::policies;

// Errors become NaN or infinity, and double is not promoted: long double differs by platform.
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::underflow_error<policies::ignore_error>,
    policies::denorm_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>, policies::promote_double<false>>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// Some of Boost's iterations throw whatever the policy says, for subnormal probabilities.
template <class Function>
double quiet(const Function& function) {
  try {
    return function();
  } catch (const std::exception&) {
    return kNan;
  }
}

bool is_shape(double a) { return a >= 0.09375 && a <= 0x1p24; }
bool is_dof(double n) { return n >= 0.5 && n <= 0x1p24; }
bool is_probability(double u) { return u == 0.0 || (u >= 0x1p-100 && u <= 1.0); }

}  // namespace

double log_gamma(double x) noexcept {
  return x > 0.0 && x <= 0x1p100 ? quiet([&] { return boost::math::lgamma(x, Quiet{}); }) : kNan;
}

double gamma_cdf(double x, double shape) noexcept {
  if (!is_shape(shape) || std::isnan(x)) {
    return kNan;
  }
  if (x <= 0.0 || x == kInf) {
    return x <= 0.0 ? 0.0 : 1.0;
  }
  return quiet([&] { return boost::math::gamma_p(shape, x, Quiet{}); });
}

double gamma_quantile(double u, double shape) noexcept {
  if (!is_shape(shape) || !is_probability(u)) {
    return kNan;
  }
  if (u == 0.0 || u == 1.0) {
    return u == 0.0 ? 0.0 : kInf;
  }
  return quiet([&] { return boost::math::gamma_p_inv(shape, u, Quiet{}); });
}

double beta_cdf(double x, double a, double b) noexcept {
  const bool is_tiny = x > 0.0 && x < 0x1p-900;
  if (!is_shape(a) || !is_shape(b) || std::isnan(x) || is_tiny) {
    return kNan;
  }
  if (x <= 0.0 || x >= 1.0) {
    return x <= 0.0 ? 0.0 : 1.0;
  }
  return quiet([&] { return boost::math::ibeta(a, b, x, Quiet{}); });
}

double beta_quantile(double u, double a, double b) noexcept {
  if (!is_shape(a) || !is_shape(b) || !is_probability(u)) {
    return kNan;
  }
  if (u == 0.0 || u == 1.0) {
    return u;
  }
  return quiet([&] { return boost::math::ibeta_inv(a, b, u, Quiet{}); });
}

double student_t_cdf(double x, double dof) noexcept {
  if (!is_dof(dof) || !(std::abs(x) <= 0x1p300)) {
    return kNan;
  }
  using Distribution = boost::math::students_t_distribution<double, Quiet>;
  return quiet([&] { return boost::math::cdf(Distribution(dof), x); });
}

double student_t_quantile(double u, double dof) noexcept {
  if (!is_dof(dof) || !is_probability(u)) {
    return kNan;
  }
  if (u == 0.0 || u == 1.0) {
    return u == 0.0 ? -kInf : kInf;
  }
  // Around the centre Boost's closed forms lose digits; x^2 / (dof + x^2) is a beta quantile.
  constexpr double kCentre = 0x1p-5;
  const double off = u - 0.5;
  if (std::abs(off) < kCentre) {
    const double y = quiet([&] {
      return off == 0.0 ? 0.0
                        : boost::math::ibeta_inv(0.5, 0.5 * dof, 2.0 * std::abs(off), Quiet{});
    });
    return std::copysign(std::sqrt(dof * y / (1.0 - y)), off);
  }
  using Distribution = boost::math::students_t_distribution<double, Quiet>;
  return quiet([&] { return boost::math::quantile(Distribution(dof), u); });
}

}  // namespace capstake::math
