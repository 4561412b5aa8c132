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
      "Example: a stream of 37.5% until a total is delivered and 5% after it: rate 0.05.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"rate", &TailRate::rate, share().by_date(), "Share of the revenue after the cap."},
    };
  }
  bool operator==(const TailRate&) const = default;
};

}  // namespace capstake
