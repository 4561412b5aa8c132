// The payer's early termination at a price.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct BuyOut {
  Date on;
  std::optional<Number> amount;
  std::optional<Number> multiple;
  bool less_paid = true;

  static constexpr Stage kStage = Stage::ending;
  static constexpr std::string_view kType = "buy_out";
  static constexpr std::string_view kName = "BuyOut";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "The payer ends the leg early at a price.\n"
      "\n"
      "The day `on` is the last whose revenue is shared. With its period the price is earned, "
      "less\n"
      "what has been paid by then if less_paid, at least 0 and at most what is left under the "
      "total\n"
      "cap; nothing after a stop event. A price by date is that of the day.\n"
      "\n"
      "Example: Verona and Oaktree, 9 May 2024: redemption at a multiple of the investment that "
      "is\n"
      "lower in the first three years, less what has been paid: multiple by date.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"on", &BuyOut::on, date(),
              "Day of the exercise: the last one whose revenue is shared."},
        Field{"amount", &BuyOut::amount, money().at_least(0.0).by_date().or_else("the multiple"),
              "Price in money; or give the multiple."},
        Field{"multiple", &BuyOut::multiple,
              capstake::multiple().at_least(0.0).by_date().or_else("the amount"),
              "Price as a multiple of the leg's investment."},
        Field{"less_paid", &BuyOut::less_paid, flag().or_else(1.0),
              "Whether what has been paid is deducted from the price."},
    };
  }
  bool operator==(const BuyOut&) const = default;
};

}  // namespace capstake
