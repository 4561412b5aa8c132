#include "contract/total_cap.hpp"

#include <limits>

namespace capstake {

TotalCap::TotalCap(Context& context, Terms terms)
    : context_(context),
      terms_(std::move(terms)),
      uncapped_(terms_.already_paid),
      capped_(min(terms_.already_paid, terms_.cap_of(0))),
      beyond_(max(terms_.already_paid - terms_.cap_of(0), 0.0)),
      days_(context.constant(0.0)) {}

Expr TotalCap::in_force(std::size_t period) {
  const Expr agreed = terms_.cap_of(period);
  if (!agreed_) {
    cap_ = agreed;
  } else if (agreed.id() != agreed_->id()) {
    cap_ = select(less_equal(*cap_, uncapped_), *cap_, agreed);
  }
  agreed_ = agreed;
  return *cap_;
}

void TotalCap::apply(Flow& flow, double counted_begin, Expr counted_part) {
  const Expr cap = in_force(flow.period);
  const Expr weight = terms_.weight_of ? terms_.weight_of(flow.period) : context_.constant(1.0);
  const Expr counted = flow.counted * weight;
  // A zero accrual divides to infinity before the cap and to NaN at it; max(NaN, 0) is 0.
  const Expr part = min(max((cap - uncapped_) / counted, 0.0), 1.0);
  const Expr cap_at = counted_begin + part * counted_part;
  uncapped_ = uncapped_ + counted;
  const Expr capped = min(uncapped_, cap);
  const Expr beyond = max(uncapped_ - cap, 0.0);
  flow.counted = (capped - capped_) / weight;
  flow.cut = (beyond - beyond_) / weight;
  flow.room = (cap - capped) / weight;
  flow.weight = weight;
  capped_ = capped;
  beyond_ = beyond;
  note(flow.period, cap_at);
}

void TotalCap::pass(std::size_t period) {
  in_force(period);
  note(period, context_.constant(0.0));
}

void TotalCap::note(std::size_t period, Expr cap_at) {
  const Expr before = reached_.empty() ? context_.constant(0.0) : reached_.back();
  const Expr reached = less_equal(*cap_, uncapped_);
  const Expr waited = select(reached, cap_at, context_.constant(1.0));
  // 1 when the cap was reached by the end of the period before, so that later days do not count.
  days_ = days_ + (1.0 - before) * (waited * context_.periods()[period].days());
  reached_.push_back(reached);
}

Expr TotalCap::reached_before() const {
  return reached_.size() > 1 ? reached_[reached_.size() - 2]
                             : less_equal(terms_.cap_of(0), terms_.already_paid);
}

LoweredCap TotalCap::lowered() const {
  const Expr never = context_.constant(std::numeric_limits<double>::infinity());
  const Expr counted =
      select(less_equal(terms_.cap_of(0), terms_.already_paid), context_.constant(0.0), days_);
  return {reached_, select(reached_.back(), counted, never)};
}

std::optional<Expr> TotalCaps::begin(std::size_t period, const Totals& before) {
  std::optional<Expr> in_force;
  for (TotalCap& cap : caps_) {
    cap.see(period, before);
    in_force = cap.in_force(period);
  }
  return in_force;
}

void TotalCaps::apply(Flow& flow, double counted_begin, Expr counted_part) {
  std::optional<Flow> kept;
  for (TotalCap& cap : caps_) {
    Flow within = flow;
    cap.apply(within, counted_begin, counted_part);
    if (kept) {
      within.counted = max(kept->counted, within.counted);
      within.cut = min(*kept->cut, *within.cut);
      within.room = max(*kept->room, *within.room);
    }
    kept = within;
  }
  if (kept) {
    flow = *kept;
  }
}

void TotalCaps::pass(std::size_t period) {
  for (TotalCap& cap : caps_) {
    cap.pass(period);
  }
}

Expr TotalCaps::fill() const {
  std::optional<Expr> now;
  std::optional<Expr> before;
  for (const TotalCap& cap : caps_) {
    now = now ? min(*now, cap.reached()) : cap.reached();
    before = before ? min(*before, cap.reached_before()) : cap.reached_before();
  }
  return *now - *before;
}

std::optional<LoweredCap> TotalCaps::lowered() const {
  std::optional<LoweredCap> last;
  for (const TotalCap& cap : caps_) {
    const LoweredCap one = cap.lowered();
    if (!last) {
      last = one;
      continue;
    }
    for (std::size_t t = 0; t < one.reached.size(); ++t) {
      last->reached[t] = min(last->reached[t], one.reached[t]);
    }
    last->days = max(last->days, one.days);
  }
  return last;
}

}  // namespace capstake
