// MeanRevertingGrowth: growth that fluctuates around its long-run rate.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

struct MeanRevertingGrowth {
  Number level;
  Number growth;
  Number growth_long_run;
  Number growth_reversion;
  Number growth_volatility;
  Number volatility;
  Number correlation;
  Number risk_premium;

  static constexpr std::string_view kType = "mean_reverting_growth";
  static constexpr std::string_view kName = "MeanRevertingGrowth";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue whose growth is an Ornstein-Uhlenbeck process, drawn exactly.\n\n"
      "The annual rate X and its growth g follow dX / X = g dt + s dW, dg = k (m - g) dt + e dZ,\n"
      "dW dZ = rho dt. Over a period of length d the logarithm of X and g move jointly normally, "
      "with\n"
      "B = (1 - exp(-k d)) / k: log X by m d + (g - m) B - s^2 d / 2 in the mean with variance\n"
      "(e / k)^2 (d - 2 B + (1 - exp(-2 k d)) / 2k) + s^2 d + 2 rho s e (d - B) / k, g with "
      "variance\n"
      "e^2 (1 - exp(-2 k d)) / 2k, and covariance e^2 B^2 / 2 + rho s e B: no discretisation "
      "error,\n"
      "whatever the deal's frequency. A period is an n-th of a year; its revenue is X / n with X "
      "at "
      "its\n"
      "end.\n\n"
      "Draws: `<stream>.shock`, a normal each period, moves log X, and others correlate with it;\n"
      "`<stream>.growth` moves what of g does not move with it.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = MeanRevertingGrowth(level=25, growth=0.8, growth_long_run=0.05,\n"
      "...     growth_reversion=0.5, growth_volatility=0.2, volatility=0.2)\n\n"
      "References\n"
      "----------\n"
      "Glasserman (2003), Monte Carlo Methods in Financial Engineering, section 3.3.2, for the "
      "joint\n"
      "law of the process and its integral.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"level", &MeanRevertingGrowth::level, money().positive(),
              "Revenue a year at the valuation date."},
        Field{"growth", &MeanRevertingGrowth::growth, rate_per_year().at_least(-5.0).at_most(5.0),
              "Growth at the valuation date, compounded continuously."},
        Field{"growth_long_run", &MeanRevertingGrowth::growth_long_run,
              rate_per_year().at_least(-5.0).at_most(5.0), "Growth that it is drawn to."},
        Field{"growth_reversion", &MeanRevertingGrowth::growth_reversion,
              rate_per_year().positive().at_most(50.0), "Speed at which it is drawn there."},
        Field{"growth_volatility", &MeanRevertingGrowth::growth_volatility,
              Rule{.unit = "1/yr^1.5", .low = 0.0, .high = 20.0}, "Volatility of growth."},
        Field{"volatility", &MeanRevertingGrowth::volatility, capstake::volatility(),
              "Volatility of revenue besides that of its growth."},
        Field{"correlation", &MeanRevertingGrowth::correlation,
              capstake::correlation().or_else(0.0),
              "Correlation of the shocks to revenue and to growth."},
        risk_premium_field<MeanRevertingGrowth>(),
    };
  }
  bool operator==(const MeanRevertingGrowth&) const = default;

  bool is_seen_at_end() const { return true; }
  bool is_random() const { return !(volatility.is_zero() && growth_volatility.is_zero()); }
};

LoweredStream lower_stream(StreamLowering& lowering, const MeanRevertingGrowth& stream);

}  // namespace capstake
