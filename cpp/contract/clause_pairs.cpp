#include "contract/clause_pairs.hpp"

#include <algorithm>

#include "contract/revenue_share.hpp"

namespace capstake {

namespace {

// Two clauses of these types exclude each other, for this reason.
struct Conflict {
  std::string_view a;
  std::string_view b;
  std::string_view reason;
};
constexpr Conflict kConflicts[] = {
    {Tiers::kType, Threshold::kType,
     "tiers say already what is shared from the first unit of revenue on: for a threshold set the "
     "leg's rate to 0 and begin the tiers there"},
    {Balloon::kType, BuyOut::kType, "the buy-out ends the leg before its maturity"},
    {Tiers::kType, Tiers::kType,
     "both say what the first unit of revenue earns: write one list of levels"},
    {Threshold::kType, Threshold::kType,
     "revenue below both would be taken off twice: write a custom clause"},
    {CatchUp::kType, CatchUp::kType,
     "both would make up the same arrears: write one plan, by date"},
    {CapMultiple::kType, CapMultiple::kType, "a leg has one total cap, which may vary by date"},
    {AccretingCap::kType, AccretingCap::kType, "a leg has one total cap"},
    {TailRate::kType, TailRate::kType, "one rate holds after the cap, which may vary by date"},
    {Balloon::kType, Balloon::kType,
     "a leg matures once: for what is short by an earlier date take a minimum guarantee of the "
     "term, until then"},
    {BuyOut::kType, BuyOut::kType,
     "the earlier one ends the leg: value each exercise in a deal of its own"},
    {GracePeriod::kType, GracePeriod::kType,
     "nothing is paid before the later date: state it alone"},
    {PayerCredit::kType, PayerCredit::kType,
     "a payer has one credit: further events after which nothing is paid are the leg's "
     "loss_events"},
};

template <class A, class B>
std::string conflict(const A&, const B&, const RevenueShare&) {
  for (const auto& [a, b, reason] : kConflicts) {
    if ((a == A::kType && b == B::kType) || (a == B::kType && b == A::kType)) {
      return std::string(reason);
    }
  }
  return {};
}

std::string conflict(const SpringingRate& a, const SpringingRate& b, const RevenueShare&) {
  if (a.test_date == b.test_date) {
    return "both are tested on " + iso(a.test_date) + ": which rate would hold is open";
  }
  const SpringingRate& later = a.test_date < b.test_date ? b : a;
  return later.rate_if_missed
             ? ""
             : "the later test needs rate_if_missed: what was paid by then comes of "
               "more than one rate";
}

std::string conflict(const SpringingCap& a, const SpringingCap& b, const RevenueShare&) {
  return a.test_date == b.test_date
             ? "both are tested on " + iso(a.test_date) + ": which multiple would hold is open"
             : "";
}

std::string conflict(const MinimumGuarantee& a, const MinimumGuarantee& b, const RevenueShare&) {
  return a.recoupable || b.recoupable
             ? "what is withheld for one, as recouped, could fall short of the other"
             : "";
}

std::string conflict(const PeriodCap& a, const PeriodCap& b, const RevenueShare&) {
  if (a.per == b.per) {
    return "of two limits of the same span the lower one holds: state it alone";
  }
  const PeriodCap& of_year = a.per == Per::year ? a : b;
  return of_year.carry_forward
             ? "what the year's limit carries forward would be paid beyond the other limit"
             : "";
}

std::string conflict(const RecoupThenSplit& a, const RecoupThenSplit& b, const RevenueShare& leg) {
  if (a.interest || b.interest) {
    return "with interest it is open which hurdle comes first";
  }
  const auto has_one = [](const RecoupThenSplit& each) {
    return each.amount.has_value() != each.multiple.has_value();
  };
  if (!has_one(a) || !has_one(b)) {
    return {};  // an issue of its own
  }
  const bool is_in_order = a.turn(leg) < b.turn(leg);
  const RecoupThenSplit& first = is_in_order ? a : b;
  const RecoupThenSplit& second = is_in_order ? b : a;
  // Two multiples are of the same investment, whatever it is.
  const bool are_multiples = a.multiple && b.multiple;
  const double most = are_multiples ? first.multiple->ends().second : first.ends(leg).second;
  const double least = are_multiples ? second.multiple->ends().first : second.ends(leg).first;
  if (most >= least) {
    return "of two hurdles one must always be the higher";
  }
  return first.rate.ends().first > 0.0
             ? ""
             : "after a rate of 0 nothing more is received, so that the higher hurdle is never met";
}

std::string conflict(const ChangeOfControl& a, const ChangeOfControl& b, const RevenueShare&) {
  return a.event == b.event ? "an event makes one price due" : "";
}

std::string conflict(const Clawback& a, const Clawback& b, const RevenueShare&) {
  return a.event == b.event ? "both give back for the same event: state one part" : "";
}

std::string conflict(const Deferral&, const Deferral&, const RevenueShare& leg) {
  const std::vector<const Deferral*> all = leg.all<Deferral>();
  std::vector<Date> days = {leg.start};
  for (const Deferral* each : all) {
    for (const auto& [date, value] : each->part.by_date() ? *each->part.by_date() : ByDate{}) {
      if (leg.start < date) {
        days.push_back(date);
      }
    }
  }
  constexpr double kRounding = 1e-9;  // of sums such as 0.7 + 0.2 + 0.1
  for (const Date date : days) {
    double most = 0.0;
    for (const Deferral* each : all) {
      most += each->part.ends_on(date).second;
    }
    if (most > 1.0 + kRounding) {
      return "their parts of each payment add up to more than 1";
    }
  }
  return {};
}

// Several clauses of a type act by their turns or, where the type says so, as the leg lists them.
template <class T>
constexpr bool acts_in_some_order() {
  constexpr bool is_alone = std::ranges::any_of(
      kConflicts, [](const Conflict& each) { return each.a == T::kType && each.b == T::kType; });
  return is_alone || requires(const T& clause, const RevenueShare& leg) { clause.turn(leg); }
  || requires { T::kActsAsListed; };
}
template <class... Ts>
constexpr bool act_in_some_order(const std::variant<Ts...>*) {
  return (acts_in_some_order<Ts>() && ...);
}
static_assert(act_in_some_order(static_cast<const Clause*>(nullptr)));

}  // namespace

Issue cannot_be_combined(const RevenueShare& leg, const std::string& path, std::size_t earlier,
                         std::size_t later, const std::string& why) {
  return {join_path(join_path(path, "clauses"), leg.clauses[later].first),
          "cannot be combined with clause \"" + leg.clauses[earlier].first + "\": " + why, "", ""};
}

std::string why_not_both(const Clause& first, const Clause& second, const RevenueShare& leg) {
  return std::visit([&](const auto& a, const auto& b) { return conflict(a, b, leg); }, first,
                    second);
}

}  // namespace capstake
