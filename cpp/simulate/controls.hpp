// Linear control variates: from means and covariances of outputs and controls to better means.
// A control is an output whose exact mean is known. Pure functions of matrices: who simulates, and
// how, is decided elsewhere. Glasserman (2003), section 4.1; Lavenberg and Welch (1981).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "simulate/regression.hpp"

namespace capstake {

// One output after its controls.
struct Controlled {
  double value = 0.0;
  double standard_error = 0.0;
  double degrees_of_freedom = 0.0;  // of the Student interval around the value
  std::vector<double> coefficient;  // one a control; 0 where it is not used
  double gain = 1.0;                // variance of the value without controls, over that with them
  // Replicates, of a sum of outputs the sum of theirs: each less its controls, with the
  // coefficients that the others give (their mean is the value), and the change of the fit without
  // it.
  std::vector<double> replicates;
  std::vector<double> left_out;
};

// Outputs (m) first, controls (k) after them, on independent paths.
struct PathMoments {
  std::uint64_t paths = 0;
  std::vector<double> mean;        // (m + k)
  std::vector<double> covariance;  // (m + k, m + k), row-major, unbiased
};

// The largest share of controls in paths at which coefficients are taken from the same paths: the
// bias and the loss of efficiency are of the order of this share.
inline constexpr double kMostControlsPerPath = 1e-3;

// Plain Monte Carlo. One regression for all outputs, so that what is a sum of outputs stays their
// sum. Coefficients come from the paths themselves; of more controls than kMostControlsPerPath of
// them, only the first have any.
std::vector<Controlled> control_paths(const PathMoments& moments,
                                      std::span<const double> exact_means);

// Randomised quasi-Monte Carlo. replicate_means is (R, m + k), row-major; in_use holds of each
// output the controls to use (simulate/choose_controls.hpp). The best coefficient for independent
// paths is not the best here and can hurt (Hickernell, Lemieux and Owen 2005), so coefficients are
// the regression of the R replicate means; with fewer than kLeastReplicates there are too few for
// one. Each replicate takes the coefficients that the others give, so that the value has no bias
// (Avramidis and Wilson 1993, splitting). Degrees of freedom are R - 1 less the controls in use. A
// control in use that does nothing costs about (R - 2) / (R - 3) of the variance (Lavenberg and
// Welch 1981).
std::vector<Controlled> control_replicates(std::span<const double> replicate_means,
                                           std::size_t replicates,
                                           std::span<const double> exact_means,
                                           std::span<const Subset> in_use);

inline constexpr std::size_t kLeastReplicates = 16;

// The error of the mean of the replicates: that of the jackknife (Efron and Stein 1981), which
// holds where what is left is larger in replicates whose controls are far off, or that of their
// spread if it is larger.
double error_of_controlled(std::span<const double> replicates, std::span<const double> left_out);

}  // namespace capstake
