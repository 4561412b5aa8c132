// Student's t distribution, for intervals from few replicates.
#pragma once

namespace capstake {

// The p-quantile of Student's t with so many degrees of freedom; infinitely many give the standard
// normal. Throws std::invalid_argument unless 0 < p < 1 and degrees_of_freedom > 0.
double student_t_quantile(double p, double degrees_of_freedom);

}  // namespace capstake
