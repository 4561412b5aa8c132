#include "contract/clauses/period_cap.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class PeriodCapStep : public Step {
 public:
  PeriodCapStep(const LegScope& scope, const PeriodCap& cap)
      : scope_(scope),
        cap_(cap),
        earned_(scope_.zero()),
        beyond_(scope_.zero()),
        limit_(scope_.zero()) {}

  void apply(Flow& flow, const Totals&) override {
    if (scope_.term.begins(cap_.per, flow.period)) {
      begin(flow.period);
    }
    earned_ = earned_ + flow.accrual();
    const Expr beyond = max(earned_ - limit_, 0.0);
    // Only what is cut is taken off, so that accruals stay the same bits below the limit.
    flow.add(beyond_ - beyond);
    beyond_ = beyond;
  }

 private:
  void begin(std::size_t period) {
    limit_ = scope_.number("amount", cap_.amount, period);
    if (cap_.prorated) {
      limit_ = limit_ * (scope_.term.days_of(cap_.per, period, true) /
                         scope_.term.days_of(cap_.per, period, false));
    }
    // All that is carried into the span is beyond the limit until there is room for it.
    earned_ = cap_.carry_forward ? beyond_ : scope_.zero();
    beyond_ = earned_;
  }

  LegScope scope_;
  const PeriodCap& cap_;
  Expr earned_;  // in the span so far, with what was carried into it
  Expr beyond_;  // of that, what the limit cuts
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
