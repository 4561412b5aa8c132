// The payer's credit: a spread on discounting, or a failure with recovery.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct PayerCredit {
  Number spread;
  std::string failure;
  Number recovery;

  static constexpr Stage kStage = Stage::credit;
  static constexpr std::string_view kType = "payer_credit";
  static constexpr std::string_view kName = "PayerCredit";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "The payer's credit, as a spread on the discount rate or as a failure with recovery.\n"
      "\n"
      "Payments are discounted by exp(-integral of the spread) besides, the spread compounding\n"
      "continuously. Under the deal's risk-neutral measure either takes the place of the payer's\n"
      "own credit spread. Payments dated after the failure event are worth recovery of their "
      "amount:\n"
      "loss_events of the leg are the case of no recovery.\n"
      "\n"
      "Example: 4% credit spread; or failure at the company's own failure event with 40% "
      "recovered.\n"
      "A spread on the discount rate is how Appraisal Foundation (2019), VFR Valuation Advisory "
      "4,\n"
      "takes the credit of whoever owes a contingent payment.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"spread", &PayerCredit::spread,
              rate_per_year().at_least(-0.1).at_most(3.0).by_date().or_else(0.0),
              "Spread on the discount rate."},
        Field{"failure", &PayerCredit::failure, name_in("events").or_else("none"),
              "Event after which payments are only recovered."},
        Field{"recovery", &PayerCredit::recovery, share().or_else(0.0),
              "Part of a payment that is made after the failure."},
    };
  }
  bool operator==(const PayerCredit&) const = default;
};

}  // namespace capstake
