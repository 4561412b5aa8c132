// Dependence -> couplings of draws, with a parameter for each correlation.
#pragma once

#include "deal/deal.hpp"
#include "schedule/context.hpp"

namespace capstake {

// The couplings of a deal's dependence. Draws that nothing correlates with are left alone, so that
// a correlation of zero changes no bit. Matrices that had to be repaired have no parameters.
std::vector<Coupling> couplings(Context& context, const Deal& deal, const std::string& name,
                                const Dependence& dependence);

// Whether some of these draws depend on each other.
bool are_linked(const Deal& deal, const std::vector<std::string>& draws);

std::vector<Repair> repairs(const Deal& deal);

}  // namespace capstake
