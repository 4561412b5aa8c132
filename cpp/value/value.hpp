// The whole flow in one place; this folder alone sees every layer:
// deal -> lower -> Graph -> compile -> Program -> simulate -> Estimates. Start reading here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "deal/lower.hpp"
#include "simulate/simulate.hpp"
#include "value/headline.hpp"

namespace capstake {

// Means (values, payments by year, a stake's proceeds) are estimated by themselves, as sharply as
// can be (value/headline.hpp). What a distribution is read from (samples, the timing of a cap,
// covariances) comes from spec.run.sample_paths plain paths on which events are sampled.
struct Valuation {
  std::vector<Quantity> quantities;  // what each estimate is of, in the order of the estimates
  Estimates estimates;               // variances and covariances are of the sampled paths
  std::vector<double> degrees_of_freedom;  // of each standard error
  std::vector<double> gain;                // by linear controls, in variance
  // Sobol points: the mean of each replicate, of headline quantities; empty for others.
  std::vector<std::vector<double>> replicates;
  std::vector<double> least_error;  // of headline quantities (value/headline.hpp); 0 for others
  RunReport report;
};

// Values a deal by Monte Carlo. Throws as simulate does.
Valuation value(const Deal& deal, const ValueSpec& spec, const Poll& poll = {});

// Values two deals and the differences (new less old) of every leg, stake and party on the same
// draws; a subject that only one deal has counts as zero in the other. Throws InputError when the
// deals differ in valuation date, currency or unit, so that no difference would mean anything.
Valuation compare(const Deal& old_deal, const Deal& new_deal, const ValueSpec& spec,
                  const Poll& poll = {});

// What a leg pays in each of its periods, undiscounted, on the paths that distributions are read
// from: of one deal, or of one of two that are compared. Drawn anew when asked for, to the bits of
// the first time: kept, every leg and year would take 2 MB. Throws std::out_of_range for a leg that
// is not there, and as simulate does.
std::vector<std::vector<double>> payment_samples(std::span<const Deal> deals,
                                                 const std::string& scenario,
                                                 const std::string& leg, const RunSpec& spec,
                                                 const Poll& poll = {});

// The graph that value() runs, with an output a quantity.
Graph graph_of(const Deal& deal);

}  // namespace capstake
