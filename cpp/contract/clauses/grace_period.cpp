#include "contract/clauses/grace_period.hpp"

#include "contract/accretion.hpp"
#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class GracePeriodStep : public Step {
 public:
  GracePeriodStep(const LegScope& scope, const GracePeriod& grace) : scope_(scope), grace_(grace) {}

  void schedule(std::vector<Due>& dues) override {
    for (Due& due : dues) {
      if (due.date < grace_.until) {
        due.amount = due.amount * growth(scope_.context, scope_.path + ".interest", grace_.interest,
                                         due.date, grace_.until);
        due.date = grace_.until;
      }
    }
  }

 private:
  LegScope scope_;
  const GracePeriod& grace_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const GracePeriod& clause) {
  return std::make_unique<GracePeriodStep>(scope, clause);
}

}  // namespace capstake
