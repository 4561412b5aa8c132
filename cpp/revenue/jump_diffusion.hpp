// JumpDiffusion: a run rate that now and then jumps.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

struct JumpDiffusion {
  Number level;
  Number growth;
  Number volatility;
  Number jump_rate;
  Number jump_mean;
  Number jump_volatility;
  Number risk_premium;

  static constexpr std::string_view kType = "jump_diffusion";
  static constexpr std::string_view kName = "JumpDiffusion";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue that moves as a geometric Brownian motion and jumps at random times (Merton).\n\n"
      "dX / X = (mu - l j) dt + s dW + (J - 1) dN, with N a Poisson process of rate l and each "
      "jump's\n"
      "factor J lognormal with mean 1 + j and deviation v of its logarithm. The drift makes up for "
      "the\n"
      "jumps, so that E X_t = X_0 exp(mu t). A period of length d is drawn exactly: with n jumps "
      "in it,\n"
      "log X moves by (mu - l j - s^2 / 2) d + s sqrt(d) z + n (log(1 + j) - v^2 / 2) + v sqrt(n) "
      "y.\n"
      "The number n is the Poisson quantile of a uniform draw, up to the number that a rate of "
      "that\n"
      "size exceeds with probability below 2^-53. A period is an n-th of a year; its revenue is X "
      "/ n\n"
      "with X at its end.\n\n"
      "Draws, each period: `<stream>.shock` (z), which others correlate with, `<stream>.jumps` "
      "(uniform,\n"
      "for n) and `<stream>.jump_size` (y).\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = JumpDiffusion(level=25, growth=0.3, volatility=0.2, jump_rate=0.5,\n"
      "...     jump_mean=-0.2, jump_volatility=0.1)\n\n"
      "References\n"
      "----------\n"
      "Merton (1976), Option Pricing when Underlying Stock Returns Are Discontinuous, Journal of\n"
      "Financial Economics 3, 125-144. Glasserman (2003), section 3.5.1.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"level", &JumpDiffusion::level, money().positive(),
              "Revenue a year at the valuation date."},
        Field{"growth", &JumpDiffusion::growth, rate_per_year().at_least(-5.0).at_most(5.0),
              "Growth of the mean, jumps included, compounded continuously."},
        Field{"volatility", &JumpDiffusion::volatility, capstake::volatility(),
              "Volatility between jumps."},
        Field{"jump_rate", &JumpDiffusion::jump_rate,
              Rule{.unit = "jumps/yr", .low = 0.0, .high = 10.0}, "Jumps expected a year."},
        Field{"jump_mean", &JumpDiffusion::jump_mean,
              Rule{.unit = "share", .low = -0.99, .high = 10.0},
              "Mean of a jump, as part of revenue: -0.2 takes 20% of it."},
        Field{"jump_volatility", &JumpDiffusion::jump_volatility,
              Rule{.unit = "log", .low = 0.0, .high = 5.0},
              "Standard deviation of the logarithm of a jump's factor."},
        risk_premium_field<JumpDiffusion>(),
    };
  }
  bool operator==(const JumpDiffusion&) const = default;

  bool is_seen_at_end() const { return true; }
};

LoweredStream lower_stream(StreamLowering& lowering, const JumpDiffusion& stream);

// The number that a Poisson variable of this mean exceeds with probability below 2^-53.
int most_jumps(double mean);

}  // namespace capstake
