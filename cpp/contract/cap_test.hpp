// The tests by which a cap's multiple is reset.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/clauses/springing_cap.hpp"
#include "contract/pipeline.hpp"

namespace capstake {

class CapTest {
 public:
  CapTest(const LegScope& scope, const SpringingCap& terms);

  // What has been paid before a period of the term; called for each of them in order.
  void see(std::size_t period, const Totals& before);
  // What the test makes of the multiple that would hold in a period.
  Expr multiple(Expr before, std::size_t period);

 private:
  Expr measured() const;
  Expr revenue() const;

  LegScope scope_;
  const SpringingCap& terms_;
  Expr paid_by_test_;
  Expr paid_before_;  // the day from which payments count
  std::optional<Expr> missed_;
};

// Those of a leg, in the order of their dates.
std::vector<CapTest> cap_tests(const LegScope& scope);

}  // namespace capstake
