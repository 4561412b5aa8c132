// A total cap that grows with interest: a return that ends the leg.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct AccretingCap {
  Number rate;
  std::optional<Number> amount;
  std::optional<Date> since;

  static constexpr Stage kStage = Stage::cap;
  static constexpr std::string_view kType = "accreting_cap";
  static constexpr std::string_view kName = "AccretingCap";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A total cap that accretes interest: the leg ends when its receiver has earned a return.\n"
      "\n"
      "The balance begins with amount on the day `since`, grows at rate, compounding as the "
      "deal's\n"
      "rates do, and falls by each payment on the day that it falls due (before any deferral); "
      "the\n"
      "leg ends when nothing is left. With d_t the discount factor at rate from there to `since`\n"
      "and S_t the sum of d_s a_s, period t pays (min(S_t, amount) - min(S_{t-1}, amount)) / d_t.\n"
      "An internal rate of return as a cap is the same. Beside a CapMultiple payments go on\n"
      "until both have been reached: period t pays the greater of what each of them leaves.\n"
      "\n"
      "Example: Gust's Revenue-Backed Note, phase 1: until principal plus 5% interest a year is\n"
      "repaid.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"rate", &AccretingCap::rate, rate_per_year().at_least(0.0).at_most(3.0).by_date(),
              "Interest, or internal rate of return."},
        Field{"amount", &AccretingCap::amount, money().positive().or_else("the leg's investment"),
              "Balance on the first day."},
        Field{"since", &AccretingCap::since, date().or_else("same as start"),
              "Day from which interest accrues."},
    };
  }
  bool operator==(const AccretingCap&) const = default;
};

}  // namespace capstake
