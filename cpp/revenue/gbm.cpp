#include "revenue/gbm.hpp"

#include "revenue/level.hpp"

namespace capstake {

namespace {

// The period's end and the dates before it, after the valuation date, on which the drift changes.
std::vector<Date> ends_of_pieces(const Context& context, const Number& growth, std::size_t t,
                                 Date begin) {
  const Period& period = context.periods()[t];
  std::vector<Date> ends;
  if (const ByDate* schedule = growth.by_date()) {
    for (const auto& [date, value] : *schedule) {
      if (date > begin && date < period.last) {
        ends.push_back(date);
      }
    }
  }
  ends.push_back(period.last);
  return ends;
}

// The mean of exp(M) over a period; before the valuation date M is zero.
Expr mean_growth(StreamLowering& lowering, const Number& growth, std::size_t t) {
  Context& context = lowering.context;
  const Period& period = context.periods()[t];
  const Date before = period.first - std::chrono::days{1};
  Date from = std::max(before, context.valuation_date());
  const double whole = context.time(period.last) - context.time(before);
  Expr sum = context.constant(context.time(from) - context.time(before));
  for (const Date to : ends_of_pieces(context, growth, t, from)) {
    const double years = context.time(to) - context.time(from);
    const Expr drift = lowering.number("growth", growth, from);
    const Expr grown = exp(context.integral(lowering.path("growth"), growth, from));
    const Expr mean = mean_of_exponential(drift * years);
    sum = sum + grown * mean * years;
    from = to;
  }
  return sum / whole;
}

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const Gbm& stream) {
  Context& context = lowering.context;
  const LognormalLevel level =
      lower_level(lowering, lowering.number("volatility", stream.volatility));
  const Expr start = lowering.number("level", stream.level) / context.per_year();
  LoweredStream result{{}, level.shock};
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    if (context.is_past(t)) {
      result.revenue.push_back(no_figure(context));
      continue;
    }
    const Expr grown = stream.sampling == Sampling::period_mean
                           ? mean_growth(lowering, stream.growth, t)
                           : exp(context.integral(lowering.path("growth"), stream.growth,
                                                  context.periods()[t].last));
    result.revenue.push_back(start * grown * level.mean_correction[t] * exp(level.log_level[t]));
  }
  return result;
}

}  // namespace capstake
