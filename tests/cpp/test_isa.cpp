// The choice of the instruction set.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "base/isa.hpp"
#include "isas.hpp"

namespace capstake::testing {
namespace {

TEST(Isa, BaselineIsAlwaysThere) {
  EXPECT_EQ(available_isas().front(), Isa::baseline);
  EXPECT_EQ(name(Isa::baseline), "baseline");
  EXPECT_EQ(name(Isa::avx512), "avx512");
}

TEST(Isa, UseIsaChangesTheSetInUse) {
  on_every_isa([] { EXPECT_FALSE(name(isa()).empty()); });
  for (const Isa each : available_isas()) {
    const IsaScope scope(each);
    EXPECT_EQ(isa(), each);
  }
}

TEST(Isa, FmaComesWithTheVectorSets) {
  EXPECT_TRUE(has_fma(Isa::avx2));
  EXPECT_TRUE(has_fma(Isa::avx512));
}

TEST(IsaDeathTest, VariableMustNameAnAvailableSet) {
  ::testing::FLAGS_gtest_death_test_style =
      "threadsafe";  // a fresh process, which has not chosen yet
  EXPECT_EXIT(
      {
        setenv("CAPSTAKE_ISA", "sse9", 1);
        try {
          isa();
        } catch (const std::invalid_argument& error) {
          std::fputs(error.what(), stderr);
          std::_Exit(3);
        }
      },
      ::testing::ExitedWithCode(3),
      "CAPSTAKE_ISA: must be one of the sets available here \\(baseline.*got sse9");
  EXPECT_EXIT(
      {
        setenv("CAPSTAKE_ISA", "baseline", 1);
        std::_Exit(isa() == Isa::baseline ? 4 : 5);
      },
      ::testing::ExitedWithCode(4), "");
}

}  // namespace
}  // namespace capstake::testing
