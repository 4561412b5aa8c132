// What legs of all types have in common, for whoever does not care which type it is.
#pragma once

#include <string>
#include <vector>

#include "fields/record.hpp"
#include "revenue/risk.hpp"

namespace capstake {

// Revenue of a stream that a leg cannot do without, on all days from first to last.
struct NeededRevenue {
  std::string stream;
  Date first;
  Date last;
};

struct LegSummary {
  std::string payer;
  std::string receiver;
  Date first;  // first and last day that the deal's grid of periods must cover
  Date last;
  Risk risk;
  std::vector<NeededRevenue> revenue;
};

}  // namespace capstake
