// What turns the coordinates of a factor into its steps, and what those steps are computed with:
// once for the kernels, which work on blocks, and for the interpreter, which works on one path.
// Seen by kernels, so it includes next to nothing (see math/arithmetic.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/block_size.hpp"
#include "math/arithmetic.hpp"

namespace capstake {

// A factor's values for a block: one row a step. Rows are further apart than a block is long,
// because rows 4 KiB apart would compete for the same few lines of the first cache.
inline constexpr std::size_t kTransformLanes = 64;
inline constexpr std::size_t kRowStride = kBlock + kTransformLanes;

// One step of a Brownian bridge, in place. The motion over an interval, in units of its deviation,
// is in row `left`, an independent normal in row `right`, where the interval's second half starts.
// After it both rows hold the motions over their halves, each in units of its own deviation: the
// two are turned by an angle.
struct BridgeSplit {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  double first = 0.0;   // root of the first half's share of the interval: the angle's cosine
  double second = 0.0;  // of the second half's: its sine
};

inline constexpr std::size_t kMaxRotation = 96;  // steps

namespace {

template <class Arith>
CAPSTAKE_INLINE double first_half(double whole, double normal, double first, double second) {
  return Arith::multiply_add(second, normal, first * whole);
}

template <class Arith>
CAPSTAKE_INLINE double second_half(double whole, double normal, double first, double second) {
  return Arith::multiply_add(second, whole, -(first * normal));
}

}  // namespace
}  // namespace capstake
