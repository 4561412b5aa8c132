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
    const std::size_t last_period = std::ranges::max(dues, {}, &Due::period).period;
    const Date until = terms_.until.value_or(scope_.payment_date(last_period));
    const Expr part = scope_.number("part", terms_.part);
    Expr before = scope_.context.constant(1.0);
    for (const Period& p : periods_ahead(until)) {
      const Expr now = event_.survives(scope_.context, std::min(p.last, until));
      const Date paid_back_on = scope_.leg.payment_date(p.last);
      dues.push_back({last_period, paid_back_on, -((before - now) * part * received_in(p))});
      before = now;
    }
  }

 private:
  // From the valuation date on, whatever the deal's grid covers.
  std::vector<Period> periods_ahead(Date until) const {
    const Date first = scope_.context.valuation_date() + std::chrono::days{1};
    return until < first ? std::vector<Period>{}
                         : periods_covering(scope_.context.frequency(), first, until);
  }

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

  Expr received_in(const Period& period) {
    const Expr all = received_by(period.last);
    return terms_.look_back == 0
               ? all
               : all - received_by(period.last - std::chrono::days{terms_.look_back});
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
