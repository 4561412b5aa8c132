#include "contract/clauses/balloon.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class BalloonStep : public Step {
 public:
  BalloonStep(const LegScope& scope, const Balloon& balloon) : scope_(scope), balloon_(balloon) {}

  void apply(Flow& flow, const Totals&) override {
    if (scope_.term.ends(Per::term, flow.period)) {
      const Expr due = *flow.room * scope_.number("part", balloon_.part) *
                       scope_.term.survives(scope_.term.end());
      flow.counted = flow.counted + due;
      flow.room = *flow.room - due;
    }
  }

 private:
  LegScope scope_;
  const Balloon& balloon_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Balloon& clause) {
  return std::make_unique<BalloonStep>(scope, clause);
}

}  // namespace capstake
