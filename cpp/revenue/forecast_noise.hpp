// The random factor on a forecast's figures, period by period.
#pragma once

#include "revenue/forecast.hpp"
#include "revenue/level.hpp"

namespace capstake {

// The step of a revision's draw: days from 1900, so that it is the same whatever other dates there
// are.
std::uint32_t revision_step(Date date);

class ForecastNoise {
 public:
  ForecastNoise(StreamLowering& lowering, const Forecast& forecast);

  // What others correlate with in the period.
  Expr shock(std::size_t t) const { return shock_[t]; }
  // The part of the factor that is the same on every path.
  Expr sure(std::size_t t) const { return level_.mean_correction[t]; }
  // The rest, on a figure with its median.
  Expr random(std::size_t t, const FigurePeriod& figure, Expr median);

 private:
  void add_revisions();
  void revise(std::size_t t);
  void add_percentiles();

  StreamLowering& lowering_;
  Context& context_;
  const Forecast& forecast_;
  LognormalLevel level_;
  std::vector<Expr> shock_;
  std::vector<Expr> revision_;  // factor by period, where there are revisions
  Expr revised_;                // factor of the revisions so far
  std::vector<Expr> normal_;    // Z_t by period, where there are percentiles
};

}  // namespace capstake
