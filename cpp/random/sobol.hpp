// Sobol points, scrambled: a 52-bit number as a pure function of (coordinate, point index).
//
// Directions are Joe and Kuo's D(6), S. Joe and F. Y. Kuo, "Constructing Sobol sequences with
// better two-dimensional projections", SIAM J. Sci. Comput. 30 (2008), file new-joe-kuo-6.21201, of
// which SciPy keeps a copy. sobol_directions.inc holds dimensions 2 to 1024 of
// scipy/stats/_sobol_direction_numbers.npz: of each row the array `poly`, then as many of `vinit`
// as the polynomial has degrees. As 16-bit little-endian words these 13,115 numbers have the FNV-1a
// hash 0x366c53bea72b33f1. Points are in Gray-code order, so those that are not scrambled equal
// scipy.stats.qmc.Sobol(d, scramble=False, bits=52) times 2^52.
//
// Scrambling is by a random linear matrix and a digital shift (J. Matousek, "On the L2-discrepancy
// for anchored boxes", J. Complexity 14 (1998)): one matrix and shift for each coordinate of each
// replicate. Points of a replicate are then uniform, one by one, and keep their balance: any 2^m
// consecutive points from a multiple of 2^m have one in each of 2^m equal intervals.
#pragma once

#include <array>
#include <cstdint>

namespace capstake {

inline constexpr std::uint32_t kSobolDimensions = 1024;
inline constexpr unsigned kSobolBits = 52;

// Binary digits of one coordinate: bit 51 is the first digit after the point.
using SobolColumns = std::array<std::uint64_t, kSobolBits>;

// The direction numbers v_1, v_2, ... of a dimension, from 0. Throws std::invalid_argument for a
// dimension that is not below kSobolDimensions.
SobolColumns sobol_directions(std::uint32_t dimension);

// A linear map of digits and a shift. Column i is the image of digit i (from 0, the most
// significant): digit i itself and any of the later ones, so the matrix is lower triangular with
// units on its diagonal.
struct Scramble {
  SobolColumns columns{};
  std::uint64_t shift = 0;
};

// The scramble that does nothing.
Scramble no_scramble();

// The scramble of a coordinate. Its random bits are Philox4x64-10 (random/draws.hpp) with
//   key     = (seed, fnv1a_64("sobol"))
//   counter = (i / 4, coordinate, replicate, 1)
//   word i  = output[i % 4]
// Column i is bit 51 - i together with the lower bits of word i; the shift is the low 52 bits of
// word 52. Draws have 0 as the last counter word, so no bit of these is that of a draw.
//
// Points with indices below 2^n_columns need no further columns, which are left 0.
Scramble scramble(std::uint64_t seed, std::uint32_t replicate, std::uint32_t coordinate,
                  unsigned n_columns = kSobolBits);

// One coordinate of a point set, ready to be evaluated. The Gray code of an index is linear over
// GF(2) in its bits, so a point is the shift XOR the steps of the bits that its index has.
struct SobolCoordinate {
  std::uint64_t shift = 0;
  SobolColumns steps{};

  std::uint64_t at(std::uint64_t index) const;
};

// For points with indices below 2^index_bits, index_bits <= kSobolBits: later steps are left 0.
SobolCoordinate sobol_coordinate(const SobolColumns& directions, const Scramble& scramble,
                                 unsigned index_bits = kSobolBits);

}  // namespace capstake
