#include "contract/ending.hpp"

namespace capstake {

void earn_price(Flow& flow, const Totals& totals, Expr price, bool less_paid, Expr is_due) {
  const Expr paid = totals.paid + (flow.accrual() + flow.extra);
  Expr due = less_paid ? max(price - paid, 0.0) : price;
  if (flow.room) {
    due = min(due, *flow.room);
  }
  due = due * is_due;
  flow.counted = flow.counted + due;
  if (flow.room) {
    flow.room = *flow.room - due;
  }
}

}  // namespace capstake
