// Streaming moments, merged pairwise (Chan, Golub and LeVeque 1979), and quantiles of samples with
// distribution-free intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace capstake {

// Of a few independent, equally distributed values, such as the means of replicates.
struct Spread {
  std::size_t n = 0;
  double mean = 0.0;
  double squares = 0.0;  // sum of squared deviations from the mean

  double error_of_mean() const;
};
Spread spread_of(std::span<const double> values);

// The least error of a mean over replicates of so many points each: 0 where their means differ.
// Points of a net that a jump depends on by one draw alone can be as many beyond it in every
// replicate. The means then agree, and the true one is anywhere within a point's share of them:
// the deviation of that, spread over the replicates, is the least error. A jump of size h has
// deviations of at most h / 2 over paths.
double least_error(const Spread& of_means, double path_deviation, std::uint64_t points);

// A standard error of replicates, and with it what they agree too well to show.
double with_least(double error, double least);

// Means and centred co-moments of k outputs over n paths. Diagonal for the outputs that are not
// joint, full for those that are.
struct Moments {
  std::uint64_t n = 0;
  std::vector<double> mean;           // (k)
  std::vector<double> mean_absolute;  // (k) of the absolute values
  std::vector<double> m2;             // (k) sum of squared deviations
  std::vector<double> joint_m2;       // (j, j) sums of products of deviations of the joint outputs
};

// The moments of outputs[i][0 .. n), n > 0: mean first, then deviations from it. Sums run over
// eight lanes, added in a fixed tree, so that they are the same bits however the loop is compiled.
Moments moments_of(std::span<const double* const> outputs, std::size_t n,
                   std::span<const std::size_t> joint);

// The same with means alone; the rest is 0.
Moments means_of(std::span<const double* const> outputs, std::size_t n);

// The sum of (x - mean_x)(y - mean_y), in eight lanes.
double co_moment(const double* x, double mean_x, const double* y, double mean_y, std::size_t n);

// Adds later paths to earlier ones; either may have n = 0. The joint indices say which outputs
// joint_m2 speaks of.
void merge(Moments& into, const Moments& later, std::span<const std::size_t> joint);

struct Quantile {
  double value = 0.0;
  double low = 0.0;  // interval of the stated confidence, from order statistics
  double high = 0.0;
};

// What of a sample lies at the value of its p-quantile: a probability above 0 is an atom where more
// than one value equals it, as a cap that is reached on many paths. The quantile of any level in
// (below, below + probability] is then this very value.
struct Atom {
  double value = 0.0;
  double probability = 0.0;  // of the value; 0 if it occurs once
  double below = 0.0;        // probability of smaller values
};

// Of the upper tail beyond the p-quantile q, E[x | x > q] where the law has no atom at q, and
// q + E[(x - q)+] / (1 - p) always (Rockafellar and Uryasev (2000), "Optimization of conditional
// value-at-risk"). The standard error sd((x - q)+) / ((1 - p) sqrt n) is for independent values;
// that of q itself is of second order. It is NaN where q is the greatest value and occurs once: one
// value tells no error.
struct Shortfall {
  double quantile = 0.0;
  double value = 0.0;
  double standard_error = 0.0;
  Atom atom;  // at the quantile
};

// Expected shortfalls of the upper tails, for p in (0, 1); of losses, negate the values. Throws as
// quantiles().
std::vector<Shortfall> expected_shortfalls(std::span<const double> values,
                                           std::span<const double> p);

// The atom at a value.
Atom atom_at(std::span<const double> values, double value);

// Lower p-quantiles, the order statistics x_(r) of rank r = ceil(n p) (at least 1), with the
// interval from x_(floor(n p - h)) to x_(ceil(n p + h) + 1), h = z sqrt(n p (1 - p)), z the normal
// quantile of (1 + confidence) / 2. The number of values at or below the true quantile is
// binomial(n, p), whence the coverage; it holds whatever the distribution, by the normal
// approximation to the binomial. Ranks are cut to [1, n], and where they are cut, coverage on that
// side is not as stated. Nothing is interpolated, so an atom (paid = cap) is returned as itself.
// Infinities are ordered as numbers. Throws std::invalid_argument for no values, p outside [0, 1],
// confidence outside (0, 1), and NumericalError for NaN.
std::vector<Quantile> quantiles(std::span<const double> values, std::span<const double> p,
                                double confidence = 0.95);

}  // namespace capstake
