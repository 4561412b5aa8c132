#include "revenue/logistic.hpp"

#include "revenue/level.hpp"

namespace capstake {

LoweredStream lower_stream(StreamLowering& lowering, const Logistic& stream) {
  Context& context = lowering.context;
  const LognormalLevel noise =
      lower_level(lowering, lowering.number("volatility", stream.volatility));
  const Expr level = lowering.number("level", stream.level);
  const Expr market = lowering.number("market", stream.market);
  const Expr k = lowering.number("growth", stream.growth);
  LoweredStream result{{}, noise.shock};
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    if (context.is_past(t)) {
      result.revenue.push_back(no_figure(context));
      continue;
    }
    const Period& period = context.periods()[t];
    const double ahead = context.years_ahead(t);
    const double whole =
        context.time(period.last) - context.time(period.first - std::chrono::days{1});
    const double from = context.time(period.last) - ahead;
    const Expr part = 1.0 / (1.0 + (market / level - 1.0) * exp(k * -from));  // X_a / M
    const Expr later = market / k * log1p(part * expm1(k * ahead));
    const Expr mean = (level * (whole - ahead) + later) / whole;
    result.revenue.push_back(mean / context.per_year() * noise.mean_correction[t] *
                             exp(noise.log_level[t]));
  }
  return result;
}

}  // namespace capstake
