// What a deal's dependences and its draws do not agree on.
#pragma once

#include "deal/deal.hpp"

namespace capstake {

// For a deal that has no other issue.
void check_dependence(const Deal& deal, const std::string& path, Issues& issues);

}  // namespace capstake
