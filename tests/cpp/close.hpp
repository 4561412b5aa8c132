// The only comparisons of doubles in the C++ tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace capstake::testing {

// Equal to the last bit; 0.0 and -0.0 differ. All NaN are one, because C++ leaves their payload
// open: this is for values that two executors computed. Where NaN would be an error, use close.
inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

// |a - b| <= absolute + relative |b|. False for NaN on either side; infinities equal themselves.
inline bool close(double a, double b, double relative, double absolute = 0.0) {
  if (std::isinf(a) || std::isinf(b)) {
    return a == b;
  }
  return std::abs(a - b) <= absolute + relative * std::abs(b);
}

// The error of `got` in units of the last place of the exact value. Infinite where only one of them
// is not finite, or both are but differ.
inline double ulp_error(double got, long double exact) {
  const auto rounded = static_cast<double>(exact);
  if (!std::isfinite(got) || !std::isfinite(rounded)) {
    return same_bits(got, rounded) ? 0.0 : std::numeric_limits<double>::infinity();
  }
  const int exponent = std::max(std::ilogb(std::abs(rounded)), -1022);
  const int last_place = rounded == 0.0 ? -1074 : exponent - 52;
  return static_cast<double>(std::abs(got - exact) * std::pow(2.0L, -last_place));
}

}  // namespace capstake::testing
