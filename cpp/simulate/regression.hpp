// Least squares of one column on a constant and a few others.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

namespace capstake {

using Subset = std::vector<std::size_t>;  // of columns

struct Regression {
  Eigen::VectorXd residual;
  Eigen::VectorXd leverage;
  Subset sound;  // the columns that add something to those before them

  // By row: the residual when the row is predicted from the others.
  Eigen::VectorXd left_out() const;
};

Regression regress(const Eigen::VectorXd& y, const Eigen::MatrixXd& x, const Subset& columns);

// All subsets of k columns of one size, in order.
std::vector<Subset> subsets(std::size_t k, std::size_t size);

}  // namespace capstake
