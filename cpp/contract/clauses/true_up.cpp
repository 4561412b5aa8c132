#include "contract/clauses/true_up.hpp"

#include "contract/accretion.hpp"
#include "contract/pipeline.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

namespace {

// All as of the first day: payments discounted, what is missing grown back.
class TrueUpStep : public Step {
 public:
  TrueUpStep(const LegScope& scope, const TrueUp& terms)
      : scope_(scope),
        terms_(terms),
        balance_(terms.amount ? scope.number("amount", *terms.amount) : scope.investment()),
        part_(scope.number("part", terms.part)),
        paid_before_(scope.already_paid()) {}

  void apply(Flow& flow, const Totals& totals) override {
    if (weight_before_) {
      balance_ = balance_ - part_ * ((totals.paid - paid_before_) * *weight_before_);
    }
    paid_before_ = totals.paid;
    const Expr weight =
        growth(scope_.context, scope_.path + ".rate", terms_.rate, scope_.payment_date(flow.period),
               terms_.since.value_or(scope_.leg.start));
    weight_before_ = weight;
    const Expr missing = max(balance_ - part_ * (flow.accrual() * weight), 0.0) / weight;
    flow.extra = flow.extra + *flow.fills_cap * missing;
  }

 private:
  LegScope scope_;
  const TrueUp& terms_;
  Expr balance_;
  Expr part_;
  Expr paid_before_;
  std::optional<Expr> weight_before_;  // of the period before
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const TrueUp& clause) {
  return std::make_unique<TrueUpStep>(scope, clause);
}

}  // namespace capstake
