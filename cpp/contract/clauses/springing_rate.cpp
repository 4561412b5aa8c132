#include "contract/clauses/springing_rate.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class SpringingRateStep : public Step {
 public:
  SpringingRateStep(const LegScope& scope, const SpringingRate& terms)
      : scope_(scope), terms_(terms), paid_by_test_(scope_.zero()) {}

  void apply(Flow& flow, const Totals& totals) override {
    if (is_first_ || scope_.payment_date(flow.period - 1) <= terms_.test_date) {
      paid_by_test_ = totals.paid;
      is_first_ = false;
    }
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
            ? paid_by_test_
            : totals.revenue + scope_.number("revenue_before", terms_.revenue_before);
    missed_ = less(reached, target);
    // What was paid before the leg's start came of no rate of its own. Where nothing else has been
    // paid no rate would have met the target: the share is then all.
    constexpr double kLeast = 1e-100;
    const Expr before = scope_.already_paid();
    shortfall_ = (target - before) / max(reached - before, kLeast);
  }

  Expr rate_if_missed(const Flow& flow) {
    if (terms_.rate_if_missed) {
      return scope_.number("rate_if_missed", *terms_.rate_if_missed, flow.period);
    }
    return min(flow.rate * *shortfall_, 1.0);
  }

  LegScope scope_;
  const SpringingRate& terms_;
  bool is_first_ = true;
  Expr paid_by_test_;  // and before the start
  std::optional<Expr> missed_;
  std::optional<Expr> shortfall_;  // what was to be paid as a multiple of what was
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const SpringingRate& clause) {
  return std::make_unique<SpringingRateStep>(scope, clause);
}

}  // namespace capstake
