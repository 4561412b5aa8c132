// Spearman's rank correlation of a bivariate Student t.
#pragma once

#include <vector>

namespace capstake {

// With r the correlation of the normals behind it and n degrees of freedom it is
// 6 / pi E asin(r W / sqrt((W + W1)(W + W2))), where W, W1 and W2 are independent draws of n over a
// chi-square of n degrees (Heinen and Valdesogo 2020, Spearman rank correlation of the bivariate
// Student t and scale mixtures of normal distributions, J. Multivariate Analysis 179, 104650).
// As n grows it goes to the normals' 6 / pi asin(r / 2).
class SpearmanOfT {
 public:
  explicit SpearmanOfT(double degrees_of_freedom);  // 1 or more

  double degrees_of_freedom() const { return degrees_of_freedom_; }
  // The rank correlation of a correlation of the normals, and its derivatives by that; right to
  // about 1e-13. The derivatives are for correlations between -1 and 1.
  double rank(double normals) const;
  double slope(double normals) const;
  double curvature(double normals) const;
  // The correlation of the normals that has a rank correlation.
  double normals(double rank) const;

 private:
  // Values of W / sqrt((W + W1)(W + W2)) with their probabilities: a rule for its expectations.
  struct Node {
    double share;
    double weight;
  };
  double degrees_of_freedom_;
  std::vector<Node> nodes_;
};

}  // namespace capstake
