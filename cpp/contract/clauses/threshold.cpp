#include "contract/clauses/threshold.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class ThresholdStep : public Step {
 public:
  ThresholdStep(const LegScope& scope, const Threshold& threshold)
      : scope_(scope),
        threshold_(threshold),
        total_(scope_.term, threshold.per, scope_.zero(),
               scope_.number("revenue_before", threshold.revenue_before)),
        amount_(scope_.zero()) {}

  void apply(Flow& flow, const Totals&) override {
    if (scope_.term.begins(threshold_.per, flow.period)) {
      amount_ = scope_.number("amount", threshold_.amount, flow.period);
      is_nothing_ = is_nothing(scope_.context.periods()[flow.period].first);
    }
    total_.add(flow.period, flow.revenue);
    if (is_nothing_) {
      // All accrues, to the bit.
      const Expr left = flow.rate * (amount_ - total_.before());
      flow.add(max(flow.accrual(), left) - max(left, 0.0) - flow.accrual());
      return;
    }
    // Below the threshold nothing is left of what accrues, to the bit.
    const Expr above = max(total_.now(), amount_) - max(total_.before(), amount_);
    flow.add(flow.rate * above - flow.accrual());
    flow.shared = flow.shared - (flow.revenue - above) * flow.counted_part;
  }

 private:
  bool is_nothing(Date on) const {
    const Number& amount = threshold_.amount;
    return amount.by_date() ? amount.value_on(on) == 0.0 : amount.is_zero();
  }

  LegScope scope_;
  const Threshold& threshold_;
  RunningTotal total_;
  Expr amount_;
  bool is_nothing_ = false;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Threshold& clause) {
  return std::make_unique<ThresholdStep>(scope, clause);
}

}  // namespace capstake
