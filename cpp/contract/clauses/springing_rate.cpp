#include "contract/clauses/springing_rate.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class SpringingRateStep : public Step {
 public:
  SpringingRateStep(const LegScope& scope, const SpringingRate& terms)
      : scope_(scope), terms_(terms) {}

  void apply(Flow& flow, const Totals& totals) override {
    if (scope_.context.periods()[flow.period].first <= terms_.test_date) {
      return;
    }
    if (!missed_) {
      test(totals);
    }
    // Differences that are zero change no bit of the rate.
    const Expr rate = flow.rate;
    flow.rate = rate + *missed_ * (rate_if_missed(flow) - rate);
    if (terms_.rate_if_met) {
      const Expr met = scope_.number("rate_if_met", *terms_.rate_if_met, flow.period);
      flow.rate = flow.rate + (1.0 - *missed_) * (met - rate);
    }
  }

 private:
  void test(const Totals& totals) {
    const Expr target = scope_.number("target", terms_.target);
    const Expr reached =
        terms_.measure == TestOf::payments
            ? totals.paid
            : totals.revenue + scope_.number("revenue_before", terms_.revenue_before);
    missed_ = less(reached, target);
    // Where nothing has been paid no rate would have met the target: the share is then all.
    constexpr double kLeast = 1e-100;
    shortfall_ = target / max(reached, kLeast);
  }

  Expr rate_if_missed(const Flow& flow) {
    if (terms_.rate_if_missed) {
      return scope_.number("rate_if_missed", *terms_.rate_if_missed, flow.period);
    }
    return min(flow.rate * *shortfall_, 1.0);
  }

  LegScope scope_;
  const SpringingRate& terms_;
  std::optional<Expr> missed_;
  std::optional<Expr> shortfall_;  // the target as a multiple of what was reached
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const SpringingRate& clause) {
  return std::make_unique<SpringingRateStep>(scope, clause);
}

}  // namespace capstake
