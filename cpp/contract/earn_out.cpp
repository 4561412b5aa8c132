#include "contract/earn_out.hpp"

#include <algorithm>

#include "contract/ending_events.hpp"
#include "contract/settle.hpp"

namespace capstake {

LegSummary EarnOut::summary() const {
  return {payer, receiver, start, end, risk, year_start, {{base, start, end}}};
}

namespace {

// The terms of a test: of one year, or added up over years.
struct Levels {
  Expr metric;
  Expr threshold;
  Expr amount;
  std::optional<Expr> cap;
  std::vector<Expr> above;
  std::vector<Expr> amounts;
};

class EarnOutLowering {
 public:
  EarnOutLowering(Context& context, const std::string& name, const EarnOut& leg,
                  const LegSetting& setting)
      : context_(context),
        path_("legs." + name),
        leg_(leg),
        setting_(setting),
        term_(context, leg.start, leg.end, {}, leg.year_start),
        endings_(context, leg, setting.events),
        due_(context.constant(0.0)),
        annual_(due_) {}

  LoweredLeg lower() {
    const Expr zero = context_.constant(0.0);
    const std::vector<Expr>& metric = setting_.streams.at(leg_.base).revenue;
    RunningTotal total(term_, is_annual() ? Per::year : Per::term, zero, zero);
    const Per tests = leg_.tested == Tested::total ? Per::term : Per::year;
    std::vector<Due> dues;
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      if (!term_.has(t)) {
        continue;
      }
      total.add(t, metric[t] * term_.part_in_term(t));
      const Date paid_on = context_.periods()[t].last + std::chrono::days{leg_.payment_lag};
      if (endings_.can_accelerate()) {
        dues.push_back({t, paid_on, accelerated(t) * endings_.accelerates(t)});
      }
      if (term_.ends(tests, t)) {
        dues.push_back({t, paid_on, test(t, total.now()) * endings_.goes_on(t)});
      }
    }
    lose(context_, named_events(leg_.loss_events, setting_.events), dues);
    return settled(context_, leg_discount(path_, leg_.discount_rate, setting_), dues);
  }

 private:
  bool is_annual() const { return leg_.tested == Tested::each_year; }

  // The first day that the test at the end of a period is of, for terms by date.
  Date tested_from(std::size_t t) const {
    return leg_.tested == Tested::total ? leg_.start : std::max(leg_.start, term_.first_of_year(t));
  }

  Expr number(const char* field, const Number& number, Date on) {
    return context_.number(path_ + "." + field, number, on);
  }

  std::vector<Expr> numbers(const char* field, const Numbers& numbers, Date on) {
    std::vector<Expr> found;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      found.push_back(number(element_path(field, i).c_str(), numbers[i], on));
    }
    return found;
  }

  Levels levels(Expr metric, Date on) {
    Levels found{metric,
                 number("threshold", leg_.threshold, on),
                 number("amount", leg_.amount, on),
                 std::nullopt,
                 numbers("above", leg_.above, on),
                 numbers("amounts", leg_.amounts, on)};
    if (leg_.cap) {
      found.cap = number("cap", *leg_.cap, on);
    }
    return found;
  }

  // The leg's rate, and those of the tiers.
  std::vector<Expr> rates(Date on) {
    std::vector<Expr> found = numbers("rates", leg_.rates, on);
    found.insert(found.begin(), number("rate", leg_.rate, on));
    return found;
  }

  Expr payoff(const Levels& of, const std::vector<Expr>& rates) {
    const bool on_whole = leg_.rate_on == RateOn::whole && !leg_.threshold.is_zero();
    const Expr measured = on_whole ? of.metric : max(of.metric - of.threshold, 0.0);
    Expr worth = of.amount + rates[0] * measured;
    for (std::size_t i = 0; i < of.above.size(); ++i) {
      worth = worth + (leg_.whole_amount ? replaced(i, of, rates, measured) : added(i, of, rates));
    }
    worth = of.cap ? min(worth, *of.cap) : worth;
    // Without a jump at the threshold the excess, which is zero below it, says all.
    const bool jumps = on_whole || !leg_.amount.is_zero();
    return jumps ? less_equal(of.threshold, of.metric) * worth : worth;
  }

  // What a tier adds to those below it.
  Expr added(std::size_t tier, const Levels& of, const std::vector<Expr>& rates) {
    Expr more = context_.constant(0.0);
    if (!of.amounts.empty()) {
      more = more + less_equal(of.above[tier], of.metric) * of.amounts[tier];
    }
    if (rates.size() > 1) {
      more = more + (rates[tier + 1] - rates[tier]) * max(of.metric - of.above[tier], 0.0);
    }
    return more;
  }

  // How much more a tier is worth than the one below, once it is reached.
  Expr replaced(std::size_t tier, const Levels& of, const std::vector<Expr>& rates, Expr measured) {
    Expr more = context_.constant(0.0);
    if (!of.amounts.empty()) {
      more = more + (of.amounts[tier] - (tier == 0 ? of.amount : of.amounts[tier - 1]));
    }
    if (rates.size() > 1) {
      more = more + (rates[tier + 1] - rates[tier]) * measured;
    }
    return less_equal(of.above[tier], of.metric) * more;
  }

  // What falls due if the acceleration event comes in a period.
  Expr accelerated(std::size_t t) {
    const Date on = context_.periods()[t].first;
    if (!leg_.total_cap) {
      return number("acceleration_amount", *leg_.acceleration_amount, on);
    }
    const Expr left = number("total_cap", *leg_.total_cap, on) - capped(due_);
    return leg_.acceleration_amount
               ? min(number("acceleration_amount", *leg_.acceleration_amount, on), left)
               : left;
  }

  // What the test at the end of a period makes due.
  Expr test(std::size_t t, Expr metric) {
    const Date on = tested_from(t);
    const Levels now = levels(metric, on);
    const std::vector<Expr> of_year = rates(on);
    const Expr worth = payoff(now, of_year);
    if (is_annual() && !leg_.catch_up && !leg_.total_cap) {
      return worth;  // years have nothing to do with each other
    }
    const Expr before = due_;
    annual_ = annual_ + worth;
    due_ = is_annual() ? annual_ : max(due_, worth);
    if (leg_.catch_up) {
      due_ = max(max(before, annual_), payoff(so_far(now), of_year));
    }
    return capped(due_) - capped(before);
  }

  // The running totals of all years so far.
  const Levels& so_far(const Levels& year) {
    if (!so_far_) {
      so_far_ = year;
      return *so_far_;
    }
    so_far_->metric = so_far_->metric + year.metric;
    so_far_->threshold = so_far_->threshold + year.threshold;
    so_far_->amount = so_far_->amount + year.amount;
    if (year.cap) {
      so_far_->cap = *so_far_->cap + *year.cap;
    }
    for (std::size_t i = 0; i < year.above.size(); ++i) {
      so_far_->above[i] = so_far_->above[i] + year.above[i];
    }
    for (std::size_t i = 0; i < year.amounts.size(); ++i) {
      so_far_->amounts[i] = so_far_->amounts[i] + year.amounts[i];
    }
    return *so_far_;
  }

  Expr capped(Expr due) {
    return leg_.total_cap ? min(due, number("total_cap", *leg_.total_cap, leg_.start)) : due;
  }

  Context& context_;
  std::string path_;
  const EarnOut& leg_;
  const LegSetting& setting_;
  Term term_;
  EndingEvents endings_;
  Expr due_;     // by the last test, before the total cap
  Expr annual_;  // sum of the annual payoffs
  std::optional<Levels> so_far_;
};

}  // namespace

LoweredLeg lower_leg(Context& context, const std::string& name, const EarnOut& leg,
                     const LegSetting& setting) {
  return EarnOutLowering(context, name, leg, setting).lower();
}

}  // namespace capstake
