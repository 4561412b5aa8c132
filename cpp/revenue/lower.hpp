// Streams as expressions: revenue by period of the grid.
#pragma once

#include <map>
#include <string>

#include "revenue/lowered.hpp"
#include "revenue/stream_map.hpp"

namespace capstake {

// Streams that refer to each other in a circle are refused when the deal is checked. Under all
// measures the draws are the same.
std::map<std::string, LoweredStream> lower_streams(Context& context, const Named<Stream>& streams,
                                                   StreamMap& map, Probability probability);

}  // namespace capstake
