// Logistic: revenue that grows into a market of limited size.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

struct Logistic {
  Number level;
  Number market;
  Number growth;
  Number volatility;
  Number risk_premium;

  static constexpr std::string_view kType = "logistic";
  static constexpr std::string_view kName = "Logistic";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue on a logistic curve: growth dies out as revenue comes near the market's size.\n\n"
      "The annual rate X has dX/dt = k X (1 - X / M), so X_t = M / (1 + (M / X_0 - 1) exp(-k t)), "
      "and\n"
      "from a to b it brings (M / k) log(1 + (X_a / M) (exp(k (b - a)) - 1)). A period's revenue "
      "is\n"
      "the mean of the rate over its days / n, n the periods a year; days up to the valuation date "
      "count\n"
      "with X_0. It is multiplied by exp(s W_t - s^2 t / 2), W a Brownian motion from the "
      "valuation\n"
      "date, so the mean stays. The market's size may be uncertain, drawn once a path.\n\n"
      "Draws: `<stream>.shock`, a normal each period, which others correlate with.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = Logistic(level=25, market=Number(triangular=[200, 300, 600]), growth=0.9)\n\n"
      "References\n"
      "----------\n"
      "Verhulst (1838), Notice sur la loi que la population suit dans son accroissement.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"level", &Logistic::level, money().positive(),
              "Revenue a year at the valuation date (X0)."},
        Field{"market", &Logistic::market, money().positive(),
              "Revenue a year that it grows towards (M)."},
        Field{"growth", &Logistic::growth, rate_per_year().positive().at_most(20.0),
              "Growth while revenue is far below it (k), compounded continuously."},
        Field{"volatility", &Logistic::volatility, capstake::volatility().or_else(0.0),
              "Volatility of the level around the curve."},
        risk_premium_field<Logistic>(),
    };
  }
  bool operator==(const Logistic&) const = default;

  bool is_random() const { return !volatility.is_zero(); }
};

LoweredStream lower_stream(StreamLowering& lowering, const Logistic& stream);

}  // namespace capstake
