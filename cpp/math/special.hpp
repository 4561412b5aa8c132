// The distribution functions that need Boost.Math: gamma, beta and Student's t. Unlike the rest of
// math/ these are ordinary functions, compiled once: every instruction set calls the same code, so
// the bits are the same on all of them, and no kernel holds a copy of Boost's templates.
//
// Domain: shapes from 3/32 and degrees of freedom from 1/2, both to 2^24; probabilities 0 and
// 2^-100 to 1; the beta cdf's x not between 0 and 2^-900, Student's at most 2^300 from 0. Outside
// of it the result is NaN: Boost's iterations need not end there, and may end in nonsense. Nothing
// throws.
#pragma once

namespace capstake::math {

double log_gamma(double x) noexcept;  // x > 0
double gamma_cdf(double x, double shape) noexcept;
double gamma_quantile(double u, double shape) noexcept;
double beta_cdf(double x, double a, double b) noexcept;
double beta_quantile(double u, double a, double b) noexcept;
double student_t_cdf(double x, double dof) noexcept;
double student_t_quantile(double u, double dof) noexcept;

}  // namespace capstake::math
