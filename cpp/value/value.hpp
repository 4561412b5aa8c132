// The whole flow in one place; this folder alone sees every layer:
// deal -> lower -> Graph -> compile -> Program -> simulate -> Estimates. Start reading here.
#pragma once

#include <vector>

#include "deal/lower.hpp"
#include "simulate/simulate.hpp"

namespace capstake {

struct Valuation {
  std::vector<Quantity> quantities;  // what each estimate is of, in the order of the estimates
  // Headline quantities (values, totals, a stake's proceeds) come from all paths; the details of a
  // distribution (payments by year, timing of a cap, samples) from the first sample_paths of them,
  // which already put their errors below what a distribution is read to.
  Estimates estimates;
};

// Values a deal by Monte Carlo. Throws as simulate does.
Valuation value(const Deal& deal, const RunSpec& spec, const Poll& poll = {});

// Values two deals and the differences (new less old) of every leg, stake and party on the same
// draws; a subject that only one deal has counts as zero in the other. Throws InputError when the
// deals differ in valuation date, currency or unit, so that no difference would mean anything.
Valuation compare(const Deal& old_deal, const Deal& new_deal, const RunSpec& spec,
                  const Poll& poll = {});

// The graph that value() runs, with an output a quantity.
Graph graph_of(const Deal& deal);

}  // namespace capstake
