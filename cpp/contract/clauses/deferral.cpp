#include "contract/clauses/deferral.hpp"

#include "contract/accretion.hpp"
#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class DeferralStep : public Step {
 public:
  DeferralStep(const LegScope& scope, const Deferral& deferral)
      : scope_(scope), deferral_(deferral) {}

  void schedule(std::vector<Due>& dues) override {
    const std::size_t n = dues.size();
    for (std::size_t i = 0; i < n; ++i) {
      const Due due = dues[i];
      if (due.is_deferred) {
        continue;
      }
      const Expr whole = due.whole.value_or(due.amount);
      const Expr part = scope_.number("part", deferral_.part, due.period);
      const Date later = due.date + std::chrono::days{deferral_.days};
      const Expr grown =
          growth(scope_.context, scope_.path + ".interest", deferral_.interest, due.date, later);
      // A single deferral keeps the bits of a product.
      dues[i].amount = due.whole ? due.amount - whole * part : whole * (1.0 - part);
      dues[i].whole = whole;
      dues.push_back({due.period, later, whole * part * grown, std::nullopt, true});
    }
  }

 private:
  LegScope scope_;
  const Deferral& deferral_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Deferral& clause) {
  return std::make_unique<DeferralStep>(scope, clause);
}

}  // namespace capstake
