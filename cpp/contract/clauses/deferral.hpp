// A part of each payment that is paid later.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct Deferral {
  Number part;
  int days = 0;
  Number interest;

  static constexpr Stage kStage = Stage::deferral;
  static constexpr std::string_view kType = "deferral";
  static constexpr std::string_view kName = "Deferral";
  static constexpr bool kIsTagged = true;
  // Each takes its part of the whole, so that the order changes nothing.
  static constexpr bool kActsAsListed = true;
  static constexpr std::string_view kSummary =
      "A part of each payment falls due later, with or without interest.\n"
      "\n"
      "Of every amount that falls due on day d, 1 - part is paid on d and part * growth(d, d +\n"
      "days) on day d + days. What is deferred counts towards caps when it is earned. Several\n"
      "deferrals each defer their part of the whole amount: instalments.\n"
      "\n"
      "Example: Microsoft and OpenAI, 28 Oct 2025: the share is paid over a longer period, which\n"
      "was not made public. With half of it stretched by two years: part 0.5, days 730.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"part", &Deferral::part, share().by_date(), "Part of each payment that is deferred."},
        Field{"days", &Deferral::days, capstake::days().at_least(1.0).at_most(36600.0),
              "Days by which that part is deferred."},
        Field{"interest", &Deferral::interest,
              rate_per_year().at_least(0.0).at_most(3.0).by_date().or_else(0.0),
              "Rate at which it grows meanwhile; it compounds as the deal's rates do."},
    };
  }
  bool operator==(const Deferral&) const = default;
};

}  // namespace capstake
