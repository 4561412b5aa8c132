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
    }
    total_.add(flow.period, flow.revenue);
    const Expr below = min(total_.now(), amount_) - min(total_.before(), amount_);
    flow.add(-(flow.rate * below));
    flow.shared = flow.shared - below * flow.counted_part;
  }

 private:
  LegScope scope_;
  const Threshold& threshold_;
  RunningTotal total_;
  Expr amount_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Threshold& clause) {
  return std::make_unique<ThresholdStep>(scope, clause);
}

}  // namespace capstake
