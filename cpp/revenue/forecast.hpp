// Forecast: revenue as its owners plan it, with noise around the plan.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

struct Forecast {
  Annual annual;
  Number growth_haircut;
  Number volatility;

  static constexpr std::string_view kType = "forecast";
  static constexpr std::string_view kName = "Forecast";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue by calendar year, shaped into periods that add up to the annual figures.\n\n"
      "Within year y revenue grows from period to period by (G_y G_{y+1})^(1/2n), where G_y is "
      "the\n"
      "growth from year y-1 to y and n the periods a year; at either end the one growth there is\n"
      "counts twice. The growth haircut h, drawn once a path, turns the growth g to each year "
      "that\n"
      "ends after the valuation date into (1 - h) g. The level is multiplied by exp(s W_t - s^2 t "
      "/ 2), with W a Brownian motion "
      "from\n"
      "the valuation date and s the volatility, so the mean stays at the forecast. Periods that\n"
      "ended by the valuation date are facts: the forecast as given, without haircut or noise.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"annual", &Forecast::annual, money().positive(),
              "Revenue of each calendar year. The first year may be the last actual one: growth is "
              "counted from it."},
        Field{"growth_haircut", &Forecast::growth_haircut, share().or_else(0.0),
              "Part of every year's forecast growth that does not come about, one value a path."},
        Field{"volatility", &Forecast::volatility, capstake::volatility().or_else(0.0),
              "Volatility of the revenue level around the forecast."},
    };
  }
  bool operator==(const Forecast&) const = default;

  bool is_random() const { return !(volatility.is_constant() && volatility.central() == 0.0); }
};

LoweredStream lower_stream(StreamLowering& lowering, const Forecast& forecast);
Span covered(const Forecast& forecast, const Coverage& coverage);

}  // namespace capstake
