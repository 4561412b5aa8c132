// The earn-out: a part of a sale's price that depends on how the business does afterwards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/leg_summary.hpp"
#include "fields/read.hpp"

namespace capstake {

// What is measured against the threshold, and when.
enum class Tested : std::uint8_t { each_year, cumulative, total };
template <>
struct Names<Tested> {
  static constexpr std::string_view kNames[] = {"each_year", "cumulative", "total"};
};

// What the rate applies to once the threshold is reached.
enum class RateOn : std::uint8_t { excess, whole };
template <>
struct Names<RateOn> {
  static constexpr std::string_view kNames[] = {"excess", "whole"};
};

struct EarnOut {
  std::string payer;
  std::string receiver;
  std::string base;
  Date start;
  Date end;
  Tested tested = Tested::each_year;
  std::optional<Date> year_start;
  Number threshold;
  Number amount;
  Number rate;
  RateOn rate_on = RateOn::excess;
  Numbers above;
  Numbers amounts;
  Numbers rates;
  bool whole_amount = false;
  std::optional<Number> cap;
  std::optional<Number> total_cap;
  bool catch_up = false;
  int payment_lag = 0;
  std::vector<std::string> stop_events;
  std::string acceleration;
  std::optional<Number> acceleration_amount;
  std::vector<std::string> loss_events;
  std::optional<Number> discount_rate;
  Risk risk = Risk::systematic;
  std::string terms;

  static constexpr std::string_view kType = "earn_out";
  static constexpr std::string_view kName = "EarnOut";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Payments that depend on whether a metric, such as revenue or EBITDA, reaches a "
      "threshold.\n"
      "\n"
      "With threshold H, amount A, rate r and cap C, a test of the metric m is worth\n"
      "payoff(m) = 0 if m < H, else min(C, A + r (m - H)), or min(C, A + r m) on the whole.\n"
      "An amount alone is binary, a rate alone linear above the threshold (a call), with a cap\n"
      "a call spread; a rate on the whole is asset-or-nothing.\n"
      "\n"
      "Tiers: at levels b_1 < b_2 < ... above H, with amounts A_i and rates r_i (A_0 = A,\n"
      "r_0 = r), reaching b_i adds A_i, and r_i applies to what is above it:\n"
      "sum_i (A_i [m >= b_i] + (r_i - r_{i-1}) max(m - b_i, 0)) is added to A + r (m - H).\n"
      "With whole_amount the highest level reached decides alone: A_i + r_i (m - H), or\n"
      "A_i + r_i m on the whole. Without amounts a level changes the rate alone, without rates\n"
      "the amount alone.\n"
      "\n"
      "- each_year: each year's metric, of its days in [start, end], is tested by\n"
      "  itself.\n"
      "- cumulative: at each year's end, and at `end`, the metric added up since start\n"
      "  is tested; threshold, amounts and cap are of that total, not of a year. With w_y the\n"
      "  payoff of year y's test, y pays max(0, w_1, ..., w_y) - max(0, w_1, ..., w_{y-1}): what\n"
      "  was paid before is deducted, and nothing is given back.\n"
      "- total: the metric of the whole of [start, end] is tested once.\n"
      "\n"
      "With catch_up, what is due by year t is the highest of what was due before, the sum of\n"
      "the annual payoffs, and the payoff on the running totals of metric, thresholds, levels,\n"
      "amounts and caps: a year that missed is made up by a later one. The total cap limits\n"
      "what is due. Terms by date are those of the first day that is tested; of a cumulative\n"
      "test, of the first day in its year. A test is paid on the last day of its last period\n"
      "plus the payment lag, unless a loss event has come by that day; what falls due on or\n"
      "before the valuation date counts, but is not part of the value.\n"
      "\n"
      "A stop event ends the earn-out: a test on a later day makes nothing due. So does the\n"
      "acceleration event, such as a sale of the business, but it pays: for the period in which\n"
      "it comes, or the first one if it comes before, the acceleration amount falls due in\n"
      "place of all tests to come, at most what the total cap leaves, or just that if no amount\n"
      "is stated. Nothing does if a stop event has come by that period's end.\n"
      "\n"
      "Examples\n"
      "--------\n"
      "Graham Corporation, Form 8-K of 2021 (Barber-Nichols): nothing below an EBITDA of 8.75\n"
      "million, there 7 million, and 7 / 2.25 of what is above, up to 14 million:\n"
      "\n"
      ">>> earn_out = EarnOut(payer=\"buyer\", receiver=\"seller\", base=\"ebitda\",\n"
      "...     start=\"2026-01-01\", end=\"2026-12-31\", threshold=8.75e6, amount=7e6,\n"
      "...     rate=7 / 2.25, cap=14e6)\n"
      "\n"
      "References\n"
      "----------\n"
      "Appraisal Foundation (2019), VFR Valuation Advisory 4, Valuation of Contingent\n"
      "Consideration, section 4: payoff structures. Bruner (2004), Applied Mergers and\n"
      "Acquisitions, chapter 22.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"payer", &EarnOut::payer, name_in("parties"), "Party that pays."},
        Field{"receiver", &EarnOut::receiver, name_in("parties"), "Party that is paid."},
        Field{"base", &EarnOut::base, name_in("streams"), "Stream that is the metric."},
        Field{"start", &EarnOut::start, date(), "First day that is measured."},
        Field{"end", &EarnOut::end, date(), "Last day that is measured."},
        Field{"tested", &EarnOut::tested, choice().or_else("each_year"),
              "What is measured, and when."},
        year_start_field<EarnOut>(),
        Field{"threshold", &EarnOut::threshold, money().at_least(0.0).by_date().or_else(0.0),
              "Metric from which on something is paid."},
        Field{"amount", &EarnOut::amount, money().at_least(0.0).by_date().or_else(0.0),
              "Fixed sum for reaching the threshold."},
        Field{"rate", &EarnOut::rate, multiple().at_least(0.0).by_date().or_else(0.0),
              "Payment for each unit of the metric."},
        Field{"rate_on", &EarnOut::rate_on, choice().or_else("excess"),
              "Whether the rate applies to the excess over the threshold, or to the whole metric."},
        Field{"above", &EarnOut::above, money().positive().by_date().or_else("no tiers"),
              "Levels of the metric at which further tiers begin, ascending."},
        Field{"amounts", &EarnOut::amounts, money().at_least(0.0).by_date().or_else("none"),
              "Fixed sum for reaching each level: besides those before, or in their place."},
        Field{"rates", &EarnOut::rates,
              multiple().at_least(0.0).by_date().or_else("the rate throughout"),
              "Payment for each unit of the metric above each level, or of all of it."},
        Field{"whole_amount", &EarnOut::whole_amount, flag().or_else(0.0),
              "Whether the highest level reached decides alone, in place of adding up."},
        Field{"cap", &EarnOut::cap, money().positive().by_date().or_else("no cap"),
              "The most that one test is worth."},
        Field{"total_cap", &EarnOut::total_cap, money().positive().or_else("no cap"),
              "The most that is due in all."},
        Field{"catch_up", &EarnOut::catch_up, flag().or_else(0.0),
              "Whether a later year makes up for one that missed, by the running totals."},
        Field{"payment_lag", &EarnOut::payment_lag,
              days().at_least(0.0).at_most(3660.0).or_else(0.0),
              "Days from the end of the tested period to the payment."},
        Field{"stop_events", &EarnOut::stop_events, name_in("events").or_else("none"),
              "Events that end the earn-out: no test on a later day makes anything due."},
        Field{"acceleration", &EarnOut::acceleration, name_in("events").or_else("none"),
              "Event that ends the earn-out and pays for the tests to come."},
        Field{"acceleration_amount", &EarnOut::acceleration_amount,
              money().at_least(0.0).by_date().or_else("what the total cap leaves"),
              "What falls due when the acceleration event comes."},
        Field{"loss_events", &EarnOut::loss_events, name_in("events").or_else("none"),
              "Events after which nothing more is paid."},
        Field{"discount_rate", &EarnOut::discount_rate,
              rate_per_year().at_least(-0.5).at_most(3.0).by_date().or_else("the deal's rate"),
              "Rate at which this leg's payments are discounted."},
        Field{"risk", &EarnOut::risk, choice().or_else("systematic"), kRiskMeaning},
        Field{"terms", &EarnOut::terms, text_field().or_else("none"),
              "The terms in words, with their source, for the report."},
    };
  }
  bool operator==(const EarnOut&) const = default;

  LegSummary summary() const;
  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

}  // namespace capstake
