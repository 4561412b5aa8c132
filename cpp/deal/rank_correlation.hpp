// Rank correlations as correlations of the normals behind the draws, for numbers and expressions.
#pragma once

namespace capstake {

enum class CorrelationKind : unsigned char { pearson, spearman, kendall };

// Taylor's series, right to the last places for |x| <= pi / 2, and the same on every machine.
template <class Real>
Real sine(const Real& x) {
  constexpr int kTerms = 12;
  const Real square = x * x;
  Real sum = 1.0 - square * (1.0 / (2.0 * kTerms * (2.0 * kTerms + 1.0)));
  for (int k = kTerms - 1; k >= 1; --k) {
    sum = 1.0 - square * (1.0 / (2.0 * k * (2.0 * k + 1.0))) * sum;
  }
  return x * sum;
}

// Kruskal (1958), Ordinal measures of association, J. Amer. Statist. Assoc. 53: 814-861, section 6:
// Spearman's 6 / pi asin(r / 2) and Kendall's 2 / pi asin(r) of a bivariate normal, solved for r.
// Kendall's holds for t copulas too (Demarta and McNeil 2005, proposition 2).
template <class Real>
Real of_normals(CorrelationKind kind, const Real& r) {
  constexpr double kPi = 3.141592653589793;
  switch (kind) {
    case CorrelationKind::pearson:
      return r;
    case CorrelationKind::spearman:
      return 2.0 * sine(r * (kPi / 6.0));
    case CorrelationKind::kendall:
      return sine(r * (kPi / 2.0));
  }
  return r;
}

}  // namespace capstake
