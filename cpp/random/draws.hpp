// Draws: a random number is a pure function of (seed, name, step, path). No generator is advanced
// and none is shared, so adding a variable, a period or a thread changes no other number.
//
// Layout, by which anyone can rebuild a draw. The generator is Philox4x64-10 with
//   key     = (seed, fnv1a_64(name))
//   counter = (path / 4, step, 0, 0), least significant word first
//   word    = output[path % 4]
//   uniform = ((word >> 12) + 0.5) * 2^-52        open at both ends: in [2^-53, 1 - 2^-53]
//   normal  = normal_quantile(uniform)            |normal| <= 8.21
// With NumPy, whose generator adds 1 to the counter before each block of four words:
//   name_hash = 0xcbf29ce484222325
//   for byte in name.encode():
//       name_hash = ((name_hash ^ byte) * 0x100000001b3) % 2**64
//   counter = (step * 2**64 + path // 4 - 1) % 2**256
//   generator = numpy.random.Philox(key=seed + (name_hash << 64), counter=counter)
//   word = int(generator.random_raw(4)[path % 4])
//   uniform = ((word >> 12) + 0.5) * 2.0**-52
// (The key as one integer: NumPy turns a list of two into floating point and loses bits. The -1 is
// because it counts up before the first block.)
// The word and the uniform are equal bit for bit; scipy.special.ndtri(uniform) is the normal to a
// few units in the last place.
#pragma once

#include <cstdint>
#include <string_view>

#include "random/philox.hpp"

namespace capstake {

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/. Results depend on it:
// fixed for ever.
constexpr std::uint64_t fnv1a_64(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

constexpr DrawKey draw_key(std::uint64_t seed, std::string_view name, std::uint32_t step) {
  return {seed, fnv1a_64(name), step};
}

std::uint64_t random_word(const DrawKey& key, std::uint64_t path);
double uniform_draw(const DrawKey& key, std::uint64_t path);
double normal_draw(const DrawKey& key, std::uint64_t path);

}  // namespace capstake
