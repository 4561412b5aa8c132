#include "contract/clauses/payer_credit.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class PayerCreditStep : public Step {
 public:
  PayerCreditStep(const LegScope& scope, const PayerCredit& terms) : scope_(scope), terms_(terms) {}

  void schedule(std::vector<Due>& dues) override {
    if (terms_.failure.empty()) {
      return;
    }
    const LoweredEvent& failure = scope_.setting.events.at(terms_.failure);
    const Expr recovery = scope_.number("recovery", terms_.recovery);
    for (Due& due : dues) {
      const Expr sound = failure.survives(scope_.context, due.date);
      due.amount = due.amount * (sound + (1.0 - sound) * recovery);
    }
  }

 private:
  LegScope scope_;
  const PayerCredit& terms_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const PayerCredit& clause) {
  return std::make_unique<PayerCreditStep>(scope, clause);
}

}  // namespace capstake
