#include "contract/exact_capped_share.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/require.hpp"

namespace capstake {

namespace {

// Half-width of the grid in standard deviations: the mass outside is below 1e-16.
constexpr double kHalfWidth = 8.5;
// Grid points a standard deviation of one period: the quadrature error is below 1e-16.
constexpr double kPointsPerDeviation = 2.0;

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// E[min(F exp(s Z), C)]: Black's formula for what a cap leaves.
double capped_mean(double median, double s, double cap) {
  const double d = std::log(cap / median) / s;
  return median * std::exp(0.5 * s * s) * normal_cdf(d - s) + cap * normal_cdf(-d);
}

// A density on a uniform grid.
struct Density {
  double first = 0.0;
  double step = 0.0;
  std::vector<double> values;
  double at(std::size_t i) const { return first + step * static_cast<double>(i); }
};

class CappedShare {
 public:
  CappedShare(const CappedShareTerms& terms, const std::function<void()>& between)
      : terms_(terms),
        between_(between),
        step_(*std::min_element(terms.volatility.begin(), terms.volatility.end()) /
              kPointsPerDeviation) {}

  // E[min(S_n, C)] for the first n periods, summed over parts of the last one.
  double expected_total(std::size_t n, const std::vector<WeightedPart>& parts) const {
    if (n == 1) {
      double sum = 0.0;
      for (const WeightedPart& each : parts) {
        sum += each.weight * first_step(terms_.weight[0] * each.part);
      }
      return sum;
    }
    Density density = last_period(n - 1, parts);
    for (std::size_t k = n - 2; k > 0; --k) {
      density = one_period_earlier(density, k);
      if (between_) {
        between_();
      }
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < density.values.size(); ++i) {
      sum += density.values[i] * first_step(terms_.weight[0] + std::exp(density.at(i)));
    }
    return sum * density.step;
  }

 private:
  // E[min(R_0 exp(Y_1) a, C)].
  double first_step(double a) const {
    const double median = terms_.start * a * std::exp(terms_.log_growth[0]);
    return median > 0.0 ? capped_mean(median, terms_.volatility[0], terms_.cap) : 0.0;
  }

  // The grid for L_k when L_{k+1} has been within [low, high].
  Density grid(std::size_t k, double low, double high) const {
    const double reach = kHalfWidth * terms_.volatility[k];
    const double first = low + terms_.log_growth[k] - reach;
    const double last = high + terms_.log_growth[k] + reach;
    const auto n = static_cast<std::size_t>(std::ceil((last - first) / step_)) + 1;
    return {first, step_, std::vector<double>(n, 0.0)};
  }

  Density last_period(std::size_t k, const std::vector<WeightedPart>& parts) const {
    const auto [least, most] = std::minmax_element(
        parts.begin(), parts.end(),
        [](const WeightedPart& a, const WeightedPart& b) { return a.part < b.part; });
    const double log_weight = std::log(terms_.weight[k]);
    Density density =
        grid(k, log_weight + std::log(least->part), log_weight + std::log(most->part));
    for (const WeightedPart& each : parts) {
      const double centre = log_weight + std::log(each.part) + terms_.log_growth[k];
      add_kernel(density, centre, k, each.weight);
    }
    return density;
  }

  // Adds a mass times the density of Y_k, moved to a centre. On a uniform grid a normal density
  // goes on by two multiplications a point; kFresh points on it is computed anew, so that no error
  // builds up.
  void add_kernel(Density& density, double centre, std::size_t k, double mass) const {
    constexpr std::size_t kFresh = 16;
    constexpr double kInverseSqrtTwoPi = 0.3989422804014327;
    const double s = terms_.volatility[k];
    const double dz = density.step / s;
    const double shrink = std::exp(-dz * dz);
    const auto index_of = [&](double y, double most) {
      return static_cast<std::size_t>(std::clamp((y - density.first) / density.step, 0.0, most));
    };
    const auto n = static_cast<double>(density.values.size());
    const std::size_t end = index_of(centre + kHalfWidth * s + density.step, n);
    for (std::size_t i = index_of(centre - kHalfWidth * s, n); i < end;) {
      const double z = (density.at(i) - centre) / s;
      double value = mass * kInverseSqrtTwoPi / s * std::exp(-0.5 * z * z);
      double ratio = std::exp(-dz * (z + 0.5 * dz));
      for (const std::size_t fresh = std::min(end, i + kFresh); i < fresh; ++i) {
        density.values[i] += value;
        value *= ratio;
        ratio *= shrink;
      }
    }
  }

  Density one_period_earlier(const Density& later, std::size_t k) const {
    std::vector<double> shifted(later.values.size());
    for (std::size_t j = 0; j < shifted.size(); ++j) {
      shifted[j] = std::log(terms_.weight[k] + std::exp(later.at(j)));
    }
    Density density = grid(k, shifted.front(), shifted.back());
    for (std::size_t j = 0; j < shifted.size(); ++j) {
      add_kernel(density, shifted[j] + terms_.log_growth[k], k, later.values[j] * later.step);
    }
    return trimmed(std::move(density));
  }

  // Drops ends that carry no mass, so that grids grow like the deviation and not like its sum.
  static Density trimmed(Density density) {
    constexpr double kNegligible = 1e-19;
    const double most = *std::max_element(density.values.begin(), density.values.end());
    const auto counts = [&](double value) { return value > kNegligible * most; };
    const auto begin = std::find_if(density.values.begin(), density.values.end(), counts);
    const auto end = std::find_if(density.values.rbegin(), density.values.rend(), counts).base();
    const double first = density.at(static_cast<std::size_t>(begin - density.values.begin()));
    return {first, density.step, std::vector<double>(begin, end)};
  }

  const CappedShareTerms& terms_;
  const std::function<void()>& between_;
  double step_;
};

bool is_positive(double x) { return std::isfinite(x) && x > 0.0; }

void check(const CappedShareTerms& terms) {
  const std::string place = "exact_capped_share.";
  const std::size_t n = terms.log_growth.size();
  const auto finite = [](double x) { return std::isfinite(x); };
  const auto all = [](const std::vector<double>& values, auto&& rule) {
    return std::all_of(values.begin(), values.end(), rule);
  };
  require(is_positive(terms.start), place + "start", "must be > 0", std::to_string(terms.start));
  require(is_positive(terms.cap), place + "cap", "must be > 0", std::to_string(terms.cap));
  constexpr std::size_t kMostPeriods = 1200;
  require(n >= 1 && n <= kMostPeriods, place + "log_growth", "must have 1 to 1200 periods",
          std::to_string(n));
  require(terms.volatility.size() == n && terms.weight.size() == n && terms.discount.size() == n,
          place + "log_growth", "all arguments must have one entry a period");
  require(all(terms.log_growth, finite), place + "log_growth", "must be finite");
  require(all(terms.discount, finite), place + "discount", "must be finite");
  // The grid step follows the smallest volatility, so a ratio beyond this would take for ever.
  constexpr double kWidestRatio = 100.0;
  require(all(terms.volatility, is_positive), place + "volatility", "must be > 0");
  const auto [low, high] = std::minmax_element(terms.volatility.begin(), terms.volatility.end());
  require(*high <= kWidestRatio * *low && *high <= 10.0, place + "volatility",
          "must be at most 10 and within a factor of 100 of each other");
  require(all(terms.weight, is_positive), place + "weight", "must be > 0");
}

}  // namespace

double expected_capped_total(const CappedShareTerms& terms, const std::vector<WeightedPart>& parts,
                             const std::function<void()>& between) {
  check(terms);
  const auto in_range = [](const WeightedPart& each) {
    return each.part > 0.0 && each.part <= 1.0 && each.weight >= 0.0;
  };
  require(!parts.empty() && std::all_of(parts.begin(), parts.end(), in_range),
          "expected_capped_total.parts", "must be in (0, 1], with weights of at least 0");
  return CappedShare(terms, between).expected_total(terms.log_growth.size(), parts);
}

ExactCappedShare exact_capped_share(const CappedShareTerms& terms,
                                    const std::function<void()>& between) {
  check(terms);
  const CappedShare share(terms, between);
  const std::size_t n = terms.log_growth.size();
  ExactCappedShare result;
  for (std::size_t t = 0; t < n; ++t) {
    result.expected_paid.push_back(share.expected_total(t + 1, {WeightedPart{}}));
    const double next = t + 1 < n ? terms.discount[t + 1] : 0.0;
    result.present_value += (terms.discount[t] - next) * result.expected_paid.back();
  }
  return result;
}

}  // namespace capstake
