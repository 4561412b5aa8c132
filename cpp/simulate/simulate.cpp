#include "simulate/simulate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "base/block_size.hpp"
#include "base/parallel.hpp"
#include "base/require.hpp"
#include "simulate/choose_design.hpp"

namespace capstake {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kMaxPaths = std::uint64_t{1} << 48;

void check_sobol(const RunSpec& spec) {
  require(
      std::has_single_bit(spec.replicates) && spec.replicates >= 2 && spec.replicates <= 1u << 16,
      "RunSpec.replicates", "must be a power of two in [2, 65536]",
      std::to_string(spec.replicates));
  require(spec.first_path == 0, "RunSpec.first_path", "must be 0 for Sobol points",
          std::to_string(spec.first_path));
  const std::uint64_t least = std::uint64_t{spec.replicates} * kBlock;
  if (std::has_single_bit(spec.paths) && spec.paths >= least) {
    return;
  }
  const std::uint64_t below = std::bit_floor(spec.paths);
  const std::string nearest = below < least ? "the least is " + std::to_string(least)
                                            : "the nearest are " + std::to_string(below) + " and " +
                                                  std::to_string(2 * below);
  require(false, "RunSpec.paths",
          "must be a power of two for Sobol points, which are balanced at no other number, and at "
          "least " +
              std::to_string(kBlock) + " for each of " + std::to_string(spec.replicates) +
              " replicates; " + nearest,
          std::to_string(spec.paths));
}

// Throws for the output that is the first, by path, to be not finite.
void check_finite(const Program& program, const Design& design, std::uint64_t seed,
                  const Sums& sums) {
  const std::uint64_t paths = sums.points * sums.by_replicate.size();
  for (std::size_t r = 0; r < sums.by_replicate.size(); ++r) {
    const std::vector<NonFinite>& found = sums.by_replicate[r].non_finite;
    const auto worst = std::ranges::min_element(found, {}, &NonFinite::first);
    if (worst == found.end() || worst->count == 0) {
      continue;
    }
    const auto i = static_cast<std::size_t>(worst - found.begin());
    std::uint64_t count = 0;
    for (const Partial& partial : sums.by_replicate) {
      count += partial.non_finite[i].count;
    }
    const std::string place =
        sums.by_replicate.size() == 1
            ? "path " + std::to_string(worst->first)
            : "point " + std::to_string(worst->first) + " of replicate " + std::to_string(r);
    const PathId first{seed, static_cast<std::uint32_t>(r), worst->first};
    throw NotFinite(program.outputs[sums.selection.moments[i]].name + ": not finite on " +
                        std::to_string(count) + " of " + std::to_string(paths) +
                        " paths, first on " + place,
                    design.draws, draws_on_path(design, first));
  }
}

void check_sums(const Program& program, const Selection& selection, const Moments& all) {
  for (std::size_t i = 0; i < all.mean.size(); ++i) {
    if (!std::isfinite(all.mean[i]) || !std::isfinite(all.m2[i])) {
      throw NumericalError(program.outputs[selection.moments[i]].name + ": too large to be summed");
    }
  }
}

// The moments of all paths, merged in a tree over replicates.
Moments all_moments(const Sums& sums) {
  const auto add = [&](Moments& into, const Moments& later) {
    merge(into, later, sums.selection.joint_in_moments);
  };
  MergeTree<Moments, decltype(add)> tree(add);
  for (const Partial& partial : sums.by_replicate) {
    tree.push(partial.moments);
  }
  return std::move(tree).finish();
}

PointRange range_of(const RunSpec& spec) {
  PointRange range{.seed = spec.seed,
                   .replicates = 1,
                   .first_point = spec.first_path,
                   .points = spec.paths,
                   .threads = spec.threads,
                   .sample_points = spec.first_path + std::min(spec.paths, spec.sample_paths),
                   .means_only = spec.means_only};
  if (spec.sampler == Sampler::sobol) {
    range.replicates = spec.replicates;
    range.points = spec.paths / spec.replicates;
    range.sample_points = std::min(spec.paths, spec.sample_paths) / spec.replicates;
  }
  return range;
}

}  // namespace

void check_paths(const RunSpec& spec) {
  require(spec.paths >= 2 && spec.paths <= kMaxPaths, "RunSpec.paths", "must be in [2, 2^48]",
          std::to_string(spec.paths));
  require(spec.first_path % kBlock == 0 && spec.first_path <= kMaxPaths, "RunSpec.first_path",
          "must be a multiple of " + std::to_string(kBlock) + " up to 2^48",
          std::to_string(spec.first_path));
  if (spec.sampler == Sampler::sobol) {
    check_sobol(spec);
  }
}

Estimates estimates_of(const Program& program, const Design& design, std::uint64_t seed,
                       Sums sums) {
  check_finite(program, design, seed, sums);
  const Moments all = all_moments(sums);
  check_sums(program, sums.selection, all);
  const auto n = static_cast<double>(all.n);
  const std::size_t n_replicates = sums.by_replicate.size();
  Estimates estimates;
  estimates.paths = all.n;
  estimates.degrees_of_freedom = n_replicates == 1 ? std::numeric_limits<double>::infinity()
                                                   : static_cast<double>(n_replicates - 1);
  for (std::vector<double>* column : {&estimates.mean, &estimates.mean_absolute,
                                      &estimates.variance, &estimates.standard_error}) {
    column->assign(program.outputs.size(), kNaN);
  }
  estimates.least_error.assign(program.outputs.size(), 0.0);
  estimates.replicate_means.assign(n_replicates, std::vector<double>(program.outputs.size(), kNaN));
  for (std::size_t i = 0; i < sums.selection.moments.size(); ++i) {
    const std::size_t output = sums.selection.moments[i];
    std::vector<double> means;  // of the replicates
    for (std::size_t r = 0; r < n_replicates; ++r) {
      means.push_back(sums.by_replicate[r].moments.mean[i]);
      estimates.replicate_means[r][output] = means.back();
    }
    estimates.mean[output] = all.mean[i];
    if (!sums.means_only) {
      estimates.mean_absolute[output] = all.mean_absolute[i];
      estimates.variance[output] = all.m2[i] / (n - 1.0);
    }
    if (n_replicates == 1) {
      estimates.standard_error[output] = std::sqrt(estimates.variance[output] / n);
      continue;
    }
    const Spread spread = spread_of(means);
    estimates.least_error[output] = least_error(spread, std::sqrt(all.m2[i] / n), sums.points);
    estimates.standard_error[output] =
        std::max(spread.error_of_mean(), estimates.least_error[output]);
  }
  estimates.joint = sums.selection.joint;
  estimates.covariance = all.joint_m2;
  for (double& each : estimates.covariance) {
    each /= n - 1.0;
  }
  estimates.n_samples = sums.sample_points * n_replicates;
  estimates.samples = std::move(sums.samples);
  return estimates;
}

Design design_for(const Program& program, const std::vector<OutputSpec>& outputs,
                  const RunSpec& spec) {
  if (spec.sampler != Sampler::sobol) {
    return stream_design(program, spec.sampler);
  }
  const Selection selection = select(outputs);
  return choose_design(program,
                       {.seed = spec.seed,
                        .outputs = selection.joint.empty() ? selection.moments : selection.joint,
                        .controls = {}});
}

Estimates simulate(const Program& program, const Design& design,
                   const std::vector<OutputSpec>& outputs, const RunSpec& spec, const Poll& poll) {
  require(outputs.size() == program.outputs.size(), "simulate",
          "must have one OutputSpec for each output",
          std::to_string(outputs.size()) + " for " + std::to_string(program.outputs.size()));
  require(design.sampler == spec.sampler, "simulate", "must have a design of RunSpec.sampler");
  require(!spec.means_only || std::ranges::none_of(outputs, &OutputSpec::joint), "OutputSpec.joint",
          "must be false where means alone are asked for");
  check_paths(spec);
  return estimates_of(program, design, spec.seed,
                      sum_points(program, design, outputs, range_of(spec), poll));
}

Estimates simulate(const Program& program, const std::vector<OutputSpec>& outputs,
                   const RunSpec& spec, const Poll& poll) {
  require(outputs.size() == program.outputs.size(), "simulate",
          "must have one OutputSpec for each output",
          std::to_string(outputs.size()) + " for " + std::to_string(program.outputs.size()));
  check_paths(spec);
  return simulate(program, design_for(program, outputs, spec), outputs, spec, poll);
}

}  // namespace capstake
