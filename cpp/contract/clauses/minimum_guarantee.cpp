#include "contract/clauses/minimum_guarantee.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class MinimumGuaranteeStep : public Step {
 public:
  MinimumGuaranteeStep(const LegScope& scope, const MinimumGuarantee& guarantee)
      : scope_(scope),
        guarantee_(guarantee),
        amount_(scope_.zero()),
        earned_(scope_.zero()),
        days_(scope_.zero()),
        credit_(scope_.zero()) {}

  void apply(Flow& flow, const Totals&) override {
    const std::size_t t = flow.period;
    if (scope_.term.begins(guarantee_.per, t)) {
      amount_ = scope_.number("amount", guarantee_.amount, t);
      earned_ = scope_.zero();
      days_ = scope_.zero();
    }
    earned_ = earned_ + flow.accrual();
    days_ = days_ + scope_.term.shared_part(t) * scope_.context.periods()[t].days();
    if (scope_.term.ends(guarantee_.per, t)) {
      flow.add(true_up(flow));
    }
  }

 private:
  Expr true_up(const Flow& flow) {
    const double whole = scope_.term.days_of(guarantee_.per, flow.period, !guarantee_.prorated);
    const Expr least = amount_ * (days_ / whole);
    const Expr short_by = max(least - earned_, 0.0);
    if (!guarantee_.recoupable) {
      return short_by;
    }
    const Expr recouped = min(min(max(earned_ - least, 0.0), credit_), flow.accrual());
    credit_ = credit_ + (short_by - recouped);
    return short_by - recouped;
  }

  LegScope scope_;
  const MinimumGuarantee& guarantee_;
  Expr amount_;
  Expr earned_;  // in the span so far
  Expr days_;    // of the span that are shared and before any stop event
  Expr credit_;  // true-ups that have not been recouped
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const MinimumGuarantee& clause) {
  return std::make_unique<MinimumGuaranteeStep>(scope, clause);
}

}  // namespace capstake
