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
#if defined(__BMI2__)
  // gcc holds a 128-bit integer in a pair of registers and moves its halves about; not these two.
  if (!__builtin_is_constant_evaluated()) {
    WideProduct product;
    asm("mulx %3, %0, %1" : "=r"(product.low), "=r"(product.high) : "d"(a), "r"(b));
    return product;
  }
#endif
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
}

constexpr std::uint64_t kPhiloxMultiplier0 = 0xD2E7470EE14C6C93;
constexpr std::uint64_t kPhiloxMultiplier1 = 0xCA5A826395121157;

// The keys of the ten rounds: a pair a round.
constexpr int kPhiloxRounds = 10;
struct PhiloxKeys {
  std::uint64_t pairs[2 * kPhiloxRounds];
};

CAPSTAKE_INLINE constexpr PhiloxKeys philox_keys(std::uint64_t key0, std::uint64_t key1) {
  PhiloxKeys keys{};
  for (int i = 0; i < 2 * kPhiloxRounds; i += 2) {
    keys.pairs[i] = key0;
    keys.pairs[i + 1] = key1;
    key0 += 0x9E3779B97F4A7C15;
    key1 += 0xBB67AE8584CAA73B;
  }
  return keys;
}

template <int n_rounds>
CAPSTAKE_INLINE constexpr PhiloxWords philox_rounds(PhiloxWords x, const std::uint64_t* pairs) {
  if constexpr (n_rounds == 0) {
    return x;
  } else {
    const WideProduct p = wide_product(x.w0, kPhiloxMultiplier0);
    const WideProduct q = wide_product(x.w2, kPhiloxMultiplier1);
    const PhiloxWords next{q.high ^ x.w1 ^ pairs[0], q.low, p.high ^ x.w3 ^ pairs[1], p.low};
    return philox_rounds<n_rounds - 1>(next, pairs + 2);
  }
}

CAPSTAKE_INLINE constexpr PhiloxWords philox4x64(PhiloxWords counter, std::uint64_t key0,
                                                 std::uint64_t key1) {
  return philox_rounds<kPhiloxRounds>(counter, philox_keys(key0, key1).pairs);
}

// The words of paths 4 * group .. 4 * group + 3.
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
