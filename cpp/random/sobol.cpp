#include "random/sobol.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <string>

#include "base/require.hpp"
#include "random/draws.hpp"

namespace capstake {
namespace {

constexpr std::uint16_t kTable[] = {
#include "random/sobol_directions.inc"
};

constexpr unsigned degree_of(std::uint16_t polynomial) {
  return static_cast<unsigned>(std::bit_width(polynomial)) - 1;
}

// Where each dimension from the second on starts in the table.
constexpr auto kStarts = [] {
  std::array<std::uint16_t, kSobolDimensions> starts{};
  std::uint16_t at = 0;
  for (std::uint32_t dimension = 1; dimension < kSobolDimensions; ++dimension) {
    starts[dimension] = at;
    at = static_cast<std::uint16_t>(at + 1 + degree_of(kTable[at]));
  }
  return starts;
}();

constexpr std::uint64_t digit(unsigned i) { return std::uint64_t{1} << (kSobolBits - 1 - i); }

// The image of digits under a scramble's matrix.
std::uint64_t scrambled(std::uint64_t digits, const Scramble& scramble) {
  std::uint64_t image = 0;
  while (digits != 0) {
    const auto i = static_cast<unsigned>(std::countl_zero(digits)) - (64 - kSobolBits);
    image ^= scramble.columns[i];
    digits ^= digit(i);
  }
  return image;
}

}  // namespace

SobolColumns sobol_directions(std::uint32_t dimension) {
  require(dimension < kSobolDimensions, "sobol_directions", "dimension must be below 1024",
          std::to_string(dimension));
  SobolColumns v{};
  if (dimension == 0) {  // van der Corput's sequence
    for (unsigned i = 0; i < kSobolBits; ++i) {
      v[i] = digit(i);
    }
    return v;
  }
  const std::uint16_t* row = kTable + kStarts[dimension];
  const unsigned degree = degree_of(row[0]);
  for (unsigned i = 0; i < degree; ++i) {
    v[i] = row[1 + i] * digit(i);
  }
  // Joe and Kuo (2008), eq. 3.6, in terms of v_i = m_i 2^-i.
  for (unsigned i = degree; i < kSobolBits; ++i) {
    v[i] = v[i - degree] ^ (v[i - degree] >> degree);
    for (unsigned k = 1; k < degree; ++k) {
      if ((row[0] >> (degree - k) & 1) != 0) {
        v[i] ^= v[i - k];
      }
    }
  }
  return v;
}

Scramble no_scramble() {
  Scramble identity;
  for (unsigned i = 0; i < kSobolBits; ++i) {
    identity.columns[i] = digit(i);
  }
  return identity;
}

Scramble scramble(std::uint64_t seed, std::uint32_t replicate, std::uint32_t coordinate,
                  unsigned n_columns) {
  assert(n_columns <= kSobolBits);
  constexpr std::uint64_t kName = fnv1a_64("sobol");
  const auto four_words = [&](unsigned group) {
    const PhiloxWords w = philox4x64({group, coordinate, replicate, 1}, seed, kName);
    return std::array{w.w0, w.w1, w.w2, w.w3};
  };
  Scramble result;
  for (unsigned first = 0; first < n_columns; first += 4) {
    const std::array<std::uint64_t, 4> words = four_words(first / 4);
    for (unsigned i = first; i < std::min(first + 4, n_columns); ++i) {
      result.columns[i] = digit(i) | (words[i - first] & (digit(i) - 1));
    }
  }
  result.shift = four_words(kSobolBits / 4)[0] & ((std::uint64_t{1} << kSobolBits) - 1);
  return result;
}

std::uint64_t SobolCoordinate::at(std::uint64_t index) const {
  assert(index >> kSobolBits == 0);
  std::uint64_t point = shift;
  for (; index != 0; index &= index - 1) {
    point ^= steps[static_cast<unsigned>(std::countr_zero(index))];
  }
  return point;
}

SobolCoordinate sobol_coordinate(const SobolColumns& directions, const Scramble& scramble,
                                 unsigned index_bits) {
  assert(index_bits <= kSobolBits);
  SobolCoordinate coordinate{.shift = scramble.shift, .steps = {}};
  // Bit b of an index sets bits b and b - 1 of its Gray code.
  std::uint64_t before = 0;
  for (unsigned b = 0; b < index_bits; ++b) {
    const std::uint64_t here = scrambled(directions[b], scramble);
    coordinate.steps[b] = here ^ before;
    before = here;
  }
  return coordinate;
}

}  // namespace capstake
