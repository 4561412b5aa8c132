// The total cap as expressions: what it leaves of each period's accruals, and when it is reached.
#pragma once

#include <functional>

#include "contract/pipeline.hpp"

namespace capstake {

class TotalCap {
 public:
  struct Terms {
    std::function<Expr(std::size_t)> cap_of;     // the cap that is agreed for a period
    std::function<Expr(std::size_t)> weight_of;  // of a period's payment in the total; or none: 1
    Expr already_paid;
  };
  TotalCap(Context& context, Terms terms);

  // A period of the term: part of the period's days before those whose accruals count, and part
  // that they are.
  void apply(Flow& flow, double counted_begin, Expr counted_part);
  // A period outside of the term.
  void pass(std::size_t period);
  LoweredCap lowered() const;
  // The cap in a period: the agreed one, unless an earlier one has been reached.
  Expr in_force(std::size_t period);

 private:
  void note(std::size_t period, Expr cap_at);

  Context& context_;
  Terms terms_;
  std::optional<Expr> agreed_;
  std::optional<Expr> cap_;
  Expr uncapped_;  // S_t, of weighted accruals
  Expr capped_;    // min(S_t, C)
  Expr beyond_;    // max(S_t - C, 0)
  std::vector<Expr> reached_;
  Expr days_;
};

}  // namespace capstake
