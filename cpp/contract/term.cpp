#include "contract/term.hpp"

#include <algorithm>

#include "contract/leg_summary.hpp"

namespace capstake {

Term::Term(Context& context, Date start, Date end, std::vector<const LoweredEvent*> stops,
           std::optional<Date> year_start)
    : context_(context),
      start_(start),
      end_(end),
      stops_(std::move(stops)),
      year_start_(contract_year_start(year_start)) {}

Date Term::first_of_year(std::size_t period) const {
  return begin_of_year(context_.periods()[period].first, year_start_);
}

bool Term::has(std::size_t period) const { return part_in_term(period) > 0.0; }

double Term::part_in_term(std::size_t period) const {
  return overlap(context_.periods()[period], start_, end_);
}

double Term::part_before(std::size_t period, Date date) const {
  const Period& p = context_.periods()[period];
  return overlap(p, p.first, date - std::chrono::days{1});
}

Expr Term::alive_part(std::size_t period) {
  Expr alive = context_.constant(1.0);
  for (const LoweredEvent* stop : stops_) {
    alive = min(stop->alive_part(context_, period), alive);
  }
  return alive;
}

Expr Term::shared_part(std::size_t period, Date first, Date last) {
  const double in_term = overlap(context_.periods()[period], first, last);
  if (stops_.empty() || in_term == 0.0) {
    return context_.constant(in_term);
  }
  if (in_term == 1.0) {
    return alive_part(period);
  }
  const double begin = part_before(period, first);
  return max(min(alive_part(period), begin + in_term) - begin, 0.0);
}

Expr Term::survives(Date by, const std::vector<const LoweredEvent*>& except) {
  Expr alive = context_.constant(1.0);
  for (const LoweredEvent* stop : stops_) {
    if (std::ranges::find(except, stop) == except.end()) {
      alive = min(stop->survives(context_, by), alive);
    }
  }
  return alive;
}

Expr Term::survives(std::size_t period) {
  return survives(std::min(context_.periods()[period].last, end_));
}

Expr Term::begins_alive(std::size_t period) {
  return survives(std::max(context_.periods()[period].first, start_) - std::chrono::days{1});
}

bool Term::begins(Per span, std::size_t period) const {
  if (span == Per::period || period == 0 || !has(period - 1)) {
    return true;
  }
  return span == Per::year && first_of_year(period - 1) != first_of_year(period);
}

bool Term::ends(Per span, std::size_t period) const {
  return period + 1 == context_.n_periods() || !has(period + 1) || begins(span, period + 1);
}

double Term::days_of(Per span, std::size_t period, bool in_term) const {
  const std::vector<Period>& periods = context_.periods();
  const Date year = first_of_year(period);
  if (span == Per::year && !in_term) {
    return static_cast<double>((year_after(year) - year).count());
  }
  double days = 0.0;
  for (std::size_t t = 0; t < periods.size(); ++t) {
    const bool is_in_span = span == Per::period ? t == period
                            : span == Per::year ? first_of_year(t) == year
                                                : has(t);
    if (is_in_span) {
      // Of the term only its own days count: it is no calendar span.
      days += (in_term || span == Per::term ? part_in_term(t) : 1.0) * periods[t].days();
    }
  }
  return days;
}

RunningTotal::RunningTotal(Term& term, Per span, Expr zero, Expr before_term)
    : term_(term), span_(span), zero_(zero), before_(before_term), now_(before_term) {}

void RunningTotal::add(std::size_t period, Expr amount) {
  const bool is_first = period == 0 || !term_.has(period - 1);
  before_ = term_.begins(span_, period) && !is_first ? zero_ : now_;
  now_ = before_ + amount;
}

}  // namespace capstake
