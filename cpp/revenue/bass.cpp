#include "revenue/bass.hpp"

#include "revenue/level.hpp"

namespace capstake {

namespace {

// -log(1 - x) / x for 0 <= x < 1, and 1 at x = 0, without a division by x. With s = sqrt(1 - x) it
// is 2 / (1 + s) times the same function at 1 - s, which is half as much or less than x where x is
// small: after twelve steps the series has seventeen digits.
Expr log_ratio(Expr x) {
  constexpr int kSteps = 12;
  constexpr int kTerms = 10;
  Expr factor = x.constant(1.0);
  for (int i = 0; i < kSteps; ++i) {
    const Expr one_and_root = 1.0 + sqrt(1.0 - x);
    factor = factor * 2.0 / one_and_root;
    x = x / one_and_root;
  }
  Expr series = x.constant(1.0 / kTerms);
  for (int k = kTerms - 1; k > 0; --k) {
    series = series * x + 1.0 / k;
  }
  return factor * series;
}

// Differences are written so that nothing cancels: E_a - E_b = -E_a (exp(-(p + q)(b - a)) - 1).
class BassCurve {
 public:
  BassCurve(Expr p, Expr q, double least_q) : p_(p), q_(q), least_q_(least_q) {}

  // F_b - F_a = p (p + q) (E_a - E_b) / ((p + q E_a) (p + q E_b)).
  Expr adopted(double a, double b) const {
    const Expr at_a = left(a);
    return p_ * (p_ + q_) * lost(at_a, a, b) / ((p_ + q_ * at_a) * (p_ + q_ * left(b)));
  }

  // The integral of F from a to b: b - a + log(1 - q z) / q, where z is at most b - a. In that form
  // it has no value at q = 0, and near it the derivative by q loses digits.
  Expr adopter_years(double a, double b) const {
    constexpr double kSmall = 1e-3;
    const Expr at_a = left(a);
    if (least_q_ < kSmall) {
      const Expr z = lost(at_a, a, b) / (p_ + q_ * at_a);
      return (b - a) - z * log_ratio(q_ * z);
    }
    return (b - a) + log1p(-(q_ * lost(at_a, a, b) / (p_ + q_ * at_a))) / q_;
  }

 private:
  Expr left(double t) const { return exp(-(p_ + q_) * t); }
  Expr lost(Expr at_a, double a, double b) const { return -(at_a * expm1(-(p_ + q_) * (b - a))); }

  Expr p_;
  Expr q_;
  double least_q_;  // that it can be
};

double least(const Number& number) {
  const Distribution* distribution = number.distribution();
  return distribution == nullptr ? number.central() : distribution->support().first;
}

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const Bass& stream) {
  Context& context = lowering.context;
  const LognormalLevel noise =
      lower_level(lowering, lowering.number("volatility", stream.volatility));
  const Expr market = lowering.number("market", stream.market);
  const BassCurve curve(lowering.number("innovation", stream.innovation),
                        lowering.number("imitation", stream.imitation), least(stream.imitation));
  LoweredStream result{{}, noise.shock};
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    const Period& period = context.periods()[t];
    const double begin = context.time(period.first - std::chrono::days{1});
    const double end = context.time(period.last);
    const double launch = context.time(stream.launch);
    const double a = std::max(begin - launch, 0.0);
    const double b = std::max(end - launch, 0.0);
    const Expr part = stream.revenue_from == BassRevenue::adoptions
                          ? curve.adopted(a, b)
                          : curve.adopter_years(a, b) / ((end - begin) * context.per_year());
    result.revenue.push_back(market * part * noise.mean_correction[t] * exp(noise.log_level[t]));
  }
  return result;
}

// Nothing is sold before the launch, which is a figure too.
Span covered(const Bass& stream, const Coverage& coverage) {
  const Date launch = periods_covering(coverage.frequency, stream.launch, stream.launch)[0].first;
  return Span::without_end(std::min(launch, coverage.now()));
}

}  // namespace capstake
