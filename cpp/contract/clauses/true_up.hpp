// What is missing to a return, made up for when the total cap is reached.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct TrueUp {
  Number rate;
  std::optional<Number> amount;
  std::optional<Date> since;
  Number part = Number(1.0);

  static constexpr Stage kStage = Stage::true_up;
  static constexpr std::string_view kType = "true_up";
  static constexpr std::string_view kName = "TrueUp";
  static constexpr bool kIsTagged = true;
  // They are paid together, so that the order changes nothing.
  static constexpr bool kActsAsListed = true;
  static constexpr std::string_view kSummary =
      "What is missing to a return falls due when the total cap is reached.\n"
      "\n"
      "A balance begins with amount on the day `since`, grows at rate, compounding as the deal's\n"
      "rates do, and falls by part of each payment on the day that it falls due (before any\n"
      "deferral). With the payment that reaches the total cap, what is left of the balance is "
      "paid\n"
      "besides, without counting towards the cap; where the share alone never reaches the cap\n"
      "nothing is, whatever a balloon, a buy-out or a change of control pays. A leg\n"
      "may have several: amounts that were advanced at different returns, to each of which a part\n"
      "of the payments counts. For a leg that goes on until both a multiple and a return have "
      "been\n"
      "reached, combine CapMultiple and AccretingCap instead.\n"
      "\n"
      "Example: Liquidia and HealthCare Royalty, 9 Jan 2023: 1.75 times the amounts advanced, and\n"
      "a true-up to a minimum return of 18% (16% on later advances): rate 0.18.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"rate", &TrueUp::rate, rate_per_year().at_least(0.0).at_most(3.0).by_date(),
              "Internal rate of return that is made up to."},
        Field{"amount", &TrueUp::amount, money().positive().or_else("the leg's investment"),
              "Balance on the first day."},
        Field{"since", &TrueUp::since, date().or_else("same as start"),
              "Day from which the return counts."},
        Field{"part", &TrueUp::part, share().or_else(1.0), "Part of each payment that counts."},
    };
  }
  bool operator==(const TrueUp&) const = default;
};

}  // namespace capstake
