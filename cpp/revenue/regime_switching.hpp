// RegimeSwitching: good times and bad times.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

struct RegimeSwitching {
  Number level;
  Number growth;
  Number volatility;
  Number other_growth;
  Number other_volatility;
  Number switch_rate;
  Number return_rate;
  Number starts_in_other;
  Number risk_premium;

  static constexpr std::string_view kType = "regime_switching";
  static constexpr std::string_view kName = "RegimeSwitching";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue whose growth and volatility are those of one of two hidden regimes.\n\n"
      "The regime is a Markov chain in continuous time, with rate a from the first to the other "
      "and b\n"
      "back, seen at the beginning of each period: after a period of length d the first has "
      "changed with\n"
      "probability a / (a + b) (1 - exp(-(a + b) d)), the other with b / (a + b) times the same. "
      "Within\n"
      "a period of regime i, log X moves by (g_i - s_i^2 / 2) d + s_i sqrt(d) z. That the regime "
      "lasts\n"
      "for the period is the discretisation. A period is an n-th of a year; its revenue is X / n "
      "with X\n"
      "at its end.\n\n"
      "Draws: `<stream>.shock` (z), a normal each period, which others correlate with;\n"
      "`<stream>.regime`, a uniform each period; `<stream>.start`, a uniform once a path.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = RegimeSwitching(level=25, growth=0.6, volatility=0.2, other_growth=-0.1,\n"
      "...     other_volatility=0.4, switch_rate=0.2, return_rate=0.5)\n\n"
      "References\n"
      "----------\n"
      "Hamilton (1989), A New Approach to the Economic Analysis of Nonstationary Time Series and "
      "the\n"
      "Business Cycle, Econometrica 57, 357-384.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"level", &RegimeSwitching::level, money().positive(),
              "Revenue a year at the valuation date."},
        Field{"growth", &RegimeSwitching::growth, rate_per_year().at_least(-5.0).at_most(5.0),
              "Growth of the mean in the first regime, compounded continuously."},
        Field{"volatility", &RegimeSwitching::volatility, capstake::volatility(),
              "Volatility in the first regime."},
        Field{"other_growth", &RegimeSwitching::other_growth,
              rate_per_year().at_least(-5.0).at_most(5.0), "Growth in the other regime."},
        Field{"other_volatility", &RegimeSwitching::other_volatility, capstake::volatility(),
              "Volatility in the other regime."},
        Field{"switch_rate", &RegimeSwitching::switch_rate,
              rate_per_year().at_least(0.0).at_most(100.0),
              "Rate of change from the first regime to the other (a)."},
        Field{"return_rate", &RegimeSwitching::return_rate,
              rate_per_year().at_least(0.0).at_most(100.0),
              "Rate of change from the other regime to the first (b)."},
        Field{"starts_in_other", &RegimeSwitching::starts_in_other, share().or_else(0.0),
              "Probability that the other regime holds at the valuation date."},
        risk_premium_field<RegimeSwitching>(),
    };
  }
  bool operator==(const RegimeSwitching&) const = default;

  bool is_seen_at_end() const { return true; }
  bool is_random() const { return !(volatility.is_zero() && other_volatility.is_zero()); }
};

LoweredStream lower_stream(StreamLowering& lowering, const RegimeSwitching& stream);

}  // namespace capstake
