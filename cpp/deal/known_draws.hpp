// The draws of a deal by name.
#pragma once

#include <map>
#include <set>

#include "deal/deal.hpp"
#include "graph/graph.hpp"

namespace capstake {

struct KnownDraw {
  Law law = Law::normal;
  std::set<std::uint32_t> steps;

  bool is_once_a_path() const { return steps == std::set<std::uint32_t>{0}; }
};
using KnownDraws = std::map<std::string, KnownDraw>;

// The draws of the deal as it would be without dependence.
KnownDraws independent_draws(const Deal& deal);

// The forecast whose revisions a draw is of; null where it is none of these.
const Forecast* forecast_revised_by(const Deal& deal, const std::string& draw);

}  // namespace capstake
