#include "contract/clauses/change_of_control.hpp"

#include <algorithm>

#include "contract/ending.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

namespace {

class ChangeOfControlStep : public Step {
 public:
  ChangeOfControlStep(const LegScope& scope, const ChangeOfControl& terms)
      : scope_(scope),
        terms_(terms),
        event_(scope.setting.events.at(terms.event)),
        fell_due_(scope.context.constant(0.0)) {}

  void apply(Flow& flow, const Totals& totals) override {
    const Period& period = scope_.context.periods()[flow.period];
    const Date last = std::min(period.last, scope_.term.end());
    if (last <= scope_.context.valuation_date()) {
      return;
    }
    if (may_owe_later(scope_.leg)) {
      end(flow);
    }
    const std::chrono::days one{1};
    const Date before = std::max(period.first - one, scope_.term.start() - one);
    const Expr comes =
        event_.survives(scope_.context, before) - event_.survives(scope_.context, last);
    const Expr price = scope_.price(terms_.amount, terms_.multiple, period.first);
    const Expr falls_due = comes * is_first(before, last);
    earn_price(flow, totals, price, terms_.less_paid, falls_due);
    fell_due_ = fell_due_ + falls_due;
  }

 private:
  // Whether something may fall due in a later period than the last shared day: what a minimum tops
  // up at the end of its span, and what a limit has carried forward.
  static bool may_owe_later(const RevenueShare& leg) {
    return std::ranges::any_of(leg.all<MinimumGuarantee>(),
                               [](const auto* least) { return least->per != Per::period; }) ||
           std::ranges::any_of(leg.all<PeriodCap>(),
                               [](const auto* most) { return most->carry_forward; });
  }

  // The price is in place of all that would fall due in later periods.
  void end(Flow& flow) const {
    const Expr runs = 1.0 - fell_due_;
    for (Expr* amount : {&flow.counted, &flow.uncounted, &flow.extra}) {
      *amount = *amount * runs;
    }
  }

  // 1 if no other event has ended the leg: stop events and those of clauses before this one by the
  // period's end, those of clauses after it by its begin.
  Expr is_first(Date before, Date last) {
    std::vector<const LoweredEvent*> later;
    for (const ChangeOfControl* other : scope_.leg.all<ChangeOfControl>()) {
      if (!later.empty() || other->event == terms_.event) {
        later.push_back(&scope_.setting.events.at(other->event));
      }
    }
    Expr alive = scope_.term.survives(last, later);
    for (const LoweredEvent* event : later) {
      if (event != &event_) {
        alive = alive * event->survives(scope_.context, before);
      }
    }
    return alive;
  }

  LegScope scope_;
  const ChangeOfControl& terms_;
  const LoweredEvent& event_;
  Expr fell_due_;  // 1 if the price has in an earlier period
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const ChangeOfControl& clause) {
  return std::make_unique<ChangeOfControlStep>(scope, clause);
}

}  // namespace capstake
