// What a run over paths leaves: moments by replicate, in a form that later points can be added to.
//
// Threads work on batches of blocks; partial results are merged in a fixed binary tree over the
// blocks of a replicate, so neither the thread count nor the order in which batches finish changes
// a bit, and points [0, n) and [n, 2n) added up are the same bits as [0, 2n), n a power of two.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "program/design.hpp"
#include "simulate/statistics.hpp"

namespace capstake {

// What to estimate of each output of the Program, in its order.
struct OutputSpec {
  bool moments = true;   // mean and variance, over all paths; a non-finite value is an error
  bool joint = false;    // also covariances with the other joint outputs (implies moments)
  bool samples = false;  // keep the values of the first sample_paths paths; infinities allowed
};

// Called by the calling thread about every 50 ms, with paths done and paths in all. False stops.
using Poll = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Stopped by the caller's Poll.
struct Cancelled {};

// Polls while a run is prepared, before the first of `total` paths. Throws Cancelled.
void poll_before(const Poll& poll, std::uint64_t total);

// Points [first_point, first_point + points) of each of some replicates; a run on streams has one,
// and its points are its paths.
struct PointRange {
  std::uint64_t seed = 1;
  std::uint32_t replicates = 1;
  std::uint64_t first_point = 0;    // a multiple of kBlock
  std::uint64_t points = 0;         // with several replicates a multiple of kBlock
  unsigned threads = 0;             // 0: one a core
  std::uint64_t sample_points = 0;  // values of the points below this one are kept
  bool means_only = false;          // without variances
};

// Paths on which an output is infinite or not a number.
struct NonFinite {
  std::uint64_t count = 0;
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();  // point
};

// Which outputs are estimated, by index into Program::outputs.
struct Selection {
  std::vector<std::size_t> moments;
  std::vector<std::size_t> joint;             // outputs
  std::vector<std::size_t> joint_in_moments;  // the same, as indices into `moments`
  std::vector<std::size_t> samples;
};
Selection select(const std::vector<OutputSpec>& outputs);

struct Partial {
  Moments moments;                    // of the outputs Selection::moments
  std::vector<NonFinite> non_finite;  // of the same
};
void merge(Partial& into, const Partial& later, const Selection& selection);

struct Sums {
  Selection selection;
  std::uint64_t points = 0;  // of each replicate
  bool means_only = false;
  std::vector<Partial> by_replicate;
  std::uint64_t sample_points = 0;  // kept of each replicate
  // By output, empty where none were asked for; replicate after replicate.
  std::vector<std::vector<double>> samples;
};

// Throws Cancelled when Poll says stop.
Sums sum_points(const Program& program, const Design& design,
                const std::vector<OutputSpec>& outputs, const PointRange& range,
                const Poll& poll = {});

// Adds the points that follow those of `sums`.
void extend(Sums& sums, const Sums& later);

}  // namespace capstake
