#include "revenue/risk.hpp"

namespace capstake {

void take_premium(StreamLowering& lowering, const Number& premium, bool is_seen_at_end,
                  LoweredStream& stream) {
  Context& context = lowering.context;
  const std::string path = lowering.path("risk_premium");
  Expr before = context.constant(0.0);
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    if (context.is_past(t)) {
      continue;
    }
    const Period& period = context.periods()[t];
    const Expr after = context.integral(path, premium, period.last);
    const double ahead = 1.0 - overlap(period, period.first, context.valuation_date());
    const Expr mean = is_seen_at_end ? after : (before + after) * (0.5 * ahead);
    stream.revenue[t] = stream.revenue[t] * exp(-mean);
    before = after;
  }
}

}  // namespace capstake
