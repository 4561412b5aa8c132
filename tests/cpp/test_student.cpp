#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "close.hpp"
#include "math/student.hpp"

namespace capstake {
namespace {

TEST(StudentT, PublishedQuantiles) {
  struct Case {
    double degrees_of_freedom, p, expected;
  };
  // Abramowitz and Stegun (1964), table 26.10, three decimals; normal: table 26.5.
  constexpr Case kCases[] = {{1, 0.975, 12.706},
                             {5, 0.975, 2.571},
                             {15, 0.975, 2.131},
                             {31, 0.975, 2.040},
                             {15, 0.995, 2.947},
                             {120, 0.975, 1.980},
                             {std::numeric_limits<double>::infinity(), 0.975, 1.960}};
  for (const Case& each : kCases) {
    EXPECT_NEAR(student_t_quantile(each.p, each.degrees_of_freedom), each.expected, 5.1e-4);
    EXPECT_NEAR(student_t_quantile(1 - each.p, each.degrees_of_freedom), -each.expected, 5.1e-4);
  }
}

TEST(StudentT, Refuses) {
  EXPECT_THROW(student_t_quantile(0.0, 5), std::invalid_argument);
  EXPECT_THROW(student_t_quantile(1.0, 5), std::invalid_argument);
  EXPECT_THROW(student_t_quantile(0.5, 0), std::invalid_argument);
  EXPECT_THROW(student_t_quantile(0.5, std::numeric_limits<double>::quiet_NaN()),
               std::invalid_argument);
}

}  // namespace
}  // namespace capstake
