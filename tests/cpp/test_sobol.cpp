// Sobol points: the table's checksum, and points by index. Equality with SciPy is tested in Python.
#include <gtest/gtest.h>

#include <bit>
#include <string>

#include "random/draws.hpp"
#include "random/sobol.hpp"

namespace capstake::testing {
namespace {

constexpr std::uint16_t kTable[] = {
#include "random/sobol_directions.inc"
};

TEST(Sobol, TableHasItsChecksum) {
  std::string bytes;
  for (const std::uint16_t number : kTable) {
    bytes += static_cast<char>(number & 0xff);
    bytes += static_cast<char>(number >> 8);
  }
  EXPECT_EQ(bytes.size(), 2u * 13'115u);
  EXPECT_EQ(fnv1a_64(bytes), 0x366c53bea72b33f1u);
}

// Antonov and Saleev (1979): in Gray-code order a point is the last one XOR one direction number.
TEST(Sobol, PointsByIndexAreThoseOneAfterAnother) {
  for (const std::uint32_t dimension : {0u, 1u, 17u, 1023u}) {
    const SobolColumns directions = sobol_directions(dimension);
    const SobolCoordinate coordinate = sobol_coordinate(sobol_directions(dimension), no_scramble());
    for (const std::uint64_t first : {std::uint64_t{0}, (std::uint64_t{1} << 32) - 100,
                                      (std::uint64_t{1} << kSobolBits) - 201}) {
      std::uint64_t point = coordinate.at(first);
      for (std::uint64_t index = first; index < first + 200; ++index) {
        ASSERT_EQ(coordinate.at(index), point);
        point ^= directions[static_cast<unsigned>(std::countr_one(index))];
      }
    }
  }
}

TEST(Sobol, FewerIndexBitsGiveTheSamePoints) {
  const Scramble random = scramble(5, 3, 9);
  const SobolCoordinate whole = sobol_coordinate(sobol_directions(9), random);
  const SobolCoordinate part = sobol_coordinate(sobol_directions(9), random, 12);
  for (const std::uint64_t index : {0u, 1u, 2047u, 2048u, 4095u}) {
    EXPECT_EQ(whole.at(index), part.at(index));
  }
}

// Within its 52 bits at any index.
TEST(Sobol, PointsHave52Bits) {
  const SobolCoordinate coordinate = sobol_coordinate(sobol_directions(1023), scramble(1, 2, 3));
  for (std::uint64_t index = 1; index >> kSobolBits == 0; index = 3 * index + 1) {
    EXPECT_EQ(coordinate.at(index) >> kSobolBits, 0u);
  }
}

}  // namespace
}  // namespace capstake::testing
