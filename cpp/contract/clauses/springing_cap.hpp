// A cap's multiple that is reset by a test of what came about.
#pragma once

#include "contract/clauses/springing_rate.hpp"
#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct SpringingCap {
  Date test_date;
  Number target;
  TestOf measure = TestOf::revenue;
  std::optional<Number> multiple_if_missed;
  std::optional<Number> multiple_if_met;
  std::optional<Date> since;

  // Tests reset the multiple in the order of their dates.
  double turn(const RevenueShare&) const {
    return static_cast<double>(test_date.time_since_epoch().count());
  }

  static constexpr Stage kStage = Stage::cap;
  static constexpr std::string_view kType = "springing_cap";
  static constexpr std::string_view kName = "SpringingCap";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A cap's multiple that rises at a test date, by whether a target has been met.\n"
      "\n"
      "What is measured is compared with the target: the revenue of the base from the day `since`\n"
      "to the test date, by days, also of days before the leg's start; or what has been paid from\n"
      "`since` to the test date, before any deferral, with already_paid where no `since` is "
      "given.\n"
      "To periods that are paid after the test date the multiple of the leg's CapMultiple applies\n"
      "no more, but multiple_if_missed if the target was missed, else multiple_if_met: the higher\n"
      "one, as a cap does not fall. A leg whose cap has been reached before stays ended. Of "
      "several\n"
      "tests each resets the multiple that the ones before have left.\n"
      "\n"
      "Example: BioCryst and OMERS, 22 Nov 2021, as recalled: 1.425 times the price, or 1.55 "
      "times\n"
      "if sales of 2023 are low: multiple 1.425, since 2023-01-01, test_date 2023-12-31,\n"
      "multiple_if_missed 1.55.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"test_date", &SpringingCap::test_date, date(), "Day of the test."},
        Field{"target", &SpringingCap::target, money().positive(),
              "What is to be reached by then."},
        Field{"measure", &SpringingCap::measure, choice().or_else("revenue"), "What is measured."},
        Field{"multiple_if_missed", &SpringingCap::multiple_if_missed,
              multiple().positive().or_else("unchanged"),
              "Total, as a multiple of the investment, after a missed test."},
        Field{"multiple_if_met", &SpringingCap::multiple_if_met,
              multiple().positive().or_else("unchanged"),
              "Total, as a multiple of the investment, after a test that was met."},
        Field{"since", &SpringingCap::since, date().or_else("same as start"),
              "First day whose revenue or payments count in the test."},
    };
  }
  bool operator==(const SpringingCap&) const = default;
};

}  // namespace capstake
