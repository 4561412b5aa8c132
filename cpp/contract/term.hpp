// The days whose revenue a leg shares, as parts of the grid's periods.
#pragma once

#include <optional>
#include <vector>

#include "contract/per.hpp"
#include "schedule/context.hpp"

namespace capstake {

class Term {
 public:
  // A contract year begins in the month of `year_start`, or else with the calendar year.
  Term(Context& context, Date start, Date end, std::vector<const LoweredEvent*> stops,
       std::optional<Date> year_start = std::nullopt);

  Date start() const { return start_; }
  Date end() const { return end_; }
  // Whether some day of the period lies in the term.
  bool has(std::size_t period) const;
  // Part of the period's days that lie in [first, last] and before the first stop event.
  Expr shared_part(std::size_t period, Date first, Date last);
  Expr shared_part(std::size_t period) { return shared_part(period, start_, end_); }
  // Part of the period's days that lie in the term, stop events aside.
  double part_in_term(std::size_t period) const;
  // Part of the period's days that come before a date.
  double part_before(std::size_t period, Date date) const;
  // 1 while no stop event, save some, has come by a date, else 0.
  Expr survives(Date by, const std::vector<const LoweredEvent*>& except = {});
  // 1 while no stop event has come by the period's last day in the term, else 0.
  Expr survives(std::size_t period);
  // 1 while none has come before the period's first day in the term, else 0.
  Expr begins_alive(std::size_t period);
  // 1 if the first one comes on one of the term's days in the period, else 0.
  Expr ends_in(std::size_t period) { return begins_alive(period) - survives(period); }

  // Whether the span that the period is in begins (ends) with it: among periods of the term.
  bool begins(Per span, std::size_t period) const;
  bool ends(Per span, std::size_t period) const;
  // First day of the contract year that the period is in.
  Date first_of_year(std::size_t period) const;
  // Days of the whole span that the period is in; with `in_term` only those in the term.
  double days_of(Per span, std::size_t period, bool in_term) const;

 private:
  Expr alive_part(std::size_t period);

  Context& context_;
  Date start_;
  Date end_;
  std::vector<const LoweredEvent*> stops_;
  Date year_start_;
};

// A running total that begins anew with each span.
class RunningTotal {
 public:
  RunningTotal(Term& term, Per span, Expr zero, Expr before_term);
  // Adds what the period brings.
  void add(std::size_t period, Expr amount);
  Expr before() const { return before_; }  // without the period that was added last
  Expr now() const { return now_; }

 private:
  Term& term_;
  Per span_;
  Expr zero_;
  Expr before_;
  Expr now_;
};

}  // namespace capstake
