#include "base/cycles.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace capstake {
namespace {

constexpr int kChains = 10;
constexpr int kSteps = 20'000;
constexpr int kAdditions = 16;  // a step

// The barrier keeps the additions apart and in a register; what is added is not a constant, because
// some processors add those without spending a cycle.
std::uint64_t chain(std::uint64_t sum, std::uint64_t addend) {
  for (int i = 0; i < kSteps; ++i) {
#pragma GCC unroll 16
    for (int k = 0; k < kAdditions; ++k) {
      sum += addend;
      asm volatile("" : "+r"(sum), "+r"(addend));
    }
  }
  return sum;
}

}  // namespace

double cycles_per_nanosecond() {
  using Clock = std::chrono::steady_clock;
  double best = 0.0;
  std::uint64_t sum = 1;
  for (int i = 0; i < kChains; ++i) {
    const Clock::time_point started = Clock::now();
    sum = chain(sum, 3);
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - started;
    best = std::max(best, kSteps * kAdditions / elapsed.count());
  }
  return best;
}

}  // namespace capstake
