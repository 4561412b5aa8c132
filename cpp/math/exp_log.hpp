// exp, expm1, log, log1p in double: straight lines of fixed operations, selects instead of
// branches, no library calls. A compiler vectorises loops over them, and every lane of every
// instruction set gives the bits of the scalar function (among those with the same Arith).
//
// Errors are in ULP of the exact result, over the stated range, as checked by test_math.cpp.
// NaN gives NaN. Polynomials: Chebyshev interpolation in 50 digits, rounded to double.
#pragma once

#include "math/arithmetic.hpp"

namespace capstake::math {
namespace {

// log 2 in two parts: the first has 32 bits, so that its product with an exponent is exact.
constexpr double kLog2High = 0x1.62e42feep-1;
constexpr double kLog2Low = 0x1.a39ef35793c76p-33;
constexpr double kLog2E = 0x1.71547652b82fep+0;  // 1 / log 2

// Adding 1.5 * 2^52 to a double rounds it to an integer and leaves that integer in the low bits.
constexpr double kRoundingShift = 0x1.8p+52;

// 2^n from a double that holds n + 1023 in its low bits (n from -1022 to 1023).
CAPSTAKE_INLINE double power_of_two(std::uint64_t biased_exponent) {
  return from_bits(biased_exponent << 52);
}

// (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2. Relative error of exp(r): 2e-17.
template <class Arith>
CAPSTAKE_INLINE double exp_remainder(double r) {
  return polynomial<Arith>(r, 0.5000000000000001, 0.16666666666666669, 0.04166666666662413,
                           0.008333333333330062, 0.0013888888917213717, 0.00019841269863053618,
                           2.4801521295954376e-05, 2.7557268459997064e-06, 2.7620088445409746e-07,
                           2.510038549551032e-08);
}

// e^(x + tail) / 2^k, where k is about x / log(2).
template <class Arith, class... Tail>
CAPSTAKE_INLINE double exp_fraction(double x, double k, Tail... tail) {
  double r = Arith::multiply_add(k, -kLog2High, x);
  r = Arith::multiply_add(k, -kLog2Low, r);
  r = (r + ... + tail);
  return 1.0 + Arith::multiply_add(r * r, exp_remainder<Arith>(r), r);
}

// exp(x + tail) for a tail that is small against 1. Error as for exp.
template <class Arith, class... Tail>
CAPSTAKE_INLINE double exp_of_sum(double x, Tail... tail) {
  // Outside these bounds the result is 0 or infinite. Written so that NaN passes.
  x = -746.0 > x ? -746.0 : x;
  x = 710.0 < x ? 710.0 : x;
  // The shifted k carries twice the exponent bias: it is halved below.
  constexpr double kShift = kRoundingShift + 2 * 1023;
  const double shifted = Arith::multiply_add(x, kLog2E, kShift);
  const double p = exp_fraction<Arith>(x, shifted - kShift, tail...);
  // 2^k in two factors: k may exceed the exponent range though the result does not.
  const std::uint64_t first = to_bits(shifted) >> 1;
  const std::uint64_t second = to_bits(shifted) - first;
  return p * power_of_two(first) * power_of_two(second);
}

// e^x. Max error 1.1 ULP on [-745.13, 709.78], subnormal results included. Above: inf; below: 0.
template <class Arith>
CAPSTAKE_INLINE double exp(double x) {
  return exp_of_sum<Arith>(x);
}

// The same bits for |x| <= kModerateExp, where e^x is a normal number; nonsense beyond.
constexpr double kModerateExp = 708.0;
template <class Arith>
CAPSTAKE_INLINE double moderate_exp(double x) {
  constexpr double kShift = kRoundingShift + 1023;
  const double shifted = Arith::multiply_add(x, kLog2E, kShift);
  return exp_fraction<Arith>(x, shifted - kShift) * power_of_two(to_bits(shifted));
}

// e^x - 1. Max error 2.3 ULP (Fused) or 2.5 ULP (Unfused) on all doubles; -1 below -40, inf above
// 709.78. Keeps -0.0.
template <class Arith>
CAPSTAKE_INLINE double expm1(double x) {
  double c = -40.0 > x ? -40.0 : x;
  c = 710.0 < c ? 710.0 : c;
  constexpr double kShift = kRoundingShift + 1022;  // so that the low bits give 2^(k - 1)
  const double shifted = Arith::multiply_add(c, kLog2E, kShift);
  const double k = shifted - kShift;
  double r = Arith::multiply_add(k, -kLog2High, c);
  r = Arith::multiply_add(k, -kLog2Low, r);
  const double p = Arith::multiply_add(r * r, exp_remainder<Arith>(r), r);
  // 2^k (e^r - 1) + (2^k - 1), halved, because 2^k may overflow where the result does not.
  const double half = power_of_two(to_bits(shifted));
  const double result = 2.0 * Arith::multiply_add(half, p, half - 0.5);
  return __builtin_fabs(x) < 0x1p-54 ? x : result;
}

// log(x / 2^exponent_shift) + tail, for x positive, normal and finite and a tail that is small
// against the result.
template <class Arith>
CAPSTAKE_INLINE double log_of_normal(double x, double exponent_shift = 0.0, double tail = 0.0) {
  // x = 2^k m with m in [sqrt(1/2), sqrt(2)): adding the offset carries into the exponent when the
  // fraction of x is above that of sqrt(1/2).
  constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e00000000;
  constexpr std::uint64_t kOne = 0x3ff0000000000000;
  const std::uint64_t offset = to_bits(x) + (kOne - kSqrtHalf);
  const double m = from_bits((offset & 0x000fffffffffffff) + kSqrtHalf);
  // The biased exponent becomes a double by placing it in the low bits of 2^52.
  const double biased = from_bits((offset >> 52) | 0x4330000000000000);
  const double k = biased - (0x1p52 + 1023) - exponent_shift;
  // log(1 + f) = 2 atanh(s) with s = f / (2 + f); written as f - f^2/2 + s (f^2/2 + R(s^2)), so
  // that the leading term is exact. R's relative error: 9e-18.
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double r =
      z * polynomial<Arith>(z, 0.666666666666667, 0.39999999999899444, 0.2857142862600327,
                            0.22222211130259878, 0.18182889455674947, 0.15331710618210773,
                            0.14616585424888623);
  const double half_square = 0.5 * f * f;
  const double low = Arith::multiply_add(k, kLog2Low, tail);
  const double correction = Arith::multiply_add(s, half_square + r, low);
  return Arith::multiply_add(k, kLog2High, f - (half_square - correction));
}

// log(x) + tail for any x: 0 gives -inf, negative numbers and NaN give NaN.
template <class Arith>
CAPSTAKE_INLINE double log_of_sum(double x, double tail) {
  const bool is_subnormal = x < 0x1p-1022;
  const double scaled = is_subnormal ? x * 0x1p54 : x;
  const double exponent_shift = is_subnormal ? 54.0 : 0.0;
  double result = log_of_normal<Arith>(scaled, exponent_shift, tail);
  result = x == kInfinity ? x : result;
  result = x == 0.0 ? -kInfinity : result;
  return x >= 0.0 ? result : kNaN;
}

// Natural logarithm. Max error 0.8 ULP on all positive doubles, subnormals included.
template <class Arith>
CAPSTAKE_INLINE double log(double x) {
  return log_of_sum<Arith>(x, 0.0);
}

// log(1 + x). Max error 0.85 ULP on all x > -1. -1 gives -inf, less gives NaN. Keeps -0.0.
template <class Arith>
CAPSTAKE_INLINE double log1p(double x) {
  const double u = 1.0 + x;
  // log(1 + x) = log(u) + (1 + x - u) / u to first order in what rounding took from u, which is
  // computed without error when the larger of 1 and x is taken off first.
  const double lost = x < 1.0 ? x - (u - 1.0) : 1.0 - (u - x);
  const double tail = u < kInfinity ? lost / u : 0.0;
  const double result = log_of_sum<Arith>(u, tail);
  return __builtin_fabs(x) < 0x1p-54 ? x : result;
}

}  // namespace
}  // namespace capstake::math
