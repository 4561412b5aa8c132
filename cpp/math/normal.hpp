// The standard normal distribution function and its inverse, in the manner of exp_log.hpp.
#pragma once

#include "math/exp_log.hpp"

namespace capstake::math {
namespace {

// Phi(-y) e^(y^2/2) (1 + 5y/4) for y in [0, 39], where it is smooth and between 0.49 and 0.56, as a
// polynomial in t = (y - 5) / (y + 5). Transformation after Shepherd and Laframboise, "Chebyshev
// approximation of (1 + 2x) exp(x^2) erfc x in 0 <= x < inf", Math. Comp. 36 (1981).
// Relative error 1.2e-16, of which 1.1e-16 is the rounding of the coefficients.
template <class Arith>
CAPSTAKE_INLINE double scaled_tail(double y) {
  const double t = (y - 5.0) / (y + 5.0);
  const double g = polynomial<Arith>(
      t, 0.5576649610687956, -0.07857596347650841, 0.009770757560963093, 0.032723909797579234,
      -0.04496514177941531, 0.03652467917617115, -0.02121086188085697, 0.008747211930036346,
      -0.002149978218287783, -2.3829778031945763e-05, 0.0002430251716956184,
      -6.724939130363621e-05, -1.4033513769373746e-05, 1.1640633894084047e-05,
      8.613006987728505e-08, -1.6908913086055375e-06, 1.3299603397818665e-07,
      2.484021809518048e-07, -2.382533450772508e-08, -3.3871187344181544e-08,
      1.5204414915593264e-09, 2.6988139433500102e-09);
  return g / Arith::multiply_add(y, 1.25, 1.0);
}

// Phi(x), with small relative error in the left tail too. Max error 5 ULP on [-37.5, inf), below
// which results are subnormal and then 0.
template <class Arith>
CAPSTAKE_INLINE double normal_cdf(double x) {
  double y = __builtin_fabs(x);
  y = 39.0 < y ? 39.0 : y;  // Phi(-39) is below the smallest double
  // y^2 = high^2 + (y - high)(y + high), where high has 26 bits, so that its square is exact.
  const double high = from_bits(to_bits(y) & 0xfffffffff8000000);
  const double low = (y - high) * (y + high);
  const double tail = exp_of_sum<Arith>(-0.5 * high * high, -0.5 * low) * scaled_tail<Arith>(y);
  return x > 0.0 ? 1.0 - tail : tail;
}

// The inverse of Phi is algorithm AS241, PPND16: Wichura, "The percentage points of the normal
// distribution", Applied Statistics 37 (1988): a ratio of polynomials of degree 7 in each of three
// regions. The regions are separate functions, because blocks of draws take the centre for all
// lanes and the tails only for the few that need them; either way the bits are the same.

// |u - 0.5| up to this is the centre (85% of uniform draws).
constexpr double kCentreHalfWidth = 0.425;
// From here on in sqrt(-log(p)), i.e. for p < e^-25, the tail has its second ratio.
constexpr double kFarTail = 5.0;

// The quantile of 0.5 + q for |q| <= kCentreHalfWidth.
template <class Arith>
CAPSTAKE_INLINE double quantile_centre(double q) {
  const double r = Arith::multiply_add(-q, q, 0.180625);
  const double numerator = polynomial<Arith>(
      r, 3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
      1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
      3.3430575583588128105e+4, 2.5090809287301226727e+3);
  const double denominator = polynomial<Arith>(
      r, 1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
      2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
      5.2264952788528545610e+3);
  return q * numerator / denominator;
}

// Minus the quantile of p, given r = sqrt(-log(p)), for p < 0.075 and r <= kFarTail.
template <class Arith>
CAPSTAKE_INLINE double quantile_near_tail(double r) {
  r -= 1.6;
  const double numerator = polynomial<Arith>(
      r, 1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
      3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4);
  const double denominator = polynomial<Arith>(
      r, 1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
      1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
      1.05075007164441684324e-9);
  return numerator / denominator;
}

// The same for r > kFarTail.
template <class Arith>
CAPSTAKE_INLINE double quantile_far_tail(double r) {
  r -= kFarTail;
  const double numerator = polynomial<Arith>(
      r, 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7);
  const double denominator = polynomial<Arith>(
      r, 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
      2.04426310338993978564e-15);
  return numerator / denominator;
}

// sqrt(-log(p)) for p positive and normal.
template <class Arith>
CAPSTAKE_INLINE double tail_radius(double p) {
  return __builtin_sqrt(-log_of_normal<Arith>(p));
}

// The x with Phi(x) = u. Max error 5 ULP of x for all u in (0, 1), subnormals included. 0 gives -inf,
// 1 gives inf, numbers outside [0, 1] give NaN.
template <class Arith>
CAPSTAKE_INLINE double normal_quantile(double u) {
  const double q = u - 0.5;
  const double p = q < 0.0 ? u : 1.0 - u;
  const double r = __builtin_sqrt(-log<Arith>(p));
  double tail = r > kFarTail ? quantile_far_tail<Arith>(r) : quantile_near_tail<Arith>(r);
  tail = p == 0.0 ? kInfinity : tail;
  tail = q < 0.0 ? -tail : tail;
  const double result = __builtin_fabs(q) <= kCentreHalfWidth ? quantile_centre<Arith>(q) : tail;
  return p >= 0.0 ? result : kNaN;
}

}  // namespace
}  // namespace capstake::math
