// Derivatives of the operations that math/special.hpp computes, as expressions.
#pragma once

#include <cstddef>

#include "graph/expr.hpp"

namespace capstake {

// The derivative of y = op(...) by its argument k. By the probability or the value: the density or
// its inverse, in closed form. By a shape or the degrees of freedom, and for log_gamma: the central
// difference of the operation itself over 2^-17 of the argument on either side, which is right to
// about 1e-9 of the function's size (truncation about 2^-34 of it, rounding about 2^-53 / 2^-17).
Expr special_slope(Expr y, std::size_t k);

}  // namespace capstake
