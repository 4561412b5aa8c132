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

// One step of a Brownian bridge, in place. The sum over an interval of steps is in row `left`, an
// independent normal in row `right`, where the interval's second half starts. After it both rows
// hold the sums over their halves.
struct BridgeSplit {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  double share = 0.0;      // steps of the first half / steps of the interval
  double deviation = 0.0;  // of the first half's sum, given the whole
};

inline constexpr std::size_t kMaxRotation = 48;  // steps

namespace {

template <class Arith>
CAPSTAKE_INLINE double first_half(double sum, double normal, double share, double deviation) {
  return Arith::multiply_add(deviation, normal, share * sum);
}

}  // namespace
}  // namespace capstake
