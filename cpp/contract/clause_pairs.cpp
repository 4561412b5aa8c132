#include "contract/clause_pairs.hpp"

#include <algorithm>

#include "contract/revenue_share.hpp"
#include "schedule/periods.hpp"

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
    {Tiers::kType, SpringingRate::kType,
     "the test resets the leg's one rate, and tiers have several"},
    {CapMultiple::kType, AccretingCap::kType, "a leg has one total cap"},
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
    {Clawback::kType, Clawback::kType,
     "what is given back for one event would be given back again for the other"},
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

std::string conflict(const MinimumGuarantee& a, const MinimumGuarantee& b, const RevenueShare&) {
  if (a.turn() == b.turn()) {
    return "of two minimums of the same span the higher one holds: state it alone";
  }
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

std::string conflict(const RecoupThenSplit& a, const RecoupThenSplit& b, const RevenueShare&) {
  if (a.interest || b.interest) {
    return "with interest it is open which hurdle comes first";
  }
  const auto has_one = [](const RecoupThenSplit& each) {
    return each.amount.has_value() != each.multiple.has_value();
  };
  if (!has_one(a) || !has_one(b)) {
    return {};  // an issue of its own
  }
  if (a.amount.has_value() != b.amount.has_value()) {
    return "two hurdles must both be amounts or both multiples";
  }
  const bool is_in_order = a.turn() < b.turn();
  const RecoupThenSplit& first = is_in_order ? a : b;
  const RecoupThenSplit& second = is_in_order ? b : a;
  if (first.hurdle().ends().second >= second.hurdle().ends().first) {
    return "of two hurdles one must always be the higher";
  }
  return first.rate.ends().first > 0.0
             ? ""
             : "after a rate of 0 nothing more is received, so that the higher hurdle is never met";
}

std::string conflict(const ChangeOfControl& a, const ChangeOfControl& b, const RevenueShare&) {
  return a.event == b.event ? "an event makes one price due" : "";
}

// The least or the most that a number can be on a day.
double end_on(const Number& number, Date date, bool is_most) {
  const auto [low, high] = number.ends();
  return number.by_date() ? number.value_on(date) : is_most ? high : low;
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
      most += end_on(each->part, date, true);
    }
    if (most > 1.0 + kRounding) {
      return "their parts of each payment add up to more than 1";
    }
  }
  return {};
}

// The first days of spans, and of whatever may be another period because a number changes there.
std::vector<Date> first_days(const MinimumGuarantee& least, const PeriodCap& most,
                             const RevenueShare& leg) {
  std::vector<Date> days = {leg.start};
  if (least.per == Per::year) {
    const Date any_year = leg.year_start.value_or(make_date(2000, 1, 1));
    Date first = year_after(begin_of_year(leg.start, any_year));
    for (; first <= leg.end; first = year_after(first)) {
      days.push_back(first);
    }
    return days;
  }
  for (const Number* number : {&least.amount, &most.amount}) {
    for (const auto& [date, value] : number->by_date() ? *number->by_date() : ByDate{}) {
      if (leg.start < date && date <= leg.end) {
        days.push_back(date);
      }
    }
  }
  return days;
}

// Where the two are of parts of years in different ways, either may be the higher.
std::string conflict(const MinimumGuarantee& least, const PeriodCap& most,
                     const RevenueShare& leg) {
  if (least.per != most.per || (least.per == Per::year && least.prorated != most.prorated)) {
    return {};
  }
  for (const Date date : first_days(least, most, leg)) {
    const double low = end_on(least.amount, date, false);
    const double high = end_on(most.amount, date, true);
    if (low > high) {
      return "from " + iso(date) + " on the minimum of " + brief(low) + " is above the limit of " +
             brief(high) + ", which would cut it";
    }
  }
  return {};
}

std::string conflict(const PeriodCap& most, const MinimumGuarantee& least,
                     const RevenueShare& leg) {
  return conflict(least, most, leg);
}

}  // namespace

std::string why_not_both(const Clause& first, const Clause& second, const RevenueShare& leg) {
  return std::visit([&](const auto& a, const auto& b) { return conflict(a, b, leg); }, first,
                    second);
}

}  // namespace capstake
