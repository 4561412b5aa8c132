// Philox4x32-10, the faster generator: 128 bits of output as a pure function of a 128-bit counter
// and a 64-bit key. Salmon, Moraes, Dror, Shaw (SC11), as philox.hpp; known answers of the authors
// are in tests/cpp/kat/philox4x32.txt.
//
// Layout of a draw of (seed, name, step, path) by this generator:
//   key     = word 0 of Philox4x64-10 with key (seed, fnv1a_64(name)) and counter (0, 0, 0, 2), low
//             half first
//   counter = (g, g >> 32, step, replicate) with g = path / 2, 32 bits each: no two paths below
//             2^65 share a counter
//   word    = output[2 (path % 2)] + 2^32 output[2 (path % 2) + 1]
// and from there as random/draws.hpp: 52 bits of the word are the uniform.
//
// Compiled once an instruction set, like philox.hpp.
#pragma once

#include "random/philox.hpp"

namespace capstake {
namespace {

// Four 32-bit words, each in the low half of 64 bits, where products of 32-bit numbers fit.
struct NarrowWords {
  std::uint64_t w0, w1, w2, w3;
};

constexpr std::uint64_t kNarrow = 0xffffffff;

template <int n_rounds>
CAPSTAKE_INLINE constexpr NarrowWords narrow_rounds(NarrowWords x, std::uint64_t key0,
                                                    std::uint64_t key1) {
  if constexpr (n_rounds == 0) {
    return x;
  } else {
    const std::uint64_t p = (x.w0 & kNarrow) * 0xD2511F53;
    const std::uint64_t q = (x.w2 & kNarrow) * 0xCD9E8D57;
    const NarrowWords next{(q >> 32) ^ x.w1 ^ key0, q & kNarrow, (p >> 32) ^ x.w3 ^ key1,
                           p & kNarrow};
    return narrow_rounds<n_rounds - 1>(next, (key0 + 0x9E3779B9) & kNarrow,
                                       (key1 + 0xBB67AE85) & kNarrow);
  }
}

CAPSTAKE_INLINE constexpr NarrowWords philox4x32(NarrowWords counter, std::uint64_t key) {
  return narrow_rounds<10>(counter, key & kNarrow, key >> 32);
}

CAPSTAKE_INLINE constexpr std::uint64_t narrow_key(const DrawKey& key) {
  return philox4x64({0, 0, 0, 2}, key.seed, key.name).w0;
}

// Two words of 64 bits.
struct WordPair {
  std::uint64_t even, odd;
};

// The words of paths 2 * group and 2 * group + 1. `step` holds the replicate in its upper half.
CAPSTAKE_INLINE constexpr WordPair narrow_draw_words(std::uint64_t key, std::uint64_t step,
                                                     std::uint64_t group) {
  const NarrowWords x = philox4x32({group & kNarrow, group >> 32, step & kNarrow, step >> 32}, key);
  return {x.w0 | x.w1 << 32, x.w2 | x.w3 << 32};
}

}  // namespace
}  // namespace capstake
