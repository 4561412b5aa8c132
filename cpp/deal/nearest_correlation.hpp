// The nearest correlation matrix to a symmetric one, in the Frobenius norm.
#pragma once

#include <vector>

namespace capstake {

using Matrix = std::vector<std::vector<double>>;  // by rows

struct NearestCorrelation {
  Matrix matrix;
  double distance = 0.0;  // Frobenius norm of the change
};

// Higham (2002), Computing the nearest correlation matrix, IMA Journal of Numerical Analysis 22:
// 329-343, algorithm 3.3: alternating projections on the positive semidefinite matrices and on
// those of unit diagonal, with Dykstra's correction, until the change is below 1e-13, and at most
// 10,000 times. The result is positive semidefinite but for rounding either way. Throws
// std::invalid_argument for a matrix that is not square, symmetric and finite.
NearestCorrelation nearest_correlation(const Matrix& given);
double least_eigenvalue(const Matrix& symmetric);

}  // namespace capstake
