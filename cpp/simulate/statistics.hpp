// Streaming moments, merged pairwise (Chan, Golub and LeVeque 1979), and quantiles of samples with
// distribution-free intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace capstake {

// Means and centred co-moments of k outputs over n paths. Diagonal for the outputs that are not
// joint, full for those that are.
struct Moments {
  std::uint64_t n = 0;
  std::vector<double> mean;     // (k)
  std::vector<double> m2;       // (k) sum of squared deviations
  std::vector<double> joint_m2; // (j, j) sums of products of deviations of the joint outputs
};

// Adds later paths to earlier ones. The joint indices say which outputs joint_m2 speaks of.
void merge(Moments& into, const Moments& later, std::span<const std::size_t> joint);

struct Quantile {
  double value = 0.0;
  double low = 0.0;   // interval of the stated confidence, from order statistics
  double high = 0.0;
};

// Lower p-quantiles x_(ceil(n p)) of the values, with intervals between the order statistics of
// ranks n p -/+ z sqrt(n p (1 - p)). Distribution-free; never interpolates. Infinities are ordered.
std::vector<Quantile> quantiles(std::span<const double> values, std::span<const double> p,
                                double confidence = 0.95);

}  // namespace capstake
