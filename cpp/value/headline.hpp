// The values themselves, as sharp as they can be had: events integrated out, Sobol points or plain
// paths, linear controls, and as many points as a wanted precision needs. Distributions are another
// matter (value/value.cpp): they need events sampled and single paths.
#pragma once

#include <string>
#include <vector>

#include "deal/lower.hpp"
#include "graph/integrate.hpp"
#include "program/design.hpp"
#include "simulate/precision.hpp"
#include "simulate/simulate.hpp"
#include "value/goals.hpp"

namespace capstake {

struct ValueSpec {
  RunSpec run;              // paths, seed, threads, sampler; sample_paths is of the distribution
  std::vector<Goal> goals;  // if there is one, run.paths does not count
  std::uint64_t max_paths = std::uint64_t{1} << 26;
  double max_seconds = 0.0;  // 0: no limit
};

// How the values came about.
struct RunReport {
  std::uint64_t paths = 0;
  std::uint64_t first_path = 0;  // of plain paths, after a pilot's
  Sampler sampler = Sampler::philox;
  std::uint32_t replicates = 1;
  Construction construction = Construction::identity;
  std::size_t dimensions = 0;  // Sobol coordinates in use
  bool is_precise = false;     // whether there were goals
  StoppedBy stopped_by = StoppedBy::paths;
  std::string worst;         // the quantity that is furthest from its goal
  double worst_ratio = 0.0;  // its error over the goal's
  std::vector<IntegratedDraw> events;
};

// An estimate of one quantity.
struct HeadlineEstimate {
  double mean = 0.0;
  double standard_error = 0.0;
  double least_error =
      0.0;  // the part of the standard error that replicates agree too well to show
  double degrees_of_freedom = 0.0;
  double gain = 1.0;               // variance without linear controls over that with them
  std::vector<double> replicates;  // Sobol points: the mean of each replicate, after controls
};

struct Headlines {
  std::vector<HeadlineEstimate> estimates;  // in the order of the quantities
  RunReport report;
};

// Estimates the quantities of a graph, with the named events integrated out. Goals and controls are
// of legs, stakes and parties only. Throws as simulate(), and std::invalid_argument for a goal of
// nothing that is there.
Headlines estimate_headlines(Graph graph, const std::vector<Quantity>& quantities,
                             const std::vector<std::string>& events, const ValueSpec& spec,
                             const Poll& poll);

}  // namespace capstake
