// The random factor of a lognormal level, which has mean one: exp(s W_t - s^2 t / 2), with W a
// Brownian motion from the valuation date.
#pragma once

#include <vector>

#include "revenue/lowered.hpp"

namespace capstake {

struct LognormalLevel {
  std::vector<Expr> shock;            // the draw `<stream>.shock` of each period
  std::vector<Expr> log_level;        // s W_t at the period's end
  std::vector<Expr> mean_correction;  // exp(-s^2 t / 2): the same on every path
};

LognormalLevel lower_level(StreamLowering& lowering, Expr volatility);

// (e^x - 1) / x, and its limit 1 at zero, with their derivatives.
Expr mean_of_exponential(Expr x);

}  // namespace capstake
