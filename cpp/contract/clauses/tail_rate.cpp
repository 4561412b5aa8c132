#include "contract/clauses/tail_rate.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class TailRateStep : public Step {
 public:
  TailRateStep(const LegScope& scope, const TailRate& tail)
      : scope_(scope), tail_(tail), is_share_alone_(scope.leg.accrues_by_one_rate()) {}

  void apply(Flow& flow, const Totals&) override {
    const Expr rate = scope_.number("rate", tail_.rate, flow.period);
    // A multiple of what is cut is a line in the time of a stop event, which the other is not.
    flow.extra = flow.extra + (is_share_alone_ ? *flow.cut * (rate / flow.rate)
                                               : rate * (flow.shared * beyond_cap(flow)));
  }

 private:
  // Of what the period accrues the part beyond the cap: 1 - min(room / accrual, 1). Where nothing
  // accrues it is all, or nothing, and its slope is moderate, as adjoints that cancel must be.
  static Expr beyond_cap(const Flow& flow) {
    constexpr double kLeast = 1e-9;  // of the cap
    const Expr room = flow.counted + *flow.room;
    return 1.0 - room / max(max(flow.counted + *flow.cut, room), *flow.cap * kLeast);
  }

  LegScope scope_;
  const TailRate& tail_;
  bool is_share_alone_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const TailRate& clause) {
  return std::make_unique<TailRateStep>(scope, clause);
}

}  // namespace capstake
