// What the scalar functions of math/ are written with: a policy for a*b + c, polynomials and bits.
//
// These headers are compiled once an instruction set (program/kernels_*.cpp), so everything is
// inlined and in an anonymous namespace: the linker must never merge an AVX-512 copy of a function
// into code for older processors. They include nothing but <cstdint>, for the same reason.
#pragma once

#include <cstdint>

#define CAPSTAKE_INLINE [[gnu::always_inline]] inline

namespace capstake::math {
namespace {

// a*b + c rounded once. Without hardware for it this is a slow library call, but the same bits.
struct Fused {
  static constexpr bool kFused = true;
  CAPSTAKE_INLINE static double multiply_add(double a, double b, double c) {
    return __builtin_fma(a, b, c);
  }
};

// a*b + c rounded twice, for processors without fma. Files are compiled with -ffp-contract=off, so
// that no compiler turns this into the above.
struct Unfused {
  static constexpr bool kFused = false;
  CAPSTAKE_INLINE static double multiply_add(double a, double b, double c) { return a * b + c; }
};

constexpr double kInfinity = __builtin_inf();
constexpr double kNaN = __builtin_nan("");

CAPSTAKE_INLINE std::uint64_t to_bits(double x) { return __builtin_bit_cast(std::uint64_t, x); }
CAPSTAKE_INLINE double from_bits(std::uint64_t bits) { return __builtin_bit_cast(double, bits); }

// c0 + c1 x + c2 x^2 + ... by Horner's scheme in x^2, on pairs of coefficients: one operation more
// than in x, but half as long a chain of operations that wait for each other.
template <class Arith>
CAPSTAKE_INLINE double horner_in_pairs(double, double, double c0) {
  return c0;
}
template <class Arith>
CAPSTAKE_INLINE double horner_in_pairs(double x, double, double c0, double c1) {
  return Arith::multiply_add(x, c1, c0);
}
template <class Arith, class... Coefficients>
CAPSTAKE_INLINE double horner_in_pairs(double x, double square, double c0, double c1,
                                       Coefficients... higher) {
  const double rest = horner_in_pairs<Arith>(x, square, higher...);
  return Arith::multiply_add(square, rest, Arith::multiply_add(x, c1, c0));
}

template <class Arith, class... Coefficients>
CAPSTAKE_INLINE double polynomial(double x, Coefficients... coefficients) {
  return horner_in_pairs<Arith>(x, x * x, coefficients...);
}

}  // namespace
}  // namespace capstake::math
