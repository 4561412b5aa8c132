#include "revenue/mean_reverting_growth.hpp"

namespace capstake {

namespace {

class GrowthLowering {
 public:
  GrowthLowering(StreamLowering& lowering, const MeanRevertingGrowth& stream)
      : lowering_(lowering),
        context_(lowering.context),
        long_run_(lowering.number("growth_long_run", stream.growth_long_run)),
        k_(lowering.number("growth_reversion", stream.growth_reversion)),
        e_(lowering.number("growth_volatility", stream.growth_volatility)),
        s_(lowering.number("volatility", stream.volatility)),
        rho_(lowering.number("correlation", stream.correlation)) {}

  LoweredStream lower(const MeanRevertingGrowth& stream) {
    const Expr start = lowering_.number("level", stream.level) / context_.per_year();
    Expr growth = lowering_.number("growth", stream.growth);
    Expr log_rate = context_.constant(0.0);
    LoweredStream result;
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      const Expr z = lowering_.normal("shock", t);
      result.shock.push_back(z);
      if (context_.is_past(t)) {
        result.revenue.push_back(no_figure(context_));
        continue;
      }
      const Step step = step_of(context_.years_ahead(t));
      log_rate = log_rate + fma(step.deviation, z, fma(step.b, growth, step.drift));
      const Expr own = e_ * step.own_of_growth * lowering_.normal("growth", t);
      growth = fma(step.kept, growth,
                   fma(e_ * step.shared_of_growth, z, own + (1.0 - step.kept) * long_run_));
      result.revenue.push_back(start * exp(log_rate));
    }
    return result;
  }

 private:
  // The moments of one step that are the same on every path; those of growth are per unit of e.
  struct Step {
    Expr kept;              // exp(-k d)
    Expr b;                 // B
    Expr drift;             // of log X, without growth
    Expr deviation;         // of log X
    Expr shared_of_growth;  // on the shock to log X
    Expr own_of_growth;
  };

  Step step_of(double d) {
    const Expr kept = exp(-k_ * d);
    const Expr b = -expm1(-k_ * d) / k_;
    const Expr v = -expm1(k_ * (-2.0 * d)) / (2.0 * k_);
    const Expr of_integral = e_ / k_ * (e_ / k_) * (d - 2.0 * b + v);
    const Expr mixed = 2.0 * rho_ * s_ * e_ * (d - b) / k_;
    // Of nothing at all the root still has a slope.
    const Expr deviation = sqrt(max(of_integral + s_ * s_ * d + mixed, 1e-300));
    const Expr shared = (0.5 * e_ * b * b + rho_ * s_ * b) / deviation;
    return {kept,      b,      long_run_ * (d - b) - 0.5 * (s_ * s_) * d,
            deviation, shared, sqrt(max(v - shared * shared, 0.0))};
  }

  StreamLowering& lowering_;
  Context& context_;
  Expr long_run_, k_, e_, s_, rho_;
};

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const MeanRevertingGrowth& stream) {
  return GrowthLowering(lowering, stream).lower(stream);
}

}  // namespace capstake
