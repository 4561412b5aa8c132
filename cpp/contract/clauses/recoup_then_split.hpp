// Another rate once the receiver has recouped.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct RevenueShare;

struct RecoupThenSplit {
  std::optional<Number> amount;
  std::optional<Number> multiple;
  Number rate;
  std::optional<Number> interest;
  std::optional<Date> since;

  // The least and the most that the hurdle can be: in money, where the leg's investment is stated.
  std::pair<double, double> ends(const RevenueShare& leg) const;
  // Lower hurdles come first.
  double turn(const RevenueShare& leg) const;

  static constexpr Stage kStage = Stage::recoupment;
  static constexpr std::string_view kType = "recoup_then_split";
  static constexpr std::string_view kName = "RecoupThenSplit";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "One rate until a hurdle has been received, another one after it.\n"
      "\n"
      "With S_{t-1} what has been paid before, already_paid included, and hurdle H, period t\n"
      "keeps what is left of H of its accruals a_t and, of those beyond, rate / (the leg's rate):\n"
      "a_t + (rate / r - 1) max(a_t - max(H - S_{t-1}, 0), 0). With interest the hurdle is a\n"
      "balance: H and its interest from the day `since` on, less what is paid, each payment on\n"
      "the day that it falls due. The total cap, if any, applies to the sum of both parts. Of\n"
      "several hurdles, in money or as multiples, without interest, each has its rate from there\n"
      "to the next: 100% until 1 times the investment, then 50% until 2 times, then 20%.\n"
      "\n"
      "Example: XOMA and Aronora: all royalties until twice the consideration of 9 is received,\n"
      "then 10%: the leg's rate 1, investment 9, multiple 2, rate 0.1. Gust's Revenue-Backed "
      "Note:\n"
      "5% until principal and 5% interest a year are repaid, then 2.5% until 5 times the "
      "principal.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"amount", &RecoupThenSplit::amount, money().positive().or_else("the multiple"),
              "Hurdle in money; or give the multiple."},
        Field{"multiple", &RecoupThenSplit::multiple,
              capstake::multiple().positive().or_else("the amount"),
              "Hurdle as a multiple of the leg's investment."},
        Field{"rate", &RecoupThenSplit::rate, share().by_date(),
              "Share of the revenue once the hurdle has been received."},
        Field{"interest", &RecoupThenSplit::interest,
              rate_per_year().at_least(0.0).at_most(3.0).by_date().or_else("none"),
              "Interest on what is left of the hurdle."},
        Field{"since", &RecoupThenSplit::since, date().or_else("same as start"),
              "Day from which interest accrues."},
    };
  }
  bool operator==(const RecoupThenSplit&) const = default;
};

}  // namespace capstake
