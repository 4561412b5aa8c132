#include "simulate/controls.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/require.hpp"
#include "simulate/choose_controls.hpp"
#include "simulate/statistics.hpp"

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

// The least size of an output that has one: where a column's terms cancel, rounding gives it a
// little variance relative to that.
double size_of_outputs(const VectorXd& mean) {
  double least = std::numeric_limits<double>::infinity();
  for (const double each : mean) {
    least = each != 0.0 ? std::min(least, std::abs(each)) : least;
  }
  return std::isinf(least) ? 0.0 : least;
}

// The first controls count, as many as there are enough paths for.
Eigen::Index n_fitted(const PathMoments& moments, std::span<const double> exact_means) {
  const double most = kMostControlsPerPath * static_cast<double>(moments.paths);
  return static_cast<Eigen::Index>(std::min(static_cast<double>(exact_means.size()), most));
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
  const Eigen::Index fitted = n_fitted(moments, exact_means);
  for (Eigen::Index j = 0; j < k; ++j) {
    const double least = kStill * std::max(size, std::abs(mean(n - k + j)));
    const double deviation = std::sqrt(controls(j, j));
    const double error = deviation / std::sqrt(static_cast<double>(moments.paths));
    if (j >= fitted || deviation <= least ||
        is_far(mean(n - k + j) - exact(j), error, mean(n - k + j))) {
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
          {},
          {}};
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
          {},
          {}};
}

// ---- replicates

// The regression's constant: with x the controls less their exact means, mean(y) - b' mean(x). It
// is a sum of y with weights 1/R - w, and without replicate r it moves by minus its weight times
// the residual that r leaves when it is predicted from the others.
Controlled constant_of(const Subset& in_use, const VectorXd& output, const MatrixXd& excess) {
  const auto n = static_cast<double>(output.size());
  const Regression used = regress(output, excess, in_use);
  const double plain = (output.array() - output.mean()).square().sum() / (n - 1.0) / n;
  Controlled result{output.mean(),
                    0.0,
                    n - 1.0 - static_cast<double>(used.sound.size()),
                    std::vector<double>(static_cast<std::size_t>(excess.cols())),
                    1.0,
                    {},
                    {}};
  VectorXd weight = VectorXd::Constant(output.size(), 1.0 / n);
  if (!used.sound.empty()) {
    const MatrixXd controls = excess(Eigen::all, used.sound);
    const VectorXd mean = controls.colwise().mean();
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(controls.rowwise() - mean.transpose());
    const VectorXd coefficient = qr.solve(VectorXd(output.array() - output.mean()));
    // The shortest w with (x - mean(x))' w = mean(x).
    weight -= VectorXd(qr.transpose().solve(mean));
    for (std::size_t j = 0; j < used.sound.size(); ++j) {
      result.coefficient[used.sound[j]] = coefficient(static_cast<Eigen::Index>(j));
    }
    result.value -= coefficient.dot(mean);
  }
  const VectorXd left_out = used.left_out();
  const VectorXd change = -(weight.array() * left_out.array());
  result.left_out = to_vector(change);
  // By the coefficients of the others, a replicate is their constant and what it is off it.
  result.replicates = to_vector((left_out + change).array() + result.value);
  if (!used.sound.empty()) {
    result.value += left_out.mean() + change.mean();
  }
  result.standard_error = error_of_controlled(result.replicates, result.left_out);
  const double left = result.standard_error * result.standard_error;
  result.gain = used.sound.empty() ? 1.0 : ratio(plain, left);
  return result;
}

}  // namespace

std::vector<Controlled> control_paths(const PathMoments& moments,
                                      std::span<const double> exact_means) {
  const Split paths = split(moments, exact_means);
  const auto k = static_cast<double>(n_fitted(moments, exact_means));
  std::vector<Controlled> result;
  if (k == 0.0) {
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

double error_of_controlled(std::span<const double> replicates, std::span<const double> left_out) {
  const auto n = static_cast<double>(left_out.size());
  double squares = 0.0;
  for (const double each : left_out) {
    squares += each * each;
  }
  return std::max(std::sqrt(squares * (n - 1.0) / n), spread_of(replicates).error_of_mean());
}

std::vector<Controlled> control_replicates(std::span<const double> replicate_means,
                                           std::size_t replicates,
                                           std::span<const double> exact_means,
                                           std::span<const Subset> in_use) {
  require(replicates >= 2 && replicate_means.size() % replicates == 0 &&
              replicate_means.size() / replicates == in_use.size() + exact_means.size(),
          "control_replicates",
          "must have a mean of each column in each of two replicates or more");
  const auto r = static_cast<Eigen::Index>(replicates);
  const auto columns = static_cast<Eigen::Index>(replicate_means.size()) / r;
  const auto k = static_cast<Eigen::Index>(exact_means.size());
  const Eigen::Map<const RowMajor> means(replicate_means.data(), r, columns);
  const Eigen::Map<const VectorXd> exact(exact_means.data(), k);
  const MatrixXd excess = means.rightCols(k).rowwise() - exact.transpose();
  std::vector<Controlled> result;
  for (Eigen::Index i = 0; i < columns - k; ++i) {
    const Subset& controls = in_use[static_cast<std::size_t>(i)];
    result.push_back(
        constant_of(replicates < kLeastReplicates ? Subset{} : controls, means.col(i), excess));
  }
  return result;
}

}  // namespace capstake
