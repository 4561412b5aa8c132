// A payment-free start during which amounts accrue.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct GracePeriod {
  Date until;
  Number interest;

  static constexpr Stage kStage = Stage::grace;
  static constexpr std::string_view kType = "grace_period";
  static constexpr std::string_view kName = "GracePeriod";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Nothing is paid before a date; what falls due earlier accrues and is paid then.\n"
      "\n"
      "An amount that would fall due on a day d before `until` is paid on `until`, times "
      "growth(d,\n"
      "until). What is earned counts towards caps when it is earned. For a start without "
      "accruals,\n"
      "as BioCryst and OMERS agreed in 2021, set the leg's `start` later instead.\n"
      "\n"
      "Example, a term of revenue-based notes of which no published one is known to us: payments\n"
      "accrue from closing and begin two years later, with 8% interest.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"until", &GracePeriod::until, date(), "First day on which anything is paid."},
        Field{"interest", &GracePeriod::interest,
              rate_per_year().at_least(0.0).at_most(3.0).by_date().or_else(0.0),
              "Rate at which amounts grow until then; it compounds as the deal's rates do."},
    };
  }
  bool operator==(const GracePeriod&) const = default;
};

}  // namespace capstake
