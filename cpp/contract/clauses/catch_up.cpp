#include "contract/clauses/catch_up.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class CatchUpStep : public Step {
 public:
  CatchUpStep(const LegScope& scope, const CatchUp& terms)
      : scope_(scope), terms_(terms), planned_(scope_.zero()), accrued_(scope_.zero()) {}

  void apply(Flow& flow, const Totals&) override {
    const std::size_t t = flow.period;
    const double years =
        scope_.context.periods()[t].days() / scope_.term.days_of(Per::year, t, false);
    planned_ =
        planned_ + scope_.number("target", terms_.target, t) * (scope_.term.shared_part(t) * years);
    accrued_ = accrued_ + flow.accrual();
    const Expr share = scope_.number("rate", terms_.rate, t) * flow.revenue;
    const Expr more = min(max(planned_ - accrued_, 0.0), share);
    flow.add(more);
    accrued_ = accrued_ + more;
  }

 private:
  LegScope scope_;
  const CatchUp& terms_;
  Expr planned_;
  Expr accrued_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const CatchUp& clause) {
  return std::make_unique<CatchUpStep>(scope, clause);
}

}  // namespace capstake
