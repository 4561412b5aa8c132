#include "simulate/regression.hpp"

#include <cmath>
#include <limits>

namespace capstake {

namespace {

using Eigen::VectorXd;

// The part of a column that an orthonormal basis does not hold yet, of length 1; or 0.
VectorXd new_direction(const VectorXd& column, const std::vector<VectorXd>& basis) {
  constexpr double kCollinear = 1e-10;
  VectorXd left = column.array() - column.mean();
  const double least =
      kCollinear * left.norm() + 4.0 * std::numeric_limits<double>::epsilon() * column.norm();
  for (int pass = 0; pass < 2; ++pass) {  // twice, against cancellation
    for (const VectorXd& q : basis) {
      left -= q.dot(left) * q;
    }
  }
  const double length = left.norm();
  return length > least ? VectorXd(left / length) : VectorXd::Zero(left.size());
}

}  // namespace

VectorXd Regression::left_out() const {
  return residual.array() / (1.0 - leverage.array()).max(1e-12);
}

Regression regress(const VectorXd& y, const Eigen::MatrixXd& x, const Subset& columns) {
  Regression result{y.array() - y.mean(), {}, {}};
  std::vector<VectorXd> basis = {
      VectorXd::Constant(y.size(), 1.0 / std::sqrt(static_cast<double>(y.size())))};
  result.leverage = basis.front().cwiseAbs2();
  for (const std::size_t j : columns) {
    const VectorXd direction = new_direction(x.col(static_cast<Eigen::Index>(j)), basis);
    if (direction.squaredNorm() > 0.0) {
      result.sound.push_back(j);
      result.residual -= direction.dot(result.residual) * direction;
      result.leverage += direction.cwiseAbs2();
      basis.push_back(direction);
    }
  }
  return result;
}

std::vector<Subset> subsets(std::size_t k, std::size_t size) {
  std::vector<Subset> found = {{}};
  for (std::size_t step = 0; step < size; ++step) {
    std::vector<Subset> longer;
    for (const Subset& subset : found) {
      for (std::size_t j = subset.empty() ? 0 : subset.back() + 1; j < k; ++j) {
        longer.push_back(subset);
        longer.back().push_back(j);
      }
    }
    found = std::move(longer);
  }
  return found;
}

}  // namespace capstake
