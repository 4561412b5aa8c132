// A clause that is a formula.
#pragma once

#include "contract/stage.hpp"
#include "formula/field.hpp"

namespace capstake {

enum class CustomStage : std::uint8_t { accrual, payment };
template <>
struct Names<CustomStage> {
  static constexpr std::string_view kNames[] = {"accrual", "payment"};
};

struct Custom {
  FormulaText formula;
  Named<Number> numbers;
  CustomStage stage = CustomStage::accrual;

  static constexpr Stage kStage = Stage::custom;
  static constexpr std::string_view kType = "custom";
  static constexpr std::string_view kName = "Custom";
  static constexpr bool kIsTagged = true;
  // Each is given what the one before it makes.
  static constexpr bool kActsAsListed = true;
  static constexpr std::string_view kSummary =
      "What a period accrues, or pays, by a formula.\n"
      "\n"
      "At stage accrual the formula replaces what the period accrues before the total cap; at\n"
      "stage payment what falls due after cap, tail and endings, before any deferral. In\n"
      "periods that begin after a stop event it has no say: what was due before is still paid.\n"
      "What it changes counts towards the cap by the days of the period that count; formulas of\n"
      "payments pay in all at most what the stages before have given by then plus what is left\n"
      "under the cap (without a cap there is no limit), whose dates and chances count accruals\n"
      "alone. A result below zero is paid back to the payer. Custom clauses of a leg act in their\n"
      "order.\n"
      "\n"
      "Names in the formula:\n"
      "\n"
      "- `revenue`: that of the shared days before any stop event,\n"
      "- `accrual` or, at stage payment, `payment`: what the stages before give,\n"
      "- `rate`, `cap`: the leg's in the period,\n"
      "- `investment`, `already_paid`: the leg's,\n"
      "- `paid`: in all before the period, with already_paid,\n"
      "- `part`: part of the period's days that are shared, before any stop event,\n"
      "- `time`: years from the valuation date to the period's last day,\n"
      "- the clause's own `numbers`; one by date is that of the period's first day,\n"
      "- the deal's streams: their revenue of the whole period; one named like any of these is\n"
      "  hidden.\n"
      "\n"
      "Functions are those of :class:`Formula`; totals and lags begin with the term.\n"
      "\n"
      "Examples\n"
      "--------\n"
      ">>> revenue, paid = symbol(\"revenue\"), symbol(\"paid\")\n"
      ">>> share = minimum(0.2 * revenue, maximum(symbol(\"limit\") - paid, 0))\n"
      ">>> Custom(formula=share, numbers={\"limit\": 38}).formula\n"
      "'minimum(0.2 * revenue, maximum(limit - paid, 0))'";

  static constexpr auto fields() {
    return std::tuple{
        Field{"formula", &Custom::formula, text_field(), "Amount of a period."},
        Field{"numbers", &Custom::numbers, of_any_unit().by_date().or_else("none"),
              "Numbers that the formula uses, by name."},
        Field{"stage", &Custom::stage, choice().or_else("accrual"),
              "Whether it replaces what accrues before the cap or what is paid after it."},
    };
  }
  bool operator==(const Custom&) const = default;

  Stage acts_in() const {
    return stage == CustomStage::accrual ? Stage::custom : Stage::custom_payment;
  }
  std::vector<std::string> fixed_names() const;
  std::vector<std::string> known_names() const { return names_beside(fixed_names(), numbers); }
  std::vector<std::string> stream_names() const {
    return stream_names_in(formula, fixed_names(), numbers);
  }
  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

}  // namespace capstake
