// Revenue streams: what a contract's payments and a company's value are measured on.
#pragma once

#include <string>
#include <variant>

#include "fields/field.hpp"

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
};

struct Scaled {
  std::string of;
  Number factor;

  static constexpr std::string_view kType = "scaled";
  static constexpr std::string_view kName = "Scaled";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Another stream's revenue times a factor, which may change by date.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"of", &Scaled::of, name_in("streams"), "Stream that is scaled."},
        Field{"factor", &Scaled::factor, multiple().at_least(0.0).by_date(),
              "Factor on that stream's revenue."},
    };
  }
  bool operator==(const Scaled&) const = default;
};

using Stream = std::variant<Forecast, Scaled>;

}  // namespace capstake
