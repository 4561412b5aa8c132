#include "contract/clauses/accreting_cap.hpp"

#include "contract/accretion.hpp"
#include "contract/revenue_share.hpp"
#include "contract/total_cap.hpp"

namespace capstake {

// Payments count by what they were worth, at the cap's rate, on its first day.
TotalCap::Terms lower_cap(const LegScope& scope, const AccretingCap& clause) {
  const Expr amount = clause.amount ? scope.number("amount", *clause.amount) : scope.investment();
  return {.cap_of = [amount](std::size_t) { return amount; },
          .weight_of =
              [scope, &clause](std::size_t t) {
                return growth(scope.context, scope.path + ".rate", clause.rate,
                              scope.payment_date(t), clause.since.value_or(scope.leg.start));
              },
          .already_paid = scope.zero(),
          .see = {}};
}

}  // namespace capstake
