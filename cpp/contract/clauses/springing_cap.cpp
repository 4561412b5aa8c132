#include "contract/clauses/springing_cap.hpp"

#include <algorithm>

#include "contract/cap_test.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

CapTest::CapTest(const LegScope& scope, const SpringingCap& terms)
    : scope_(scope),
      terms_(terms),
      paid_by_test_(scope.already_paid()),
      paid_before_(terms.since ? scope.already_paid() : scope.zero()) {}

void CapTest::see(std::size_t period, const Totals& before) {
  if (period == 0 || !scope_.term.has(period - 1)) {
    return;
  }
  const Date paid = scope_.payment_date(period - 1);
  if (paid <= terms_.test_date) {
    paid_by_test_ = before.paid;
  }
  if (terms_.since && paid < *terms_.since) {
    paid_before_ = before.paid;
  }
}

Expr CapTest::multiple(Expr before, std::size_t period) {
  if (scope_.cap_day(period) <= terms_.test_date) {
    return before;
  }
  if (!missed_) {
    missed_ = less(measured(), scope_.number("target", terms_.target));
  }
  Expr after = before;
  if (terms_.multiple_if_missed) {
    const Expr higher =
        max(scope_.number("multiple_if_missed", *terms_.multiple_if_missed), before);
    after = after + *missed_ * (higher - before);
  }
  if (terms_.multiple_if_met) {
    const Expr higher = max(scope_.number("multiple_if_met", *terms_.multiple_if_met), before);
    after = after + (1.0 - *missed_) * (higher - before);
  }
  return after;
}

Expr CapTest::measured() const {
  return terms_.measure == TestOf::payments ? paid_by_test_ - paid_before_ : revenue();
}

Expr CapTest::revenue() const {
  const Date first = terms_.since.value_or(scope_.leg.start);
  const LoweredStream& base = scope_.setting.streams.at(scope_.leg.base);
  Expr sum = scope_.zero();
  for (std::size_t t = 0; t < scope_.context.n_periods(); ++t) {
    const Period& period = scope_.context.periods()[t];
    if (period.last >= first && period.first <= terms_.test_date) {
      sum = sum + base.revenue[t] * overlap(period, first, terms_.test_date);
    }
  }
  return sum;
}

std::vector<CapTest> cap_tests(const LegScope& scope) {
  auto found = scope.leg.all_named<SpringingCap>();
  std::ranges::sort(found, {}, [&](const auto& named) { return named.second->turn(scope.leg); });
  std::vector<CapTest> tests;
  for (const auto& [name, terms] : found) {
    LegScope own = scope;
    own.path = clause_path(scope.leg_path, name);
    tests.emplace_back(own, *terms);
  }
  return tests;
}

}  // namespace capstake
