#include "contract/clauses/springing_rate.hpp"

#include "contract/pipeline.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

namespace {

class SpringingRateStep : public Step {
 public:
  SpringingRateStep(const LegScope& scope, const SpringingRate& terms)
      : scope_(scope),
        terms_(terms),
        tiers_(scope.leg.find<Tiers>()),
        by_test_{scope_.zero(), scope_.zero()} {}

  void apply(Flow& flow, const Totals& totals) override {
    if (is_first_ || scope_.payment_date(flow.period - 1) <= terms_.test_date) {
      by_test_ = totals;
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
    if (tiers_) {
      reset_tiers(flow, rate);
    }
  }

 private:
  void test(const Totals& totals) {
    const Expr target = scope_.number("target", terms_.target);
    const Expr reached =
        terms_.measure == TestOf::payments
            ? by_test_.paid
            : totals.revenue + scope_.number("revenue_before", terms_.revenue_before);
    missed_ = less(reached, target);
    // What was paid before the leg's start came of no rate of its own. Where nothing else has been
    // paid no rate would have met the target: the share is then all.
    constexpr double kLeast = 1e-100;
    const Expr lacking = target - scope_.already_paid();
    shortfall_ = lacking / max(reached - scope_.already_paid(), kLeast);
    level_ = min(lacking / max(by_test_.revenue, kLeast), 1.0);
  }

  Expr rate_if_missed(const Flow& flow) {
    if (terms_.rate_if_missed) {
      return scope_.number("rate_if_missed", *terms_.rate_if_missed, flow.period);
    }
    return replaces_tiers() ? *level_ : min(flow.rate * *shortfall_, 1.0);
  }

  bool replaces_tiers() const { return tiers_ && terms_.tiers == TiersAfter::replaced; }

  void reset_tiers(Flow& flow, Expr rate_before) {
    const TierReset before =
        flow.tiers.value_or(TierReset{scope_.context.constant(1.0), scope_.zero()});
    if (!replaces_tiers()) {
      const Expr scale = flow.rate / rate_before;
      flow.tiers = {before.factor * scale, before.rate * scale};
      return;
    }
    // A test that was met leaves them where it leaves the rate.
    const Expr kept = terms_.rate_if_met ? scope_.zero() : 1.0 - *missed_;
    flow.tiers = {before.factor * kept, before.rate * kept + flow.rate * (1.0 - kept)};
  }

  LegScope scope_;
  const SpringingRate& terms_;
  const Tiers* tiers_;  // of the leg, if it has any
  bool is_first_ = true;
  Totals by_test_;  // what has been paid by the test, and the revenue of which it was
  std::optional<Expr> missed_;
  std::optional<Expr> shortfall_;  // what was to be paid as a multiple of what was
  std::optional<Expr> level_;      // the one rate that would have paid it
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const SpringingRate& clause) {
  return std::make_unique<SpringingRateStep>(scope, clause);
}

}  // namespace capstake
