#include "revenue/level.hpp"

#include <cmath>

namespace capstake {

LognormalLevel lower_level(StreamLowering& lowering, Expr volatility) {
  Context& context = lowering.context;
  LognormalLevel level;
  Expr log_level = context.constant(0.0);
  Expr variance = context.constant(0.0);
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    const Expr shock = lowering.normal("shock", t);
    if (const double years = context.years_ahead(t); years > 0.0) {
      const Expr step = volatility * std::sqrt(years);
      log_level = fma(step, shock, log_level);
      variance = variance + step * step;
    }
    level.shock.push_back(shock);
    level.log_level.push_back(log_level);
    level.mean_correction.push_back(exp(-0.5 * variance));
  }
  return level;
}

Expr mean_of_exponential(Expr x) {
  // As e^((x + |x|) / 2) (1 - e^-|x|) / |x|, whose second factor is even: held where it is flat, it
  // needs no comparison, which a derivative would take for a jump.
  constexpr double kFlat = 1e-8;
  const Expr size = max(abs(x), kFlat);
  return exp(0.5 * (x + size)) * (expm1(-size) / -size);
}

}  // namespace capstake
