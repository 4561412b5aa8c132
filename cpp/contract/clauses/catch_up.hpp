// A further share of revenue while payments lag behind a plan.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct CatchUp {
  Number target;
  Number rate;

  static constexpr Stage kStage = Stage::catch_up;
  static constexpr std::string_view kType = "catch_up";
  static constexpr std::string_view kName = "CatchUp";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A further share of revenue while what has accrued lags behind a plan.\n"
      "\n"
      "The plan adds target for each year of the term, by days, before any stop event; A_t is "
      "what\n"
      "has accrued by period t with all catch-up before it. The period earns besides "
      "min(max(plan_t\n"
      "- A_t, 0), rate * revenue_t).\n"
      "\n"
      "Example, a term of revenue-based notes of which no published one is known to us: an\n"
      "investor is to receive 10 a year; when 5% of revenue brings less, 3% more is paid until "
      "the\n"
      "arrears are made up: target 10, rate 0.03.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"target", &CatchUp::target, money().at_least(0.0).by_date(),
              "What the plan provides a year; by date, in each period that of its first day."},
        Field{"rate", &CatchUp::rate, share().by_date(),
              "Further share of the revenue while there are arrears."},
    };
  }
  bool operator==(const CatchUp&) const = default;
};

}  // namespace capstake
