#include "contract/earn_out.hpp"

#include <algorithm>

#include "contract/leg_check.hpp"
#include "contract/settle.hpp"

namespace capstake {

LegSummary EarnOut::summary() const {
  return {payer,
          receiver,
          start,
          end,
          end + std::chrono::days{payment_lag},
          risk,
          {{base, start, end}}};
}

void EarnOut::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  check_term_and_parties(*this, path, sound, issues);
  if (sound.contain({"amount", "rate"}) && amount.is_zero() && rate.is_zero()) {
    issues.push_back({join_path(path, "amount"), "an earn-out needs an amount or a rate", "", ""});
  }
  if (sound.contain({"tested", "catch_up"}) && catch_up && tested != Tested::each_year) {
    issues.push_back({join_path(path, "catch_up"),
                      "is of tests of each year: the other tests have nothing to make up", "", ""});
  }
}

namespace {

// The terms of a test: of one year, or added up over years.
struct Levels {
  Expr metric;
  Expr threshold;
  Expr amount;
  std::optional<Expr> cap;
};

class EarnOutLowering {
 public:
  EarnOutLowering(Context& context, const std::string& name, const EarnOut& leg,
                  const LegSetting& setting)
      : context_(context),
        path_("legs." + name),
        leg_(leg),
        setting_(setting),
        term_(context, leg.start, leg.end, {}),
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
      if (term_.ends(tests, t)) {
        const Date paid_on = context_.periods()[t].last + std::chrono::days{leg_.payment_lag};
        dues.push_back({t, paid_on, test(t, total.now())});
      }
    }
    lose(context_, named_events(leg_.loss_events, setting_.events), dues);
    return settled(context_, leg_discount(path_, leg_.discount_rate, setting_), dues);
  }

 private:
  bool is_annual() const { return leg_.tested == Tested::each_year; }

  // The first day that the test at the end of a period is of, for terms by date.
  Date tested_from(std::size_t t) const {
    const Date year = make_date(context_.periods()[t].year, 1, 1);
    return leg_.tested == Tested::total ? leg_.start : std::max(leg_.start, year);
  }

  Levels levels(Expr metric, Date on) {
    Levels found{metric, context_.number(path_ + ".threshold", leg_.threshold, on),
                 context_.number(path_ + ".amount", leg_.amount, on), std::nullopt};
    if (leg_.cap) {
      found.cap = context_.number(path_ + ".cap", *leg_.cap, on);
    }
    return found;
  }

  Expr payoff(const Levels& of, Expr rate) {
    const bool on_whole = leg_.rate_on == RateOn::whole && !leg_.threshold.is_zero();
    const Expr excess = max(of.metric - of.threshold, 0.0);
    Expr worth = of.amount + rate * (on_whole ? of.metric : excess);
    worth = of.cap ? min(worth, *of.cap) : worth;
    // Without a jump at the threshold the excess, which is zero below it, says all.
    const bool jumps = on_whole || !leg_.amount.is_zero();
    return jumps ? less_equal(of.threshold, of.metric) * worth : worth;
  }

  // What the test at the end of a period makes due.
  Expr test(std::size_t t, Expr metric) {
    const Date on = tested_from(t);
    const Levels now = levels(metric, on);
    const Expr rate = context_.number(path_ + ".rate", leg_.rate, on);
    const Expr worth = payoff(now, rate);
    if (is_annual() && !leg_.catch_up && !leg_.total_cap) {
      return worth;  // years have nothing to do with each other
    }
    const Expr before = due_;
    annual_ = annual_ + worth;
    due_ = is_annual() ? annual_ : max(due_, worth);
    if (leg_.catch_up) {
      due_ = max(max(before, annual_), payoff(added(now), rate));
    }
    return capped(due_) - capped(before);
  }

  // The running totals of all years so far.
  const Levels& added(const Levels& year) {
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
    return *so_far_;
  }

  Expr capped(Expr due) {
    return leg_.total_cap ? min(due, context_.number(path_ + ".total_cap", *leg_.total_cap)) : due;
  }

  Context& context_;
  std::string path_;
  const EarnOut& leg_;
  const LegSetting& setting_;
  Term term_;
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
