// A share of the revenue once the total cap is reached.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct TailRate {
  Number rate;

  static constexpr Stage kStage = Stage::tail;
  static constexpr std::string_view kType = "tail_rate";
  static constexpr std::string_view kName = "TailRate";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A share of the revenue that goes on after the total cap has been reached.\n"
      "\n"
      "Of the revenue R_t of a period, rate * R_t * b_t is paid besides, without counting towards\n"
      "the cap; b_t is 0 before the cap is reached, 1 after it, and in the period that reaches it\n"
      "the part of what accrues that is beyond it. Of a threshold's revenue only what is above it\n"
      "is in R_t. Tiers, hurdles, plans, minimums, limits a period and formulas of accruals hold\n"
      "for what counts towards the cap alone, and say nothing about R_t.\n"
      "\n"
      "Example: Royal Gold's Greenstone stream, SEC filing of 2022: 5.938% of the gold until "
      "120,333\n"
      "ounces are delivered and 3.958% after it: the leg's cap 120333, rate 0.03958.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"rate", &TailRate::rate, share().by_date(), "Share of the revenue after the cap."},
    };
  }
  bool operator==(const TailRate&) const = default;
};

}  // namespace capstake
