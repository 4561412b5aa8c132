// (Program, RunSpec) -> Estimates: means with honest errors. By plain Monte Carlo the error is that
// of independent paths; by Sobol points that of independent replicates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/require.hpp"
#include "program/design.hpp"
#include "program/program.hpp"
#include "simulate/sums.hpp"

namespace capstake {

struct RunSpec {
  std::uint64_t paths = std::uint64_t{1} << 18;
  std::uint64_t seed = 1;
  // A multiple of kBlock: the run is over [first_path, first_path + paths). Sobol points start at
  // 0.
  std::uint64_t first_path = 0;
  unsigned threads = 0;  // 0: one a core
  // Paths whose values are kept, one by one, for distributions: the first min(paths, this), or with
  // Sobol points the first of each replicate, in equal numbers.
  std::uint64_t sample_paths = std::uint64_t{1} << 18;
  bool means_only = false;  // variances stay NaN: for many outputs whose errors come by groups
  Sampler sampler = Sampler::philox;
  // Of Sobol points: path p is point p % n of replicate p / n, n = paths / replicates. Both are
  // powers of two, and n is at least kBlock.
  std::uint32_t replicates = 16;
};

// An output is not finite on some path: the draws of the first such path, each with its value.
class NotFinite : public NumericalError {
 public:
  NotFinite(const std::string& message, std::vector<Draw> draws, std::vector<double> values)
      : NumericalError(message), draws_(std::move(draws)), values_(std::move(values)) {}

  const std::vector<Draw>& draws() const { return draws_; }
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<Draw> draws_;
  std::vector<double> values_;
};

struct Estimates {
  std::uint64_t paths = 0;
  std::vector<double> mean;            // by output; NaN where no moments were asked for
  std::vector<double> mean_absolute;   // mean of the absolute values; by output
  std::vector<double> variance;        // of one path; by output
  std::vector<double> standard_error;  // of the mean
  // By output: the error where all replicates agree on a jump (simulate/statistics.hpp), else 0.
  // Means alone (RunSpec::means_only) know none.
  std::vector<double> least_error;
  // Of the standard errors: replicates - 1; infinite for plain Monte Carlo, with so many paths.
  double degrees_of_freedom = 0.0;
  std::vector<std::vector<double>> replicate_means;  // (replicates, outputs); one for plain
  std::vector<std::size_t> joint;                    // indices of the joint outputs
  std::vector<double> covariance;  // (joint.size(), joint.size()) of one path, row-major, unbiased
  std::uint64_t n_samples = 0;
  std::vector<std::vector<double>> samples;  // by output; empty where none were asked for
};

// Throws NotFinite when an output with moments is not finite on some path (with the output, the
// number of such paths and the first of them), NumericalError when it is too large, Cancelled when
// Poll says stop, and std::invalid_argument for paths outside [2, 2^48] or, with Sobol points, not
// as RunSpec says.
Estimates simulate(const Program& program, const std::vector<OutputSpec>& outputs,
                   const RunSpec& spec, const Poll& poll = {});

// The same with a design that is known, e.g. of an earlier run; of spec.sampler.
Estimates simulate(const Program& program, const Design& design,
                   const std::vector<OutputSpec>& outputs, const RunSpec& spec,
                   const Poll& poll = {});

// The design that simulate() makes for itself: with Sobol points by a pilot on the joint outputs,
// or on those with moments if there are no joint ones.
Design design_for(const Program& program, const std::vector<OutputSpec>& outputs,
                  const RunSpec& spec);

// Throws std::invalid_argument, saying which numbers of paths near the given one are possible.
void check_paths(const RunSpec& spec);

// What the sums of a run with the design and the seed come to. Throws as simulate().
Estimates estimates_of(const Program& program, const Design& design, std::uint64_t seed, Sums sums);

}  // namespace capstake
