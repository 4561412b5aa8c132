// History: actual figures up to now, another stream from then on.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

struct History {
  Figures figures;
  std::string of;

  static constexpr std::string_view kType = "history";
  static constexpr std::string_view kName = "History";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Actual figures by year, quarter or month, and another stream for what comes after them.\n\n"
      "Facts carry no noise. A period of the deal's grid takes the figures that fill it, added up\n"
      "if there are several; where a figure is of more than one period, each has an even part of\n"
      "it. A period that figures fill in part, such as a quarter of which two months are known,\n"
      "takes these and, for the months that are missing, an even part of the other stream's\n"
      "revenue of the whole period. All other periods take the other stream, whose draws are not\n"
      "moved by what came before: it starts at its own level.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = History(figures={\"2026-Q1\": 6.1, \"2026-Q2\": 7.0}, of=\"plan\")";

  static constexpr auto fields() {
    return std::tuple{
        Field{"figures", &History::figures, money().at_least(0.0),
              "Actual revenue by year (2025), quarter (2025-Q1) or month (2025-01), without gaps; "
              "all of it ends by the valuation date."},
        Field{"of", &History::of, name_in("streams"), "Stream for the periods after."},
    };
  }
  bool operator==(const History&) const = default;
};

LoweredStream lower_stream(StreamLowering& lowering, const History& stream);
Span covered(const History& stream, const Coverage& coverage);

}  // namespace capstake
