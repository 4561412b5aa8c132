// Philox4x64-10: 256 bits of output as a pure function of a 256-bit counter and a 128-bit key.
// Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11. Known answers of
// the authors are in tests/cpp/kat/philox4x64.txt.
//
// Compiled once an instruction set, like math/: inlined, in an anonymous namespace, no includes.
#pragma once

#include <cstdint>

#include "math/arithmetic.hpp"

namespace capstake {

// What a stream of draws is keyed by (see random/draws.hpp).
struct DrawKey {
  std::uint64_t seed = 0;
  std::uint64_t name = 0;  // hash of the variable's name
  std::uint64_t step = 0;
};

namespace {

struct PhiloxWords {
  std::uint64_t w0, w1, w2, w3;
};

struct WideProduct {
  std::uint64_t high, low;
};

// The 128-bit product a * b.
CAPSTAKE_INLINE constexpr WideProduct wide_product(std::uint64_t a, std::uint64_t b) {
#if defined(__AVX512F__)
  // From products of 32-bit halves, because no vector instruction has the upper 64 bits. Eight
  // lanes of this are twice as quick as scalar products (measured: program/kernels_impl.inc).
  constexpr std::uint64_t kLow = 0xffffffff;
  const std::uint64_t low_low = (a & kLow) * (b & kLow);
  const std::uint64_t high_low = (a >> 32) * (b & kLow);
  const std::uint64_t low_high = (a & kLow) * (b >> 32);
  const std::uint64_t high_high = (a >> 32) * (b >> 32);
  const std::uint64_t middle = high_low + (low_low >> 32);  // no sum here exceeds 2^64 - 1
  const std::uint64_t carried = low_high + (middle & kLow);
  return {high_high + (middle >> 32) + (carried >> 32), a * b};
#else
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
#endif
}

// One round, then the rest of them with the next round's keys.
template <int n_rounds>
CAPSTAKE_INLINE constexpr PhiloxWords philox_rounds(PhiloxWords x, std::uint64_t key0,
                                                    std::uint64_t key1) {
  if constexpr (n_rounds == 0) {
    return x;
  } else {
    const WideProduct p = wide_product(x.w0, 0xD2E7470EE14C6C93);
    const WideProduct q = wide_product(x.w2, 0xCA5A826395121157);
    const PhiloxWords next{q.high ^ x.w1 ^ key0, q.low, p.high ^ x.w3 ^ key1, p.low};
    return philox_rounds<n_rounds - 1>(next, key0 + 0x9E3779B97F4A7C15, key1 + 0xBB67AE8584CAA73B);
  }
}

CAPSTAKE_INLINE constexpr PhiloxWords philox4x64(PhiloxWords counter, std::uint64_t key0,
                                                 std::uint64_t key1) {
  return philox_rounds<10>(counter, key0, key1);
}

// The words of paths 4 * group .. 4 * group + 3. Two counter words are zero, so that an optimiser
// saves most of the first two rounds.
CAPSTAKE_INLINE constexpr PhiloxWords draw_words(const DrawKey& key, std::uint64_t group) {
  return philox4x64({group, key.step, 0, 0}, key.seed, key.name);
}

// (k + 0.5) 2^-52 for the upper 52 bits k of the word: exact, symmetric about 0.5, at least 2^-53
// and at most 1 - 2^-53.
CAPSTAKE_INLINE double uniform_of_word(std::uint64_t word) {
  const double from_one_to_two = math::from_bits((word >> 12) | 0x3ff0000000000000);
  return from_one_to_two - (1.0 - 0x1p-53);
}

}  // namespace
}  // namespace capstake
