// Streams as expressions: revenue by period of the grid.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "revenue/stream.hpp"
#include "schedule/context.hpp"

namespace capstake {

struct LoweredStream {
  // Money in each period; NaN in periods the stream has no figure for.
  std::vector<Expr> revenue;
  // The standard normal that moves the level in each period, for others to correlate with; in past
  // periods it moves nothing.
  std::vector<Expr> shock;
};

// Streams that refer to each other in a circle are refused when the deal is checked.
std::map<std::string, LoweredStream> lower_streams(Context& context, const Named<Stream>& streams);

// First and last calendar year that the stream has figures for.
std::pair<int, int> years_covered(const Named<Stream>& streams, const std::string& name);

}  // namespace capstake
