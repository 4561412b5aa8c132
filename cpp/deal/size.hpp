// A deal must leave a graph of a size that can be run: in its periods, and in its formulas.
#pragma once

#include "deal/deal.hpp"

namespace capstake {

// For a deal without an issue.
void check_size(const Deal& deal, const std::string& path, Issues& issues);

}  // namespace capstake
