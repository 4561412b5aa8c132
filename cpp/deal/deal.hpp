// The deal: the whole thing that is valued, as it stands in a deal file.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "contract/leg.hpp"
#include "deal/dependence.hpp"
#include "equity/company.hpp"
#include "fields/field.hpp"
#include "revenue/stream.hpp"
#include "schedule/context.hpp"

namespace capstake {

struct Party {
  std::string name;
  Number credit_spread;

  static constexpr std::string_view kType = "party";
  static constexpr std::string_view kName = "Party";
  static constexpr bool kIsTagged = false;
  static constexpr std::string_view kSummary = "Who pays or receives.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"name", &Party::name, text_field(), "Name for people to read."},
        Field{"credit_spread", &Party::credit_spread,
              rate_per_year().at_least(-0.1).at_most(3.0).by_date().or_else(0.0),
              "Spread over the risk-free rate at which what it owes is discounted under the deal's "
              "risk-neutral measure, compounded continuously; a leg's payer_credit takes its "
              "place."},
    };
  }
  bool operator==(const Party&) const = default;
};

struct Event {
  Number hazard;
  std::string meaning;

  static constexpr std::string_view kType = "event";
  static constexpr std::string_view kName = "Event";
  static constexpr bool kIsTagged = false;
  static constexpr std::string_view kSummary =
      "A random time: it has not come by date t with probability exp(-integral of the hazard from\n"
      "the valuation date to t), independently of everything else.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"hazard", &Event::hazard, rate_per_year().at_least(0.0).at_most(1000.0).by_date(),
              "Hazard rate: the probability a year, for short times, that the event comes; 0.05 "
              "means "
              "about 22% within five years."},
        Field{"meaning", &Event::meaning, text_field().or_else("none"),
              "What happens, in words, for the report."},
    };
  }
  bool operator==(const Event&) const = default;
};

// Money in a deal file is given in this unit of the currency.
enum class MoneyUnit : std::uint8_t { one, thousand, million, billion };
template <>
struct Names<MoneyUnit> {
  static constexpr std::string_view kNames[] = {"one", "thousand", "million", "billion"};
};

struct Deal {
  std::string name;
  Date valuation_date;
  std::string currency;
  MoneyUnit unit = MoneyUnit::one;
  Number discount_rate;
  std::optional<Number> risk_free;
  ProbabilityMeasure measure = ProbabilityMeasure::real_world;
  Compounding compounding = Compounding::annual;
  DayCount day_count = DayCount::act_365f;
  Frequency frequency = Frequency::quarter;
  std::vector<std::string> notes;
  Named<Party> parties;
  Named<Stream> streams;
  Named<Event> events;
  Named<Leg> legs;
  Named<Company> companies;
  Named<Stake> stakes;
  Named<Dependence> dependence;

  static constexpr std::string_view kType = "deal";
  static constexpr std::string_view kName = "Deal";
  static constexpr bool kIsTagged = false;
  static constexpr std::string_view kSummary =
      "Parties, the contracts between them and the stakes they hold, as of a valuation date.\n"
      "\n"
      "Under the real-world measure revenue is as forecast, and legs and stakes are discounted at\n"
      "rates that stand for their risk. Under the risk-neutral measure risk is taken off what is\n"
      "uncertain: revenue of a period is multiplied by exp(-P). For streams whose revenue is the\n"
      "rate at a period's end P is the integral of the risk premium from the valuation date to "
      "that\n"
      "end; for others the mean of that integral at the beginning and at the end of the period's\n"
      "days to come, times their part of its days. A company's multiple is lower by its own "
      "premium.\n"
      "Caps, thresholds and tiers apply to what is left. Payments are then discounted at\n"
      "risk_free and the payer's credit spread, proceeds of stakes at risk_free. A leg whose risk "
      "is\n"
      "diversifiable reads revenue as forecast, and is discounted in the same way. Events have "
      "the\n"
      "same hazards, and all draws are the same, under both measures.\n"
      "\n"
      "References\n"
      "----------\n"
      "Appraisal Foundation (2019), VFR Valuation Advisory 4, Valuation of Contingent\n"
      "Consideration: the option pricing method, by which the metric is discounted at its "
      "required\n"
      "risk premium before thresholds, tiers and caps apply.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"name", &Deal::name, text_field(), "Title of the deal."},
        Field{"valuation_date", &Deal::valuation_date, date(),
              "Date that values are discounted to."},
        Field{"currency", &Deal::currency, currency_code(), "ISO 4217 code of the one currency."},
        Field{"unit", &Deal::unit, choice().or_else("one"), "Unit in which money is given."},
        Field{"discount_rate", &Deal::discount_rate,
              rate_per_year().at_least(-0.5).at_most(3.0).by_date(),
              "Discount rate of legs and stakes that have none of their own."},
        Field{"risk_free", &Deal::risk_free,
              rate_per_year().at_least(-0.5).at_most(3.0).by_date().or_else("not given"),
              "Risk-free rate, by date if it is a curve (the forward rate from each date on): what "
              "the risk-neutral measure discounts at."},
        Field{"measure", &Deal::measure, choice().or_else("real_world"),
              "Whether values are those of the real world, at discount rates, or risk-neutral."},
        Field{"compounding", &Deal::compounding, choice().or_else("annual"),
              "How discount and cash rates compound."},
        Field{"day_count", &Deal::day_count, choice().or_else("ACT/365F"),
              "How dates become years."},
        Field{"frequency", &Deal::frequency, choice().or_else("quarter"),
              "Length of the periods in which revenue is simulated and shared."},
        Field{"notes", &Deal::notes, text_field().or_else("none"),
              "Caveats that the report prints."},
        Field{"parties", &Deal::parties, objects(), "Parties by name."},
        Field{"streams", &Deal::streams, objects().or_else("none"), "Revenue streams by name."},
        Field{"events", &Deal::events, objects().or_else("none"), "Events by name."},
        Field{"legs", &Deal::legs, objects().or_else("none"), "Contracts by name."},
        Field{"companies", &Deal::companies, objects().or_else("none"), "Companies by name."},
        Field{"stakes", &Deal::stakes, objects().or_else("none"), "Stakes by name."},
        Field{"dependence", &Deal::dependence, objects().or_else("all draws are independent"),
              "Dependence between draws, by name."},
    };
  }
  bool operator==(const Deal&) const = default;

  void cross_check(const std::string& path, Issues& issues) const;
};

// Visits every object of the deal with the name of its table and its own name.
template <class Visit>
void for_each_object(const Deal& deal, Visit&& visit) {
  const auto visit_table = [&](std::string_view table, const auto& objects) {
    for (const auto& [name, object] : objects) {
      visit(std::string(table), name, object);
    }
  };
  const auto visit_variants = [&](std::string_view table, const auto& objects) {
    for (const auto& entry : objects) {
      std::visit([&](const auto& held) { visit(std::string(table), entry.first, held); },
                 entry.second);
    }
  };
  visit_table("parties", deal.parties);
  visit_variants("streams", deal.streams);
  visit_table("events", deal.events);
  visit_variants("legs", deal.legs);
  visit_table("companies", deal.companies);
  visit_table("stakes", deal.stakes);
  visit_table("dependence", deal.dependence);
}

// What revenue means for legs of a risk, and for companies (systematic).
Probability probability_for(const Deal& deal, Risk risk = Risk::systematic);

// First and last date that the deal's grid of periods must cover.
std::pair<Date, Date> horizon(const Deal& deal);

// A number that the deal states, with what its field says of it: a row of the assumptions.
struct Assumption {
  std::string table;   // "legs"
  std::string object;  // "microsoft_share"
  std::string field;   // "cap"; "annual.2027" for a figure of a year
  std::string unit;
  std::string meaning;
  Number number;
};
std::vector<Assumption> assumptions(const Deal& deal);

}  // namespace capstake
