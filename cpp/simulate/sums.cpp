#include "simulate/sums.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>

#include "base/parallel.hpp"
#include "program/run.hpp"

namespace capstake {
namespace {

// Blocks a batch: the unit that threads take. Small enough that threads end together and a stop is
// prompt, large enough that handing out costs nothing. A power of two, for the tree of sums.
constexpr std::uint64_t kBatchBlocks = 32;

constexpr std::uint64_t divided_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

NonFinite non_finite(const double* values, std::size_t n, std::uint64_t first_point) {
  NonFinite found;
  for (std::size_t i = n; i-- > 0;) {
    if (!std::isfinite(values[i])) {
      ++found.count;
      found.first = first_point + i;
    }
  }
  return found;
}

struct Merge {
  const Selection* selection;
  void operator()(Partial& into, const Partial& later) const { merge(into, later, *selection); }
};
using PartialTree = MergeTree<Partial, Merge>;

// One call of sum_points().
class Run {
 public:
  Run(const Program& program, const Design& design, const std::vector<OutputSpec>& outputs,
      const PointRange& range)
      : program_(program),
        design_(design),
        range_(range),
        blocks_(divided_up(range.points, kBlock)),
        batches_(divided_up(blocks_, kBatchBlocks)) {
    assert(range.points > 0 && range.first_point % kBlock == 0);
    sums_.selection = select(outputs);
    sums_.points = range.points;
    sums_.means_only = range.means_only;
    sums_.samples.resize(outputs.size());
    const std::uint64_t end = std::min(range.first_point + range.points, range.sample_points);
    if (!sums_.selection.samples.empty() && end > range.first_point) {
      sums_.sample_points = end - range.first_point;
    }
    for (const std::size_t output : sums_.selection.samples) {
      sums_.samples[output].resize(sums_.sample_points * range.replicates);
    }
  }

  Sums run(const Poll& poll) {
    const BatchPlan plan{batches_ * range_.replicates, thread_count(range_.threads)};
    std::vector<std::unique_ptr<Workspace>> workspaces(plan.n_threads);  // each made by its thread
    std::vector<Partial> places(plan.n_places());
    PartialTree tree(Merge{&sums_.selection});
    BatchCalls calls;
    calls.work = [&](std::uint64_t batch, std::size_t place, unsigned worker,
                     const StopFlag& stop) {
      if (!workspaces[worker]) {
        workspaces[worker] = std::make_unique<Workspace>(program_, design_);
      }
      places[place] = run_batch(batch, *workspaces[worker], stop);
    };
    calls.consume = [&](std::uint64_t batch, std::size_t place) {
      tree.push(std::move(places[place]));
      if ((batch + 1) % batches_ == 0) {
        sums_.by_replicate.push_back(std::move(tree).finish());
        tree = PartialTree(Merge{&sums_.selection});
      }
    };
    if (poll) {
      const std::uint64_t total = range_.points * range_.replicates;
      calls.poll = [&, total](std::uint64_t n_consumed) {
        return poll(std::min(n_consumed * std::min(kBatchBlocks, blocks_) * kBlock, total), total);
      };
    }
    if (!run_batches(plan, calls)) {
      throw Cancelled{};
    }
    return std::move(sums_);
  }

 private:
  Partial run_batch(std::uint64_t batch, Workspace& workspace, const StopFlag& stop) {
    const std::uint64_t replicate = batch / batches_;
    const std::uint64_t first = batch % batches_ * kBatchBlocks;
    PartialTree tree(Merge{&sums_.selection});
    std::vector<const double*> results(program_.outputs.size());
    for (std::uint64_t block = first; block < std::min(first + kBatchBlocks, blocks_) && !stop;
         ++block) {
      run_block({.seed = range_.seed,
                 .replicate = static_cast<std::uint32_t>(replicate),
                 .block = range_.first_point / kBlock + block},
                workspace, results);
      keep_samples(results, replicate, block);
      tree.push(partial_of(results, block));
    }
    return stop ? Partial{} : std::move(tree).finish();
  }

  // The last block may hold fewer paths than are computed.
  std::size_t points_in(std::uint64_t block) const {
    return static_cast<std::size_t>(
        std::min<std::uint64_t>(kBlock, range_.points - block * kBlock));
  }

  // Every path has its own place in the samples, so threads do not meet.
  void keep_samples(std::span<const double* const> results, std::uint64_t replicate,
                    std::uint64_t block) {
    const std::uint64_t first = block * kBlock;
    if (first >= sums_.sample_points) {
      return;
    }
    const std::uint64_t n = std::min<std::uint64_t>(kBlock, sums_.sample_points - first);
    for (const std::size_t output : sums_.selection.samples) {
      double* to = sums_.samples[output].data() + replicate * sums_.sample_points + first;
      std::copy_n(results[output], n, to);
    }
  }

  Partial partial_of(std::span<const double* const> results, std::uint64_t block) const {
    const std::size_t n = points_in(block);
    std::vector<const double*> outputs;
    for (const std::size_t output : sums_.selection.moments) {
      outputs.push_back(results[output]);
    }
    Partial partial{range_.means_only ? means_of(outputs, n)
                                      : moments_of(outputs, n, sums_.selection.joint_in_moments),
                    {}};
    partial.non_finite.resize(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!std::isfinite(partial.moments.mean[i])) {
        partial.non_finite[i] = non_finite(outputs[i], n, range_.first_point + block * kBlock);
      }
    }
    return partial;
  }

  const Program& program_;
  const Design& design_;
  const PointRange& range_;
  std::uint64_t blocks_;   // of a replicate
  std::uint64_t batches_;  // of a replicate
  Sums sums_;
};

}  // namespace

void poll_before(const Poll& poll, std::uint64_t total) {
  if (poll && !poll(0, total)) {
    throw Cancelled{};
  }
}

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

void merge(Partial& into, const Partial& later, const Selection& selection) {
  merge(into.moments, later.moments, selection.joint_in_moments);
  for (std::size_t i = 0; i < later.non_finite.size(); ++i) {
    into.non_finite[i].count += later.non_finite[i].count;
    into.non_finite[i].first = std::min(into.non_finite[i].first, later.non_finite[i].first);
  }
}

Sums sum_points(const Program& program, const Design& design,
                const std::vector<OutputSpec>& outputs, const PointRange& range, const Poll& poll) {
  return Run(program, design, outputs, range).run(poll);
}

void extend(Sums& sums, const Sums& later) {
  assert(sums.by_replicate.size() == later.by_replicate.size());
  for (std::size_t r = 0; r < sums.by_replicate.size(); ++r) {
    merge(sums.by_replicate[r], later.by_replicate[r], sums.selection);
  }
  for (const std::size_t output : sums.selection.samples) {
    const std::vector<double> before = std::move(sums.samples[output]);
    std::vector<double>& all = sums.samples[output];
    all.clear();
    for (std::size_t r = 0; r < sums.by_replicate.size(); ++r) {
      const auto add = [&](const std::vector<double>& from, std::uint64_t n) {
        const auto first = from.begin() + static_cast<std::ptrdiff_t>(r * n);
        all.insert(all.end(), first, first + static_cast<std::ptrdiff_t>(n));
      };
      add(before, sums.sample_points);
      add(later.samples[output], later.sample_points);
    }
  }
  sums.sample_points += later.sample_points;
  sums.points += later.points;
}

}  // namespace capstake
