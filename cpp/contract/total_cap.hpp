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
    // What is told before each period of the term, if the cap depends on it.
    std::function<void(std::size_t, const Totals&)> see;
  };
  TotalCap(Context& context, Terms terms);

  void see(std::size_t period, const Totals& before) const {
    if (terms_.see) {
      terms_.see(period, before);
    }
  }

  // A period of the term: part of the period's days before those whose accruals count, and part
  // that they are.
  void apply(Flow& flow, double counted_begin, Expr counted_part);
  // A period outside of the term.
  void pass(std::size_t period);
  LoweredCap lowered() const;
  // 1 when it has been reached by the end of the last period that was applied, else 0; and of the
  // one before.
  Expr reached() const { return reached_.back(); }
  Expr reached_before() const;
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

TotalCap::Terms lower_cap(const LegScope& scope, const CapMultiple& clause);
TotalCap::Terms lower_cap(const LegScope& scope, const AccretingCap& clause);

// Of several caps of a leg the greater one: payments go on until all of them have been reached.
class TotalCaps {
 public:
  explicit TotalCaps(std::vector<TotalCap> caps) : caps_(std::move(caps)) {}

  bool empty() const { return caps_.empty(); }
  // Before a period of the term: returns the cap in force, if there is one.
  std::optional<Expr> begin(std::size_t period, const Totals& before);
  void apply(Flow& flow, double counted_begin, Expr counted_part);
  void pass(std::size_t period);
  // 1 if the period that was applied last is the one that reaches the cap, else 0.
  Expr fill() const;
  std::optional<LoweredCap> lowered() const;

 private:
  std::vector<TotalCap> caps_;
};

}  // namespace capstake
