#include "contract/clauses/period_cap.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class PeriodCapStep : public Step {
 public:
  PeriodCapStep(const LegScope& scope, const PeriodCap& cap)
      : scope_(scope), cap_(cap), earned_(scope_.zero()), limit_(scope_.zero()) {}

  void apply(Flow& flow, const Totals&) override {
    const Expr accrued = flow.accrual();
    if (scope_.term.begins(cap_.per, flow.period)) {
      begin(flow.period);
      earned_ = earned_ + accrued;
      flow.add(min(earned_, limit_) - accrued);
      return;
    }
    // No difference of totals: it is all that accrued, or nothing, to the bit.
    const Expr room = limit_ - earned_;
    earned_ = earned_ + accrued;
    flow.add(min(accrued, room) - min(room, 0.0) - accrued);
  }

 private:
  void begin(std::size_t period) {
    // What the limit of the span before has cut.
    earned_ = cap_.carry_forward ? max(earned_ - limit_, 0.0) : scope_.zero();
    limit_ = scope_.number("amount", cap_.amount, period);
    if (cap_.prorated) {
      limit_ = limit_ * (scope_.term.days_of(cap_.per, period, true) /
                         scope_.term.days_of(cap_.per, period, false));
    }
  }

  LegScope scope_;
  const PeriodCap& cap_;
  Expr earned_;  // in the span so far, with what was carried into it
  Expr limit_;
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const PeriodCap& clause) {
  return std::make_unique<PeriodCapStep>(scope, clause);
}

void PeriodCap::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"per"}) && per == Per::term) {
    issues.push_back({join_path(path, "per"), "must be \"period\" or \"year\"", "\"term\"",
                      "for a limit on the whole term state the leg's cap"});
  }
}

}  // namespace capstake
