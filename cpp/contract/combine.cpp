#include "contract/combine.hpp"

#include <algorithm>

#include "contract/clause_pairs.hpp"
#include "contract/leg_check.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

namespace {

class ClausesCheck {
 public:
  ClausesCheck(const RevenueShare& leg, const std::string& path, const SoundFields& sound,
               Issues& issues)
      : leg_(leg), path_(path), sound_(sound), issues_(issues) {}

  void run() {
    if (leg_.cap) {
      check_rises(join_path(path_, "cap"), *leg_.cap);
    }
    for (std::size_t i = 0; i < leg_.clauses.size(); ++i) {
      const auto& [name, clause] = leg_.clauses[i];
      std::visit(
          [&](const auto& held) { check(join_path(join_path(path_, "clauses"), name), held); },
          clause);
      for (std::size_t j = 0; j < i; ++j) {
        check_pair(i, j);
      }
    }
  }

 private:
  template <class T>
  void check(const std::string&, const T&) {}

  void check(const std::string& place, const CapMultiple& cap) {
    needs_investment(place, "multiple");
    check_rises(join_path(place, "multiple"), cap.multiple);
    if (leg_.cap) {
      add(place, "the leg has a cap already: state one of them");
    }
  }

  void check(const std::string& place, const Tiers& tiers) {
    const bool changes =
        leg_.rate.by_date() != nullptr || std::ranges::any_of(tiers.rates, [](const Number& rate) {
          return rate.by_date() != nullptr;
        });
    if (tiers.whole_amount && changes) {
      add(join_path(place, "whole_amount"),
          "cannot be combined with rates that vary by date: which of them would apply to the whole "
          "is not said");
    }
  }

  void check(const std::string& place, const AccretingCap& cap) {
    if (leg_.cap) {
      add(place, "the leg has a cap already: state one of them");
      return;
    }
    if (!cap.amount) {
      needs_investment(place, "amount");
    }
    // Beside a multiple, towards which it counts, what is left of the balance is stated.
    if (!leg_.find<CapMultiple>() || !cap.amount) {
      check_nothing_paid(place, "rate", "the cap");
    }
    check_since(place, cap.since);
  }

  void check(const std::string& place, const RecoupThenSplit& split) {
    check_price(place, split);
    check_rate_is_positive(place);
    if (split.interest) {
      check_nothing_paid(place, "interest", "the hurdle");
      check_since(place, split.since);
    } else if (split.since) {
      add(join_path(place, "since"), "is the day from which interest accrues, but there is none",
          iso(*split.since));
    }
  }

  void check(const std::string& place, const SpringingCap& terms) {
    const auto* cap = leg_.find<CapMultiple>();
    if (!cap) {
      add(place, "resets the multiple of a total cap, but this leg has no clause cap_multiple");
      return;
    }
    if (!terms.multiple_if_missed && !terms.multiple_if_met) {
      add(place, "must have `multiple_if_missed` or `multiple_if_met`");
    }
    check_not_below(join_path(place, "multiple_if_missed"), terms.multiple_if_missed, *cap);
    check_not_below(join_path(place, "multiple_if_met"), terms.multiple_if_met, *cap);
    const Date last = leg_.last_shared_day();
    const bool may_come_before = terms.measure == TestOf::revenue && terms.since;
    if (sound_.contain({"start", "end"}) &&
        (terms.test_date > last || (!may_come_before && terms.test_date < leg_.start))) {
      add(join_path(place, "test_date"),
          "must lie between start " + iso(leg_.start) + " and the last day that is shared, " +
              iso(last),
          iso(terms.test_date));
    }
    if (terms.since && *terms.since > terms.test_date) {
      add(join_path(place, "since"), "must not come after the test date " + iso(terms.test_date),
          iso(*terms.since));
    }
  }

  void check_not_below(const std::string& place, const std::optional<Number>& multiple,
                       const CapMultiple& cap) {
    if (multiple && multiple->ends().second < cap.multiple.ends().first) {
      add(place, "must not be below the multiple before the test: what was paid is not given back",
          text(*multiple));
    }
  }

  void check(const std::string& place, const TrueUp& terms) {
    needs_cap(place, "falls due when a total cap is reached");
    if (!terms.amount) {
      needs_investment(place, "amount");
    }
    check_since(place, terms.since);
  }

  void check(const std::string& place, const TailRate&) {
    needs_cap(place, "goes on after a total cap");
    if (leg_.accrues_by_one_rate()) {
      check_rate_is_positive(place);
    }
  }

  void check(const std::string& place, const Balloon&) {
    needs_cap(place, "pays up to a total cap");
  }

  void check(const std::string& place, const ChangeOfControl& terms) {
    check_price(place, terms);
    if (names(leg_.stop_events, terms.event)) {
      add(join_path(place, "event"), "is a stop event as well: it either pays or does not",
          terms.event);
    }
    check_is_no_loss(leg_, terms.event, join_path(place, "event"), issues_);
  }

  void check(const std::string& place, const BuyOut& terms) {
    check_price(place, terms);
    if (sound_.contain({"start", "end"}) && (terms.on < leg_.start || terms.on > leg_.end)) {
      add(join_path(place, "on"),
          "must lie between start " + iso(leg_.start) + " and end " + iso(leg_.end), iso(terms.on));
    }
  }

  void check(const std::string& place, const SpringingRate& terms) {
    if (!terms.rate_if_missed && terms.measure == TestOf::revenue) {
      add(join_path(place, "rate_if_missed"),
          "is required where revenue is tested: no rate would have met a target of revenue");
    } else if (!terms.rate_if_missed && leg_.has_clause_in(Stage::recoupment, Stage::custom)) {
      add(join_path(place, "rate_if_missed"),
          "is required beside a catch-up, a minimum, a limit a period, a recoupment or a formula: "
          "payments are then no multiple of the rate");
    } else if (!terms.rate_if_missed && leg_.rate.is_zero() && !replaces_tiers(terms)) {
      add(join_path(place, "rate_if_missed"),
          "is required where the leg's rate is 0: no multiple of it would have met the target");
    }
    const Date last = leg_.last_shared_day();
    if (sound_.contain({"start", "end"}) &&
        (terms.test_date < leg_.start || terms.test_date > last)) {
      add(join_path(place, "test_date"),
          "must lie between start " + iso(leg_.start) +
              (last < leg_.end ? " and the buy-out on " : " and end ") + iso(last),
          iso(terms.test_date));
    }
    check_tiers(place, terms);
  }

  bool replaces_tiers(const SpringingRate& terms) const {
    return leg_.find<Tiers>() && terms.tiers == TiersAfter::replaced;
  }

  void check_tiers(const std::string& place, const SpringingRate& terms) {
    const auto* tiers = leg_.find<Tiers>();
    if (tiers && tiers->whole_amount) {
      add(place,
          "cannot be combined with tiers of the whole amount: which of the rates would apply to "
          "the whole is not said");
    }
    if (terms.tiers == TiersAfter::replaced) {
      return;
    }
    if (!tiers) {
      add(join_path(place, "tiers"), "says what becomes of tiers, but the leg has none");
    }
    check_rate_is_positive(place);
  }

  void check(const std::string& place, const MinimumGuarantee& terms) {
    if (terms.until && sound_.contain({"start", "end"}) &&
        (*terms.until < leg_.start || *terms.until > leg_.last_shared_day())) {
      add(join_path(place, "until"),
          "must lie between start " + iso(leg_.start) + " and the last day that is shared, " +
              iso(leg_.last_shared_day()),
          iso(*terms.until));
    }
  }

  void check(const std::string& place, const PayerCredit& terms) {
    if (!terms.failure.empty() && !terms.spread.is_zero()) {
      add(join_path(place, "spread"),
          "stands for failures that the simulation leaves out, but one is named: state either",
          text(terms.spread));
    }
    if (terms.failure.empty() && !terms.recovery.is_zero()) {
      add(join_path(place, "recovery"), "is what is recovered after a failure, but none is named");
    }
    if (!terms.recovery.is_zero() && names(leg_.loss_events, terms.failure)) {
      add(join_path(place, "recovery"),
          "is paid after an event that is a loss event of the leg as well: name it once",
          text(terms.recovery));
    }
  }

  void check(const std::string& place, const Custom& custom) {
    const std::vector<std::string> used = unknown_names(custom.formula.parsed, {});
    const auto uses = [&](const char* name) { return std::ranges::count(used, name) > 0; };
    if (uses("investment") && !leg_.investment) {
      add(join_path(place, "formula"), "uses the investment, but this leg has none", "",
          "add `investment` to the leg");
    }
    if (custom.stage == CustomStage::payment && leg_.find<CapMultiple>() &&
        leg_.find<AccretingCap>()) {
      add(place,
          "cannot replace payments under the greater of two caps: by its amount and by its worth "
          "it would leave different rooms");
    }
    if (!uses("cap")) {
      return;
    }
    if (!leg_.has_total_cap()) {
      add(join_path(place, "formula"), "uses the cap, but this leg has none");
    } else if (leg_.find<AccretingCap>()) {
      add(join_path(place, "formula"),
          "uses the cap, but an accreting cap counts payments by their worth, not their amount");
    }
  }

  // A price is stated as exactly one of an amount and a multiple.
  template <class T>
  void check_price(const std::string& place, const T& terms) {
    if (terms.amount.has_value() == terms.multiple.has_value()) {
      add(place, "must have either `amount` or `multiple`");
    } else if (terms.multiple) {
      needs_investment(place, "multiple");
    }
  }

  // Rates after the leg's own are applied as parts of it, so it must not be 0.
  void check_rate_is_positive(const std::string& place) {
    check_positive(place, leg_.rate);
    for (const SpringingRate* test : leg_.all<SpringingRate>()) {
      check_positive(place, test->rate_if_missed.value_or(leg_.rate));
      check_positive(place, test->rate_if_met.value_or(leg_.rate));
    }
  }

  void check_positive(const std::string& place, const Number& rate) {
    if (rate.ends().first <= 0.0) {
      add(place,
          "needs a rate of the leg that cannot be 0: the other rate is applied as a part of it",
          text(rate));
    }
  }

  void check_nothing_paid(const std::string& place, std::string_view field,
                          const std::string& what) {
    if (!leg_.already_paid.is_zero()) {
      add(join_path(place, field),
          "needs the dates of all payments: state what is left of " + what +
              " on the day `since`, without already_paid",
          text(leg_.already_paid));
    }
  }

  void check_since(const std::string& place, const std::optional<Date>& since) {
    const Date last = leg_.last_shared_day();
    if (since && *since > last && sound_.contain({"end"})) {
      add(join_path(place, "since"),
          "must not come after the last day that is shared, " + iso(last) +
              ": interest would begin when nothing accrues any more",
          iso(*since));
    }
  }

  void needs_cap(const std::string& place, const std::string& what) {
    if (!leg_.has_total_cap()) {
      add(place, what + ", but this leg has none");
    }
  }

  void add(const std::string& place, std::string rule, std::string got = {},
           std::string hint = {}) {
    issues_.push_back({place, std::move(rule), std::move(got), std::move(hint)});
  }

  void check_rises(const std::string& place, const Number& cap) {
    const ByDate* schedule = cap.by_date();
    const auto later = [](const auto& a, const auto& b) { return a.second < b.second; };
    if (schedule != nullptr && !std::ranges::is_sorted(*schedule, later)) {
      add(join_path(place, "by_date"),
          "must not fall from date to date: what was paid is not given back", text(cap));
    }
  }

  void needs_investment(const std::string& place, std::string_view field) {
    if (!leg_.investment) {
      add(join_path(place, field), "is a multiple of the leg's investment, which is not given", "",
          "add `investment` to the leg");
    }
  }

  void check_pair(std::size_t i, std::size_t j) {
    if (!sound_.contain({"start", "end"})) {
      return;
    }
    const std::string why = why_not_both(leg_.clauses[j].second, leg_.clauses[i].second, leg_);
    if (!why.empty()) {
      issues_.push_back(cannot_be_combined(leg_, path_, j, i, why));
    }
  }

  const RevenueShare& leg_;
  const std::string& path_;
  const SoundFields& sound_;
  Issues& issues_;
};

}  // namespace

void check_clauses(const RevenueShare& leg, const std::string& path, const SoundFields& sound,
                   Issues& issues) {
  if (sound.contain(
          {"clauses", "cap", "investment", "rate", "already_paid", "stop_events", "loss_events"})) {
    ClausesCheck(leg, path, sound, issues).run();
  }
}

}  // namespace capstake
