#include "contract/milestone.hpp"

#include <algorithm>

#include "contract/ending_events.hpp"
#include "contract/leg_check.hpp"
#include "contract/settle.hpp"

namespace capstake {

LegSummary Milestone::summary() const {
  LegSummary found{payer, receiver, start, end, risk, year_start, {}};
  if (!base.empty()) {
    found.revenue = {{base, start, end}};
  }
  return found;
}

void Milestone::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  check_term_and_parties(*this, path, sound, issues);
  check_acceleration(*this, path, sound, issues);
  if (sound.contain({"measured", "year_start"})) {
    check_year_start(*this, measured == Measured::each_year,
                     "leave it out, or set measured = \"each_year\"", path, issues);
  }
  if (sound.contain({"event", "acceleration"}) && !event.empty() && event == acceleration) {
    issues.push_back({join_path(path, "acceleration"), "is what the milestone waits for already",
                      acceleration, ""});
  }
  if (sound.contain({"event", "stop_events", "loss_events"})) {
    if (names(stop_events, event)) {
      issues.push_back(
          {join_path(path, "event"), "is a stop event as well: it could never be met", event, ""});
    }
    check_is_no_loss(*this, event, join_path(path, "event"), issues);
  }
  if (sound.contain({"base", "event"}) && !base.empty() && !event.empty()) {
    issues.push_back({join_path(path, "event"),
                      "cannot be combined with a base: two milestones are two legs", "", ""});
  }
  if (sound.contain({"base", "threshold"}) && base.empty() == threshold.has_value()) {
    issues.push_back({join_path(path, "threshold"),
                      threshold ? "is of a base, but this milestone has none"
                                : "is required: what the base must reach",
                      "", ""});
  }
}

namespace {

class MilestoneLowering {
 public:
  MilestoneLowering(Context& context, const std::string& name, const Milestone& leg,
                    const LegSetting& setting)
      : context_(context),
        path_("legs." + name),
        leg_(leg),
        setting_(setting),
        term_(context, leg.start, leg.end, awaited(leg, setting), leg.year_start),
        endings_(context, leg, setting.events),
        total_(term_, leg.measured == Measured::each_year ? Per::year : Per::term, zero(), zero()),
        met_(zero()) {}

  LoweredLeg lower() {
    std::vector<Due> dues;
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      if (!term_.has(t)) {
        continue;
      }
      const Period& period = context_.periods()[t];
      const Expr amount = context_.number(path_ + ".amount", leg_.amount, period.first) *
                          context_.number(path_ + ".probability", leg_.probability);
      const Expr met_before = leg_.event.empty() ? met_ : 1.0 - term_.begins_alive(t);
      const Expr is_met = leg_.base.empty() ? comes(t) : reaches(t);
      const Date paid_on = period.last + std::chrono::days{leg_.payment_lag};
      if (endings_.can_accelerate()) {
        dues.push_back({t, paid_on, accelerated(t, met_before) * endings_.accelerates(t)});
      }
      dues.push_back({t, paid_on, amount * is_met * endings_.goes_on(t)});
    }
    lose(context_, named_events(leg_.loss_events, setting_.events), dues);
    return settled(context_, leg_discount(path_, leg_.discount_rate, setting_), dues);
  }

 private:
  Expr zero() { return context_.constant(0.0); }

  // 1 if the total reaches the threshold in the period for the first time.
  Expr reaches(std::size_t t) {
    const Period& period = context_.periods()[t];
    const Expr threshold = context_.number(path_ + ".threshold", *leg_.threshold, period.first);
    const Expr revenue = setting_.streams.at(leg_.base).revenue[t];
    total_.add(t, revenue * term_.part_in_term(t));
    const Expr before = met_;
    met_ = max(met_, less_equal(threshold, total_.now()));
    return met_ - before;
  }

  // 1 if the event comes on one of the term's days in the period; without one, on the last.
  Expr comes(std::size_t t) {
    return leg_.event.empty() ? context_.constant(term_.ends(Per::term, t) ? 1.0 : 0.0)
                              : term_.ends_in(t);
  }

  // What falls due if the acceleration event comes in a period.
  Expr accelerated(std::size_t t, Expr met_before) {
    const Date on = context_.periods()[t].first;
    const Expr amount =
        leg_.acceleration_amount
            ? context_.number(path_ + ".acceleration_amount", *leg_.acceleration_amount, on)
            : context_.number(path_ + ".amount", leg_.amount, on);
    return amount * (1.0 - met_before * context_.number(path_ + ".probability", leg_.probability));
  }

  static std::vector<const LoweredEvent*> awaited(const Milestone& leg, const LegSetting& setting) {
    return leg.event.empty() ? std::vector<const LoweredEvent*>{}
                             : named_events({leg.event}, setting.events);
  }

  Context& context_;
  std::string path_;
  const Milestone& leg_;
  const LegSetting& setting_;
  Term term_;  // until the event that it waits for, if there is one
  EndingEvents endings_;
  RunningTotal total_;
  Expr met_;  // 1 once it has been met
};

}  // namespace

LoweredLeg lower_leg(Context& context, const std::string& name, const Milestone& leg,
                     const LegSetting& setting) {
  return MilestoneLowering(context, name, leg, setting).lower();
}

}  // namespace capstake
