#include "contract/clauses/buy_out.hpp"

#include "contract/ending.hpp"

namespace capstake {

namespace {

class BuyOutStep : public Step {
 public:
  BuyOutStep(const LegScope& scope, const BuyOut& terms) : scope_(scope), terms_(terms) {}

  void apply(Flow& flow, const Totals& totals) override {
    if (scope_.term.ends(Per::term, flow.period)) {
      const Expr price = scope_.price(terms_.amount, terms_.multiple, terms_.on);
      earn_price(flow, totals, price, terms_.less_paid, scope_.term.survives(scope_.term.end()));
    }
  }

 private:
  LegScope scope_;
  const BuyOut& terms_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const BuyOut& clause) {
  return std::make_unique<BuyOutStep>(scope, clause);
}

}  // namespace capstake
