// A total cap as a multiple of the amount invested.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct CapMultiple {
  Number multiple;

  static constexpr Stage kStage = Stage::cap;
  static constexpr std::string_view kType = "cap_multiple";
  static constexpr std::string_view kName = "CapMultiple";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A total cap as a multiple of the leg's investment.\n\n"
      "The cap C = multiple * investment works as the leg's own: period t pays\n"
      "min(S_t, C) - min(S_{t-1}, C). A multiple by date is, for each period, that of the "
      "day\n"
      "on which it is paid; when it steps up, a leg that has reached the old cap by then stays "
      "ended.\n"
      "Beside an AccretingCap payments go on until both have been reached.\n\n"
      "Example: Royalty Pharma and Geron, 2024: payments end at 1.65 times 125 million if that is\n"
      "reached by mid 2031, else at 2.0 times:\n"
      "investment 125, multiple by date {2024-11-01: 1.65, 2031-07-01: 2.0}.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"multiple", &CapMultiple::multiple, capstake::multiple().positive().by_date(),
              "Total that is ever paid, as a multiple of the investment."},
    };
  }
  bool operator==(const CapMultiple&) const = default;
};

}  // namespace capstake
