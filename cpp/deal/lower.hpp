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
  flow,         // of a leg or stake on a date, undiscounted; without a date, its present value
};
template <>
struct Names<Measure> {
  static constexpr std::string_view kNames[] = {"leg",        "stake",   "party",       "paid",
                                                "payment",    "revenue", "cap_reached", "cap_days",
                                                "stake_flow", "flow"};
};

// Whether the measure is a present value.
inline bool is_position(Measure measure) {
  return measure == Measure::leg || measure == Measure::stake || measure == Measure::party;
}

// Scenarios of a comparison.
inline constexpr std::string_view kOld = "old";
inline constexpr std::string_view kNew = "new";
inline constexpr std::string_view kDifference = "difference";

struct Quantity {
  std::string scenario;  // "" for a deal by itself; kDifference for a change between two others
  Measure measure;
  std::string subject;  // name of the leg, stake, party or stream
  std::string period;   // year or period label; empty for what has none
  NodeId node{};        // what computes it
};

// The score of an event with a constant hazard h: d log p / dh, where p is the density of the
// event's time, or the probability that it does not come while it matters. The mean of a result
// times the score is the result's derivative by h, though the result jumps with the event
// (likelihood-ratio method; Glasserman 2003, section 7.3).
struct EventScore {
  std::string parameter;  // name of h in the graph
  NodeId node{};
};

// A number at 0 by which values have no derivative if they depend on one of these.
struct NoSlope {
  std::string parameter;
  std::vector<std::string> moves_with;  // parameters
};

struct LoweredDeal {
  std::vector<Quantity> quantities;
  std::vector<Quantity> flows;  // what flat discount rates are solved from; not among those
  std::vector<EventScore> scores;
  std::vector<NoSlope> no_slopes;
};

// A name for the quantity as an output of the graph.
std::string output_name(const Quantity& quantity);

// Appends the deal to the graph. A scenario prefixes the names of parameters; draws are shared
// between scenarios. Operations of formulas are noted where that is asked for.
LoweredDeal lower(Graph& graph, const Deal& deal, const std::string& scenario = "",
                  std::vector<FormulaStep>* formula_steps = nullptr);

std::vector<Period> grid(const Deal& deal);

}  // namespace capstake
