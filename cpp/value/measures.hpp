// A deal under the real-world and under the risk-neutral measure, on the same draws.
#pragma once

#include <vector>

#include "value/headline.hpp"

namespace capstake {

// Scenarios `real_world` and `risk_neutral` have the positions and the flows that a flat discount
// rate is solved from; `difference` is risk-neutral less real-world.
struct BothMeasures {
  std::vector<Quantity> quantities;
  Headlines headlines;  // in the order of the quantities
};

// Throws InputError for a deal without a risk-free rate, and else as simulate().
BothMeasures both_measures(const Deal& deal, const ValueSpec& spec, const Poll& poll = {});

}  // namespace capstake
