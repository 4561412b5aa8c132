// Formula stream: revenue as a formula over other streams and numbers.
#pragma once

#include <optional>

#include "formula/field.hpp"
#include "revenue/lowered.hpp"

namespace capstake {

struct FormulaStream {
  FormulaText formula;
  Named<Number> numbers;
  std::optional<Date> start;

  static constexpr std::string_view kType = "formula";
  static constexpr std::string_view kName = "FormulaStream";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A formula over other streams, period by period.\n"
      "\n"
      "Names in the formula are the deal's streams (their revenue in the period), the stream's\n"
      "own `numbers` and `time`, the years from the valuation date to the period's last day. A\n"
      "number by date is that of the period's first day. :class:`Formula` lists the functions.\n"
      "\n"
      "It has figures where all of its streams have. Totals and lags begin with the period of\n"
      "`start`, or else with that of the day after the valuation date; a formula that uses them\n"
      "has figures from there on.\n"
      "\n"
      "Examples\n"
      "--------\n"
      ">>> own = symbol(\"own\")\n"
      ">>> stream = FormulaStream(formula=own + maximum(own - symbol(\"base\"), 0), "
      "numbers={\"base\": 2})\n"
      ">>> stream.formula\n"
      "'own + maximum(own - base, 0)'";

  static constexpr auto fields() {
    return std::tuple{
        Field{"formula", &FormulaStream::formula, text_field(), "Revenue of a period."},
        Field{"numbers", &FormulaStream::numbers, of_any_unit().by_date().or_else("none"),
              "Numbers that the formula uses, by name."},
        Field{"start", &FormulaStream::start, date().or_else("after the valuation date"),
              "First day that totals and lags know of."},
    };
  }
  bool operator==(const FormulaStream&) const = default;

  static std::vector<std::string> fixed_names() { return {"time"}; }
  std::vector<std::string> stream_names() const {
    return stream_names_in(formula, fixed_names(), numbers);
  }
  // What the formula may use besides streams.
  std::vector<std::string> known_names() const { return names_beside(fixed_names(), numbers); }
  // Of one without streams: its numbers may be uncertain, but no shock moves it.
  bool is_random() const { return false; }
  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

LoweredStream lower_stream(StreamLowering& lowering, const FormulaStream& stream);
Span covered(const FormulaStream& stream, const Coverage& coverage);

}  // namespace capstake
