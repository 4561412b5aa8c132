#include "revenue/schwartz_moon.hpp"

#include <cmath>

namespace capstake {

namespace {

class SchwartzMoonLowering {
 public:
  SchwartzMoonLowering(StreamLowering& lowering, const SchwartzMoon& stream)
      : lowering_(lowering),
        context_(lowering.context),
        growth_long_run_(lowering.number("growth_long_run", stream.growth_long_run)),
        reversion_(lowering.number("growth_reversion", stream.growth_reversion)),
        growth_volatility_(lowering.number("growth_volatility", stream.growth_volatility)),
        decay_(lowering.number("growth_volatility_decay", stream.growth_volatility_decay)),
        volatility_(lowering.number("volatility", stream.volatility)),
        volatility_long_run_(lowering.number("volatility_long_run", stream.volatility_long_run)),
        volatility_reversion_(lowering.number("volatility_reversion", stream.volatility_reversion)),
        correlation_(lowering.number("correlation", stream.correlation)),
        risk_price_(price("risk_price", stream.risk_price)),
        growth_risk_price_(price("growth_risk_price", stream.growth_risk_price)) {}

  LoweredStream lower(const SchwartzMoon& stream) {
    const Expr start = lowering_.number("level", stream.level) / context_.per_year();
    Expr growth = lowering_.number("growth", stream.growth);
    Expr log_rate = context_.constant(0.0);
    double time = 0.0;
    LoweredStream result;
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      const Expr z = lowering_.normal("shock", t);
      result.shock.push_back(z);
      if (context_.is_past(t)) {
        result.revenue.push_back(no_figure(context_));
        continue;
      }
      const double step = context_.years_ahead(t);
      const Expr s = volatility_at(time);
      const Expr e = growth_volatility_ * exp(-decay_ * time);
      const Expr sure = (risk_price_ * s + 0.5 * (s * s)) * step;
      log_rate = log_rate + fma(growth, context_.constant(step), -sure);
      log_rate = fma(s * std::sqrt(step), z, log_rate);
      growth = next_growth(growth, e, step, z, t);
      result.revenue.push_back(start * exp(log_rate));
      time += step;
    }
    return result;
  }

 private:
  // In the real world risk has no price.
  Expr price(std::string_view field, const Number& number) {
    return lowering_.probability == Probability::real_world ? context_.constant(0.0)
                                                            : lowering_.number(field, number);
  }

  // Both volatilities are those at the start of the step.
  Expr volatility_at(double time) {
    const Expr kept = exp(-volatility_reversion_ * time);
    return volatility_ * kept + volatility_long_run_ * (1.0 - kept);
  }

  Expr next_growth(Expr growth, Expr e, double step, Expr z, std::size_t t) {
    const Expr kept = exp(-reversion_ * step);
    const Expr target = growth_long_run_ - growth_risk_price_ * e / reversion_;
    const Expr deviation = sqrt(-expm1(reversion_ * (-2.0 * step)) / (2.0 * reversion_)) * e;
    const Expr rest = sqrt(1.0 - correlation_ * correlation_);
    const Expr z2 = fma(correlation_, z, rest * lowering_.normal("growth", t));
    return fma(deviation, z2, fma(kept, growth, -expm1(-reversion_ * step) * target));
  }

  StreamLowering& lowering_;
  Context& context_;
  Expr growth_long_run_, reversion_, growth_volatility_, decay_;
  Expr volatility_, volatility_long_run_, volatility_reversion_;
  Expr correlation_, risk_price_, growth_risk_price_;
};

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const SchwartzMoon& stream) {
  return SchwartzMoonLowering(lowering, stream).lower(stream);
}

}  // namespace capstake
