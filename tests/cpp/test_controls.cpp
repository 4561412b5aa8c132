// Control variates on normal variables of known correlation: what they gain, that they never hurt,
// and that intervals keep their level.
#include <boost/math/distributions/students_t.hpp>
#include <random>

#include "close.hpp"
#include "simulate/choose_controls.hpp"
#include "simulate/controls.hpp"

namespace capstake::testing {
namespace {

// One output of mean 3 and some controls of mean 5, in rows: control j moves with the output by
// correlation[j], otherwise they are independent.
std::vector<double> sample(std::mt19937_64& random, std::size_t rows,
                           const std::vector<double>& correlation) {
  std::normal_distribution<double> normal;
  double left = 1.0;
  for (const double rho : correlation) {
    left -= rho * rho;
  }
  std::vector<double> values;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t output = values.size();
    values.push_back(3.0 + std::sqrt(left) * normal(random));
    for (const double rho : correlation) {
      const double z = normal(random);
      values[output] += rho * z;
      values.push_back(5.0 + 2.0 * z);
    }
  }
  return values;
}

PathMoments moments_of_rows(const std::vector<double>& rows, std::size_t columns) {
  const std::size_t n = rows.size() / columns;
  PathMoments moments{n, std::vector<double>(columns), std::vector<double>(columns * columns)};
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t i = 0; i < columns; ++i) {
      moments.mean[i] += rows[r * columns + i] / static_cast<double>(n);
    }
  }
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t i = 0; i < columns; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        moments.covariance[i * columns + j] += (rows[r * columns + i] - moments.mean[i]) *
                                               (rows[r * columns + j] - moments.mean[j]) /
                                               static_cast<double>(n - 1);
      }
    }
  }
  return moments;
}

struct Trial {
  double covered = 0.0;        // share of 95% intervals that hold the mean
  double squared_error = 0.0;  // mean, over that of the plain estimate
  double claimed = 0.0;        // mean squared standard error, over the true squared error
};

constexpr std::size_t kTrials = 4000;

template <class Estimate>
Trial repeat(std::size_t rows, const std::vector<double>& correlation, Estimate&& estimate) {
  std::mt19937_64 random(2026);
  double covered = 0.0;
  double squared = 0.0;
  double plain = 0.0;
  double claimed = 0.0;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const std::vector<double> values = sample(random, rows, correlation);
    const Controlled one = estimate(values);
    const boost::math::students_t_distribution<double> student(one.degrees_of_freedom);
    const double half_width = boost::math::quantile(student, 0.975) * one.standard_error;
    covered += std::abs(one.value - 3.0) <= half_width ? 1.0 : 0.0;
    squared += std::pow(one.value - 3.0, 2);
    claimed += std::pow(one.standard_error, 2);
    double mean = 0.0;
    for (std::size_t r = 0; r < rows; ++r) {
      mean += values[r * (correlation.size() + 1)] / static_cast<double>(rows);
    }
    plain += std::pow(mean - 3.0, 2);
  }
  return {covered / kTrials, squared / plain, claimed / squared};
}

// A pilot of as many outputs and controls: plain paths, and replicates that correlate otherwise.
PilotMoments pilot_of(std::mt19937_64& random, const std::vector<double>& correlation,
                      const std::vector<double>& of_means) {
  constexpr std::size_t kPaths = 128;
  constexpr std::size_t kReplicates = 8;
  const auto n = static_cast<Eigen::Index>(correlation.size() + 1);
  const PathMoments paths =
      moments_of_rows(sample(random, kPaths, correlation), correlation.size() + 1);
  const std::vector<double> means = sample(random, kReplicates, of_means);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return {.n_outputs = 1,
          .covariance = Eigen::Map<const RowMajor>(paths.covariance.data(), n, n),
          .replicate_means = Eigen::Map<const RowMajor>(means.data(), kReplicates, n)};
}

// Controls chosen by a pilot whose paths correlate by on_paths; its replicates, and those of the
// run, by `correlation`.
Trial repeat_replicates(std::size_t replicates, const std::vector<double>& on_paths,
                        const std::vector<double>& correlation) {
  const std::vector<double> exact(correlation.size(), 5.0);
  std::mt19937_64 pilots(9);
  return repeat(replicates, correlation, [&](const std::vector<double>& means) {
    const std::vector<Subset> in_use = choose_controls(pilot_of(pilots, on_paths, correlation));
    return control_replicates(means, replicates, exact, in_use).front();
  });
}
Trial repeat_replicates(std::size_t replicates, const std::vector<double>& correlation) {
  return repeat_replicates(replicates, correlation, correlation);
}

// 4,000 intervals at 95%: the standard error of the share that covers is 0.34%, so the band of
// 93.5% to 96.5% is more than four of them.
void expect_honest(const Trial& trial, const std::string& what) {
  SCOPED_TRACE(what + ": covered " + std::to_string(trial.covered) + ", squared error " +
               std::to_string(trial.squared_error) + " of plain, claimed " +
               std::to_string(trial.claimed));
  EXPECT_GT(trial.covered, 0.935);
  EXPECT_LT(trial.covered, 0.965);
}

TEST(ControlReplicates, KeepTheLevelWhateverTheCorrelation) {
  for (const std::size_t replicates : {16u, 32u}) {
    for (const double rho : {0.0, 0.6, 0.8, 0.9}) {
      const Trial trial = repeat_replicates(replicates, {rho, 0.0, 0.0});
      const std::string what =
          std::to_string(replicates) + " replicates, correlation " + std::to_string(rho);
      expect_honest(trial, what);
      // The ratio of two correlated mean squares over 4,000 trials: 2% is three of its errors.
      EXPECT_LT(trial.squared_error, 1.02) << what;
    }
  }
}

// What paths say need not hold for replicates: the price is (R - 2) / (R - 3), 1.077 for 16.
TEST(ControlReplicates, CostLittleWhereTheyDoNothing) {
  const Trial trial = repeat_replicates(16, {0.9, 0.0, 0.0}, {0.0, 0.0, 0.0});
  expect_honest(trial, "a control that does nothing");
  EXPECT_GT(trial.squared_error, 1.0);
  EXPECT_LT(trial.squared_error, 14.0 / 13.0 + 0.03);
}

// The mean of the exponential of a normal with deviation 1.2 is made by rare paths: where a
// replicate meets none, its mean and its control are both low.
TEST(ControlReplicates, AreUsedWhereTheTailIsMissing) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  const double exact = std::exp(0.5 * 1.44);
  double covered = 0.0;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    std::vector<double> means(32);
    for (std::size_t r = 0; r < 16; ++r) {
      for (std::size_t path = 0; path < 16; ++path) {
        const double x = std::exp(1.2 * normal(random)) / 16.0;
        means[2 * r] += x + 0.2 * normal(random) / 16.0;
        means[2 * r + 1] += x;
      }
    }
    const std::array in_use = {Subset{0}};
    const Controlled one =
        control_replicates(means, 16, std::vector<double>{exact}, in_use).front();
    const boost::math::students_t_distribution<double> student(one.degrees_of_freedom);
    covered +=
        std::abs(one.value - exact) <= boost::math::quantile(student, 0.975) * one.standard_error
            ? 1.0
            : 0.0;
  }
  EXPECT_GT(covered / kTrials, 0.935);
  EXPECT_LT(covered / kTrials, 0.965);
}

TEST(ControlReplicates, TakeMostOfWhatThereIs) {
  // One control in use costs (R - 2) / (R - 3) of the variance 1 - rho^2 (Lavenberg and Welch
  // 1981).
  const double left = 1.0 - 0.99 * 0.99;
  const Trial trial = repeat_replicates(16, {0.99, 0.0});
  EXPECT_LT(trial.squared_error, 1.15 * left * 14.0 / 13.0);
  EXPECT_GT(trial.squared_error, 0.85 * left);
  EXPECT_TRUE(close(trial.claimed, 1.0, 0.15));
}

TEST(ControlReplicates, TwoThatMatterAreBothUsed) {
  const Trial trial = repeat_replicates(16, {0.0, 0.8, 0.59});
  expect_honest(trial, "two controls");
  EXPECT_LT(trial.squared_error, 0.1);
}

TEST(ControlReplicates, AnOutputThatIsItsControlIsExact) {
  std::mt19937_64 random(5);
  std::vector<double> means = sample(random, 16, {0.0, 0.0});
  for (std::size_t r = 0; r < 16; ++r) {
    means[3 * r] = 7.0 + 2.0 * means[3 * r + 2];
  }
  const std::array in_use = {Subset{1}};
  const Controlled one =
      control_replicates(means, 16, std::vector<double>{5.0, 5.0}, in_use).front();
  EXPECT_TRUE(close(one.value, 17.0, 1e-14));
  EXPECT_LT(one.standard_error, 1e-13);
  EXPECT_TRUE(close(one.coefficient[1], 2.0, 1e-13));
  EXPECT_TRUE(same_bits(one.coefficient[0], 0.0));
  EXPECT_TRUE(same_bits(one.degrees_of_freedom, 14.0));
  EXPECT_GT(one.gain, 1e20);
}

TEST(ControlReplicates, ConstantsAndCopiesAreLeftAlone) {
  std::mt19937_64 random(6);
  std::vector<double> means = sample(random, 16, {0.999, 0.0, 0.0});
  for (std::size_t r = 0; r < 16; ++r) {
    means[4 * r + 2] = means[4 * r + 1];  // a copy of the control that matters
    means[4 * r + 3] = 5.0;               // no control at all
  }
  const std::vector<double> exact(3, 5.0);
  const std::array in_use = {Subset{0, 1, 2}};
  const Controlled one = control_replicates(means, 16, exact, in_use).front();
  EXPECT_TRUE(same_bits(one.degrees_of_freedom, 14.0));
  EXPECT_TRUE(same_bits(one.coefficient[1], 0.0));
  EXPECT_TRUE(same_bits(one.coefficient[2], 0.0));
  EXPECT_GT(one.gain, 10.0);
  // An output that does not move is its mean, and needs no control.
  for (std::size_t r = 0; r < 16; ++r) {
    means[4 * r] = 0.1;
  }
  const Controlled still = control_replicates(means, 16, exact, std::vector<Subset>(1)).front();
  EXPECT_TRUE(close(still.value, 0.1, 1e-15));
  EXPECT_TRUE(same_bits(still.gain, 1.0));
}

TEST(ControlPaths, LowerTheVarianceByTheSquaredCorrelation) {
  std::mt19937_64 random(7);
  const PathMoments moments = moments_of_rows(sample(random, 10000, {0.8, 0.0}), 3);
  const Controlled one = control_paths(moments, std::vector<double>{5.0, 5.0}).front();
  EXPECT_TRUE(close(one.gain, 1.0 / (1.0 - 0.64), 0.05));
  EXPECT_TRUE(close(one.standard_error, 0.6 / 100.0, 0.05));
  EXPECT_LT(std::abs(one.value - 3.0), 4.0 * one.standard_error);
  EXPECT_TRUE(close(one.coefficient[0], 0.4, 0.05));
}

// Terms that cancel leave a control of rounding, as far from its mean as it is large.
TEST(ControlPaths, AControlOfRoundingDoesNoHarm) {
  std::mt19937_64 random(7);
  PathMoments moments = moments_of_rows(sample(random, 10000, {0.8, 0.0}), 3);
  const double gain = control_paths(moments, std::vector<double>{5.0, 5.0}).front().gain;
  constexpr double kScale = 1e-16;
  for (std::size_t i = 0; i < 3; ++i) {
    moments.covariance[3 * i + 2] *= kScale;
    moments.covariance[6 + i] *= kScale;
  }
  moments.mean[2] = kScale;
  const Controlled one = control_paths(moments, std::vector<double>{5.0, 40.0 * kScale}).front();
  EXPECT_TRUE(close(one.gain, gain, 1e-3));
}

TEST(ControlPaths, OnlyTheFirstAreFittedToFewPaths) {
  std::mt19937_64 random(8);
  const std::vector<double> rows = sample(random, 1999, {0.8, 0.5});
  const std::vector<double> exact = {5.0, 5.0};
  const Controlled one = control_paths(moments_of_rows(rows, 3), exact).front();
  EXPECT_TRUE(close(one.gain, 1.0 / (1.0 - 0.64), 0.1));
  EXPECT_NE(one.coefficient[0], 0.0);
  EXPECT_TRUE(same_bits(one.coefficient[1], 0.0));
  const std::vector<double> few(rows.begin(), rows.begin() + 3 * 999);
  const PathMoments moments = moments_of_rows(few, 3);
  const Controlled alone = control_paths(moments, exact).front();
  EXPECT_TRUE(same_bits(alone.value, moments.mean[0]));
  EXPECT_TRUE(same_bits(alone.gain, 1.0));
}

TEST(ControlPaths, AMeanThatNoPathShowsIsOfNoUse) {
  std::mt19937_64 random(8);
  const PathMoments moments = moments_of_rows(sample(random, 10'000, {0.8}), 2);
  const Controlled far = control_paths(moments, std::vector{5.0 + 11.0 * 2.0 / 100.0}).front();
  EXPECT_TRUE(same_bits(far.value, moments.mean[0]));
  EXPECT_TRUE(same_bits(far.coefficient[0], 0.0));
  EXPECT_NE(control_paths(moments, std::vector{5.0}).front().coefficient[0], 0.0);
}

TEST(ControlPaths, KeepTheLevelOfTheIntervals) {
  const std::vector<double> exact = {5.0};
  const Trial in_sample = repeat(1000, {0.7}, [&](const std::vector<double>& rows) {
    return control_paths(moments_of_rows(rows, 2), exact).front();
  });
  expect_honest(in_sample, "coefficients of the same paths");
  EXPECT_TRUE(close(in_sample.squared_error, 1.0 - 0.49, 0.1));
}

TEST(ControlPaths, SumsStaySumsAndCopiesOfControlsDoNoHarm) {
  std::mt19937_64 random(10);
  const std::vector<double> drawn = sample(random, 10000, {0.6, 0.5});
  std::vector<double> rows;
  for (std::size_t r = 0; r < 10000; ++r) {
    const double y = drawn[3 * r];
    const double x = drawn[3 * r + 1];
    const double z = drawn[3 * r + 2];
    rows.insert(rows.end(), {y, std::exp(z / 9.0), y + std::exp(z / 9.0), x, 3.0 * x - 1.0, 4.0});
  }
  const auto all = control_paths(moments_of_rows(rows, 6), std::vector<double>{5.0, 14.0, 4.0});
  EXPECT_TRUE(close(all[0].value + all[1].value, all[2].value, 1e-13));
  EXPECT_TRUE(close(all[0].gain, 1.0 / (1.0 - 0.36), 0.05));
}

}  // namespace
}  // namespace capstake::testing
