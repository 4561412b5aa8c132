#include "contract/clauses/minimum_guarantee.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class MinimumGuaranteeStep : public Step {
 public:
  MinimumGuaranteeStep(const LegScope& scope, const MinimumGuarantee& guarantee)
      : scope_(scope),
        guarantee_(guarantee),
        amount_(scope_.zero()),
        earned_(scope_.zero()),
        days_(scope_.zero()),
        credit_(scope_.zero()) {}

  void apply(Flow& flow, const Totals&) override {
    const std::size_t t = flow.period;
    const Period& period = scope_.context.periods()[t];
    const Date until = guarantee_.until.value_or(scope_.term.end());
    if (period.first > until) {
      return;
    }
    if (scope_.term.begins(guarantee_.per, t)) {
      amount_ = scope_.number("amount", guarantee_.amount, t);
      earned_ = scope_.zero();
      days_ = scope_.zero();
    }
    earned_ = earned_ + flow.accrual();
    days_ = days_ + scope_.term.shared_part(t) * period.days();
    in_term_ += scope_.term.part_in_term(t) * period.days();
    if (scope_.term.ends(guarantee_.per, t) || until <= period.last) {
      flow.add(true_up(flow));
    }
  }

 private:
  Expr true_up(const Flow& flow) {
    const double whole =
        guarantee_.until ? in_term_
                         : scope_.term.days_of(guarantee_.per, flow.period, !guarantee_.prorated);
    const Expr least = amount_ * (days_ / whole);
    const Expr short_by = max(least - earned_, 0.0);
    if (!guarantee_.recoupable) {
      return short_by;
    }
    const Expr recouped = min(min(max(earned_ - least, 0.0), credit_), flow.accrual());
    credit_ = credit_ + (short_by - recouped);
    return short_by - recouped;
  }

  LegScope scope_;
  const MinimumGuarantee& guarantee_;
  Expr amount_;
  Expr earned_;           // in the span so far
  Expr days_;             // of the span that are shared and before any stop event
  double in_term_ = 0.0;  // days of the term so far
  Expr credit_;           // true-ups that have not been recouped
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const MinimumGuarantee& clause) {
  return std::make_unique<MinimumGuaranteeStep>(scope, clause);
}

void MinimumGuarantee::check(const std::string& path, const SoundFields& sound,
                             Issues& issues) const {
  if (sound.contain({"per", "until"}) && until && per != Per::term) {
    issues.push_back({join_path(path, "until"), "is of a minimum of the term alone", iso(*until),
                      "for minimums of years that end, state an amount by date"});
  }
}

}  // namespace capstake
