#include "contract/lower.hpp"

#include <algorithm>
#include <limits>

namespace capstake {

namespace {

// What one period earns under the terms, before the cap.
struct Accrual {
  Expr counted;    // counts towards the cap
  Expr uncounted;  // earned before accrual_start
};

// Running totals under the cap.
struct CappedTotal {
  Expr uncapped;  // S_t
  Expr capped;    // min(S_t, C)
};

class RevenueShareLowering {
 public:
  RevenueShareLowering(Context& context, const std::string& name, const RevenueShare& leg,
                       const LegSetting& setting)
      : context_(context),
        path_("legs." + name),
        leg_(leg),
        discount_path_(leg.discount_rate ? path_ + ".discount_rate" : "deal.discount_rate"),
        discount_rate_(leg.discount_rate ? *leg.discount_rate : setting.deal_discount_rate),
        base_(setting.streams.at(leg.base)),
        stops_(named(leg.stop_events, setting.events)),
        losses_(named(leg.loss_events, setting.events)) {}

  LoweredLeg lower() {
    const Expr zero = context_.constant(0.0);
    LoweredLeg lowered{discount_path_, discount_rate_, {}, zero, zero, std::nullopt};
    if (leg_.cap) {
      const Expr cap = context_.number(path_ + ".cap", *leg_.cap);
      const Expr paid = context_.number(path_ + ".already_paid", leg_.already_paid);
      pay_until(cap, paid, lowered);
    } else {
      for (std::size_t t = 0; t < context_.n_periods(); ++t) {
        if (accrues(t)) {
          const Accrual accrual = accrual_of(t);
          pay(t, accrual.counted + accrual.uncounted, lowered);
        }
      }
    }
    return lowered;
  }

 private:
  static std::vector<const LoweredEvent*> named(const std::vector<std::string>& names,
                                                const std::map<std::string, LoweredEvent>& events) {
    std::vector<const LoweredEvent*> found;
    for (const std::string& name : names) {
      found.push_back(&events.at(name));
    }
    return found;
  }

  bool accrues(std::size_t t) const {
    return overlap(context_.periods()[t], leg_.start, leg_.end) > 0.0;
  }

  // Part of the period's days that pass before the first stop event.
  Expr alive_part(std::size_t t) {
    Expr alive = context_.constant(1.0);
    for (const LoweredEvent* stop : stops_) {
      alive = min(stop->alive_part(context_, t), alive);
    }
    return alive;
  }

  // Part of the period's days that lie in [first, last] and before the first stop event.
  Expr shared_part(std::size_t t, Date first, Date last) {
    const Period& period = context_.periods()[t];
    const double in_term = overlap(period, first, last);
    if (stops_.empty() || in_term == 0.0) {
      return context_.constant(in_term);
    }
    if (in_term == 1.0) {
      return alive_part(t);
    }
    const double begin = before(period, first);
    return max(min(alive_part(t), begin + in_term) - begin, 0.0);
  }

  // Part of the period's days that come before a date.
  static double before(const Period& period, Date date) {
    return overlap(period, period.first, date - std::chrono::days{1});
  }

  Date counted_from() const { return leg_.accrual_start.value_or(leg_.start); }

  Accrual accrual_of(std::size_t t) {
    const Expr rate = context_.number(path_ + ".rate", leg_.rate, context_.periods()[t].first);
    const Expr whole = rate * base_.revenue[t];
    const Date last_uncounted = counted_from() - std::chrono::days{1};
    return {whole * shared_part(t, counted_from(), leg_.end),
            whole * shared_part(t, leg_.start, std::min(last_uncounted, leg_.end))};
  }

  void pay(std::size_t t, Expr amount, LoweredLeg& lowered) {
    const Date date = context_.periods()[t].last + std::chrono::days{leg_.payment_lag};
    if (date <= context_.valuation_date()) {
      return;
    }
    for (const LoweredEvent* loss : losses_) {
      amount = amount * loss->survives(context_, date);
    }
    const Expr df = context_.discount_factor(discount_path_, discount_rate_, date);
    lowered.payments.push_back({t, date, amount, amount * df});
    lowered.present_value = lowered.present_value + amount * df;
    lowered.total_paid = lowered.total_paid + amount;
  }

  void pay_until(Expr cap, Expr already_paid, LoweredLeg& lowered) {
    LoweredCap reach{{}, context_.constant(0.0)};
    CappedTotal total{already_paid, min(already_paid, cap)};
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      const double days = context_.periods()[t].days();
      Expr cap_at = context_.constant(0.0);  // part of the period, where it is reached in this one
      if (accrues(t)) {
        const Accrual accrual = accrual_of(t);
        // A zero accrual divides to infinity before the cap and to NaN at it; max(NaN, 0) is 0.
        const Expr part = min(max((cap - total.uncapped) / accrual.counted, 0.0), 1.0);
        cap_at = before(context_.periods()[t], counted_from()) +
                 part * shared_part(t, counted_from(), leg_.end);
        const Expr uncapped = total.uncapped + accrual.counted;
        const Expr capped = min(uncapped, cap);
        pay(t, (capped - total.capped) + accrual.uncounted, lowered);
        total = {uncapped, capped};
      }
      const Expr reached = less_equal(cap, total.uncapped);
      const Expr waited = select(reached, cap_at, context_.constant(1.0));
      reach.days = reach.days + (1.0 - reached_before(reach)) * (waited * days);
      reach.reached.push_back(reached);
    }
    const Expr never = context_.constant(std::numeric_limits<double>::infinity());
    reach.days = select(less_equal(cap, already_paid), context_.constant(0.0), reach.days);
    reach.days = select(reach.reached.back(), reach.days, never);
    lowered.cap = reach;
  }

  // 1 when the cap was reached by the end of the period before, so that later days do not count.
  Expr reached_before(const LoweredCap& reach) {
    return reach.reached.empty() ? context_.constant(0.0) : reach.reached.back();
  }

  Context& context_;
  std::string path_;
  const RevenueShare& leg_;
  std::string discount_path_;
  const Number& discount_rate_;
  const LoweredStream& base_;
  std::vector<const LoweredEvent*> stops_;
  std::vector<const LoweredEvent*> losses_;
};

}  // namespace

LoweredLeg lower_leg(Context& context, const std::string& name, const RevenueShare& leg,
                     const LegSetting& setting) {
  return RevenueShareLowering(context, name, leg, setting).lower();
}

LoweredLeg lower_leg(Context& context, const std::string& name, const Leg& leg,
                     const LegSetting& setting) {
  return std::visit([&](const auto& held) { return lower_leg(context, name, held, setting); }, leg);
}

}  // namespace capstake
