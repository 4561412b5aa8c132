#include "revenue/regime_switching.hpp"

#include <cmath>

#include "revenue/level.hpp"

namespace capstake {

LoweredStream lower_stream(StreamLowering& lowering, const RegimeSwitching& stream) {
  Context& context = lowering.context;
  const Expr start = lowering.number("level", stream.level) / context.per_year();
  const Expr growth = lowering.number("growth", stream.growth);
  const Expr volatility = lowering.number("volatility", stream.volatility);
  const Expr other_growth = lowering.number("other_growth", stream.other_growth);
  const Expr other_volatility = lowering.number("other_volatility", stream.other_volatility);
  const Expr there = lowering.number("switch_rate", stream.switch_rate);
  const Expr back = lowering.number("return_rate", stream.return_rate);
  // 1 in the other regime.
  Expr is_other = less(context.uniform(lowering.name + ".start", 0),
                       lowering.number("starts_in_other", stream.starts_in_other));
  Expr log_rate = context.constant(0.0);
  LoweredStream result;
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    const Expr z = lowering.normal("shock", t);
    result.shock.push_back(z);
    if (context.is_past(t)) {
      result.revenue.push_back(no_figure(context));
      continue;
    }
    const double d = context.years_ahead(t);
    const Expr first =
        fma(volatility * std::sqrt(d), z, (growth - 0.5 * volatility * volatility) * d);
    const Expr other = fma(other_volatility * std::sqrt(d), z,
                           (other_growth - 0.5 * other_volatility * other_volatility) * d);
    log_rate = log_rate + select(is_other, other, first);
    result.revenue.push_back(start * exp(log_rate));
    // The probability of a change per unit of its rate.
    const Expr mean = mean_of_exponential(-(there + back) * d) * d;
    const Expr becomes_other = select(is_other, 1.0 - back * mean, there * mean);
    is_other = less(lowering.uniform("regime", t), becomes_other);
  }
  return result;
}

}  // namespace capstake
