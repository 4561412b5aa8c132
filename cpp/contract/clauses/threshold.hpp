// Revenue below a level that is not shared.
#pragma once

#include "contract/per.hpp"
#include "contract/stage.hpp"

namespace capstake {

struct Threshold {
  Number amount;
  Per per = Per::year;
  Number revenue_before;

  static constexpr Stage kStage = Stage::tiers;
  static constexpr std::string_view kType = "threshold";
  static constexpr std::string_view kName = "Threshold";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue up to a threshold is not shared.\n\n"
      "With Y_t the shared revenue since the span began (the year, the whole term, or "
      "the\n"
      "period alone), rate r and threshold K, period t accrues\n"
      "r (max(Y_t, K) - max(Y_{t-1}, K)): on the revenue above K alone.\n\n"
      "Example: 17% of what a year brings above 50, the terms of Lambda School's income-share\n"
      "agreement in thousands (some, once above, take the share of everything: Tiers with\n"
      "whole_amount).";

  static constexpr auto fields() {
    return std::tuple{
        Field{"amount", &Threshold::amount, money().at_least(0.0).by_date(),
              "Revenue of the span that is not shared."},
        Field{"per", &Threshold::per, choice().or_else("year"),
              "Stretch of time whose revenue is measured against the threshold."},
        Field{"revenue_before", &Threshold::revenue_before, money().at_least(0.0).or_else(0.0),
              "Revenue of the span, before the leg's start, that counts towards the threshold."},
    };
  }
  bool operator==(const Threshold&) const = default;
};

}  // namespace capstake
