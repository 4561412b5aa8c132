#include "deal/nearest_correlation.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "base/require.hpp"

namespace capstake {

namespace {

Eigen::MatrixXd to_eigen(const Matrix& given) {
  const auto n = static_cast<Eigen::Index>(given.size());
  Eigen::MatrixXd m(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) {
      m(i, j) = given[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    }
  }
  return m;
}

Eigen::MatrixXd nearest_semidefinite(const Eigen::MatrixXd& m) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(m);
  const Eigen::VectorXd kept = solver.eigenvalues().cwiseMax(0.0);
  return solver.eigenvectors() * kept.asDiagonal() * solver.eigenvectors().transpose();
}

void check(const Matrix& given) {
  require(!given.empty(), "nearest_correlation", "needs a matrix with a row");
  for (std::size_t i = 0; i < given.size(); ++i) {
    require(given[i].size() == given.size(), "nearest_correlation", "needs a square matrix");
    for (std::size_t j = 0; j < i; ++j) {
      require(given[i][j] == given[j][i] && std::abs(given[i][j]) <= 1e100, "nearest_correlation",
              "needs a symmetric matrix of finite numbers");
    }
    require(std::abs(given[i][i]) <= 1e100, "nearest_correlation", "needs finite numbers");
  }
}

}  // namespace

NearestCorrelation nearest_correlation(const Matrix& given) {
  check(given);
  constexpr int kMostSteps = 10'000;
  constexpr double kTolerance = 1e-13;
  const Eigen::MatrixXd start = to_eigen(given);
  Eigen::MatrixXd y = start;
  Eigen::MatrixXd x = y;
  Eigen::MatrixXd correction = Eigen::MatrixXd::Zero(y.rows(), y.cols());
  for (int step = 0; step < kMostSteps; ++step) {
    const Eigen::MatrixXd r = y - correction;
    x = nearest_semidefinite(r);
    correction = x - r;
    Eigen::MatrixXd next = 0.5 * (x + x.transpose());
    next.diagonal().setOnes();
    const double change = (next - y).norm();
    y = std::move(next);
    if (change <= kTolerance * y.norm()) {
      break;
    }
  }
  // Positive semidefinite and of unit diagonal at once, also where the steps ended early.
  const Eigen::VectorXd scale = x.diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd nearest = scale.asDiagonal() * x * scale.asDiagonal();
  NearestCorrelation result{given, (nearest - start).norm()};
  for (std::size_t i = 0; i < given.size(); ++i) {
    for (std::size_t j = 0; j < given.size(); ++j) {
      const auto row = static_cast<Eigen::Index>(std::max(i, j));
      const auto column = static_cast<Eigen::Index>(std::min(i, j));
      result.matrix[i][j] = i == j ? 1.0 : std::clamp(nearest(row, column), -1.0, 1.0);
    }
  }
  return result;
}

double least_eigenvalue(const Matrix& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(to_eigen(symmetric),
                                                              Eigen::EigenvaluesOnly);
  return solver.eigenvalues().minCoeff();
}

}  // namespace capstake
