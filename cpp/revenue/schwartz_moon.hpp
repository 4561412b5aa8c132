// SchwartzMoon: revenue of a young company, whose growth is itself random and comes down.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

struct SchwartzMoon {
  Number level;
  Number growth;
  Number growth_long_run;
  Number growth_reversion;
  Number growth_volatility;
  Number growth_volatility_decay;
  Number volatility;
  Number volatility_long_run;
  Number volatility_reversion;
  Number correlation;
  Number risk_price;
  Number growth_risk_price;

  static constexpr std::string_view kType = "schwartz_moon";
  static constexpr std::string_view kName = "SchwartzMoon";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue by the model of Schwartz and Moon: mean-reverting random growth, volatilities that "
      "decay.\n\n"
      "The annual rate R of revenue and its growth mu follow, under the risk-adjusted measure,\n\n"
      "dR / R = (mu - l1 s) dt + s dz1,   dmu = (k (m - mu) - l2 e) dt + e dz2,   dz1 dz2 = rho "
      "dt,\n"
      "s_t = s_0 exp(-k1 t) + s_1 (1 - exp(-k1 t)),   e_t = e_0 exp(-k2 t).\n\n"
      "Each period of length d is one step of the published discrete version (equations 17 to 20 "
      "of the\n"
      "paper of 2000, as a public replication numbers them), with mu, s and e at its start:\n"
      "R' = R exp((mu - l1 s - s^2 / 2) d + s sqrt(d) z1),\n"
      "mu' = exp(-k d) mu + (1 - exp(-k d)) (m - l2 e / k) + sqrt((1 - exp(-2 k d)) / 2k) e z2.\n"
      "A period is an n-th of a year; its revenue is R / n with R at its end. Revenue within a "
      "step "
      "is\n"
      "exact given mu; that mu stands still in it is the discretisation, so results depend on the\n"
      "deal's frequency. The paper's parameters are by quarter: times 4 for rates of growth and\n"
      "reversion, times 2 for s and the prices of risk, times 8 for e. Where a deal states a "
      "risk-free\n"
      "rate, and so tells measures apart, the prices of risk are 0 in the real world.\n\n"
      "Draws: `<stream>.shock` (z1), which others correlate with, and `<stream>.growth`, of which "
      "z2 "
      "is\n"
      "rho z1 + sqrt(1 - rho^2) times, each a normal a period.\n\n"
      "Examples\n"
      "--------\n"
      "Amazon at the end of 1999 (the paper's base case):\n\n"
      ">>> amazon = SchwartzMoon(level=4 * 356, growth=0.44, growth_long_run=0.06,\n"
      "...     growth_reversion=0.28, growth_volatility=0.24, growth_volatility_decay=0.28,\n"
      "...     volatility=0.2, volatility_long_run=0.1, volatility_reversion=0.28, "
      "risk_price=0.02)\n\n"
      "References\n"
      "----------\n"
      "Schwartz and Moon (2000), Rational Pricing of Internet Companies, Financial Analysts "
      "Journal\n"
      "56(3), 62-75: the model and its discrete version. Schwartz and Moon (2001), Rational "
      "Pricing "
      "of\n"
      "Internet Companies Revisited, Financial Review 36(4), 7-25: one speed for all three "
      "reversions.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"level", &SchwartzMoon::level, money().positive(),
              "Revenue a year at the valuation date (R0)."},
        Field{"growth", &SchwartzMoon::growth, rate_per_year().at_least(-5.0).at_most(5.0),
              "Expected growth at the valuation date (mu0), compounded continuously."},
        Field{"growth_long_run", &SchwartzMoon::growth_long_run,
              rate_per_year().at_least(-5.0).at_most(5.0), "Growth that it is drawn to (m)."},
        Field{"growth_reversion", &SchwartzMoon::growth_reversion,
              rate_per_year().positive().at_most(50.0), "Speed at which it is drawn there (k)."},
        Field{"growth_volatility", &SchwartzMoon::growth_volatility,
              Rule{.unit = "1/yr^1.5", .low = 0.0, .high = 20.0},
              "Volatility of growth at the valuation date (e0)."},
        Field{"growth_volatility_decay", &SchwartzMoon::growth_volatility_decay,
              rate_per_year().at_least(0.0).at_most(50.0).or_else(0.0),
              "Speed at which that volatility dies out (k2)."},
        Field{"volatility", &SchwartzMoon::volatility, capstake::volatility(),
              "Volatility of revenue at the valuation date (s0)."},
        Field{"volatility_long_run", &SchwartzMoon::volatility_long_run, capstake::volatility(),
              "Volatility of revenue in the long run (s1)."},
        Field{"volatility_reversion", &SchwartzMoon::volatility_reversion,
              rate_per_year().at_least(0.0).at_most(50.0).or_else(0.0),
              "Speed at which it moves there (k1)."},
        Field{"correlation", &SchwartzMoon::correlation, capstake::correlation().or_else(0.0),
              "Correlation of the shocks to revenue and to growth (rho)."},
        Field{"risk_price", &SchwartzMoon::risk_price, Rule{.low = -5.0, .high = 5.0}.or_else(0.0),
              "Market price of the risk of revenue (l1); 0 for the real-world measure."},
        Field{"growth_risk_price", &SchwartzMoon::growth_risk_price,
              Rule{.low = -5.0, .high = 5.0}.or_else(0.0),
              "Market price of the risk of growth (l2)."},
    };
  }
  bool operator==(const SchwartzMoon&) const = default;
};

LoweredStream lower_stream(StreamLowering& lowering, const SchwartzMoon& stream);

}  // namespace capstake
