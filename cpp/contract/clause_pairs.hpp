// Which two clauses of a revenue share cannot stand together, and why.
#pragma once

#include <string>

#include "contract/clause.hpp"

namespace capstake {

struct RevenueShare;

// The reason why a leg cannot have both, the first before the second; or empty.
std::string why_not_both(const Clause& first, const Clause& second, const RevenueShare& leg);

// That the later one of two clauses of a leg cannot stand beside the earlier one.
Issue cannot_be_combined(const RevenueShare& leg, const std::string& path, std::size_t earlier,
                         std::size_t later, const std::string& why);

}  // namespace capstake
