#include "revenue/jump_diffusion.hpp"

#include <cmath>

namespace capstake {

namespace {

// The Poisson quantile of a uniform draw: the number of values that the distribution function has
// below it.
Expr poisson(Expr u, Expr mean, int most) {
  Expr probability = exp(-mean);
  Expr cumulative = probability;
  Expr n = u.constant(0.0);
  for (int i = 0; i < most; ++i) {
    n = n + less(cumulative, u);
    probability = probability * (mean / static_cast<double>(i + 1));
    cumulative = cumulative + probability;
  }
  return n;
}

}  // namespace

int most_jumps(double mean) {
  // Bounded by twice the first term left out, once terms at least halve: the mean is below most
  // / 2.
  double probability = std::exp(-mean);
  int most = 0;
  while (most < 2.0 * mean || 2.0 * probability > 0x1p-53) {
    ++most;
    probability *= mean / most;
  }
  return most;
}

LoweredStream lower_stream(StreamLowering& lowering, const JumpDiffusion& stream) {
  Context& context = lowering.context;
  const Expr start = lowering.number("level", stream.level) / context.per_year();
  const Expr growth = lowering.number("growth", stream.growth);
  const Expr volatility = lowering.number("volatility", stream.volatility);
  const Expr rate = lowering.number("jump_rate", stream.jump_rate);
  const Expr mean = lowering.number("jump_mean", stream.jump_mean);
  const Expr spread = lowering.number("jump_volatility", stream.jump_volatility);
  const Expr log_jump = log1p(mean) - 0.5 * (spread * spread);
  const Expr drift = growth - rate * mean - 0.5 * (volatility * volatility);
  const double highest = stream.jump_rate.is_constant() ? stream.jump_rate.central() : 10.0;
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
    const Expr n = poisson(lowering.uniform("jumps", t), rate * d, most_jumps(highest * d));
    const Expr jumps = fma(spread * sqrt(n), lowering.normal("jump_size", t), n * log_jump);
    log_rate = log_rate + fma(volatility * std::sqrt(d), z, drift * d) + jumps;
    result.revenue.push_back(start * exp(log_rate));
  }
  return result;
}

}  // namespace capstake
