// Which controls a pilot picks: of paths and replicates whose covariances are given.
#include "close.hpp"
#include "simulate/choose_controls.hpp"

namespace capstake::testing {
namespace {

using Eigen::MatrixXd;

// One output; controls explain these shares of its variance and are independent. No replicates.
PilotMoments independent(const std::vector<double>& explained) {
  const auto n = static_cast<Eigen::Index>(explained.size() + 1);
  MatrixXd covariance = MatrixXd::Identity(n, n);
  for (Eigen::Index j = 1; j < n; ++j) {
    covariance(0, j) = covariance(j, 0) = std::sqrt(explained[static_cast<std::size_t>(j - 1)]);
  }
  return {.n_outputs = 1, .covariance = covariance, .replicate_means = MatrixXd(0, n)};
}

Subset chosen(const PilotMoments& pilot) { return choose_controls(pilot).front(); }

TEST(ChooseControls, OneThatExplainsThirtyPerCent) {
  EXPECT_EQ(chosen(independent({0.1, 0.29})), Subset{});
  EXPECT_EQ(chosen(independent({0.1, 0.31})), Subset{1});
}

TEST(ChooseControls, ASecondThatHalvesWhatTheFirstLeaves) {
  EXPECT_EQ(chosen(independent({0.6, 0.19})), Subset{0});
  EXPECT_EQ(chosen(independent({0.6, 0.05, 0.21})), (Subset{0, 2}));
}

TEST(ChooseControls, NothingForWhatDoesNotMove) {
  PilotMoments pilot = independent({0.9});
  pilot.covariance.row(0).setZero();
  pilot.covariance.col(0).setZero();
  EXPECT_EQ(chosen(pilot), Subset{});
}

TEST(ChooseControls, NoneThatDoesNotMoveAndNoCopies) {
  PilotMoments still = independent({0.9});
  still.covariance(1, 1) = 0.0;
  EXPECT_EQ(chosen(still), Subset{});
  PilotMoments copies = independent({0.5, 0.5});
  copies.covariance(1, 2) = copies.covariance(2, 1) = 1.0;
  EXPECT_EQ(chosen(copies), Subset{0});
}

// Eight means of the output, which the second control follows to a thousandth.
TEST(ChooseControls, ReplicatesOverruleThePaths) {
  PilotMoments pilot = independent({0.35, 0.31});
  pilot.replicate_means = MatrixXd(8, 3);
  pilot.replicate_means << 1, 1, 1.001,  //
      2, 2, 2.000,                       //
      3, 1, 3.001,                       //
      4, 2, 3.999,                       //
      5, 1, 5.000,                       //
      6, 2, 6.001,                       //
      7, 1, 6.999,                       //
      8, 2, 8.000;
  EXPECT_EQ(chosen(pilot), Subset{1});
  // Eight replicates are not believed where the paths hardly know of it.
  pilot.covariance(0, 1) = pilot.covariance(1, 0) = 0.1;
  pilot.covariance(0, 2) = pilot.covariance(2, 0) = 0.5;
  EXPECT_EQ(chosen(pilot), Subset{});
}

}  // namespace
}  // namespace capstake::testing
