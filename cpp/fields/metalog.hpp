// The metalog distribution (Keelin 2016, The Metalog Distributions, Decision Analysis 13(4):
// 243-277): a quantile function that is linear in its coefficients, so that it goes through given
// percentiles. With t = u - 1/2 and L = log(u / (1 - u)) it is m(t) + s(t) L, m and s polynomials
// with n coefficients in all (equation 6). With bounds, the metalog is that of log(x - low),
// -log(high - x) or log((x - low) / (high - x)) (sections 4.1 and 4.2).
#pragma once

#include "fields/distribution.hpp"

namespace capstake::metalog {

// Arguments: probabilities, values, low and high, the last two each of one number or none.
std::string broken(const Distribution& d);
double mean(const Distribution& d);
std::pair<double, double> support(const Distribution& d);
Expr quantile(const Distribution& d, const Arguments& arguments, Expr u);
// The probability is found by iteration as a number; one Newton step from it, as an expression,
// has the right derivatives of the first order.
Expr cdf(const Distribution& d, const Arguments& arguments, Expr x);
double partial_mean(const Distribution& d, double x);

}  // namespace capstake::metalog
