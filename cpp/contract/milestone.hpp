// The milestone: one payment, once something has been reached or has happened.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/leg_summary.hpp"
#include "fields/read.hpp"

namespace capstake {

// Over what stretch of time a milestone's metric adds up.
enum class Measured : std::uint8_t { since_start, each_year };
template <>
struct Names<Measured> {
  static constexpr std::string_view kNames[] = {"since_start", "each_year"};
};

struct Milestone {
  std::string payer;
  std::string receiver;
  Number amount;
  Date start;
  Date end;
  std::string base;
  std::optional<Number> threshold;
  Measured measured = Measured::since_start;
  std::optional<Date> year_start;
  std::string event;
  Number probability;
  int payment_lag = 0;
  std::vector<std::string> stop_events;
  std::string acceleration;
  std::optional<Number> acceleration_amount;
  std::vector<std::string> loss_events;
  std::optional<Number> discount_rate;
  Risk risk = Risk::systematic;
  std::string terms;

  static constexpr std::string_view kType = "milestone";
  static constexpr std::string_view kName = "Milestone";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "One payment: once a metric reaches a threshold, when an event comes, or with a "
      "probability.\n"
      "\n"
      "With a base, the milestone is met in the first period by whose end the stream's total,\n"
      "since start or within the year, has reached the threshold; with an event, in\n"
      "the period in which it comes; with neither, on `end`. It can be met on the days from\n"
      "start to end, and pays probability * amount once, on the last day of the period plus the\n"
      "payment lag, unless a loss event has come by that day. A threshold or amount by date is\n"
      "that of the period's first day. A milestone met in a period before the valuation date is\n"
      "met; it is part of the value only if it is paid after that date.\n"
      "\n"
      "A stop event ends it: it cannot be met in a period by whose end the event has come. So\n"
      "does the acceleration event, such as a sale of the business, but it pays: for the period\n"
      "in which it comes, or the first one if it comes before, the acceleration amount falls\n"
      "due unless the milestone was met in an earlier period or a stop event has come. What is\n"
      "met with a probability was met to that part.\n"
      "\n"
      "The probability is for risk that diversifies away, such as a drug's approval: it is a\n"
      "real-world probability, it multiplies, and it is not drawn, so that outcomes show the\n"
      "expected payment in place of all or nothing. A base moves with the market unless the\n"
      "risk is said to be diversifiable: under the deal's risk-neutral measure its risk premium\n"
      "is taken off before it is measured.\n"
      "\n"
      "Examples\n"
      "--------\n"
      "100 if sales of 2026 to 2028 come to 2,000 in all; 50 on approval, which comes with\n"
      "probability 60%, at the end of 2026:\n"
      "\n"
      ">>> sales = Milestone(payer=\"buyer\", receiver=\"seller\", amount=100, base=\"sales\",\n"
      "...     threshold=2000, start=\"2026-01-01\", end=\"2028-12-31\")\n"
      ">>> approval = Milestone(payer=\"buyer\", receiver=\"seller\", amount=50, probability=0.6,\n"
      "...     start=\"2026-01-01\", end=\"2026-12-31\")\n"
      "\n"
      "References\n"
      "----------\n"
      "Appraisal Foundation (2019), VFR Valuation Advisory 4, Valuation of Contingent\n"
      "Consideration, section 5: diversifiable and systematic risk.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"payer", &Milestone::payer, name_in("parties"), "Party that pays."},
        Field{"receiver", &Milestone::receiver, name_in("parties"), "Party that is paid."},
        Field{"amount", &Milestone::amount, money().at_least(0.0).by_date(),
              "What is paid when it is met."},
        Field{"start", &Milestone::start, date(), "First day on which it can be met."},
        Field{"end", &Milestone::end, date(), "Last day on which it can be met."},
        Field{"base", &Milestone::base, name_in("streams").or_else("none"),
              "Stream whose total is measured."},
        Field{"threshold", &Milestone::threshold, money().positive().by_date().or_else("none"),
              "Total of the base that must be reached."},
        Field{"measured", &Milestone::measured, choice().or_else("since_start"),
              "Over what the base adds up."},
        year_start_field<Milestone>(),
        Field{"event", &Milestone::event, name_in("events").or_else("none"),
              "Event that must come, in place of a base."},
        Field{"probability", &Milestone::probability, share().or_else(1.0),
              "Probability, of risk that diversifies away, that it is met besides."},
        Field{"payment_lag", &Milestone::payment_lag,
              days().at_least(0.0).at_most(3660.0).or_else(0.0),
              "Days from the end of the period in which it is met to the payment."},
        Field{"stop_events", &Milestone::stop_events, name_in("events").or_else("none"),
              "Events after which it can no longer be met."},
        Field{"acceleration", &Milestone::acceleration, name_in("events").or_else("none"),
              "Event that pays a milestone that has not been met, which then cannot be."},
        Field{"acceleration_amount", &Milestone::acceleration_amount,
              money().at_least(0.0).by_date().or_else("the amount"),
              "What falls due when the acceleration event comes."},
        Field{"loss_events", &Milestone::loss_events, name_in("events").or_else("none"),
              "Events after which nothing more is paid."},
        Field{"discount_rate", &Milestone::discount_rate,
              rate_per_year().at_least(-0.5).at_most(3.0).by_date().or_else("the deal's rate"),
              "Rate at which this leg's payment is discounted."},
        Field{"risk", &Milestone::risk, choice().or_else("systematic"), kRiskMeaning},
        Field{"terms", &Milestone::terms, text_field().or_else("none"),
              "The terms in words, with their source, for the report."},
    };
  }
  bool operator==(const Milestone&) const = default;

  LegSummary summary() const;
  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

}  // namespace capstake
