#include "simulate/statistics.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "base/require.hpp"
#include "graph/interpret.hpp"
#include "graph/text.hpp"

namespace capstake {
namespace {

constexpr std::size_t kLanes = 8;

// The sum of term(i) for i < n. Lane k takes the terms i = k mod 8; then lanes are added in a tree.
template <class Term>
double sum(std::size_t n, Term term) {
  std::array<double, kLanes> lane{};
  const std::size_t n_whole = n - n % kLanes;
  for (std::size_t i = 0; i < n_whole; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      lane[k] += term(i + k);
    }
  }
  for (std::size_t i = n_whole; i < n; ++i) {
    lane[i - n_whole] += term(i);
  }
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

double mean_of(const double* x, std::size_t n) {
  return sum(n, [x](std::size_t i) { return x[i]; }) / static_cast<double>(n);
}

// Rank (from 1) cut to those that exist.
std::size_t rank_in(double rank, std::size_t n) {
  return static_cast<std::size_t>(std::clamp(rank, 1.0, static_cast<double>(n)));
}

struct QuantileRanks {
  std::size_t value, low, high;
};

QuantileRanks quantile_ranks(double p, double z, std::size_t n) {
  const double expected = static_cast<double>(n) * p;
  const double half_width = z * std::sqrt(expected * (1.0 - p));
  // A product that is whole but for its rounding, as 100 * 0.07, is whole.
  const double least = expected * (1.0 - 4.0 * std::numeric_limits<double>::epsilon());
  return {rank_in(std::ceil(least), n), rank_in(std::floor(expected - half_width), n),
          rank_in(std::ceil(expected + half_width) + 1.0, n)};
}

// Puts the values of the given ranks (sorted, from 1) where they are when all is sorted. `first` is
// the rank of values[0]. Selects the middle rank, then has smaller problems on both sides of it.
void select_ranks(std::span<double> values, std::span<const std::size_t> ranks, std::size_t first) {
  if (ranks.empty()) {
    return;
  }
  const std::size_t middle = ranks.size() / 2;
  const std::size_t at = ranks[middle] - first;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  select_ranks(values.first(at), ranks.first(middle), first);
  select_ranks(values.subspan(at + 1), ranks.subspan(middle + 1), ranks[middle] + 1);
}

}  // namespace

double co_moment(const double* x, double mean_x, const double* y, double mean_y, std::size_t n) {
  return sum(n, [=](std::size_t i) { return (x[i] - mean_x) * (y[i] - mean_y); });
}

double Spread::error_of_mean() const {
  const auto values = static_cast<double>(n);
  return std::sqrt(squares / (values - 1.0) / values);
}

Spread spread_of(std::span<const double> values) {
  Spread spread{.n = values.size()};
  for (const double value : values) {
    spread.mean += value;
  }
  spread.mean /= static_cast<double>(values.size());
  for (const double value : values) {
    spread.squares += (value - spread.mean) * (value - spread.mean);
  }
  return spread;
}

double least_error(const Spread& of_means, double path_deviation, std::uint64_t points) {
  constexpr double kRounding = 1e-13;
  if (of_means.error_of_mean() > kRounding * std::abs(of_means.mean)) {
    return 0.0;
  }
  const auto n = static_cast<double>(points) * std::sqrt(12.0 * static_cast<double>(of_means.n));
  return 2.0 * path_deviation / n;
}

double with_least(double error, double least) {
  return least == 0.0 ? error : std::sqrt(error * error + least * least);
}

Moments moments_of(std::span<const double* const> outputs, std::size_t n,
                   std::span<const std::size_t> joint) {
  Moments moments{.n = n, .mean = {}, .mean_absolute = {}, .m2 = {}, .joint_m2 = {}};
  for (const double* x : outputs) {
    const double mean = mean_of(x, n);
    moments.mean.push_back(mean);
    moments.mean_absolute.push_back(sum(n, [x](std::size_t i) { return std::abs(x[i]); }) /
                                    static_cast<double>(n));
    moments.m2.push_back(co_moment(x, mean, x, mean, n));
  }
  moments.joint_m2.resize(joint.size() * joint.size());
  for (std::size_t i = 0; i < joint.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const std::size_t a = joint[i];
      const std::size_t b = joint[j];
      const double product =
          a == b ? moments.m2[a]
                 : co_moment(outputs[a], moments.mean[a], outputs[b], moments.mean[b], n);
      moments.joint_m2[i * joint.size() + j] = product;
      moments.joint_m2[j * joint.size() + i] = product;
    }
  }
  return moments;
}

Moments means_of(std::span<const double* const> outputs, std::size_t n) {
  const std::vector<double> none(outputs.size());
  Moments moments{.n = n, .mean = {}, .mean_absolute = none, .m2 = none, .joint_m2 = {}};
  for (const double* x : outputs) {
    moments.mean.push_back(mean_of(x, n));
  }
  return moments;
}

void merge(Moments& into, const Moments& later, std::span<const std::size_t> joint) {
  if (later.n == 0) {
    return;
  }
  if (into.n == 0) {
    into = later;
    return;
  }
  assert(into.mean.size() == later.mean.size() && into.joint_m2.size() == later.joint_m2.size());
  // Chan, Golub and LeVeque (1979), eq. 2.1: with d the difference of the means,
  // mean += d n_later / n and m2 += m2_later + d^2 n_into n_later / n.
  const auto n_into = static_cast<double>(into.n);
  const auto n_later = static_cast<double>(later.n);
  const double weight = n_later / (n_into + n_later);
  const auto between = [&](std::size_t a, std::size_t b) {
    return (later.mean[a] - into.mean[a]) * (later.mean[b] - into.mean[b]) * (n_into * weight);
  };
  for (std::size_t i = 0; i < joint.size(); ++i) {
    for (std::size_t j = 0; j < joint.size(); ++j) {
      const std::size_t at = i * joint.size() + j;
      into.joint_m2[at] += later.joint_m2[at] + between(joint[i], joint[j]);
    }
  }
  for (std::size_t a = 0; a < into.mean.size(); ++a) {
    into.m2[a] += later.m2[a] + between(a, a);
    into.mean[a] += (later.mean[a] - into.mean[a]) * weight;
    into.mean_absolute[a] += (later.mean_absolute[a] - into.mean_absolute[a]) * weight;
  }
  into.n += later.n;
}

std::vector<Quantile> quantiles(std::span<const double> values, std::span<const double> p,
                                double confidence) {
  require(!values.empty(), "quantiles", "must have at least one value");
  require(confidence > 0.0 && confidence < 1.0, "quantiles", "confidence must be in (0, 1)",
          number_text(confidence));
  if (std::ranges::any_of(values, [](double x) { return std::isnan(x); })) {
    throw NumericalError("quantiles: a value is not a number");
  }
  const double z = evaluate(Op::normal_quantile, 0.5 + 0.5 * confidence);
  std::vector<QuantileRanks> wanted;
  std::vector<std::size_t> ranks;
  for (const double each : p) {
    require(each >= 0.0 && each <= 1.0, "quantiles", "p must be in [0, 1]", number_text(each));
    wanted.push_back(quantile_ranks(each, z, values.size()));
    ranks.insert(ranks.end(), {wanted.back().value, wanted.back().low, wanted.back().high});
  }
  std::ranges::sort(ranks);
  ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
  std::vector<double> ordered(values.begin(), values.end());
  select_ranks(ordered, ranks, 1);
  std::vector<Quantile> result;
  for (const QuantileRanks& rank : wanted) {
    result.push_back({ordered[rank.value - 1], ordered[rank.low - 1], ordered[rank.high - 1]});
  }
  return result;
}

Atom atom_at(std::span<const double> values, double value) {
  const auto n = static_cast<double>(values.size());
  const auto equal = std::ranges::count(values, value);
  const auto below = std::ranges::count_if(values, [value](double x) { return x < value; });
  return {.value = value,
          .probability = equal > 1 ? static_cast<double>(equal) / n : 0.0,
          .below = static_cast<double>(below) / n};
}

std::vector<Shortfall> expected_shortfalls(std::span<const double> values,
                                           std::span<const double> p) {
  for (const double each : p) {
    require(each > 0.0 && each < 1.0, "expected_shortfalls", "p must be in (0, 1)",
            number_text(each));
  }
  const std::vector<Quantile> found = quantiles(values, p);
  const auto n = static_cast<double>(values.size());
  std::vector<Shortfall> result;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double q = found[i].value;
    const auto excess = [&](std::size_t k) { return values[k] > q ? values[k] - q : 0.0; };
    const double mean = sum(values.size(), excess) / n;
    const double squares = sum(values.size(), [&](std::size_t k) {
      const double deviation = excess(k) - mean;
      return deviation * deviation;
    });
    const Atom atom = atom_at(values, q);
    const bool has_one_value = mean == 0.0 && atom.probability == 0.0;
    const double deviation =
        has_one_value ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(squares / (n - 1.0));
    result.push_back({.quantile = q,
                      .value = q + mean / (1.0 - p[i]),
                      .standard_error = deviation / ((1.0 - p[i]) * std::sqrt(n)),
                      .atom = atom});
  }
  return result;
}

}  // namespace capstake
