#include "math/student.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <string>

#include "base/require.hpp"

namespace capstake {

double student_t_quantile(double p, double degrees_of_freedom) {
  require(p > 0.0 && p < 1.0, "student_t_quantile", "p must be in (0, 1)", std::to_string(p));
  require(degrees_of_freedom > 0.0, "student_t_quantile", "degrees_of_freedom must be > 0",
          std::to_string(degrees_of_freedom));
  if (std::isinf(degrees_of_freedom)) {
    return boost::math::quantile(boost::math::normal{}, p);
  }
  return boost::math::quantile(boost::math::students_t{degrees_of_freedom}, p);
}

}  // namespace capstake
