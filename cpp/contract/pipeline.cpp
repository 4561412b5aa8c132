#include "contract/pipeline.hpp"

#include <algorithm>

namespace capstake {

void Flow::add(Expr amount) {
  if (counted_part == 1.0) {
    counted = counted + amount;
    return;
  }
  counted = counted + amount * counted_part;
  uncounted = uncounted + amount * (1.0 - counted_part);
}

Expr LegScope::already_paid() const {
  return context.number(leg_path + ".already_paid", leg.already_paid);
}

Expr LegScope::investment() const {
  return context.number(leg_path + ".investment", *leg.investment);
}

Expr LegScope::price(const std::optional<Number>& amount, const std::optional<Number>& multiple,
                     Date on) const {
  if (amount) {
    return context.number(path + ".amount", *amount, on);
  }
  return context.number(path + ".multiple", *multiple, on) * investment();
}

Date LegScope::cap_day(std::size_t period) const {
  const auto in_term = [&](const Period& p) { return p.last >= leg.start; };
  const Date first = std::ranges::find_if(context.periods(), in_term)->last;
  return leg.payment_date(std::max(context.periods()[period].last, first));
}

Date LegScope::payment_date(std::size_t period) const {
  return leg.payment_date(context.periods()[period].last);
}

}  // namespace capstake
