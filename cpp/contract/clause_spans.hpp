// Which clauses of a revenue share cannot stand together over the same periods of the deal.
#pragma once

#include "contract/revenue_share.hpp"
#include "schedule/periods.hpp"

namespace capstake {

// Minimums that are of the same periods, and minimums that the limits never let be met. The other
// pairs, which can be told without the deal's periods, are in contract/clause_pairs.cpp.
Issues clauses_at_odds(const RevenueShare& leg, const std::string& path, Frequency frequency);

}  // namespace capstake
