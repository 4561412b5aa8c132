// What the values of one deal and of another have to do with each other.
#pragma once

#include <string>
#include <vector>

#include "deal/lower.hpp"

namespace capstake {

// Names of the draws that a deal's events come by.
std::vector<std::string> events_of(const Deal& deal);

// The change of every leg, stake and party, as quantities of the scenario "difference"; what only
// one of the two has counts as zero in the other.
std::vector<Quantity> differences(Graph& graph, const std::vector<Quantity>& before,
                                  const std::vector<Quantity>& after);

}  // namespace capstake
