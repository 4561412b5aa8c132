// Deal -> Graph, and which nodes of it mean what.
#pragma once

#include <string>
#include <vector>

#include "deal/deal.hpp"
#include "graph/graph.hpp"

namespace capstake {

enum class Measure : std::uint8_t {
  leg,          // present value to the receiver
  stake,        // present value to the holder
  party,        // present value of the party's position: legs received less paid, and stakes
  paid,         // total of a leg after the valuation date, undiscounted
  payment,      // of a leg in a calendar year, undiscounted
  revenue,      // of a stream in a calendar year
  cap_reached,  // 1 when a leg's cap is reached in the period, else 0
  cap_days,     // days from the grid's first day to the cap, or infinity; samples only
  stake_flow,   // proceeds of a stake at a period's end, undiscounted
};
template <>
struct Names<Measure> {
  static constexpr std::string_view kNames[] = {"leg",         "stake",    "party",
                                                "paid",        "payment",  "revenue",
                                                "cap_reached", "cap_days", "stake_flow"};
};

struct Quantity {
  std::string scenario;  // "" for a deal by itself; "old", "new" or "difference" in a comparison
  Measure measure;
  std::string subject;  // name of the leg, stake, party or stream
  std::string period;   // year or period label; empty for what has none
  NodeId node{};        // what computes it
};

// A name for the quantity as an output of the graph.
std::string output_name(const Quantity& quantity);

// Appends the deal to the graph, and returns its quantities. A scenario prefixes the names of
// parameters; draws are shared between scenarios.
std::vector<Quantity> lower(Graph& graph, const Deal& deal, const std::string& scenario = "");

std::vector<Period> grid(const Deal& deal);

}  // namespace capstake
