#include "contract/clauses/tail_rate.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class TailRateStep : public Step {
 public:
  TailRateStep(const LegScope& scope, const TailRate& tail) : scope_(scope), tail_(tail) {}

  void apply(Flow& flow, const Totals&) override {
    const Expr rate = scope_.number("rate", tail_.rate, flow.period);
    flow.extra = flow.extra + *flow.cut * (rate / flow.rate);
  }

 private:
  LegScope scope_;
  const TailRate& tail_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const TailRate& clause) {
  return std::make_unique<TailRateStep>(scope, clause);
}

}  // namespace capstake
