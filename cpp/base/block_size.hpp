// kBlock by itself, for files that may include next to nothing (program/kernels_*.cpp).
#pragma once

#include <cstddef>

namespace capstake {

// Paths a block. A tuning constant; results do not depend on it being 512 rather than 256 or 1024
// other than through the fixed order of sums. 512 doubles are 4 KiB a slot.
inline constexpr std::size_t kBlock = 512;

}  // namespace capstake
