#include "contract/lower.hpp"

#include <algorithm>

#include "contract/accretion.hpp"
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
      const LegScope scope{context, clause_path(path_, clause_name), path_, leg, term_, setting};
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
    std::optional<TotalCap> cap = total_cap();
    Totals totals{context_.constant(0.0), scope_.already_paid()};
    std::vector<Due> dues;
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      if (term_.has(t)) {
        const Flow flow = run(t, totals, cap);
        const Expr amount = flow.accrual() + flow.extra;
        totals = {totals.revenue + flow.revenue, totals.paid + amount};
        dues.push_back({t, scope_.payment_date(t), amount});
      } else if (cap) {
        cap->pass(t);
      }
    }
    schedule(dues);
    LoweredLeg lowered = settled(context_, discount_, dues);
    if (cap) {
      lowered.cap = cap->lowered();
    }
    return lowered;
  }

 private:
  std::optional<TotalCap> total_cap() {
    const Expr paid = scope_.already_paid();
    if (leg_.cap) {
      return TotalCap(context_, {[this](std::size_t t) {
                                   return context_.number(path_ + ".cap", *leg_.cap, cap_day(t));
                                 },
                                 {},
                                 paid});
    }
    for (const auto& [name, clause] : leg_.clauses) {
      const std::string path = clause_path(path_, name);
      if (const auto* multiple = std::get_if<CapMultiple>(&clause)) {
        return TotalCap(context_, {[=, this](std::size_t t) {
                                     return context_.number(path + ".multiple", multiple->multiple,
                                                            cap_day(t)) *
                                            scope_.investment();
                                   },
                                   {},
                                   paid});
      }
      if (const auto* accreting = std::get_if<AccretingCap>(&clause)) {
        return accreting_cap(path, *accreting);
      }
    }
    return std::nullopt;
  }

  // Payments count by what they were worth, at the cap's rate, on its first day.
  TotalCap accreting_cap(const std::string& path, const AccretingCap& terms) {
    const Expr amount =
        terms.amount ? context_.number(path + ".amount", *terms.amount) : scope_.investment();
    return TotalCap(context_, {[=](std::size_t) { return amount; },
                               [=, this, &terms](std::size_t t) {
                                 return growth(context_, path + ".rate", terms.rate,
                                               scope_.payment_date(t),
                                               terms.since.value_or(leg_.start));
                               },
                               context_.constant(0.0)});
  }

  // The day whose cap holds in a period: that of its payment; before the term it is the cap of the
  // term's first period.
  Date cap_day(std::size_t t) const {
    const auto in_term = [&](const Period& p) { return p.last >= leg_.start; };
    const Date first = std::ranges::find_if(context_.periods(), in_term)->last;
    return leg_.payment_date(std::max(context_.periods()[t].last, first));
  }

  // One period through all stages.
  Flow run(std::size_t t, const Totals& totals, std::optional<TotalCap>& cap) {
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
              .cut = std::nullopt};
    if (cap) {
      flow.cap = cap->in_force(t);
    }
    apply(flow, totals, Stage::rate, Stage::rate);
    accrue(flow);
    apply(flow, totals, Stage::tiers, Stage::custom);
    if (cap) {
      cap->apply(flow, term_.part_before(t, counted_from()),
                 term_.shared_part(t, counted_from(), term_.end()));
    }
    apply(flow, totals, Stage::tail, Stage::custom_payment);
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
