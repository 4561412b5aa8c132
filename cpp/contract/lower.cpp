#include "contract/lower.hpp"

#include <algorithm>

#include "contract/clause_stage.hpp"
#include "contract/settle.hpp"
#include "contract/total_cap.hpp"

namespace capstake {

namespace {

// The stop events of the leg, and the events by which a clause ends it.
std::vector<const LoweredEvent*> stops_of(const RevenueShare& leg,
                                          const std::map<std::string, LoweredEvent>& events) {
  std::vector<const LoweredEvent*> found = named_events(leg.stop_events, events);
  for (const ChangeOfControl* ending : leg.all<ChangeOfControl>()) {
    found.push_back(&events.at(ending->event));
  }
  return found;
}

// When a clause acts among those of its type: as the leg lists them where it does not say.
template <class T>
double turn_of(const T& clause, const RevenueShare& leg) {
  if constexpr (requires { clause.turn(leg); }) {
    return clause.turn(leg);
  }
  return 0.0;
}

class RevenueShareLowering {
 public:
  RevenueShareLowering(Context& context, const std::string& name, const RevenueShare& leg,
                       const LegSetting& setting)
      : context_(context),
        path_("legs." + name),
        leg_(leg),
        discount_(leg_discount(path_, leg.discount_rate, setting)),
        base_(setting.streams.at(leg.base)),
        term_(context, leg.start, leg.last_shared_day(), stops_of(leg, setting.events),
              leg.year_start),
        losses_(named_events(leg.loss_events, setting.events)),
        scope_{context, path_, path_, leg, term_, setting} {
    for (const auto& [clause_name, clause] : leg.clauses) {
      const LegScope scope = scope_of(clause_name);
      if (const auto* credit = std::get_if<PayerCredit>(&clause)) {
        discount_.spread_path = scope.path + ".spread";
        discount_.spread = credit->spread;
      }
      std::visit(
          [&]<class T>(const T& held) {
            if constexpr (T::kStage != Stage::cap) {
              steps_.emplace_back(std::pair(stage_of(held), turn_of(held, leg)),
                                  lower_clause(scope, held));
            }
          },
          clause);
    }
    std::ranges::stable_sort(steps_, {}, [](const auto& step) { return step.first; });
  }

  LoweredLeg lower() {
    TotalCaps caps = total_caps();
    Totals totals{context_.constant(0.0), scope_.already_paid()};
    std::vector<Due> dues;
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      if (term_.has(t)) {
        const Flow flow = run(t, totals, caps);
        const Expr amount = flow.accrual() + flow.extra;
        totals = {totals.revenue + flow.revenue, totals.paid + amount};
        dues.push_back({t, scope_.payment_date(t), amount});
      } else {
        caps.pass(t);
      }
    }
    schedule(dues);
    LoweredLeg lowered = settled(context_, discount_, dues);
    lowered.cap = caps.lowered();
    return lowered;
  }

 private:
  TotalCaps total_caps() {
    std::vector<TotalCap> caps;
    if (leg_.cap) {
      caps.emplace_back(context_, own_cap());
    }
    for (const auto& [name, clause] : leg_.clauses) {
      const LegScope scope = scope_of(name);
      std::visit(
          [&]<class T>(const T& held) {
            if constexpr (requires { lower_cap(scope, held); }) {
              caps.emplace_back(context_, lower_cap(scope, held));
            }
          },
          clause);
    }
    return TotalCaps(std::move(caps));
  }

  TotalCap::Terms own_cap() {
    return {.cap_of =
                [this](std::size_t t) {
                  return context_.number(path_ + ".cap", *leg_.cap, scope_.cap_day(t));
                },
            .weight_of = {},
            .already_paid = scope_.already_paid(),
            .see = {}};
  }

  LegScope scope_of(const std::string& clause) {
    LegScope scope = scope_;
    scope.path = clause_path(path_, clause);
    return scope;
  }

  // One period through all stages.
  Flow run(std::size_t t, const Totals& totals, TotalCaps& caps) {
    const Expr rate = context_.number(path_ + ".rate", leg_.rate, context_.periods()[t].first);
    // -0 is what changes no sum, to the bit.
    const Expr nothing = context_.constant(-0.0);
    Flow flow{.period = t,
              .rate = rate,
              .revenue = base_.revenue[t] * term_.shared_part(t),
              .counted = nothing,
              .uncounted = nothing,
              .shared = nothing,
              .extra = nothing,
              .room = std::nullopt,
              .weight = std::nullopt,
              .cut = std::nullopt,
              .cap = caps.begin(t, totals)};
    apply(flow, totals, Stage::rate, Stage::rate);
    accrue(flow);
    apply(flow, totals, Stage::tiers, Stage::custom);
    if (!caps.empty()) {
      caps.apply(flow, term_.part_before(t, counted_from()),
                 term_.shared_part(t, counted_from(), term_.end()));
      if (leg_.find<TrueUp>()) {
        flow.fills_cap = caps.fill();
      }
    }
    apply(flow, totals, Stage::true_up, Stage::custom_payment);
    return flow;
  }

  // Deferral and the like, then losses, then what is given back of what was paid.
  void schedule(std::vector<Due>& dues) {
    for (const Stage now : {Stage::deferral, Stage::grace, Stage::credit, Stage::clawback}) {
      for (const auto& [place, step] : steps_) {
        if (place.first == now) {
          step->schedule(dues);
        }
      }
      std::ranges::stable_sort(dues, {}, &Due::date);
      if (now == Stage::credit) {
        lose(context_, losses_, dues);
      }
    }
  }

  void apply(Flow& flow, const Totals& totals, Stage first, Stage last) {
    for (const auto& [place, step] : steps_) {
      if (first <= place.first && place.first <= last) {
        step->apply(flow, totals);
      }
    }
  }

  Date counted_from() const { return leg_.accrual_start.value_or(leg_.start); }

  void accrue(Flow& flow) {
    const std::size_t t = flow.period;
    const Expr whole = flow.rate * base_.revenue[t];
    const Expr counted_part = term_.shared_part(t, counted_from(), term_.end());
    flow.counted = whole * counted_part;
    flow.shared = base_.revenue[t] * counted_part;
    if (counted_from() > leg_.start) {
      const Date last_uncounted = counted_from() - std::chrono::days{1};
      flow.uncounted =
          whole * term_.shared_part(t, leg_.start, std::min(last_uncounted, term_.end()));
      const double in_term = term_.part_in_term(t);
      flow.counted_part = overlap(context_.periods()[t], counted_from(), term_.end()) / in_term;
    }
  }

  Context& context_;
  std::string path_;
  const RevenueShare& leg_;
  LegDiscount discount_;
  const LoweredStream& base_;
  Term term_;
  std::vector<const LoweredEvent*> losses_;
  LegScope scope_;  // of the leg itself
  // By stage and, of several clauses of a type, by turn.
  std::vector<std::pair<std::pair<Stage, double>, std::unique_ptr<Step>>> steps_;
};

}  // namespace

LoweredLeg lower_leg(Context& context, const std::string& name, const RevenueShare& leg,
                     const LegSetting& setting) {
  return RevenueShareLowering(context, name, leg, setting).lower();
}

Expr LegDiscount::factor(Context& context, Date to) const {
  const Expr without_spread = context.discount_factor(rate_path, rate, to);
  return spread ? without_spread * exp(-context.integral(spread_path, *spread, to))
                : without_spread;
}

LoweredLeg lower_leg(Context& context, const std::string& name, const Leg& leg,
                     const LegSetting& setting) {
  return std::visit([&](const auto& held) { return lower_leg(context, name, held, setting); }, leg);
}

}  // namespace capstake
