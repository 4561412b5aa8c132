#include "contract/clauses/clawback.hpp"

#include <algorithm>
#include <iterator>

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class ClawbackStep : public Step {
 public:
  ClawbackStep(const LegScope& scope, const Clawback& terms)
      : scope_(scope), terms_(terms), event_(scope.setting.events.at(terms.event)) {}

  // Dues come in the order of their dates.
  void schedule(std::vector<Due>& dues) override {
    sum_up(dues);
    const Expr part = scope_.number("part", terms_.part);
    Expr before = scope_.context.constant(1.0);
    for (std::size_t t = 0; t < scope_.context.n_periods(); ++t) {
      if (!scope_.context.is_past(t)) {
        const Expr now = event_.survives(t);
        dues.push_back({t, scope_.payment_date(t), -((before - now) * part * received(t))});
        before = now;
      }
    }
  }

 private:
  void sum_up(const std::vector<Due>& dues) {
    Expr sum = scope_.already_paid();
    for (const Due& due : dues) {
      sum = sum + due.amount;
      sums_.emplace_back(due.date, sum);
    }
  }

  // Everything that was received up to a date.
  Expr received_by(Date date) {
    const auto later = std::ranges::upper_bound(sums_, date, {}, &std::pair<Date, Expr>::first);
    return later == sums_.begin() ? scope_.already_paid() : std::prev(later)->second;
  }

  Expr received(std::size_t period) {
    const Date last = scope_.context.periods()[period].last;
    const Expr all = received_by(last);
    return terms_.look_back == 0 ? all
                                 : all - received_by(last - std::chrono::days{terms_.look_back});
  }

  LegScope scope_;
  const Clawback& terms_;
  const LoweredEvent& event_;
  std::vector<std::pair<Date, Expr>> sums_;  // received up to each due, with already_paid
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Clawback& clause) {
  return std::make_unique<ClawbackStep>(scope, clause);
}

}  // namespace capstake
