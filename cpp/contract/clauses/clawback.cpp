#include "contract/clauses/clawback.hpp"

#include <algorithm>
#include <iterator>

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

// All clawbacks of a leg, as what is given back for one event is no longer there for another.
class ClawbacksStep : public Step {
 public:
  explicit ClawbacksStep(const LegScope& scope) : scope_(scope) {}

  // Dues come in the order of their dates.
  void schedule(std::vector<Due>& dues) override {
    sum_up(dues);
    const std::size_t last_period = std::ranges::max(dues, {}, &Due::period).period;
    std::vector<Claim> claims = all_claims(scope_.payment_date(last_period));
    const Date last = std::ranges::max_element(claims, {}, &Claim::until)->until;
    for (const Period& p : periods_ahead(last)) {
      const Date paid_back_on = scope_.leg.payment_date(p.last);
      for (Claim& claim : claims) {
        if (p.first <= claim.until) {
          const Expr amount = given_back(claim, claims, p);
          dues.push_back({last_period, paid_back_on, -amount});
        }
      }
    }
  }

 private:
  struct Claim {
    const Clawback& terms;
    const LoweredEvent& event;
    Date until;
    Expr part;
    Expr before;                // 1 while the event has not come by the end of the period before
    std::optional<Expr> given;  // back so far
  };

  std::vector<Claim> all_claims(Date last_payment) const {
    std::vector<Claim> claims;
    for (const auto& [name, terms] : scope_.leg.all_named<Clawback>()) {
      const std::string path = clause_path(scope_.leg_path, name);
      claims.push_back({*terms, scope_.setting.events.at(terms->event),
                        terms->until.value_or(last_payment),
                        scope_.context.number(path + ".part", terms->part),
                        scope_.context.constant(1.0), std::nullopt});
    }
    return claims;
  }

  // From the valuation date on, whatever the deal's grid covers.
  std::vector<Period> periods_ahead(Date until) const {
    const Date first = scope_.context.valuation_date() + std::chrono::days{1};
    return until < first ? std::vector<Period>{}
                         : periods_covering(scope_.context.frequency(), first, until);
  }

  Expr given_back(Claim& claim, const std::vector<Claim>& claims, const Period& p) {
    const Expr now = claim.event.survives(scope_.context, std::min(p.last, claim.until));
    Expr held = received_by(p.last);
    for (const Claim& other : claims) {
      held = &other != &claim && other.given ? held - *other.given : held;
    }
    if (claim.terms.look_back > 0) {
      const Expr lately = received_lately(p, claim.terms.look_back);
      held = claims.size() == 1 ? lately : min(lately, held);
    }
    const Expr amount = (claim.before - now) * claim.part * held;
    claim.given = claim.given ? *claim.given + amount : amount;
    claim.before = now;
    return amount;
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

  Expr received_lately(const Period& period, int days) {
    return received_by(period.last) - received_by(period.last - std::chrono::days{days});
  }

  LegScope scope_;
  std::vector<std::pair<Date, Expr>> sums_;  // received up to each due, with already_paid
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Clawback& clause) {
  if (&clause == scope.leg.find<Clawback>()) {
    return std::make_unique<ClawbacksStep>(scope);
  }
  return std::make_unique<Step>();
}

}  // namespace capstake
