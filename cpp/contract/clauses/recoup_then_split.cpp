#include "contract/clauses/recoup_then_split.hpp"

#include "contract/accretion.hpp"
#include "contract/pipeline.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

namespace {

class RecoupThenSplitStep : public Step {
 public:
  RecoupThenSplitStep(const LegScope& scope, const RecoupThenSplit& split)
      : scope_(scope),
        split_(split),
        hurdle_(scope_.price(split.amount, split.multiple, scope_.context.valuation_date())),
        accrued_(scope_.already_paid()),
        beyond_(max(accrued_ - hurdle_, 0.0)),
        is_changed_later_(scope.leg.find<CatchUp>() || scope.leg.find<MinimumGuarantee>() ||
                          scope.leg.find<PeriodCap>() || scope.leg.find<Custom>()) {}

  void apply(Flow& flow, const Totals& totals) override {
    if (is_changed_later_) {
      count_what_was_paid(totals);
    }
    const Expr weight = weight_of(flow.period);
    weight_before_ = weight;
    accrued_ = accrued_ + flow.accrual() * weight;
    const Expr beyond = max(accrued_ - hurdle_, 0.0);
    const Expr rate = scope_.number("rate", split_.rate, flow.period);
    flow.add((beyond - beyond_) / weight * (rate / flow.rate - 1.0));
    beyond_ = beyond;
  }

 private:
  // What the period before has paid in the end takes the place of what it accrued here.
  void count_what_was_paid(const Totals& totals) {
    if (paid_before_) {
      received_ = *received_ + (totals.paid - *paid_before_) * *weight_before_;
      accrued_ = *received_;
      beyond_ = max(accrued_ - hurdle_, 0.0);
    } else {
      received_ = accrued_;
    }
    paid_before_ = totals.paid;
  }

  // What brings the period's payment to the day from which interest accrues.
  Expr weight_of(std::size_t period) {
    if (!split_.interest) {
      return scope_.context.constant(1.0);
    }
    return growth(scope_.context, scope_.path + ".interest", *split_.interest,
                  scope_.payment_date(period), split_.since.value_or(scope_.leg.start));
  }

  LegScope scope_;
  const RecoupThenSplit& split_;
  Expr hurdle_;
  Expr accrued_;  // and paid before the start; discounted by the interest, if there is any
  Expr beyond_;   // of that, beyond the hurdle
  bool is_changed_later_;
  std::optional<Expr> received_;       // by the end of the period before, weighted as above
  std::optional<Expr> paid_before_;    // by the end of the one before that
  std::optional<Expr> weight_before_;  // of the period before
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const RecoupThenSplit& clause) {
  return std::make_unique<RecoupThenSplitStep>(scope, clause);
}

}  // namespace capstake
