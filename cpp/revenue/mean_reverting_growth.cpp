#include "revenue/mean_reverting_growth.hpp"

#include <cmath>

#include "revenue/level.hpp"

namespace capstake {

namespace {

// With x = k d and h = 1 - exp(-x): the integrals over a period of what reversion leaves of a
// shock, in units of the period's powers, without a difference that would lose its digits where
// growth hardly reverts.
struct Reverting {
  Expr lost;    // h
  Expr once;    // h / x
  Expr twice;   // (x - h) / x^2
  Expr square;  // (x - h - h^2 / 2) / x^3
};

// By series in h for so small an x that it has seventeen digits.
Reverting reverting_little(Expr x) {
  constexpr int kTerms = 17;
  const Expr h = -expm1(-x);
  const Expr r = mean_of_exponential(-x);
  const auto series = [&](int first) {
    Expr sum = x.constant(1.0 / (first + kTerms));
    for (int j = kTerms; j-- > 0;) {
      sum = fma(sum, h, x.constant(1.0 / (first + j)));
    }
    return sum;
  };
  return {h, r, r * r * series(2), r * r * r * series(3)};
}

// The same of 2 x: what is added is positive.
Reverting doubled(const Reverting& of) {
  const Expr half = 1.0 - 0.5 * of.lost;
  const Expr r2 = of.once * of.once;
  return {2.0 * of.lost * half, of.once * half, 0.5 * of.twice + 0.25 * r2,
          0.25 * of.square + (r2 * of.once) * (0.25 - 0.0625 * of.lost)};
}

Reverting reverting(Expr x, double greatest) {
  constexpr double kLittle = 0.125;
  int doublings = 0;
  while (std::ldexp(greatest, -doublings) > kLittle) {
    ++doublings;
  }
  Reverting found = reverting_little(x * std::ldexp(1.0, -doublings));
  for (int i = 0; i < doublings; ++i) {
    found = doubled(found);
  }
  return found;
}

double greatest(const Number& number) {
  const Distribution* distribution = number.distribution();
  return distribution == nullptr ? number.central() : distribution->support().second;
}

class GrowthLowering {
 public:
  GrowthLowering(StreamLowering& lowering, const MeanRevertingGrowth& stream)
      : lowering_(lowering),
        context_(lowering.context),
        long_run_(lowering.number("growth_long_run", stream.growth_long_run)),
        k_(lowering.number("growth_reversion", stream.growth_reversion)),
        greatest_k_(greatest(stream.growth_reversion)),
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
    const Reverting of = reverting(k_ * d, greatest_k_ * d);
    const Expr b = of.once * d;
    const Expr v = b * (1.0 - 0.5 * of.lost);  // (1 - exp(-2 k d)) / 2k
    const Expr of_integral = e_ * e_ * of.square * (d * d * d);
    const Expr mixed = 2.0 * rho_ * s_ * e_ * of.twice * (d * d);
    // Of nothing at all the root still has a slope.
    const Expr deviation = sqrt(max(of_integral + s_ * s_ * d + mixed, 1e-300));
    const Expr shared = (0.5 * e_ * b * b + rho_ * s_ * b) / deviation;
    return {kept,      b,      long_run_ * (d - b) - 0.5 * (s_ * s_) * d,
            deviation, shared, sqrt(max(v - shared * shared, 0.0))};
  }

  StreamLowering& lowering_;
  Context& context_;
  Expr long_run_, k_;
  double greatest_k_;  // that it can be
  Expr e_, s_, rho_;
};

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const MeanRevertingGrowth& stream) {
  return GrowthLowering(lowering, stream).lower(stream);
}

}  // namespace capstake
