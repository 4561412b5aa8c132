// Which controls an output uses over replicates, chosen by a pilot. The replicates of the run have
// no part in the choice: chosen by these, a control is dropped in just the seeds whose rare paths
// are missing, and what errors are stated then are too small.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "simulate/regression.hpp"

namespace capstake {

// What moves less than this, in parts of its mean, is rounding.
inline constexpr double kStill = 1e-12;

// Whether a control's exact mean is so far from that of plain paths, whose error is given, as is
// impossible but for what no path shows; then the control is of no use.
bool is_far(double off, double error, double mean);

// The most controls in use for one output over replicates.
inline constexpr std::size_t kMostInUse = 2;

// Columns are m outputs and, after them, the controls.
struct PilotMoments {
  std::size_t n_outputs = 0;
  Eigen::MatrixXd covariance;       // of plain paths; 0 for what does not move
  Eigen::MatrixXd replicate_means;  // (pilot's replicates, columns); no rows: there are none
};

// By output: up to kMostInUse of the controls. The one that leaves the least variance of plain
// paths, if it explains enough of it, and the best two if they leave much less than that one; but
// another subset that explains enough, chosen in the same way by the leave-one-out error of the
// pilot's replicates, where that error is much smaller.
std::vector<Subset> choose_controls(const PilotMoments& pilot);

}  // namespace capstake
