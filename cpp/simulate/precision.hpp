// Runs as many paths as a target precision needs, and says what stopped it.
//
// Sobol points: the points of each replicate are doubled, earlier ones kept, and errors are looked
// at after each doubling only. The error counts as
//   1.15 t / z standard errors,   t and z the 97.5% quantiles of Student's t (R - 1) and the normal
// because stopping where an estimated error happens to be small favours errors that are too small.
// Plain Monte Carlo: a pilot of 2^13 paths tells the variance, which is inflated by 1.2; then one
// run of as many paths as that needs, on paths the pilot has not seen. Two looks, not many, for the
// same reason (Hickernell, Jiang, Liu and Owen (2013), "Guaranteed conservative fixed width
// confidence intervals via Monte Carlo sampling"). A run that turns out short of the target is
// replaced by one of as many paths as it tells, inflated likewise.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "simulate/simulate.hpp"

namespace capstake {

// What an output's standard error must come down to: met by the larger of the two. Both 0: none.
struct Target {
  double absolute = 0.0;
  // Of |mean|. Where the mean is within 4 standard errors of 0, of the mean absolute value instead
  // of the paths so far, as a multiple of zero would never be met.
  double relative = 0.0;
};

struct PrecisionSpec {
  std::vector<Target> targets;  // by output of the program; those with moments
  std::uint64_t max_paths = std::uint64_t{1} << 30;
  double max_seconds = 0.0;  // 0: no limit. The paths that were run are in the result.
  // The standard errors that count, by output, where they are not those of the estimates: what is
  // left of them after controls, say.
  std::function<std::vector<double>(const Estimates&)> errors = {};
};

enum class StoppedBy : std::uint8_t { precision, paths, time };
std::string_view name(StoppedBy stopped_by);

struct PreciseEstimates {
  Estimates estimates;  // estimates.paths: as many as a run of simulate() would need to repeat it
  // The first path of plain Monte Carlo, after those of the pilot: RunSpec::first_path to repeat
  // it.
  std::uint64_t first_path = 0;
  StoppedBy stopped_by = StoppedBy::precision;
  std::size_t worst_output = 0;  // furthest from its target
  double worst_ratio = 0.0;      // its error as it counts / its target; at most 1 where all are met
  bool is_relative_to_size = false;  // some relative target was of the mean absolute value
};

// spec.paths is not used. Throws as simulate(), and std::invalid_argument for targets that are
// negative, all 0, or not one for each output.
PreciseEstimates simulate_to(const PrecisionSpec& precision, const Program& program,
                             const Design& design, const std::vector<OutputSpec>& outputs,
                             const RunSpec& spec, const Poll& poll = {});

}  // namespace capstake
