#include "deal/spearman_of_t.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

namespace capstake {

namespace {

constexpr double kSixOverPi = 1.9098593171027440;

// log(1 + e^x)
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

// log(1 + e^x + e^y)
double softplus(double x, double y) {
  const double most = std::max({0.0, x, y});
  return most + std::log(std::exp(-most) + std::exp(x - most) + std::exp(y - most));
}

}  // namespace

// With x = log(W / W1), y = log(W / W2) and a = n / 2 their density is a constant times
// e^(a (x + y)) (1 + e^x + e^y)^(-3a), and W / sqrt((W + W1)(W + W2)) is
// 1 / sqrt((1 + e^-x)(1 + e^-y)). All of it is analytic where imaginary parts are below pi, so the
// trapezoid rule over the plane is right to rounding.
SpearmanOfT::SpearmanOfT(double degrees_of_freedom) : degrees_of_freedom_(degrees_of_freedom) {
  const double a = 0.5 * degrees_of_freedom;
  const double step = std::min(0.5, 0.7 / std::sqrt(a));
  constexpr double kLeastLog = -40.0;  // of a density over that of the centre
  const double centre = -3.0 * a * std::log(3.0);
  const auto reach = static_cast<int>(std::ceil((10.0 - kLeastLog / a) / step));
  double sum = 0.0;
  for (int i = -reach; i <= reach; ++i) {
    for (int j = -reach; j <= i; ++j) {  // the same above and below the diagonal
      const double x = step * i;
      const double y = step * j;
      const double log_density = a * (x + y) - 3.0 * a * softplus(x, y) - centre;
      if (log_density > kLeastLog) {
        const double weight = (i == j ? 1.0 : 2.0) * std::exp(log_density);
        nodes_.push_back({std::exp(-0.5 * (softplus(-x) + softplus(-y))), weight});
        sum += weight;
      }
    }
  }
  for (Node& node : nodes_) {
    node.weight /= sum;
  }
}

double SpearmanOfT::rank(double normals) const {
  double sum = 0.0;
  for (const auto& [share, weight] : nodes_) {
    sum += weight * std::asin(normals * share);
  }
  return kSixOverPi * sum;
}

double SpearmanOfT::slope(double normals) const {
  double sum = 0.0;
  for (const auto& [share, weight] : nodes_) {
    const double x = normals * share;
    sum += weight * share / std::sqrt((1.0 - x) * (1.0 + x));
  }
  return kSixOverPi * sum;
}

double SpearmanOfT::curvature(double normals) const {
  double sum = 0.0;
  for (const auto& [share, weight] : nodes_) {
    const double x = normals * share;
    const double rest = (1.0 - x) * (1.0 + x);
    sum += weight * share * share * x / (rest * std::sqrt(rest));
  }
  return kSixOverPi * sum;
}

double SpearmanOfT::normals(double rank) const {
  if (std::abs(rank) >= 1.0 || rank == 0.0) {
    return rank;
  }
  const auto excess = [&](double r) { return this->rank(r) - std::abs(rank); };
  std::uintmax_t most_steps = 60;
  const auto [low, high] =
      boost::math::tools::toms748_solve(excess, 0.0, 1.0, -std::abs(rank), 1.0 - std::abs(rank),
                                        boost::math::tools::eps_tolerance<double>(50), most_steps);
  return std::copysign(0.5 * (low + high), rank);
}

}  // namespace capstake
