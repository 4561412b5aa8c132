#include "simulate/choose_design.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <span>

#include "graph/interpret.hpp"
#include "program/run.hpp"
#include "random/draws.hpp"
#include "simulate/statistics.hpp"

namespace capstake {
namespace {

constexpr std::uint64_t kPilotBlocks = 4;  // of plain paths
constexpr std::uint32_t kReplicates = 8;   // for each construction
// Beyond those of any run: what is chosen by its own replicates is chosen for their luck.
constexpr std::uint32_t kFirstReplicate = 1u << 30;
// Blocks of a replicate: fewer of a large program, which would rather be run than tried out.
constexpr std::size_t kLargeProgram = 500;  // instructions
std::uint64_t replicate_blocks(const Program& program) {
  return program.instructions.size() < kLargeProgram ? 2 : 1;
}

constexpr std::size_t kPilotPaths = kPilotBlocks * kBlock;

// What a fit leaves that is less, in parts of what was there, is rounding.
constexpr double kRounding = 1e-9;

// How far a draw is moved, in its deviations, to see what it does: far enough to see jumps.
constexpr double kMove = 0.5;
// Blocks for moving each draw on some paths, and the least and the most paths for one draw.
constexpr std::size_t kMovingBlocks = 8;
constexpr std::size_t kLeastMoved = 16;
constexpr std::size_t kMostMoved = kBlock / 2;

// Columns of the pilot: the outputs that count, those that may use controls, and the controls.
struct Columns {
  std::vector<std::size_t> all;  // outputs of the program
  std::size_t n_counted = 0;
  std::vector<std::size_t> controlled;  // by column: which of those asked for
  std::vector<std::size_t> controls;    // by column: which of those given
  std::size_t n_with_controls() const { return controlled.size() + controls.size(); }
  bool has_choice() const { return !controlled.empty() && !controls.empty(); }
};

Columns columns_of(const Program& program, const PilotSpec& spec) {
  const auto is_scalar = [&](std::size_t i) { return program.outputs[i].is_scalar; };
  Columns columns{.all = spec.outputs, .n_counted = 0, .controlled = {}, .controls = {}};
  if (columns.all.empty()) {
    columns.all.resize(program.outputs.size());
    std::iota(columns.all.begin(), columns.all.end(), std::size_t{0});
  }
  std::erase_if(columns.all, is_scalar);
  columns.all.resize(std::min(columns.all.size(), kMaxPilotOutputs));
  columns.n_counted = columns.all.size();
  const auto append = [&](const std::vector<std::size_t>& outputs,
                          std::vector<std::size_t>& which) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (!is_scalar(outputs[k])) {
        columns.all.push_back(outputs[k]);
        which.push_back(k);
      }
    }
  };
  append(spec.controlled, columns.controlled);
  append(spec.controls, columns.controls);
  return columns;
}

// Principal components gain most from more points: what is alike at the pilot's few hundred differs
// by 57 times in variance at 2^14 (the founding deal's share). So another construction must have
// a quarter of their variance in the pilot: this is the logarithm.
constexpr double kHandicap = 1.4;

// What controls leave of outputs, and how much draws move it, on plain paths.
class PlainPaths {
 public:
  PlainPaths(const Program& program, const Design& plain, const Columns& columns,
             const PilotSpec& spec)
      : values_(columns.all.size() * kPilotPaths), moves_(program.draws.size()) {
    run(program, plain, columns.all, spec.seed);
    const AlignedVector at_first = values_;
    const Eigen::RowVectorXd means = centre(columns);
    leave_out_far_controls(columns, means, spec.control_means);
    leave_out_controls(columns);
    find_moves(program, plain, columns, at_first, spec.seed);
  }

  // Of a factor's coordinates under a transform: the sum of squares of what the outputs move along
  // it, in their deviations (Sobol' and Kucherenko 2009: an upper bound of the coordinate's part of
  // the variance, and of what it has to do with in it).
  std::vector<double> importance(const Factor& factor, const Transform& transform) const {
    const std::size_t n = factor.draws.size();
    std::vector<double> total(n, 0.0);
    for (std::size_t level = 0; level < n; ++level) {
      std::vector<double> direction(n, 0.0);
      direction[transform.row_of_coordinate[level]] = 1.0;
      apply(transform, direction);
      Eigen::ArrayXd along = Eigen::ArrayXd::Zero(moves_[factor.draws[0]].size());
      for (std::size_t k = 0; k < n; ++k) {
        along += direction[k] * moves_[factor.draws[k]];
      }
      total[level] = along.square().sum();
    }
    return total;
  }

  // By control and output: how much of a control is taken off.
  const Eigen::MatrixXd& coefficients() const { return coefficients_; }

  // Of the outputs that may use controls, and the controls.
  const Eigen::MatrixXd& covariance() const { return covariance_; }

 private:
  // Returns the means by column.
  Eigen::RowVectorXd centre(const Columns& columns) {
    const auto n_all = static_cast<Eigen::Index>(columns.all.size());
    Eigen::Map<Eigen::MatrixXd> paths(values_.data(), kPilotPaths, n_all);
    const Eigen::RowVectorXd mean = paths.colwise().mean();
    paths.rowwise() -= mean;
    for (Eigen::Index i = 0; i < n_all; ++i) {
      if (paths.col(i).norm() <= kStill * std::abs(mean(i)) * std::sqrt(double{kPilotPaths})) {
        paths.col(i).setZero();
      }
    }
    const auto joint = paths.rightCols(static_cast<Eigen::Index>(columns.n_with_controls()));
    covariance_ = joint.transpose() * joint / double{kPilotPaths - 1};
    return mean;
  }

  // As if they did not move, so that nothing is explained by them.
  void leave_out_far_controls(const Columns& columns, const Eigen::RowVectorXd& means,
                              std::span<const double> exact) {
    const auto n_controls = static_cast<Eigen::Index>(columns.controls.size());
    for (Eigen::Index k = 0; k < n_controls && !exact.empty(); ++k) {
      const Eigen::Index row = covariance_.rows() - n_controls + k;
      const double mean = means(means.size() - n_controls + k);
      const double error = std::sqrt(covariance_(row, row) / double{kPilotPaths});
      const double off = exact[columns.controls[static_cast<std::size_t>(k)]] - mean;
      if (is_far(off, error, mean)) {
        covariance_.row(row).setZero();
        covariance_.col(row).setZero();
        Eigen::Map<Eigen::VectorXd>(
            values(columns.all.size() - columns.controls.size() + static_cast<std::size_t>(k)),
            kPilotPaths)
            .setZero();
      }
    }
  }

  void leave_out_controls(const Columns& columns) {
    const auto m = static_cast<Eigen::Index>(columns.n_counted);
    const auto k = static_cast<Eigen::Index>(columns.controls.size());
    Eigen::Map<Eigen::MatrixXd> paths(values_.data(), kPilotPaths,
                                      static_cast<Eigen::Index>(columns.all.size()));
    coefficients_ = Eigen::MatrixXd::Zero(k, m);
    if (k > 0 && m > 0) {
      coefficients_ = paths.rightCols(k).colPivHouseholderQr().solve(paths.leftCols(m));
    }
    for (Eigen::Index i = 0; i < m; ++i) {
      const double before = paths.col(i).norm();
      paths.col(i) -= paths.rightCols(k) * coefficients_.col(i);
      if (paths.col(i).norm() <= kRounding * before) {
        paths.col(i).setZero();
      }
    }
  }

  void run(const Program& program, const Design& plain, std::span<const std::size_t> outputs,
           std::uint64_t seed) {
    Workspace workspace(program, plain);
    std::vector<const double*> results(program.outputs.size());
    for (std::uint64_t block = 0; block < kPilotBlocks; ++block) {
      run_block({.seed = seed, .block = block}, workspace, results);
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        std::copy_n(results[outputs[i]], kBlock, values(i) + block * kBlock);
      }
    }
  }

  // Moves one draw after the other on the first paths; several draws share a block.
  void find_moves(const Program& program, const Design& plain, const Columns& columns,
                  std::span<const double> at_first, std::uint64_t seed) {
    const std::size_t n_draws = program.draws.size();
    if (n_draws == 0) {
      return;
    }
    const std::size_t n =
        std::clamp(std::bit_floor(kMovingBlocks * kBlock / n_draws), kLeastMoved, kMostMoved);
    AlignedVector moved(n_draws * kBlock);
    std::vector<const double*> draws;
    for (std::size_t k = 0; k < n_draws; ++k) {
      repeat_first(program.draws[k], seed, n, moved.data() + k * kBlock);
      draws.push_back(moved.data() + k * kBlock);
    }
    const auto lane = [&](std::size_t k, std::size_t first) {
      return std::span(moved).subspan(k * kBlock + (k - first) * n, n);
    };
    Workspace workspace(program, plain);
    std::vector<const double*> results(program.outputs.size());
    const std::size_t n_together = kBlock / n;
    for (std::size_t first = 0; first < n_draws; first += n_together) {
      const std::size_t last = std::min(first + n_together, n_draws);
      for (std::size_t k = first; k < last; ++k) {
        move(program.draws[k].law, lane(k, first));
      }
      run_block_on(draws, workspace, results);
      for (std::size_t k = first; k < last; ++k) {
        moves_[k] = change(columns, results, at_first, (k - first) * n, n);
        const std::size_t other = k > first ? 0 : 1;  // a lane that is still
        std::ranges::copy(std::span(moved).subspan(k * kBlock + other * n, n),
                          lane(k, first).begin());
      }
    }
  }

  static void repeat_first(const Draw& draw, std::uint64_t seed, std::size_t n, double* to) {
    const FillKernel fill = kernels().philox[0][law_index(draw.law)];
    fill(to, draw_key(seed, draw.name, draw.step), 0);
    for (std::size_t i = n; i < kBlock; ++i) {
      to[i] = to[i - n];
    }
  }

  static void move(Law law, std::span<double> draws) {
    for (double& draw : draws) {
      const bool is_normal = law == Law::normal;
      const double normal = is_normal ? draw : evaluate(Op::normal_quantile, draw);
      draw = is_normal ? normal + kMove : evaluate(Op::normal_cdf, normal + kMove);
    }
  }

  // Of what controls leave of all outputs that count, one after the other, in their deviations.
  Eigen::ArrayXd change(const Columns& columns, std::span<const double* const> results,
                        std::span<const double> at_first, std::size_t lane, std::size_t n) const {
    const auto m = static_cast<Eigen::Index>(columns.n_counted);
    const auto rows = static_cast<Eigen::Index>(n);
    Eigen::MatrixXd moved(rows, static_cast<Eigen::Index>(columns.all.size()));
    for (std::size_t i = 0; i < columns.all.size(); ++i) {
      const auto before = at_first.subspan(i * kPilotPaths, n);
      const auto after = std::span(results[columns.all[i]] + lane, n);
      for (std::size_t j = 0; j < n; ++j) {
        moved(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) = after[j] - before[j];
      }
    }
    Eigen::MatrixXd left =
        moved.leftCols(m) - moved.rightCols(coefficients_.rows()) * coefficients_;
    for (Eigen::Index i = 0; i < m; ++i) {
      const double deviation = deviation_of(i);
      left.col(i) = deviation > 0.0 ? Eigen::VectorXd(left.col(i) / (kMove * deviation))
                                    : Eigen::VectorXd::Zero(rows);
    }
    return left.reshaped().array();
  }

  double deviation_of(Eigen::Index output) const {
    const Eigen::Map<const Eigen::VectorXd> left(
        values_.data() + static_cast<std::size_t>(output) * kPilotPaths, kPilotPaths);
    return left.norm() / std::sqrt(double{kPilotPaths});
  }

  double* values(std::size_t output) { return values_.data() + output * kPilotPaths; }

  AlignedVector values_;               // (columns, paths)
  Eigen::MatrixXd coefficients_;       // (controls, outputs)
  Eigen::MatrixXd covariance_;         // of the outputs that may use controls, and the controls
  std::vector<Eigen::ArrayXd> moves_;  // by draw: (outputs, paths)
};

Design ordered(const Program& program, std::span<const Factor> factors, Construction construction,
               const PlainPaths& paths, std::uint32_t max_dimensions) {
  SobolPlan plan{.construction = construction, .max_dimensions = max_dimensions, .importance = {}};
  for (const Factor& factor : factors) {
    plan.importance.push_back(
        paths.importance(factor, transform_of(program, factor, construction)));
  }
  return sobol_design(program, plan);
}

// Means of a few small replicates: (replicates, columns).
Eigen::MatrixXd replicate_means(const Program& program, const Design& design,
                                const Columns& columns, std::uint64_t seed) {
  Workspace workspace(program, design);
  std::vector<const double*> results(program.outputs.size());
  std::vector<const double*> values(columns.all.size());
  const auto n_all = static_cast<Eigen::Index>(columns.all.size());
  Eigen::MatrixXd means(kReplicates, n_all);
  for (std::uint32_t replicate = 0; replicate < kReplicates; ++replicate) {
    Moments all;
    for (std::uint64_t block = 0; block < replicate_blocks(program); ++block) {
      run_block({.seed = seed, .replicate = kFirstReplicate + replicate, .block = block}, workspace,
                results);
      std::ranges::transform(columns.all, values.begin(),
                             [&](std::size_t i) { return results[i]; });
      merge(all, moments_of(values, kBlock, {}), {});
    }
    means.row(replicate) = Eigen::Map<const Eigen::RowVectorXd>(all.mean.data(), n_all);
  }
  return means;
}

// The mean over outputs of the logarithm of the variance of replicate means. Outputs that no
// replicate tells from a constant count nothing, in any design.
double log_variance(const Eigen::MatrixXd& means, const Eigen::MatrixXd& coefficients) {
  double total = 0.0;
  for (Eigen::Index i = 0; i < coefficients.cols(); ++i) {
    const Eigen::VectorXd left =
        means.col(i) - means.rightCols(coefficients.rows()) * coefficients.col(i);
    const double squares = (left.array() - left.mean()).square().sum();
    const double mean = means.col(i).mean();
    const double relative = squares / (mean * mean + squares);
    total += relative > 1e-30 ? evaluate(Op::log, relative) : evaluate(Op::log, 1e-30);
  }
  return total;
}

struct Tried {
  Design design;
  Eigen::MatrixXd means;  // of its replicates
};

// The best construction; only one where no factor has steps to combine, and then replicates only
// where controls are to be chosen.
Tried best_design(const Program& program, const PilotSpec& spec, const Columns& columns,
                  const Design& plain, const PlainPaths& paths) {
  const auto tried = [&](Construction construction, bool runs) {
    Design design = ordered(program, plain.factors, construction, paths, spec.max_dimensions);
    Eigen::MatrixXd means =
        runs ? replicate_means(program, design, columns, spec.seed) : Eigen::MatrixXd();
    return Tried{std::move(design), std::move(means)};
  };
  const bool has_factors = std::ranges::any_of(
      plain.factors, [](const Factor& factor) { return factor.draws.size() > 1; });
  if (!has_factors) {
    return tried(Construction::identity, columns.has_choice());
  }
  const auto n_counted = static_cast<double>(columns.n_counted);
  std::optional<Tried> best;
  double least = std::numeric_limits<double>::infinity();
  for (const Construction each :
       {Construction::principal, Construction::bridge, Construction::identity}) {
    Tried one = tried(each, true);
    const double here = log_variance(one.means, paths.coefficients());
    const double handicap = each == Construction::principal ? 0.0 : kHandicap * n_counted;
    if (!best || here + handicap < least) {
      best = std::move(one);
      least = here + handicap;
    }
  }
  return std::move(*best);
}

// By output that may use controls: places among those given.
std::vector<Subset> in_use(const PilotSpec& spec, const Columns& columns, const PlainPaths& paths,
                           const Eigen::MatrixXd& means) {
  std::vector<Subset> found(spec.controlled.size());
  if (!columns.has_choice()) {
    return found;
  }
  const std::vector<Subset> chosen = choose_controls(
      {.n_outputs = columns.controlled.size(),
       .covariance = paths.covariance(),
       .replicate_means = means.rightCols(static_cast<Eigen::Index>(columns.n_with_controls()))});
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    for (const std::size_t control : chosen[i]) {
      found[columns.controlled[i]].push_back(columns.controls[control]);
    }
  }
  return found;
}

}  // namespace

Pilot run_pilot(const Program& program, const PilotSpec& spec) {
  const Columns columns = columns_of(program, spec);
  const Design plain = stream_design(program);
  const PlainPaths paths(program, plain, columns, spec);
  Tried best = best_design(program, spec, columns, plain, paths);
  return {std::move(best.design), in_use(spec, columns, paths, best.means)};
}

Design choose_design(const Program& program, const PilotSpec& spec) {
  return run_pilot(program, spec).design;
}

}  // namespace capstake
