// The comparisons themselves must be able to fail.
#include "close.hpp"

namespace capstake::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(SameBits, TellsTheLastBitAndTheSignOfZero) {
  EXPECT_TRUE(same_bits(1.0, 1.0));
  EXPECT_TRUE(same_bits(kNaN, -kNaN));
  EXPECT_FALSE(same_bits(1.0, std::nextafter(1.0, 2.0)));
  EXPECT_FALSE(same_bits(0.0, -0.0));
  EXPECT_FALSE(same_bits(kNaN, 0.0));
  EXPECT_FALSE(same_bits(kInfinity, -kInfinity));
}

TEST(Close, FailsForNaNSignsAndInfinities) {
  EXPECT_TRUE(close(1.0 + 1e-13, 1.0, 1e-12));
  EXPECT_TRUE(close(-1.0, -1.0, 0.0));
  EXPECT_TRUE(close(1e-9, 0.0, 0.0, 1e-8));
  EXPECT_TRUE(close(kInfinity, kInfinity, 0.0));
  EXPECT_FALSE(close(1.0 + 1e-11, 1.0, 1e-12));
  EXPECT_FALSE(close(-1.0, 1.0, 1e-12));
  EXPECT_FALSE(close(1.0, -1.0, 1e-12));
  EXPECT_FALSE(close(kNaN, kNaN, 1.0, 1.0));
  EXPECT_FALSE(close(kNaN, 1.0, 1.0, 1.0));
  EXPECT_FALSE(close(1.0, kNaN, 1.0, 1.0));
  EXPECT_FALSE(close(1.0, kInfinity, 1.0, 1.0));
}

TEST(UlpError, CountsUnitsOfTheLastPlace) {
  EXPECT_EQ(ulp_error(1.0, 1.0L), 0.0);
  EXPECT_EQ(ulp_error(1.0 + 0x1p-52, 1.0L), 1.0);
  EXPECT_EQ(ulp_error(1.0, 1.0L + 0x1p-54L), 0.25);
  EXPECT_EQ(ulp_error(0x1p-1074, 0.0L), 1.0);
  EXPECT_EQ(ulp_error(kNaN, 1.0L), kInfinity);
  EXPECT_EQ(ulp_error(1.0, kNaN), kInfinity);
  EXPECT_EQ(ulp_error(kInfinity, -kInfinity), kInfinity);
  EXPECT_EQ(ulp_error(kInfinity, kInfinity), 0.0);
}

}  // namespace
}  // namespace capstake::testing
