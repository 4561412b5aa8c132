// Linear control variates: from means and covariances of outputs and controls to better means.
// A control is an output whose exact mean is known. Pure functions of matrices: who simulates, and
// how, is decided elsewhere. Glasserman (2003), section 4.1; Lavenberg and Welch (1981).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace capstake {

// One output after its controls.
struct Controlled {
  double value = 0.0;
  double standard_error = 0.0;
  double degrees_of_freedom = 0.0;  // of the Student interval around the value
  std::vector<double> coefficient;  // one a control; 0 where it is not used
  double gain = 1.0;                // variance of the value without controls, over that with them
  // Replicates: the variance over that of the controlled means alone. Coefficients were fitted and
  // controls chosen, and the controls' means are off their exact ones.
  double inflation = 1.0;
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
// sum. Coefficients come from the paths themselves, or are 0 where controls are more than
// kMostControlsPerPath of them.
std::vector<Controlled> control_paths(const PathMoments& moments,
                                      std::span<const double> exact_means);

// The most controls in use for one output over replicates.
inline constexpr std::size_t kMostInUse = 2;

// Randomised quasi-Monte Carlo. replicate_means is (R, m + k), row-major. The best coefficient for
// independent paths is not the best here and can hurt (Hickernell, Lemieux and Owen 2005), so
// coefficients are the regression of the R replicate means. Controls, one or two, are used for an
// output only if they lower the variance beyond what chance does (F test at 1e-4 over all that were
// tried) and at least halve the leave-one-out error; none below 16 replicates. Degrees of freedom
// are R - 1 less the controls in use.
std::vector<Controlled> control_replicates(std::span<const double> replicate_means,
                                           std::size_t replicates,
                                           std::span<const double> exact_means);

}  // namespace capstake
