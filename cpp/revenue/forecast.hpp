// Forecast: revenue as its owners plan it, with what they say of its uncertainty.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

// The distribution that is put through three percentiles.
enum class PercentileFit : std::uint8_t { metalog, lognormal };
template <>
struct Names<PercentileFit> {
  static constexpr std::string_view kNames[] = {"metalog", "lognormal"};
};

inline constexpr double kLogOdds90 = 2.1972245773362196;  // log 9, the log odds of 0.9

struct Forecast {
  Annual annual;
  Figures figures;
  Numbers seasonality;
  Number growth_haircut;
  Number volatility;
  Dated revisions;
  Figures p10;
  Figures p90;
  PercentileFit percentile_fit = PercentileFit::metalog;
  Number risk_premium;

  static constexpr std::string_view kType = "forecast";
  static constexpr std::string_view kName = "Forecast";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue by calendar year, quarter or month, shaped into periods that add up to the "
      "figures.\n\n"
      "Within year y revenue grows from period to period by (G_y G_{y+1})^(1/2n), where G_y is "
      "the\n"
      "growth from year y-1 to y and n the periods a year; at either end the one growth there is\n"
      "counts twice. Quarterly and monthly figures are shaped in the same way. With seasonality, "
      "each\n"
      "period's part is multiplied by its season's weight, and the parts still add up. The growth "
      "haircut h, drawn once a path, turns the growth g to each year "
      "(or quarter, or month) that\n"
      "ends after the valuation date into (1 - h) g. Periods that\n"
      "ended by the valuation date are facts: the forecast as given, without haircut or "
      "noise. Figures may be 0 until a launch, which is certain, but not after it; growth is then "
      "counted\n"
      "from the first figure that is not 0.\n\n"
      "Uncertainty is said in one of three ways, or the first two together.\n\n"
      "- Volatility s: the level is multiplied by exp(s W_t - s^2 t "
      "/ 2), with W a Brownian motion "
      "from\n"
      "  the valuation date, so the mean stays at the forecast.\n"
      "- Revisions: at the end of each date d the forecast for all later days is multiplied by\n"
      "  exp(s_d Z_d - s_d^2 / 2), with Z_d a standard normal; its mean stays.\n"
      "- Percentiles: each figure is the median (P50), and `p10` and `p90` are exceeded with "
      "probability\n"
      "  0.9 and 0.1. With Z_t = W_t / sqrt(t) at a period's end and u = N(Z_t), the figure is "
      "multiplied\n"
      "  by exp(L (a + b (u - 1/2))), L = log(u / (1 - u)), a = log(P90 / P10) / (2 log 9) and\n"
      "  b = log(P10 P90 / P50^2) / (0.8 log 9): a metalog of three terms, bounded below by zero, "
      "that\n"
      "  has exactly these percentiles; or by exp(s Z_t) with s = log(P90 / P10) / 2.563, which "
      "has\n"
      "  only their spread. One W drives all dates. Where a figure is of several periods, each of "
      "them\n"
      "  has the percentiles, and their sum a little less spread.\n\n"
      "Draws: `<stream>.shock`, a normal each period; `<stream>.revision`, a normal each date, its "
      "step\n"
      "counted in days from 1900. Others correlate with the shock; in a period with revisions, "
      "with\n"
      "their sum, each by its deviation.\n\n"
      "Examples\n"
      "--------\n"
      ">>> plan = Forecast(annual={2025: 13, 2026: 30, 2027: 62}, volatility=0.2)\n"
      ">>> spread = Forecast(annual={2026: 30, 2027: 62}, p10={\"2027\": 45}, p90={\"2027\": 90})\n"
      ">>> revised = Forecast(figures={\"2026-Q1\": 6, \"2026-Q2\": 7}, revisions={\"2026-03-31\": "
      "0.1})\n\n"
      "References\n"
      "----------\n"
      "Keelin (2016), The Metalog Distributions, Decision Analysis 13(4), section 5: three "
      "symmetric\n"
      "percentiles.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"annual", &Forecast::annual, money().positive().or_zero().or_else("none"),
              "Revenue of each calendar year. The first year may be the last actual one: growth is "
              "counted from it."},
        Field{"figures", &Forecast::figures, money().positive().or_zero().or_else("none"),
              "In place of annual figures: revenue of each quarter (2026-Q1) or month (2026-01)."},
        Field{"seasonality", &Forecast::seasonality, share().or_else("none"),
              "Each quarter's or month's part of a year, from January on: 4 or 12 weights that add "
              "up to 1."},
        Field{"growth_haircut", &Forecast::growth_haircut, share().or_else(0.0),
              "Part of every year's forecast growth that does not come about, one value a path."},
        Field{"volatility", &Forecast::volatility, capstake::volatility().or_else(0.0),
              "Volatility of the revenue level around the forecast."},
        Field{"revisions", &Forecast::revisions,
              Rule{.unit = "log", .low = 0.0, .high = 5.0, .low_is_open = true}.or_else("none"),
              "By date: standard deviation of the logarithm of the revision made at its end."},
        Field{"p10", &Forecast::p10, money().positive().or_zero().or_else("none"),
              "Figures that revenue exceeds with probability 0.9, up to the last figure."},
        Field{"p90", &Forecast::p90, money().positive().or_zero().or_else("none"),
              "Figures that revenue exceeds with probability 0.1, for the same periods."},
        Field{"percentile_fit", &Forecast::percentile_fit, choice().or_else("metalog"),
              "Distribution that is put through the percentiles."},
        risk_premium_field<Forecast>(),
    };
  }
  bool operator==(const Forecast&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
  bool is_random() const { return !volatility.is_zero() || !revisions.empty() || !p10.empty(); }
  // Annual figures or the others, in one form.
  Figures all_figures() const;
  // Keys of the figures up to the first that is not 0, which is the last of them.
  std::vector<std::string> fields_to_launch() const;
  std::string field_of(const FigurePeriod& figure) const;
  // How many periods a figure is of.
  int parts(Frequency of_periods) const;
  // Whether something is counted from the launch on: growth within figures, or what is uncertain.
  bool counts_from_launch(Frequency of_periods) const {
    return parts(of_periods) > 1 || !growth_haircut.is_zero() || is_random();
  }
};

LoweredStream lower_stream(StreamLowering& lowering, const Forecast& forecast);
Span covered(const Forecast& forecast, const Coverage& coverage);

}  // namespace capstake
