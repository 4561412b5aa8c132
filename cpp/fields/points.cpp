#include "fields/points.hpp"

#include <algorithm>
#include <numeric>

namespace capstake {

namespace {

using Ends = std::pair<double, double>;
constexpr std::size_t kMostPoints = 1000;

Ends ends_of(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

std::vector<std::size_t> ascending_order(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  return order;
}

// The first value, in ascending order, whose cumulative share is above u.
Expr chosen(const std::vector<Expr>& values, const std::vector<Expr>& cumulative, Expr u) {
  Expr x = values.back();
  for (std::size_t i = values.size() - 1; i-- > 0;) {
    x = select(less(u, cumulative[i]), values[i], x);
  }
  return x;
}

// Truncation leaves values out, so no cdf and no partial mean of points is asked for.
Expr no_cdf(const Distribution&, const Arguments&, Expr x) { return x; }
double no_partial_mean(const Distribution&, double x) { return x; }

Expr discrete_quantile(const Distribution& d, const Arguments& args, Expr u) {
  std::vector<Expr> values;
  std::vector<Expr> cumulative;
  Expr total = u.constant(0.0);
  for (const std::size_t i : ascending_order(d.arguments[0])) {
    values.push_back(args[0][i]);
    total = total + args[1][i];
    cumulative.push_back(total);
  }
  for (Expr& sum : cumulative) {
    sum = sum / total;
  }
  return chosen(values, cumulative, u);
}

std::string broken_discrete(const Distribution& d) {
  const std::vector<double>& weights = d.arguments[1];
  if (d.arguments[0].size() != weights.size() || weights.empty() || weights.size() > kMostPoints) {
    return "needs as many values as weights, 1 to 1,000 of each";
  }
  const bool is_positive =
      std::all_of(weights.begin(), weights.end(), [](double w) { return w > 0 && w <= 1e100; });
  return is_positive ? "" : "weights must be > 0";
}

}  // namespace

FamilyRow discrete_row() {
  return {
      Family::discrete,
      "discrete",
      {{"values", Form::list}, {"weights", Form::list, "share"}},
      broken_discrete,
      [](const Distribution& d) {
        const std::vector<double>& weights = d.arguments[1];
        return std::inner_product(weights.begin(), weights.end(), d.arguments[0].begin(), 0.0) /
               std::accumulate(weights.begin(), weights.end(), 0.0);
      },
      [](const Distribution& d) { return ends_of(d.arguments[0]); },
      discrete_quantile,
      no_cdf,
      no_partial_mean,
  };
}

namespace {

// Data are facts: constants, by which nothing is differentiated.
Expr empirical_quantile(const Distribution& d, const Arguments&, Expr u) {
  std::vector<double> data = d.arguments[0];
  std::sort(data.begin(), data.end());
  std::vector<Expr> values;
  std::vector<Expr> cumulative;
  for (std::size_t i = 0; i < data.size(); ++i) {
    values.push_back(u.constant(data[i]));
    cumulative.push_back(u.constant(static_cast<double>(i + 1) / static_cast<double>(data.size())));
  }
  return chosen(values, cumulative, u);
}

}  // namespace

FamilyRow empirical_row() {
  return {
      Family::empirical,
      "empirical",
      {{"data", Form::list}},
      [](const Distribution& d) -> std::string {
        const std::size_t n = d.arguments[0].size();
        return n >= 1 && n <= kMostPoints ? "" : "needs 1 to 1,000 data";
      },
      [](const Distribution& d) {
        const std::vector<double>& data = d.arguments[0];
        return std::accumulate(data.begin(), data.end(), 0.0) / static_cast<double>(data.size());
      },
      [](const Distribution& d) { return ends_of(d.arguments[0]); },
      empirical_quantile,
      no_cdf,
      no_partial_mean,
  };
}

}  // namespace capstake
