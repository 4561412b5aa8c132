#include "contract/clauses/cap_multiple.hpp"

#include <memory>
#include <vector>

#include "contract/cap_test.hpp"
#include "contract/revenue_share.hpp"
#include "contract/total_cap.hpp"

namespace capstake {

TotalCap::Terms lower_cap(const LegScope& scope, const CapMultiple& clause) {
  const auto tests = std::make_shared<std::vector<CapTest>>(cap_tests(scope));
  return {.cap_of =
              [scope, &clause, tests](std::size_t t) {
                Expr multiple = scope.context.number(scope.path + ".multiple", clause.multiple,
                                                     scope.cap_day(t));
                for (CapTest& test : *tests) {
                  multiple = test.multiple(multiple, t);
                }
                return multiple * scope.investment();
              },
          .weight_of = {},
          .already_paid = scope.already_paid(),
          .see =
              [tests](std::size_t t, const Totals& before) {
                for (CapTest& test : *tests) {
                  test.see(t, before);
                }
              }};
}

}  // namespace capstake
