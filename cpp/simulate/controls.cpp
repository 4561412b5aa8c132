#include "simulate/controls.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <limits>

#include "base/require.hpp"

namespace capstake {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Co-moments carry about this relative error, so no smaller part of a variance can be told from 0.
constexpr double kRounding = 1e-14;

double ratio(double plain, double controlled) {
  if (controlled > 0.0) {
    return plain / controlled;
  }
  return plain > 0.0 ? std::numeric_limits<double>::infinity() : 1.0;
}

// ---- independent paths

struct Split {
  double paths = 0.0;
  VectorXd mean;      // of outputs
  VectorXd excess;    // mean of controls less their exact mean
  VectorXd variance;  // of outputs
  MatrixXd cross;     // (k, m): controls by outputs
  MatrixXd controls;  // (k, k)
};

// Rounding gives a column that does not move a little variance: relative to its mean, or, where
// its terms cancel, to the size of the outputs.
constexpr double kStill = 1e-12;

// The least size of an output that has one.
double size_of_outputs(const VectorXd& mean) {
  double least = std::numeric_limits<double>::infinity();
  for (const double each : mean) {
    least = each != 0.0 ? std::min(least, std::abs(each)) : least;
  }
  return std::isinf(least) ? 0.0 : least;
}

Split split(const PathMoments& moments, std::span<const double> exact_means) {
  const auto n = static_cast<Eigen::Index>(moments.mean.size());
  const auto k = static_cast<Eigen::Index>(exact_means.size());
  require(k <= n && moments.covariance.size() == moments.mean.size() * moments.mean.size(),
          "control_paths", "must have a mean and a row of covariances for each column");
  const Eigen::Map<const RowMajor> covariance(moments.covariance.data(), n, n);
  const Eigen::Map<const VectorXd> mean(moments.mean.data(), n);
  const Eigen::Map<const VectorXd> exact(exact_means.data(), k);
  MatrixXd controls = covariance.bottomRightCorner(k, k);
  const double size = size_of_outputs(mean.head(n - k));
  for (Eigen::Index j = 0; j < k; ++j) {
    if (std::sqrt(controls(j, j)) <= kStill * std::max(size, std::abs(mean(n - k + j)))) {
      controls.row(j).setZero();
      controls.col(j).setZero();
    }
  }
  return {static_cast<double>(moments.paths),
          mean.head(n - k),
          mean.tail(k) - exact,
          covariance.diagonal().head(n - k),
          covariance.bottomLeftCorner(k, n - k),
          controls};
}

// The inverse of a covariance matrix on the space where it is not as good as singular.
MatrixXd pseudo_inverse(const MatrixXd& covariance) {
  constexpr double kSingular = 1e-10;  // least eigenvalue of the correlation matrix
  const VectorXd scale = covariance.diagonal().unaryExpr(
      [](double variance) { return variance > 0.0 ? 1.0 / std::sqrt(variance) : 0.0; });
  const MatrixXd correlation = scale.asDiagonal() * covariance * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(correlation);
  const VectorXd inverse = solver.eigenvalues().unaryExpr(
      [](double eigenvalue) { return eigenvalue > kSingular ? 1.0 / eigenvalue : 0.0; });
  const MatrixXd& vectors = solver.eigenvectors();
  return scale.asDiagonal() * (vectors * inverse.asDiagonal() * vectors.transpose()) *
         scale.asDiagonal();
}

std::vector<double> to_vector(const VectorXd& values) {
  return {values.data(), values.data() + values.size()};
}

Controlled plain(const Split& paths, Eigen::Index i) {
  return {paths.mean(i),
          std::sqrt(paths.variance(i) / paths.paths),
          paths.paths - 1.0,
          std::vector<double>(static_cast<std::size_t>(paths.excess.size())),
          1.0,
          1.0};
}

Controlled with_coefficients(const Split& paths, Eigen::Index i, const VectorXd& coefficient,
                             double freedom, double inflation) {
  const double variance = paths.variance(i) - 2.0 * coefficient.dot(paths.cross.col(i)) +
                          coefficient.dot(paths.controls * coefficient);
  const double left = std::max(variance, kRounding * paths.variance(i)) * inflation;
  return {paths.mean(i) - coefficient.dot(paths.excess),
          std::sqrt(left / paths.paths),
          freedom,
          to_vector(coefficient),
          ratio(paths.variance(i), left),
          1.0};
}

// ---- replicates

using Subset = std::vector<Eigen::Index>;

// One output in the replicates, and the controls less their exact means.
struct Replicates {
  const VectorXd& output;
  const MatrixXd& excess;
  auto rows() const { return static_cast<double>(output.size()); }
};

// What a regression of the output on a constant and some of the controls leaves.
struct Fit {
  Subset controls;
  double residual = 0.0;  // sum of squares
  double left_out = 0.0;  // the same when each replicate is predicted from the others
  double luck = 0.0;      // F that chance alone reaches, over the F that was found: 1 if no better
  bool is_sound = true;   // false when a control adds nothing to those before it
};

// The part of a control that an orthonormal basis does not hold yet, of length 1; or 0.
VectorXd new_direction(const VectorXd& control, const std::vector<VectorXd>& basis) {
  constexpr double kCollinear = 1e-10;
  VectorXd left = control.array() - control.mean();
  const double least =
      kCollinear * left.norm() + 4.0 * std::numeric_limits<double>::epsilon() * control.norm();
  for (int pass = 0; pass < 2; ++pass) {  // twice, against cancellation
    for (const VectorXd& q : basis) {
      left -= q.dot(left) * q;
    }
  }
  const double length = left.norm();
  return length > least ? VectorXd(left / length) : VectorXd::Zero(left.size());
}

Fit fit(const Replicates& data, const Subset& controls) {
  Fit result{controls, 0.0, 0.0, 0.0, true};
  VectorXd residual = data.output.array() - data.output.mean();
  std::vector<VectorXd> basis = {
      VectorXd::Constant(data.output.size(), 1.0 / std::sqrt(data.rows()))};
  VectorXd leverage = basis.front().cwiseAbs2();
  for (const Eigen::Index j : controls) {
    const VectorXd direction = new_direction(data.excess.col(j), basis);
    result.is_sound = result.is_sound && direction.squaredNorm() > 0.0;
    residual -= direction.dot(residual) * direction;
    leverage += direction.cwiseAbs2();
    basis.push_back(direction);
  }
  result.residual = residual.squaredNorm();
  result.left_out = (residual.array() / (1.0 - leverage.array()).max(1e-12)).matrix().squaredNorm();
  return result;
}

std::vector<Subset> subsets(Eigen::Index k, std::size_t size) {
  std::vector<Subset> found = {{}};
  for (std::size_t step = 0; step < size; ++step) {
    std::vector<Subset> longer;
    for (const Subset& subset : found) {
      for (Eigen::Index j = subset.empty() ? 0 : subset.back() + 1; j < k; ++j) {
        longer.push_back(subset);
        longer.back().push_back(j);
      }
    }
    found = std::move(longer);
  }
  return found;
}

// F that the best of n_tried fits reaches by chance once in 10,000 times, over the F of this one.
double luck_of(const Replicates& data, const Fit& with, const Fit& without, std::size_t n_tried) {
  constexpr double kChance = 1e-4;
  const auto k = static_cast<double>(with.controls.size());
  const double freedom = data.rows() - 1.0 - k;
  if (k == 0.0 || freedom <= 0.0) {
    return std::numeric_limits<double>::infinity();  // no control is sound
  }
  const boost::math::fisher_f_distribution<double> fisher(k, freedom);
  const double least =
      boost::math::quantile(complement(fisher, kChance / static_cast<double>(n_tried)));
  return least * k * with.residual / ((without.residual - with.residual) * freedom);
}

// The fit to use: of each size the best, where it beats chance and halves the error that is left.
Fit chosen(const Replicates& data, std::size_t most) {
  const Fit without = fit(data, {});
  // What the rounding of the output alone would leave.
  const double noise =
      data.rows() * std::pow(4.0 * std::numeric_limits<double>::epsilon() * data.output.mean(), 2);
  Fit used = without;
  for (std::size_t size = 1; size <= most && used.residual > noise; ++size) {
    const std::vector<Subset> tried = subsets(data.excess.cols(), size);
    Fit best = used;
    for (const Subset& subset : tried) {
      const Fit one = fit(data, subset);
      best = one.is_sound && one.residual < best.residual ? one : best;
    }
    best.luck = luck_of(data, best, without, tried.size());
    if (best.controls.size() == size && best.luck < 1.0 && best.left_out < 0.5 * used.left_out) {
      used = best;
    }
  }
  return used;
}

// The regression's constant and its error: with x the controls less their exact means, the constant
// is mean(y) - b' mean(x), of variance s^2 (1/R + mean(x)' S^{-1} mean(x)), S the sum of squares.
Controlled constant_of(const Fit& used, const VectorXd& output, const MatrixXd& excess) {
  const auto n = static_cast<double>(output.size());
  const auto k = static_cast<Eigen::Index>(used.controls.size());
  const double variance = (output.array() - output.mean()).square().sum() / (n - 1.0) / n;
  const double freedom = n - 1.0 - static_cast<double>(k);
  Controlled result{output.mean(), std::sqrt(variance),
                    freedom,       std::vector<double>(static_cast<std::size_t>(excess.cols())),
                    1.0,           1.0};
  if (k == 0) {
    return result;
  }
  const MatrixXd controls = excess(Eigen::all, used.controls);
  const VectorXd mean = controls.colwise().mean();
  const MatrixXd centred = controls.rowwise() - mean.transpose();
  const Eigen::ColPivHouseholderQR<MatrixXd> qr(centred);
  const VectorXd coefficient = qr.solve(VectorXd(output.array() - output.mean()));
  const VectorXd weight = qr.transpose().solve(mean);  // the shortest w with centred' w = mean
  // A fit that was chosen for its small residual has one that is too small, the more so the closer
  // the choice. Measured over correlations from 0 to 0.99, 16 to 64 replicates and 1 to 6 controls,
  // 95% intervals hold the mean in 93.9% to 96.1% with this factor, in 92.6% to 95.2% without.
  constexpr double kLuck = 0.5;
  result.inflation = (1.0 + kLuck * used.luck) * (1.0 + n * weight.squaredNorm());
  const double left = used.residual / freedom / n * result.inflation;
  for (Eigen::Index j = 0; j < k; ++j) {
    const Eigen::Index column = used.controls[static_cast<std::size_t>(j)];
    result.coefficient[static_cast<std::size_t>(column)] = coefficient(j);
  }
  result.value -= coefficient.dot(mean);
  result.standard_error = std::sqrt(left);
  result.gain = ratio(variance, left);
  return result;
}

}  // namespace

std::vector<Controlled> control_paths(const PathMoments& moments,
                                      std::span<const double> exact_means) {
  const Split paths = split(moments, exact_means);
  const auto k = static_cast<double>(exact_means.size());
  std::vector<Controlled> result;
  if (exact_means.empty() || k > kMostControlsPerPath * paths.paths) {
    for (Eigen::Index i = 0; i < paths.mean.size(); ++i) {
      result.push_back(plain(paths, i));
    }
    return result;
  }
  const MatrixXd inverse = pseudo_inverse(paths.controls);
  const double freedom = paths.paths - 1.0 - k;
  const double distance = paths.excess.dot(inverse * paths.excess);
  const double inflation =
      (paths.paths - 1.0) / freedom * (1.0 + distance * paths.paths / (paths.paths - 1.0));
  for (Eigen::Index i = 0; i < paths.mean.size(); ++i) {
    const VectorXd coefficient = inverse * paths.cross.col(i);
    result.push_back(with_coefficients(paths, i, coefficient, freedom, inflation));
  }
  return result;
}

std::vector<Controlled> control_replicates(std::span<const double> replicate_means,
                                           std::size_t replicates,
                                           std::span<const double> exact_means) {
  require(replicates >= 2 && replicate_means.size() % replicates == 0 &&
              replicate_means.size() / replicates >= exact_means.size(),
          "control_replicates",
          "must have a mean of each column in each of two replicates or more");
  const auto r = static_cast<Eigen::Index>(replicates);
  const auto columns = static_cast<Eigen::Index>(replicate_means.size()) / r;
  const auto k = static_cast<Eigen::Index>(exact_means.size());
  const Eigen::Map<const RowMajor> means(replicate_means.data(), r, columns);
  const Eigen::Map<const VectorXd> exact(exact_means.data(), k);
  const MatrixXd excess = means.rightCols(k).rowwise() - exact.transpose();
  const std::size_t most =
      std::min({replicates < 16 ? 0 : replicates / 8, kMostInUse, exact_means.size()});
  std::vector<Controlled> result;
  for (Eigen::Index i = 0; i < columns - k; ++i) {
    const VectorXd output = means.col(i);
    result.push_back(constant_of(chosen({output, excess}, most), output, excess));
  }
  return result;
}

}  // namespace capstake
