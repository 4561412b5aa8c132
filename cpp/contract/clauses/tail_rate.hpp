// A lower rate once the total cap is reached.
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
      "A rate that goes on after the total cap has been reached.\n"
      "\n"
      "Of what accrues beyond the cap, rate / (the leg's rate) is paid, without counting towards\n"
      "the cap; with tiers every tier is scaled alike.\n"
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
