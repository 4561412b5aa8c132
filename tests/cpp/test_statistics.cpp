// Moments against closed forms and a long double calculation; ranks of quantiles.
#include <algorithm>
#include <array>
#include <random>

#include "base/require.hpp"
#include "close.hpp"
#include "simulate/statistics.hpp"

namespace capstake::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Columns = std::vector<std::vector<double>>;

std::vector<const double*> pointers(const Columns& columns, std::size_t offset = 0) {
  std::vector<const double*> list;
  for (const std::vector<double>& column : columns) {
    list.push_back(column.data() + offset);
  }
  return list;
}

// Three columns of n values about 1000 with spread 1: a sum of squares would lose six digits.
Columns random_columns(std::size_t n) {
  std::mt19937_64 random(99);
  Columns columns(3, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    const double common = std::ldexp(static_cast<double>(random() >> 11), -53);
    for (std::vector<double>& column : columns) {
      column[i] = 1000.0 + common + std::ldexp(static_cast<double>(random() >> 11), -53);
    }
  }
  return columns;
}

long double naive_mean(const std::vector<double>& x) {
  long double sum = 0.0L;
  for (const double each : x) {
    sum += each;
  }
  return sum / static_cast<long double>(x.size());
}

double naive_co_moment(const std::vector<double>& x, const std::vector<double>& y) {
  const long double mean_x = naive_mean(x);
  const long double mean_y = naive_mean(y);
  long double sum = 0.0L;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += (x[i] - mean_x) * (y[i] - mean_y);
  }
  return static_cast<double>(sum);
}

TEST(Moments, OfSmallIntegersAreExact) {
  const Columns columns = {{1.0, 2.0, 3.0, 4.0}, {4.0, 3.0, 2.0, 1.0}};
  const std::array<std::size_t, 2> joint{0, 1};
  const Moments moments = moments_of(pointers(columns), 4, joint);
  EXPECT_EQ(moments.n, 4u);
  EXPECT_TRUE(same_bits(moments.mean[0], 2.5));
  EXPECT_TRUE(same_bits(moments.m2[0], 5.0));
  EXPECT_EQ(moments.joint_m2, (std::vector<double>{5.0, -5.0, -5.0, 5.0}));
}

TEST(Moments, CountOnlyTheFirstN) {
  const Columns columns = {{1.0, 3.0, 1e300, kNaN}};
  const Moments moments = moments_of(pointers(columns), 2, {});
  EXPECT_TRUE(same_bits(moments.mean[0], 2.0));
  EXPECT_TRUE(same_bits(moments.m2[0], 2.0));
}

// 1 .. n: mean (n + 1) / 2, sum of squared deviations n (n^2 - 1) / 12.
TEST(Moments, OfConsecutiveIntegers) {
  for (const std::size_t n : {1u, 2u, 7u, 8u, 9u, 511u, 512u}) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) {
      values[i] = static_cast<double>(i + 1);
    }
    const auto count = static_cast<double>(n);
    const Moments moments = moments_of(pointers({values}), n, {});
    EXPECT_TRUE(same_bits(moments.mean[0], (count + 1.0) / 2.0));
    EXPECT_TRUE(close(moments.m2[0], count * (count * count - 1.0) / 12.0, 1e-15)) << n;
  }
}

TEST(Moments, MergeIsTheWhole) {
  const std::size_t n = 1500;
  const Columns columns = random_columns(n);
  const std::array<std::size_t, 2> joint{0, 2};
  for (const std::size_t block : {1u, 13u, 512u, 1499u}) {
    Moments merged;
    for (std::size_t start = 0; start < n; start += block) {
      merge(merged, moments_of(pointers(columns, start), std::min(block, n - start), joint), joint);
    }
    EXPECT_EQ(merged.n, n);
    for (std::size_t a = 0; a < 3; ++a) {
      // 1e-12: 1500 roundings of 1e-16 of numbers a thousand times the spread, at most.
      EXPECT_TRUE(close(merged.mean[a], static_cast<double>(naive_mean(columns[a])), 1e-15));
      EXPECT_TRUE(close(merged.m2[a], naive_co_moment(columns[a], columns[a]), 1e-12));
    }
    EXPECT_TRUE(close(merged.joint_m2[0], merged.m2[0], 1e-14));
    EXPECT_TRUE(close(merged.joint_m2[1], naive_co_moment(columns[0], columns[2]), 1e-12));
    EXPECT_TRUE(same_bits(merged.joint_m2[1], merged.joint_m2[2]));
    EXPECT_TRUE(close(merged.joint_m2[3], merged.m2[2], 1e-14));
  }
}

TEST(Moments, MergeWithNothing) {
  const Columns columns = {{1.0, 2.0}};
  const Moments some = moments_of(pointers(columns), 2, {});
  Moments into;
  merge(into, some, {});
  merge(into, Moments{}, {});
  EXPECT_EQ(into.n, 2u);
  EXPECT_TRUE(same_bits(into.mean[0], 1.5));
}

std::vector<double> shuffled_up_to(std::size_t n) {
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = static_cast<double>(i + 1);
  }
  std::mt19937_64 random(5);
  for (std::size_t i = n; i > 1; --i) {
    std::swap(values[i - 1], values[random() % i]);
  }
  return values;
}

// The values are their ranks.
TEST(Quantiles, RanksAreAsDefined) {
  const std::vector<double> values = shuffled_up_to(1000);
  const std::array p{0.0, 0.0005, 0.001, 0.25, 0.5, 0.9, 0.9001, 1.0};
  const std::array expected{1.0, 1.0, 1.0, 250.0, 500.0, 900.0, 901.0, 1000.0};
  const std::vector<Quantile> got = quantiles(values, p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_EQ(got[i].value, expected[i]) << p[i];
  }
  // n p = 500, h = 1.959964 sqrt(250) = 30.98975: from floor(469.01) to ceil(530.99) + 1.
  EXPECT_EQ(got[4].low, 469.0);
  EXPECT_EQ(got[4].high, 532.0);
  // n p = 250, h = 1.959964 sqrt(187.5) = 26.83792.
  EXPECT_EQ(got[3].low, 223.0);
  EXPECT_EQ(got[3].high, 278.0);
  // Cut to the ranks that exist.
  EXPECT_EQ(got[0].low, 1.0);
  EXPECT_EQ(got[7].high, 1000.0);
}

// In floating point 100 * 0.07 is above 7, and so are all these.
TEST(Quantiles, WholeRanksAreNotRoundedUp) {
  const std::vector<double> values = shuffled_up_to(100);
  for (const double percent : {7.0, 14.0, 28.0, 55.0, 56.0}) {
    EXPECT_EQ(quantiles(values, std::array{percent / 100.0})[0].value, percent);
  }
}

TEST(Quantiles, ConfidenceWidensTheInterval) {
  const std::vector<double> values = shuffled_up_to(1000);
  const std::array p{0.5};
  // h = 2.575829 sqrt(250) = 40.72744
  const Quantile wide = quantiles(values, p, 0.99)[0];
  EXPECT_EQ(wide.low, 459.0);
  EXPECT_EQ(wide.high, 542.0);
}

// The interval holds the true median of uniforms about as often as it says.
TEST(Quantiles, IntervalsCover) {
  std::mt19937_64 random(17);
  int n_covered = 0;
  for (int repeat = 0; repeat < 2000; ++repeat) {
    std::vector<double> values(200);
    for (double& value : values) {
      value = std::ldexp(static_cast<double>(random() >> 11), -53);
    }
    const Quantile q = quantiles(values, std::array{0.3}, 0.9)[0];
    n_covered += q.low <= 0.3 && 0.3 <= q.high ? 1 : 0;
  }
  // Not below 90% but for chance (sd 0.7%), and not far above (the ranks are rounded outward).
  EXPECT_GE(n_covered, 1760);
  EXPECT_LE(n_covered, 1900);
}

TEST(Quantiles, InfinitiesAndAtoms) {
  const std::vector<double> values = {kInfinity, -kInfinity, 2.0, 2.0,  2.0,
                                      1.0,       kInfinity,  2.0, -0.0, 5.0};
  const std::array p{0.05, 0.15, 0.3, 0.6, 0.75, 0.95};
  const std::vector<Quantile> got = quantiles(values, p);
  const std::array expected{-kInfinity, -0.0, 1.0, 2.0, 5.0, kInfinity};
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_TRUE(same_bits(got[i].value, expected[i])) << p[i];
  }
}

TEST(Quantiles, ManyAtOnceAreThoseOneByOne) {
  const std::vector<double> values = shuffled_up_to(777);
  std::vector<double> p;
  for (int i = 0; i <= 100; ++i) {
    p.push_back(i / 100.0);
  }
  const std::vector<Quantile> all = quantiles(values, p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const Quantile one = quantiles(values, std::array{p[i]})[0];
    EXPECT_EQ(all[i].value, one.value);
    EXPECT_EQ(all[i].low, one.low);
    EXPECT_EQ(all[i].high, one.high);
  }
}

TEST(Quantiles, Errors) {
  const std::array one{1.0};
  EXPECT_THROW(quantiles({}, one), std::invalid_argument);
  EXPECT_THROW(quantiles(one, std::array{1.1}), std::invalid_argument);
  EXPECT_THROW(quantiles(one, std::array{kNaN}), std::invalid_argument);
  EXPECT_THROW(quantiles(one, std::array{0.5}, 1.0), std::invalid_argument);
  EXPECT_THROW(quantiles(std::array{1.0, kNaN}, std::array{0.5}), NumericalError);
  EXPECT_TRUE(quantiles(one, std::span<const double>{}).empty());
}

// Uniform values 1 .. 100: the lower 0.9-quantile is 90, the mean of the values beyond it 95.5.
TEST(Shortfall, IsTheMeanBeyondTheQuantile) {
  std::vector<double> values;
  for (int i = 1; i <= 100; ++i) {
    values.push_back((i * 37) % 101);
  }
  const std::vector<double> p = {0.9};
  const Shortfall found = expected_shortfalls(values, p)[0];
  EXPECT_TRUE(same_bits(found.quantile, 90.0));
  EXPECT_TRUE(close(found.value, 95.5, 1e-14));
  EXPECT_TRUE(same_bits(found.atom.probability, 0.0));
  EXPECT_TRUE(close(found.atom.below, 0.89, 1e-15));
  // (x - 90)+ is 1 .. 10 and ninety times 0: mean 0.55, sum of squares 385.
  const double deviation = std::sqrt((385.0 - 100.0 * 0.55 * 0.55) / 99.0);
  EXPECT_TRUE(close(found.standard_error, deviation / (0.1 * 10.0), 1e-13));
}

// 30 values of 5 at a cap: quantiles from 0.7 on are the cap itself, and nothing is beyond it.
TEST(Shortfall, AtomIsNotInterpolatedAcross) {
  std::vector<double> values(100);
  for (std::size_t i = 0; i < 100; ++i) {
    values[i] = std::min(5.0, static_cast<double>(i) / 14.0);
  }
  const std::vector<double> p = {0.6, 0.7, 0.701, 0.99};
  const std::vector<Shortfall> found = expected_shortfalls(values, p);
  EXPECT_TRUE(same_bits(found[0].quantile, 59.0 / 14.0));
  EXPECT_TRUE(same_bits(found[1].quantile, 69.0 / 14.0));
  for (const std::size_t i : {2u, 3u}) {
    EXPECT_TRUE(same_bits(found[i].quantile, 5.0));
    EXPECT_TRUE(same_bits(found[i].value, 5.0));
    EXPECT_TRUE(same_bits(found[i].standard_error, 0.0));
    EXPECT_TRUE(close(found[i].atom.probability, 0.3, 1e-15));
    EXPECT_TRUE(close(found[i].atom.below, 0.7, 1e-15));
  }
  EXPECT_TRUE(close(atom_at(values, 5.0).probability, 0.3, 1e-15));
  EXPECT_TRUE(same_bits(atom_at(values, 1.5).probability, 0.0));
}

TEST(Shortfall, OneValueTellsNoError) {
  const Shortfall found = expected_shortfalls(std::array{1.0, 2.0}, std::array{0.99})[0];
  EXPECT_TRUE(same_bits(found.value, 2.0));
  EXPECT_TRUE(std::isnan(found.standard_error));
  const Shortfall of_two = expected_shortfalls(std::array{2.0, 2.0}, std::array{0.99})[0];
  EXPECT_TRUE(same_bits(of_two.standard_error, 0.0));
}

TEST(Shortfall, Errors) {
  const std::vector<double> values = {1.0, 2.0};
  for (const double p : {0.0, 1.0, std::nan("")}) {
    EXPECT_THROW(expected_shortfalls(values, std::vector{p}), std::invalid_argument);
  }
  EXPECT_THROW(expected_shortfalls({}, std::vector{0.5}), std::invalid_argument);
}

}  // namespace
}  // namespace capstake::testing
