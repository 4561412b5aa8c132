// Formulas in a deal must leave a graph of a size that can be run.
#pragma once

#include "deal/deal.hpp"

namespace capstake {

void check_formula_sizes(const Deal& deal, const std::string& path, std::size_t n_periods,
                         Issues& issues);

}  // namespace capstake
