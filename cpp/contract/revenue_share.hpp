// The revenue share: part of a revenue stream, paid until a date or until a total cap is reached.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/clause.hpp"
#include "contract/leg_summary.hpp"
#include "fields/field.hpp"

namespace capstake {

// What is earned in each of these is paid together.
enum class Settlement : std::uint8_t { period, quarter, half_year, year };
template <>
struct Names<Settlement> {
  static constexpr std::string_view kNames[] = {"period", "quarter", "half_year", "year"};
};

struct RevenueShare {
  std::string payer;
  std::string receiver;
  std::string base;
  Number rate;
  Date start;
  Date end;
  std::optional<Number> cap;
  std::optional<Date> accrual_start;
  Number already_paid;
  std::optional<Number> investment;
  Settlement settlement = Settlement::period;
  std::optional<Date> year_start;
  int payment_lag = 0;
  std::vector<std::string> stop_events;
  std::vector<std::string> loss_events;
  std::optional<Number> discount_rate;
  Risk risk = Risk::systematic;
  Named<Clause> clauses;
  std::string terms;

  static constexpr std::string_view kType = "revenue_share";
  static constexpr std::string_view kName = "RevenueShare";
  static constexpr bool kIsTagged = true;
  // What a leg is whose type is not stated.
  static constexpr bool kIsDefault = true;
  static constexpr std::string_view kSummary =
      "A share of a revenue stream, paid until it ends or a total cap is reached.\n"
      "\n"
      "With accruals a_t = rate * revenue_t (for the days of period t in [start, end] before\n"
      "any stop event), running totals S_t = already_paid + a_1 + ... + a_t and cap C, period t\n"
      "pays min(S_t, C) - min(S_{t-1}, C), on its last day plus the payment lag, unless a loss\n"
      "event has come by that day. With a settlement by quarter, half year or year the lag runs\n"
      "from the last day of the one that the period ends in. Accruals before accrual_start are\n"
      "paid without counting towards the cap. A rate by date is, in each period, that of its\n"
      "first day; a cap by date that of the day on which the period is paid, so that a cap which\n"
      "steps up tests what has been paid by then: a leg that has reached the old one, since its\n"
      "own first period, stays ended. With a year_start, tiers, thresholds, minimums, limits and\n"
      "tests of a year take contract years; settlements and formulas keep calendar years. Clauses\n"
      "act on what a period earns in the order of the notes below. Payments dated on or before "
      "the\n"
      "valuation date count towards the cap but are not part of the value.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"payer", &RevenueShare::payer, name_in("parties"), "Party that pays."},
        Field{"receiver", &RevenueShare::receiver, name_in("parties"), "Party that is paid."},
        Field{"base", &RevenueShare::base, name_in("streams"), "Revenue stream that is shared."},
        Field{"rate", &RevenueShare::rate, share().by_date(), "Part of the revenue that is paid."},
        Field{
            "start", &RevenueShare::start, date(),
            "First day whose revenue is shared; payments for earlier days belong in already_paid."},
        Field{"end", &RevenueShare::end, date(), "Last day whose revenue is shared."},
        Field{"cap", &RevenueShare::cap, money().positive().by_date().or_else("no cap"),
              "Total that is ever paid, counted from accrual_start and including already_paid."},
        Field{"accrual_start", &RevenueShare::accrual_start, date().or_else("same as start"),
              "First day whose accruals count towards the cap."},
        Field{"already_paid", &RevenueShare::already_paid, money().at_least(0.0).or_else(0.0),
              "Paid before start, and counted towards the cap."},
        Field{"investment", &RevenueShare::investment, money().positive().or_else("not stated"),
              "Amount that was paid for the share; multiples are multiples of it."},
        Field{"settlement", &RevenueShare::settlement, choice().or_else("period"),
              "Stretch of the calendar year whose periods are paid for together; one shorter than "
              "the deal's periods changes nothing."},
        year_start_field<RevenueShare>(),
        Field{"payment_lag", &RevenueShare::payment_lag,
              days().at_least(0.0).at_most(3660.0).or_else(0.0),
              "Days from the end of a period, or of its settlement, to its payment."},
        Field{"stop_events", &RevenueShare::stop_events, name_in("events").or_else("none"),
              "Events after which nothing more accrues; what has accrued is still paid."},
        Field{"loss_events", &RevenueShare::loss_events, name_in("events").or_else("none"),
              "Events after which nothing more is paid, not even what has accrued."},
        Field{"discount_rate", &RevenueShare::discount_rate,
              rate_per_year().at_least(-0.5).at_most(3.0).by_date().or_else("the deal's rate"),
              "Rate at which this leg's payments are discounted."},
        Field{"risk", &RevenueShare::risk, choice().or_else("systematic"), kRiskMeaning},
        Field{"clauses", &RevenueShare::clauses, objects().or_else("none"),
              "Further clauses by name."},
        Field{"terms", &RevenueShare::terms, text_field().or_else("none"),
              "The terms in words, with their source, for the report."},
    };
  }
  bool operator==(const RevenueShare&) const = default;

  LegSummary summary() const;
  // The latest day on which anything can be paid, with the end of the period that the leg ends in.
  Date last_payment(Date last_day_of_period) const;
  // When what a period earns falls due, before any deferral.
  Date payment_date(Date last_day_of_period) const;
  // The clause of a type of which a leg has at most one, or the first of several.
  template <class T>
  const T* find() const {
    for (const auto& [name, clause] : clauses) {
      if (const T* found = std::get_if<T>(&clause)) {
        return found;
      }
    }
    return nullptr;
  }
  // All clauses of a type with their names, in their order.
  template <class T>
  std::vector<std::pair<std::string, const T*>> all_named() const {
    std::vector<std::pair<std::string, const T*>> found;
    for (const auto& [name, clause] : clauses) {
      if (const T* held = std::get_if<T>(&clause)) {
        found.emplace_back(name, held);
      }
    }
    return found;
  }
  template <class T>
  std::vector<const T*> all() const {
    std::vector<const T*> found;
    for (const auto& [name, held] : all_named<T>()) {
      found.push_back(held);
    }
    return found;
  }
  // The end, or an earlier day on which the payer ends the leg.
  Date last_shared_day() const;
  bool has_total_cap() const;
  // Whether a clause belongs to one of these stages; a formula belongs to that of accruals.
  bool has_clause_in(Stage first, Stage last) const;
  // Whether a clause measures anything by the year.
  bool measures_years() const;
  // Whether all revenue that is shared in a period accrues at the period's one rate.
  bool accrues_by_one_rate() const {
    return !find<Tiers>() && !has_clause_in(Stage::recoupment, Stage::custom);
  }
  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

}  // namespace capstake
