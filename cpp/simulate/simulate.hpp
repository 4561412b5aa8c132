// (Program, RunSpec) -> Estimates. Threads over batches of blocks; partial results are merged in a
// fixed tree over the batch index, so the thread count and the order in which batches finish never
// change a bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "program/program.hpp"

namespace capstake {

struct RunSpec {
  std::uint64_t paths = std::uint64_t{1} << 18;
  std::uint64_t seed = 1;
  std::uint64_t first_path =
      0;                 // a multiple of kBlock: the run is over [first_path, first_path + paths)
  unsigned threads = 0;  // 0: one a core
  // Paths whose values are kept, one by one, for distributions: the first min(paths, this).
  std::uint64_t sample_paths = std::uint64_t{1} << 18;
  bool means_only = false;  // variances stay NaN: for many outputs whose errors come by groups
};

// What to estimate of each output of the Program, in its order.
struct OutputSpec {
  bool moments = true;   // mean and variance, over all paths; a non-finite value is an error
  bool joint = false;    // also covariances with the other joint outputs (implies moments)
  bool samples = false;  // keep the values of the first sample_paths paths; infinities allowed
};

// Called by the calling thread about every 50 ms, with paths done and paths in all. False stops.
using Poll = std::function<bool(std::uint64_t done, std::uint64_t total)>;

struct Estimates {
  std::uint64_t paths = 0;
  std::vector<double> mean;            // by output; NaN where no moments were asked for
  std::vector<double> variance;        // unbiased, by output
  std::vector<double> standard_error;  // sqrt(variance / paths)
  std::vector<std::size_t> joint;      // indices of the joint outputs
  std::vector<double> covariance;      // (joint.size(), joint.size()), row-major, unbiased
  std::uint64_t n_samples = 0;
  std::vector<std::vector<double>> samples;  // by output; empty where none were asked for
};

// Stopped by the caller's Poll.
struct Cancelled {};

// Throws NumericalError when an output with moments is not finite on some path (with the output,
// the number of such paths and the first of them), Cancelled when Poll says stop, and
// std::invalid_argument for paths outside [2, 2^48].
Estimates simulate(const Program& program, const std::vector<OutputSpec>& outputs,
                   const RunSpec& spec, const Poll& poll = {});

}  // namespace capstake
