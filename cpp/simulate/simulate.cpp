#include "simulate/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "base/block.hpp"
#include "base/parallel.hpp"
#include "base/require.hpp"
#include "program/run.hpp"
#include "simulate/statistics.hpp"

namespace capstake {
namespace {

// Blocks a batch: the unit that threads take. Small enough that threads end together and a stop is
// prompt, large enough that handing out costs nothing. The order of sums depends on it.
constexpr std::uint64_t kBatchBlocks = 32;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr std::uint64_t divided_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

// Which outputs are estimated, by index into Program::outputs.
struct Selection {
  std::vector<std::size_t> moments;
  std::vector<std::size_t> joint;             // outputs
  std::vector<std::size_t> joint_in_moments;  // the same, as indices into `moments`
  std::vector<std::size_t> samples;
};

Selection select(const std::vector<OutputSpec>& outputs) {
  Selection selection;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].joint) {
      selection.joint.push_back(i);
      selection.joint_in_moments.push_back(selection.moments.size());
    }
    if (outputs[i].moments || outputs[i].joint) {
      selection.moments.push_back(i);
    }
    if (outputs[i].samples) {
      selection.samples.push_back(i);
    }
  }
  return selection;
}

// Paths on which an output is infinite or not a number.
struct NonFinite {
  std::uint64_t count = 0;
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();  // path
};

NonFinite non_finite(const double* values, std::size_t n, std::uint64_t first_path) {
  NonFinite found;
  for (std::size_t i = n; i-- > 0;) {
    if (!std::isfinite(values[i])) {
      ++found.count;
      found.first = first_path + i;
    }
  }
  return found;
}

// What is known of some consecutive paths.
struct Partial {
  Moments moments;                    // of the outputs Selection::moments
  std::vector<NonFinite> non_finite;  // of the same
};

// One call of simulate().
class Simulation {
 public:
  Simulation(const Program& program, const std::vector<OutputSpec>& outputs, const RunSpec& spec)
      : program_(program), spec_(spec), selection_(select(outputs)) {
    estimates_.paths = spec.paths;
    estimates_.n_samples = selection_.samples.empty() ? 0 : std::min(spec.paths, spec.sample_paths);
    estimates_.samples.resize(outputs.size());
    for (const std::size_t output : selection_.samples) {
      estimates_.samples[output].resize(estimates_.n_samples);
    }
  }

  Estimates run(const Poll& poll) {
    const std::uint64_t n_batches = divided_up(spec_.paths, kBlock * kBatchBlocks);
    const BatchPlan plan{n_batches, thread_count(spec_.threads)};
    std::vector<std::unique_ptr<Workspace>> workspaces(plan.n_threads);  // each made by its thread
    std::vector<Partial> places(plan.n_places());
    MergeTree<Partial, Merge> tree(Merge{selection_.joint_in_moments});
    BatchCalls calls;
    calls.work = [&](std::uint64_t batch, std::size_t place, unsigned worker,
                     const StopFlag& stop) {
      if (!workspaces[worker]) {
        workspaces[worker] = std::make_unique<Workspace>(program_);
      }
      places[place] = run_batch(batch, *workspaces[worker], stop);
    };
    calls.consume = [&](std::uint64_t, std::size_t place) { tree.push(std::move(places[place])); };
    if (poll) {
      calls.poll = [&](std::uint64_t n_consumed) {
        return poll(std::min(n_consumed * kBatchBlocks * kBlock, spec_.paths), spec_.paths);
      };
    }
    if (!run_batches(plan, calls)) {
      throw Cancelled{};
    }
    const Partial all = std::move(tree).finish();
    check(all);
    estimate(all.moments);
    return std::move(estimates_);
  }

 private:
  struct Merge {
    std::span<const std::size_t> joint;
    void operator()(Partial& into, const Partial& later) const {
      merge(into.moments, later.moments, joint);
      into.non_finite.resize(std::max(into.non_finite.size(), later.non_finite.size()));
      for (std::size_t i = 0; i < later.non_finite.size(); ++i) {
        into.non_finite[i].count += later.non_finite[i].count;
        into.non_finite[i].first = std::min(into.non_finite[i].first, later.non_finite[i].first);
      }
    }
  };

  Partial run_batch(std::uint64_t batch, Workspace& workspace, const StopFlag& stop) {
    Partial sum;
    const Merge add{selection_.joint_in_moments};
    std::vector<const double*> results(program_.outputs.size());
    const std::uint64_t end = std::min((batch + 1) * kBatchBlocks, divided_up(spec_.paths, kBlock));
    for (std::uint64_t block = batch * kBatchBlocks; block < end && !stop; ++block) {
      run_block(program_, spec_.seed, spec_.first_path / kBlock + block, workspace, results);
      keep_samples(results, block);
      add(sum, partial_of(results, block));
    }
    return sum;
  }

  // The last block may hold fewer paths than are computed.
  std::size_t paths_in(std::uint64_t block) const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, spec_.paths - block * kBlock));
  }

  // Every path has its own place in the samples, so threads do not meet.
  void keep_samples(std::span<const double* const> results, std::uint64_t block) {
    const std::uint64_t first = block * kBlock;
    if (first >= estimates_.n_samples) {
      return;
    }
    const std::uint64_t n = std::min<std::uint64_t>(kBlock, estimates_.n_samples - first);
    for (const std::size_t output : selection_.samples) {
      std::copy_n(results[output], n, estimates_.samples[output].data() + first);
    }
  }

  Partial partial_of(std::span<const double* const> results, std::uint64_t block) const {
    const std::size_t n = paths_in(block);
    std::vector<const double*> outputs;
    for (const std::size_t output : selection_.moments) {
      outputs.push_back(results[output]);
    }
    Partial partial{spec_.means_only ? means_of(outputs, n)
                                     : moments_of(outputs, n, selection_.joint_in_moments),
                    {}};
    partial.non_finite.resize(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!std::isfinite(partial.moments.mean[i])) {
        partial.non_finite[i] = non_finite(outputs[i], n, spec_.first_path + block * kBlock);
      }
    }
    return partial;
  }

  // Throws for the output that is the first, by path, to be not finite.
  void check(const Partial& all) const {
    const auto worst = std::ranges::min_element(all.non_finite, {}, &NonFinite::first);
    if (worst != all.non_finite.end() && worst->count > 0) {
      throw NumericalError(moment_name(static_cast<std::size_t>(worst - all.non_finite.begin())) +
                           ": not finite on " + std::to_string(worst->count) + " of " +
                           std::to_string(spec_.paths) + " paths, first on path " +
                           std::to_string(worst->first));
    }
    for (std::size_t i = 0; i < all.moments.mean.size(); ++i) {
      if (!std::isfinite(all.moments.mean[i]) || !std::isfinite(all.moments.m2[i])) {
        throw NumericalError(moment_name(i) + ": too large to be summed");
      }
    }
  }

  const std::string& moment_name(std::size_t i) const {
    return program_.outputs[selection_.moments[i]].name;
  }

  void estimate(const Moments& moments) {
    const auto n = static_cast<double>(spec_.paths);
    for (std::vector<double>* column :
         {&estimates_.mean, &estimates_.variance, &estimates_.standard_error}) {
      column->assign(program_.outputs.size(), kNaN);
    }
    for (std::size_t i = 0; i < selection_.moments.size(); ++i) {
      const std::size_t output = selection_.moments[i];
      estimates_.mean[output] = moments.mean[i];
      estimates_.variance[output] = spec_.means_only ? kNaN : moments.m2[i] / (n - 1.0);
      estimates_.standard_error[output] = std::sqrt(estimates_.variance[output] / n);
    }
    estimates_.joint = selection_.joint;
    estimates_.covariance = moments.joint_m2;
    for (double& each : estimates_.covariance) {
      each /= n - 1.0;
    }
  }

  const Program& program_;
  const RunSpec& spec_;
  Selection selection_;
  Estimates estimates_;
};

}  // namespace

Estimates simulate(const Program& program, const std::vector<OutputSpec>& outputs,
                   const RunSpec& spec, const Poll& poll) {
  require(outputs.size() == program.outputs.size(), "simulate",
          "must have one OutputSpec for each output",
          std::to_string(outputs.size()) + " for " + std::to_string(program.outputs.size()));
  require(spec.paths >= 2 && spec.paths <= std::uint64_t{1} << 48, "RunSpec.paths",
          "must be in [2, 2^48]", std::to_string(spec.paths));
  require(spec.first_path % kBlock == 0 && spec.first_path <= std::uint64_t{1} << 48,
          "RunSpec.first_path", "must be a multiple of " + std::to_string(kBlock) + " up to 2^48",
          std::to_string(spec.first_path));
  require(!spec.means_only || std::ranges::none_of(outputs, &OutputSpec::joint), "OutputSpec.joint",
          "must be false where means alone are asked for");
  return Simulation(program, outputs, spec).run(poll);
}

}  // namespace capstake
