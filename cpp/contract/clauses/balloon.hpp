// What is short of the cap falls due at maturity.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct Balloon {
  Number part;

  static constexpr Stage kStage = Stage::maturity;
  static constexpr std::string_view kType = "balloon";
  static constexpr std::string_view kName = "Balloon";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "What is left under the total cap falls due with the term's last period.\n"
      "\n"
      "With cap C and P_T paid towards it, the last period earns part * (C - P_T) besides and\n"
      "pays it with its own, unless a stop event has come by the end. The dates and chances of "
      "reaching the cap count accruals\n"
      "alone.\n"
      "\n"
      "Example: Flying Leap Vineyards, revenue-share notes: a share of revenue until 1.5 times "
      "the\n"
      "investment, and the balance on 30 Jun 2028.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"part", &Balloon::part, share().or_else(1.0), "Part of what is left that falls due."},
    };
  }
  bool operator==(const Balloon&) const = default;
};

}  // namespace capstake
