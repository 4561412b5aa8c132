// What each operation computes, once: the interpreter calls this with any operation, the kernels
// instantiate their loops with one each. A row of ops.def without a case does not
// compile (-Werror=switch).
#pragma once

#include "graph/op.hpp"
#include "math/normal.hpp"
#include "math/special.hpp"

namespace capstake {
namespace {

// The value of op at its first arity(op) arguments; leaves have none, and give NaN.
template <class Arith>
CAPSTAKE_INLINE double evaluate(Op op, double a, double b, double c) {
  switch (op) {
    case Op::constant:
    case Op::parameter:
    case Op::draw:
      return math::kNaN;
    case Op::neg:
      return -a;
    case Op::abs:
      return __builtin_fabs(a);
    case Op::held:
      return a;
    case Op::sqrt:
      return __builtin_sqrt(a);
    case Op::exp:
      return math::exp<Arith>(a);
    case Op::log:
      return math::log<Arith>(a);
    case Op::expm1:
      return math::expm1<Arith>(a);
    case Op::log1p:
      return math::log1p<Arith>(a);
    case Op::normal_cdf:
      return math::normal_cdf<Arith>(a);
    case Op::normal_quantile:
      return math::normal_quantile<Arith>(a);
    case Op::log_gamma:
      return math::log_gamma(a);
    case Op::add:
      return a + b;
    case Op::sub:
      return a - b;
    case Op::mul:
      return a * b;
    case Op::div:
      return a / b;
    case Op::min:
      return a < b ? a : b;
    case Op::max:
      return a > b ? a : b;
    case Op::less:
      return a < b ? 1.0 : 0.0;
    case Op::less_equal:
      return a <= b ? 1.0 : 0.0;
    case Op::gamma_cdf:
      return math::gamma_cdf(a, b);
    case Op::gamma_quantile:
      return math::gamma_quantile(a, b);
    case Op::student_t_cdf:
      return math::student_t_cdf(a, b);
    case Op::student_t_quantile:
      return math::student_t_quantile(a, b);
    case Op::fma:
      return __builtin_fma(a, b, c);  // rounded once on every processor, whatever Arith is
    case Op::select:
      return a != 0.0 ? b : c;
    case Op::beta_cdf:
      return math::beta_cdf(a, b, c);
    case Op::beta_quantile:
      return math::beta_quantile(a, b, c);
  }
  return math::kNaN;
}

}  // namespace
}  // namespace capstake
