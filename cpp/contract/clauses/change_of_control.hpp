// A price that an event makes due: change of control, or the holder's put.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct ChangeOfControl {
  std::string event;
  std::optional<Number> amount;
  std::optional<Number> multiple;
  bool less_paid = true;

  static constexpr Stage kStage = Stage::ending;
  static constexpr std::string_view kType = "change_of_control";
  static constexpr std::string_view kName = "ChangeOfControl";
  static constexpr bool kIsTagged = true;
  // Of two whose events come in the same period the first holds.
  static constexpr bool kActsAsListed = true;
  static constexpr std::string_view kSummary =
      "An event ends the leg and makes a price due: a change of control, or a put of the holder.\n"
      "\n"
      "Nothing accrues after the event, and in later periods nothing falls due: no true-up of a\n"
      "minimum, and nothing that a limit has carried forward. If it comes within the term and no "
      "stop event has come by\n"
      "the end of its period, the period earns the price, less what has been paid by then if\n"
      "less_paid, at least 0 and at most what is left under the total cap. A price by date is "
      "that\n"
      "of the period's first day. Of several such events the first one to come ends the leg; "
      "where\n"
      "two come in the same period, the one whose clause stands first.\n"
      "\n"
      "Example: Adaptive and OrbiMed, Sep 2022, have such a put. If on a change of control the\n"
      "payer pays 1.75 times the investment less all payments made: multiple 1.75.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"event", &ChangeOfControl::event, name_in("events"),
              "Event that triggers the payment and ends the leg."},
        Field{"amount", &ChangeOfControl::amount,
              money().at_least(0.0).by_date().or_else("the multiple"),
              "Price in money; or give the multiple."},
        Field{"multiple", &ChangeOfControl::multiple,
              capstake::multiple().at_least(0.0).by_date().or_else("the amount"),
              "Price as a multiple of the leg's investment."},
        Field{"less_paid", &ChangeOfControl::less_paid, flag().or_else(1.0),
              "Whether what has been paid is deducted from the price."},
    };
  }
  bool operator==(const ChangeOfControl&) const = default;
};

}  // namespace capstake
