#include "simulate/choose_controls.hpp"

#include <cmath>
#include <limits>

namespace capstake {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kMayLeave = 0.7;        // of the variance of paths
constexpr double kSecondMayLeave = 0.5;  // of what the first leaves, of paths or replicates
constexpr double kMeansMayLeave = 0.25;  // of the error of replicates, to overrule the paths
constexpr double kRounding = 1e-15;      // of a mean
constexpr double kExplained = 1e-12;     // of the variance of paths: rounding, no part of it

// One output and all controls.
class Choice {
 public:
  Choice(const PilotMoments& pilot, Index output)
      : n_controls_(pilot.covariance.cols() - static_cast<Index>(pilot.n_outputs)),
        variance_(pilot.covariance(output, output)),
        with_output_(pilot.covariance.col(output).tail(n_controls_)),
        controls_(pilot.covariance.bottomRightCorner(n_controls_, n_controls_)),
        means_(pilot.replicate_means.col(output)),
        control_means_(pilot.replicate_means.rightCols(n_controls_)) {}

  Subset made() const {
    if (!(variance_ > 0.0)) {
      return {};
    }
    const Subset by_paths = best_on_paths();
    if (means_.size() == 0) {
      return by_paths;
    }
    const double least =
        (kRounding * VectorXd::Constant(means_.size(), means_.mean())).squaredNorm();
    const double error = left_of_means(by_paths);
    const Subset by_means = best_on_means();
    return error > least && left_of_means(by_means) < kMeansMayLeave * error ? by_means : by_paths;
  }

 private:
  Subset best_on_paths() const {
    Subset best;
    double least = variance_;
    for (std::size_t size = 1; size <= kMostInUse; ++size) {
      const double before = least;
      Subset of_size;
      for (const Subset& subset : all(size)) {
        if (const double left = left_of_paths(subset); left < least) {
          least = left;
          of_size = subset;
        }
      }
      if (!(least < (size == 1 ? kMayLeave : kSecondMayLeave) * before)) {
        break;
      }
      best = of_size;
      if (least < kExplained * variance_) {
        break;
      }
    }
    return best;
  }

  // Of those that explain enough of the paths.
  Subset best_on_means() const {
    Subset best;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t size = 1; size <= kMostInUse; ++size) {
      least *= kSecondMayLeave;
      for (const Subset& subset : all(size)) {
        if (left_of_paths(subset) > kMayLeave * variance_) {
          continue;
        }
        if (const double left = left_of_means(subset); left < least) {
          least = left;
          best = subset;
        }
      }
    }
    return best;
  }

  std::vector<Subset> all(std::size_t size) const {
    return subsets(static_cast<std::size_t>(n_controls_), size);
  }

  double left_of_means(const Subset& subset) const {
    return regress(means_, control_means_, subset).left_out().squaredNorm();
  }

  // Infinite where a control does not move or is as good as another.
  double left_of_paths(const Subset& subset) const {
    constexpr double kSingular = 1e-8;
    const MatrixXd among = controls_(subset, subset);
    const VectorXd scale = among.diagonal().cwiseSqrt();
    if (!(scale.minCoeff() > 0.0)) {
      return std::numeric_limits<double>::infinity();
    }
    const MatrixXd correlation =
        scale.cwiseInverse().asDiagonal() * among * scale.cwiseInverse().asDiagonal();
    if (correlation.determinant() < kSingular) {
      return std::numeric_limits<double>::infinity();
    }
    const VectorXd with = with_output_(subset).cwiseQuotient(scale);
    return variance_ - with.dot(correlation.ldlt().solve(with));
  }

  Index n_controls_;
  double variance_;
  VectorXd with_output_;  // covariances with the controls
  MatrixXd controls_;     // covariances
  VectorXd means_;        // of the pilot's replicates
  MatrixXd control_means_;
};

}  // namespace

bool is_far(double off, double error, double mean) {
  constexpr double kErrors = 10.0;
  return std::abs(off) > kErrors * error + kStill * std::abs(mean);
}

std::vector<Subset> choose_controls(const PilotMoments& pilot) {
  std::vector<Subset> chosen;
  for (std::size_t i = 0; i < pilot.n_outputs; ++i) {
    chosen.push_back(Choice(pilot, static_cast<Index>(i)).made());
  }
  return chosen;
}

}  // namespace capstake
