#include "simulate/precision.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "base/block_size.hpp"
#include "base/require.hpp"
#include "math/student.hpp"

namespace capstake {
namespace {

constexpr std::uint64_t kPilotPaths = std::uint64_t{1} << 13;
constexpr std::uint64_t kFirstChunk = std::uint64_t{1} << 17;  // paths, under a time limit
constexpr double kVarianceInflation = 1.2;
constexpr double kSafety = 1.15;
constexpr double kNearZero = 4.0;  // standard errors

// How far the outputs are from their targets.
struct Look {
  std::size_t worst = 0;
  double ratio = 0.0;
  bool is_relative_to_size = false;
};

Look look_at(const PrecisionSpec& precision, const Estimates& e, double factor) {
  const std::vector<Target>& targets = precision.targets;
  const std::vector<double> errors = precision.errors ? precision.errors(e) : e.standard_error;
  Look look;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    double allowed = targets[i].absolute;
    if (targets[i].relative > 0.0) {
      const bool is_near_zero = std::abs(e.mean[i]) < kNearZero * errors[i];
      const double size = is_near_zero ? e.mean_absolute[i] : std::abs(e.mean[i]);
      allowed = std::max(allowed, targets[i].relative * size);
      look.is_relative_to_size |= is_near_zero;
    }
    if (allowed == 0.0 && (targets[i].relative == 0.0 || errors[i] == 0.0)) {
      continue;  // no target, or an output that is 0 on every path
    }
    const double ratio = factor * errors[i] / allowed;
    if (ratio > look.ratio) {
      look.ratio = ratio;
      look.worst = i;
    }
  }
  return look;
}

// For looks on the way.
Sums without_samples(const Sums& sums) {
  return {.selection = sums.selection,
          .points = sums.points,
          .by_replicate = sums.by_replicate,
          .sample_points = 0,
          .samples = std::vector<std::vector<double>>(sums.samples.size())};
}

void check(const PrecisionSpec& precision, const std::vector<OutputSpec>& outputs) {
  require(precision.targets.size() == outputs.size(), "PrecisionSpec.targets",
          "must be one for each output", std::to_string(precision.targets.size()));
  bool has_target = false;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Target& target = precision.targets[i];
    require(target.absolute >= 0.0 && target.relative >= 0.0, "PrecisionSpec.targets",
            "must be positive, or 0 for none");
    const bool is_here = target.absolute > 0.0 || target.relative > 0.0;
    require(!is_here || outputs[i].moments || outputs[i].joint, "PrecisionSpec.targets",
            "must be of outputs with moments");
    has_target |= is_here;
  }
  require(has_target, "PrecisionSpec.targets", "must have one that is positive");
  require(precision.max_seconds >= 0.0, "PrecisionSpec.max_seconds", "must be >= 0");
}

// One call of simulate_to().
class PreciseRun {
 public:
  PreciseRun(const PrecisionSpec& precision, const Program& program, const Design& design,
             const std::vector<OutputSpec>& outputs, const RunSpec& spec, const Poll& poll)
      : precision_(precision),
        program_(program),
        design_(design),
        outputs_(outputs),
        spec_(spec),
        poll_(poll) {}

  PreciseEstimates run_sobol() {
    const std::uint64_t replicates = spec_.replicates;
    const double factor = kSafety * student_t_quantile(0.975, static_cast<double>(replicates - 1)) /
                          student_t_quantile(0.975, std::numeric_limits<double>::infinity());
    PointRange range{.seed = spec_.seed,
                     .replicates = spec_.replicates,
                     .first_point = 0,
                     .points = kBlock,
                     .threads = spec_.threads,
                     .sample_points = spec_.sample_paths / replicates};
    Sums sums = sum(range);
    while (true) {
      const Look look = look_at(precision_, estimates(without_samples(sums)), factor);
      if (look.ratio <= 1.0) {
        return result(std::move(sums), 0, StoppedBy::precision, look);
      }
      if (2 * sums.points * replicates > precision_.max_paths) {
        return result(std::move(sums), 0, StoppedBy::paths, look);
      }
      if (has_no_time_for(2.0)) {
        return result(std::move(sums), 0, StoppedBy::time, look);
      }
      range.first_point = range.points = sums.points;
      extend(sums, sum(range));
    }
  }

  PreciseEstimates run_plain() {
    PointRange range{.seed = spec_.seed,
                     .replicates = 1,
                     .first_point = spec_.first_path,
                     .points = std::min(kPilotPaths, precision_.max_paths),
                     .threads = spec_.threads,
                     .sample_points = 0};
    const std::uint64_t first = spec_.first_path + kPilotPaths;
    Look look = look_at(precision_, estimates(sum(range)), 1.0);
    std::uint64_t wanted = paths_for(look, range.points);
    while (true) {
      Sums sums = run_main(range, first, wanted);
      look = look_at(precision_, estimates(without_samples(sums)), 1.0);
      if (look.ratio <= 1.0) {
        return result(std::move(sums), first, StoppedBy::precision, look);
      }
      const std::uint64_t more = paths_for(look, wanted);
      const bool is_cut = sums.points < wanted;
      if (!is_cut && wanted == precision_.max_paths) {
        return result(std::move(sums), first, StoppedBy::paths, look);
      }
      if (is_cut ||
          has_no_time_for(1.0 + static_cast<double>(more) / static_cast<double>(wanted))) {
        return result(std::move(sums), first, StoppedBy::time, look);
      }
      wanted = more;
    }
  }

 private:
  // As many as are needed if so many are so far off.
  std::uint64_t paths_for(const Look& look, std::uint64_t paths) const {
    const double needed = std::ceil(std::max(kVarianceInflation * look.ratio * look.ratio, 1.0) *
                                    static_cast<double>(paths));
    return needed <= static_cast<double>(precision_.max_paths) ? static_cast<std::uint64_t>(needed)
                                                               : precision_.max_paths;
  }

  // In chunks that double where there is a time limit; the sums are those of one run. Fewer paths
  // than wanted where there is no time for more.
  Sums run_main(PointRange range, std::uint64_t first, std::uint64_t wanted) {
    range.first_point = first;
    range.points = precision_.max_seconds > 0.0 ? std::min(wanted, kFirstChunk) : wanted;
    range.sample_points = first + std::min(wanted, spec_.sample_paths);
    Sums sums = sum(range);
    while (sums.points < wanted) {
      const std::uint64_t more = std::min(sums.points, wanted - sums.points);
      if (has_no_time_for(1.0 + static_cast<double>(more) / static_cast<double>(sums.points))) {
        break;
      }
      range.first_point = first + sums.points;
      range.points = more;
      extend(sums, sum(range));
    }
    return sums;
  }

  Estimates estimates(Sums sums) const {
    return estimates_of(program_, design_, spec_.seed, std::move(sums));
  }

  // Progress is that of all paths planned so far.
  Sums sum(const PointRange& range) {
    Poll poll;
    if (poll_) {
      poll = [this](std::uint64_t done, std::uint64_t total) {
        return poll_(done_ + done, done_ + total);
      };
    }
    Sums sums = sum_points(program_, design_, outputs_, range, poll);
    done_ += range.points * range.replicates;
    return sums;
  }

  // Whether so many times the time that was used is more than there is.
  bool has_no_time_for(double times) const {
    const std::chrono::duration<double> used = std::chrono::steady_clock::now() - start_;
    return precision_.max_seconds > 0.0 && times * used.count() > precision_.max_seconds;
  }

  PreciseEstimates result(Sums sums, std::uint64_t first_path, StoppedBy stopped_by,
                          const Look& look) const {
    return {.estimates = estimates(std::move(sums)),
            .first_path = first_path,
            .stopped_by = stopped_by,
            .worst_output = look.worst,
            .worst_ratio = look.ratio,
            .is_relative_to_size = look.is_relative_to_size};
  }

  const PrecisionSpec& precision_;
  const Program& program_;
  const Design& design_;
  const std::vector<OutputSpec>& outputs_;
  const RunSpec& spec_;
  const Poll& poll_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::uint64_t done_ = 0;
};

}  // namespace

std::string_view name(StoppedBy stopped_by) {
  switch (stopped_by) {
    case StoppedBy::precision:
      return "precision";
    case StoppedBy::paths:
      return "paths";
    case StoppedBy::time:
      return "time";
  }
  return "unknown";
}

PreciseEstimates simulate_to(const PrecisionSpec& precision, const Program& program,
                             const Design& design, const std::vector<OutputSpec>& outputs,
                             const RunSpec& spec, const Poll& poll) {
  require(outputs.size() == program.outputs.size(), "simulate_to",
          "must have one OutputSpec for each output", std::to_string(outputs.size()));
  require(design.sampler == spec.sampler, "simulate_to", "must have a design of RunSpec.sampler");
  check(precision, outputs);
  RunSpec least = spec;
  least.paths =
      spec.sampler == Sampler::sobol ? kBlock * std::uint64_t{spec.replicates} : kPilotPaths;
  check_paths(least);
  require(precision.max_paths >= least.paths && precision.max_paths <= std::uint64_t{1} << 47,
          "PrecisionSpec.max_paths", "must be in [" + std::to_string(least.paths) + ", 2^47]",
          std::to_string(precision.max_paths));
  PreciseRun run(precision, program, design, outputs, spec, poll);
  return spec.sampler == Sampler::sobol ? run.run_sobol() : run.run_plain();
}

}  // namespace capstake
