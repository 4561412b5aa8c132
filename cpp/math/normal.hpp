// The standard normal distribution function and its inverse, in the manner of exp_log.hpp.
#pragma once

#include "math/exp_log.hpp"

namespace capstake::math {
namespace {

// Phi(-y) e^(y^2/2) (1 + 5y/4) for y in [0, 39], where it is smooth and between 0.49 and 0.56: as
// 1/2 + w h(t) with w = y / (y + 5), t = 2w - 1 and a polynomial h, so that it is exact at 0.
// Transformation after Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc
// x in 0 <= x < inf", Math. Comp. 36 (1981). Relative error 5e-17.
template <class Arith>
CAPSTAKE_INLINE double scaled_tail(double y) {
  const double w = y / (y + 5.0);
  const double t = Arith::multiply_add(2.0, w, -1.0);
  const double h = polynomial<Arith>(
      t, 0.1153299221375913, -0.2724818490906075, 0.2920233642125098, -0.22657554461741944,
      0.13664526105981362, -0.06359590270512593, 0.021174178919202948, -0.0036797550978950647,
      -0.0006202010973094747, 0.0005725419034927265, -8.649292723139339e-05, -4.800792011912854e-05,
      1.9945508054623728e-05, 3.34317817880001e-06, -3.1801282072952793e-06, -2.184929070075897e-07,
      4.94299622131525e-07, 2.58862101260676e-08, -7.669677111018944e-08, -9.154192788570174e-09,
      8.990273015102514e-09, 2.3950967522683285e-09);
  return Arith::multiply_add(w, h, 0.5) / Arith::multiply_add(y, 1.25, 1.0);
}

// Phi(x), with small relative error in the left tail too. Max error 4 ULP (Fused) or 4.6 ULP
// (Unfused) on [-37.5, inf), below
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

// The inverse of Phi in three regions, each a ratio of polynomials in the manner of algorithm
// AS241, PPND16: Wichura, "The percentage points of the normal distribution", Applied Statistics 37
// (1988). The tails are Wichura's. The centre is wider than his (96% of uniform draws, not 85%), by
// a minimax ratio of degree 10 (Remez exchange in 60 digits; relative error 1.9e-17). The regions
// are separate functions, because blocks of draws take the centre for all lanes and the tails only
// for the few that need them; either way the bits are the same.

// |u - 0.5| up to this is the centre.
constexpr double kCentreHalfWidth = 0.48;
// From here on in sqrt(-log(p)), i.e. for p < e^-25, the tail has its second ratio.
constexpr double kFarTail = 5.0;

// The quantile of 0.5 + q for |q| <= kCentreHalfWidth.
template <class Arith>
CAPSTAKE_INLINE double quantile_centre(double q) {
  const double r = Arith::multiply_add(-q, q, 0.2304);  // kCentreHalfWidth squared
  const double numerator = polynomial<Arith>(
      r, 4.278643563816297, 716.3798479644656, 48015.540147249274, 1658899.1086659518,
      31814483.057432774, 341661412.09670764, 1988690469.8609505, 5825403160.977648,
      7485724522.118136, 3197123440.9905148, 200159342.53281623);
  const double denominator = polynomial<Arith>(
      r, 1.0, 175.73685949519242, 12477.302803200562, 462143.69658321043, 9653594.884415591,
      115375787.67221507, 770356730.8067822, 2708399083.7928386, 4503126932.267857,
      2896759819.0148916, 450721263.83074754);
  return q * numerator / denominator;
}

// Minus the quantile of p, given r = sqrt(-log(p)), for p < 0.075 and r <= kFarTail.
template <class Arith>
CAPSTAKE_INLINE double quantile_near_tail(double r) {
  r -= 1.6;
  const double numerator = polynomial<Arith>(r, 1.42343711074968357734e0, 4.63033784615654529590e0,
                                             5.76949722146069140550e0, 3.64784832476320460504e0,
                                             1.27045825245236838258e0, 2.41780725177450611770e-1,
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
  const double numerator = polynomial<Arith>(r, 6.65790464350110377720e0, 5.46378491116411436990e0,
                                             1.78482653991729133580e0, 2.96560571828504891230e-1,
                                             2.65321895265761230930e-2, 1.24266094738807843860e-3,
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

// The x with Phi(x) = u. Max error 6.5 ULP (Fused) or 9 ULP (Unfused) of x for all u in (0, 1),
// subnormals included. 0 gives -inf, 1 gives inf, numbers outside [0, 1] give NaN.
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
