// The rows of the families of distributions: those on an interval. Points and metalog lie beside.
#include <algorithm>
#include <cmath>
#include <limits>

#include "fields/distribution.hpp"
#include "fields/metalog.hpp"
#include "fields/points.hpp"
#include "graph/interpret.hpp"

namespace capstake {

namespace {

using Ends = std::pair<double, double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Shapes beyond these are next to one point, or pile up at an end of the support.
constexpr double kLeastShape = 0.1;
constexpr double kMostShape = 10'000.0;
bool is_shape(double a) { return a >= kLeastShape && a <= kMostShape; }

double normal_density(double z) {
  constexpr double kSqrtTwoPi = 2.5066282746310002;
  return std::exp(-0.5 * z * z) / kSqrtTwoPi;
}
double normal_cdf(double z) { return evaluate(Op::normal_cdf, z); }

Ends first_and(const Distribution& d, std::size_t last) {
  return {d.argument(0), d.argument(last)};
}
Ends whole_line(const Distribution&) { return {-kInfinity, kInfinity}; }
Ends above_zero(const Distribution&) { return {0.0, kInfinity}; }

FamilyRow uniform() {
  return {
      Family::uniform,
      "uniform",
      {{"low"}, {"high"}},
      [](const Distribution& d) -> std::string {
        return d.argument(0) < d.argument(1) ? "" : "low must be below high";
      },
      [](const Distribution& d) { return (d.argument(0) + d.argument(1)) / 2; },
      [](const Distribution& d) { return first_and(d, 1); },
      [](const Distribution&, const Arguments& a, Expr u) {
        return a[0][0] + (a[1][0] - a[0][0]) * u;
      },
      [](const Distribution&, const Arguments& a, Expr x) {
        return (x - a[0][0]) / (a[1][0] - a[0][0]);
      },
      [](const Distribution& d, double x) {
        const double low = d.argument(0);
        return (x - low) * (x + low) / (2 * (d.argument(1) - low));
      },
  };
}

std::string broken_mode(const Distribution& d) {
  const double low = d.argument(0);
  const double mode = d.argument(1);
  const double high = d.argument(2);
  return low <= mode && mode <= high && low < high ? ""
                                                   : "must have low <= mode <= high and low < high";
}

// The rising and the falling branch meet at the mode, so their sum less the mode is the quantile,
// with kinks only. A branch of no width is left out: its slope is infinite there.
Expr triangular_quantile(const Distribution& d, const Arguments& args, Expr u) {
  const Expr a = args[0][0];
  const Expr b = args[1][0];
  const Expr c = args[2][0];
  const Expr at_mode = (b - a) / (c - a);
  const bool rises = d.argument(0) < d.argument(1);
  const bool falls = d.argument(1) < d.argument(2);
  const Expr rising = rises ? a + sqrt(min(u, at_mode) * ((c - a) * (b - a))) : b;
  const Expr falling = falls ? c - sqrt((1.0 - max(u, at_mode)) * ((c - a) * (c - b))) : b;
  return rising + falling - b;
}

Expr triangular_cdf(const Distribution& d, const Arguments& args, Expr x) {
  const Expr a = args[0][0];
  const Expr b = args[1][0];
  const Expr c = args[2][0];
  Expr sum = x.constant(0.0);
  if (d.argument(0) < d.argument(1)) {
    const Expr risen = min(x, b) - a;
    sum = risen * risen / ((c - a) * (b - a));
  }
  if (d.argument(1) < d.argument(2)) {
    const Expr left = c - max(x, b);
    sum = sum + ((c - b) * (c - b) - left * left) / ((c - a) * (c - b));
  }
  return sum;
}

double triangular_partial_mean(const Distribution& d, double x) {
  const double a = d.argument(0);
  const double b = d.argument(1);
  const double c = d.argument(2);
  const double rise = std::min(x, b);
  double sum = 0.0;
  if (a < b) {
    sum = (rise - a) * (rise - a) * (2 * rise + a) / (3 * (c - a) * (b - a));
  }
  if (x > b) {
    const double whole = (c - b) * (c - b) * (c + 2 * b);
    sum += (whole - (c - x) * (c - x) * (c + 2 * x)) / (3 * (c - a) * (c - b));
  }
  return sum;
}

FamilyRow triangular() {
  return {
      Family::triangular,
      "triangular",
      {{"low"}, {"mode"}, {"high"}},
      broken_mode,
      [](const Distribution& d) { return (d.argument(0) + d.argument(1) + d.argument(2)) / 3; },
      [](const Distribution& d) { return first_and(d, 2); },
      triangular_quantile,
      triangular_cdf,
      triangular_partial_mean,
  };
}

// A beta distribution between two ends.
template <class Real>
struct BetaShape {
  Real a, b, low, high;
};

// Malcolm, Roseboom, Clark, Fazar (1959): mean (low + 4 mode + high) / 6.
template <class Real>
BetaShape<Real> pert_shape(const Real& low, const Real& mode, const Real& high) {
  const Real width = high - low;
  return {4.0 * (mode - low) / width + 1.0, 4.0 * (high - mode) / width + 1.0, low, high};
}

Expr beta_quantile_of(const BetaShape<Expr>& of, Expr u) {
  return of.low + (of.high - of.low) * beta_quantile(u, of.a, of.b);
}
Expr beta_cdf_of(const BetaShape<Expr>& of, Expr x) {
  return beta_cdf((x - of.low) / (of.high - of.low), of.a, of.b);
}
double beta_partial_mean(const BetaShape<double>& of, double x) {
  const double at = (x - of.low) / (of.high - of.low);
  return of.low * evaluate(Op::beta_cdf, at, of.a, of.b) +
         (of.high - of.low) * of.a / (of.a + of.b) * evaluate(Op::beta_cdf, at, of.a + 1.0, of.b);
}

FamilyRow pert() {
  return {
      Family::pert,
      "pert",
      {{"low"}, {"mode"}, {"high"}},
      broken_mode,
      [](const Distribution& d) { return (d.argument(0) + 4 * d.argument(1) + d.argument(2)) / 6; },
      [](const Distribution& d) { return first_and(d, 2); },
      [](const Distribution&, const Arguments& a, Expr u) {
        return beta_quantile_of(pert_shape(a[0][0], a[1][0], a[2][0]), u);
      },
      [](const Distribution&, const Arguments& a, Expr x) {
        return beta_cdf_of(pert_shape(a[0][0], a[1][0], a[2][0]), x);
      },
      [](const Distribution& d, double x) {
        return beta_partial_mean(pert_shape(d.argument(0), d.argument(1), d.argument(2)), x);
      },
  };
}

FamilyRow normal() {
  return {
      Family::normal,
      "normal",
      {{"mean"}, {"standard_deviation"}},
      [](const Distribution& d) -> std::string {
        return d.argument(1) >= 0 ? "" : "the standard deviation must be >= 0";
      },
      [](const Distribution& d) { return d.argument(0); },
      whole_line,
      [](const Distribution&, const Arguments& a, Expr u) {
        return a[0][0] + a[1][0] * normal_quantile(u);
      },
      [](const Distribution&, const Arguments& a, Expr x) {
        return capstake::normal_cdf((x - a[0][0]) / a[1][0]);
      },
      [](const Distribution& d, double x) {
        const double z = (x - d.argument(0)) / d.argument(1);
        return d.argument(0) * normal_cdf(z) - d.argument(1) * normal_density(z);
      },
  };
}

FamilyRow lognormal() {
  return {
      Family::lognormal,
      "lognormal",
      {{"mean"}, {"volatility"}},
      [](const Distribution& d) -> std::string {
        return d.argument(0) > 0 && d.argument(1) >= 0
                   ? ""
                   : "the mean must be > 0 and the volatility >= 0";
      },
      [](const Distribution& d) { return d.argument(0); },
      above_zero,
      [](const Distribution&, const Arguments& a, Expr u) {
        const Expr b = a[1][0];
        return a[0][0] * exp(b * normal_quantile(u) - 0.5 * (b * b));
      },
      [](const Distribution&, const Arguments& a, Expr x) {
        return capstake::normal_cdf(log(x / a[0][0]) / a[1][0] + 0.5 * a[1][0]);
      },
      [](const Distribution& d, double x) {
        const double v = d.argument(1);
        return d.argument(0) * normal_cdf(std::log(x / d.argument(0)) / v - 0.5 * v);
      },
  };
}

// E[T; T <= t] of a standard Student t is -(n + t^2) / (n - 1) times its density at t.
double student_t_partial_mean(const Distribution& d, double x) {
  constexpr double kPi = 3.141592653589793;
  const double n = d.argument(2);
  const double t = (x - d.argument(0)) / d.argument(1);
  const double log_density = evaluate(Op::log_gamma, 0.5 * (n + 1.0)) -
                             evaluate(Op::log_gamma, 0.5 * n) - 0.5 * std::log(n * kPi) -
                             0.5 * (n + 1.0) * std::log1p(t * t / n);
  return d.argument(0) * evaluate(Op::student_t_cdf, t, n) -
         d.argument(1) * (n + t * t) / (n - 1.0) * std::exp(log_density);
}

FamilyRow student_t() {
  return {
      Family::student_t,
      "student_t",
      {{"location"}, {"scale"}, {"degrees_of_freedom"}},
      [](const Distribution& d) -> std::string {
        if (!(d.argument(1) > 0)) {
          return "the scale must be > 0";
        }
        return d.argument(2) > 2 && d.argument(2) <= kMostShape
                   ? ""
                   : "the degrees of freedom must be above 2, where the variance begins to exist, "
                     "and at most 10,000";
      },
      [](const Distribution& d) { return d.argument(0); },
      whole_line,
      [](const Distribution&, const Arguments& a, Expr u) {
        return a[0][0] + a[1][0] * student_t_quantile(u, a[2][0]);
      },
      [](const Distribution&, const Arguments& a, Expr x) {
        return student_t_cdf((x - a[0][0]) / a[1][0], a[2][0]);
      },
      student_t_partial_mean,
  };
}

BetaShape<double> beta_shape(const Distribution& d) {
  return {d.argument(0), d.argument(1), d.argument(2), d.argument(3)};
}
BetaShape<Expr> beta_shape(const Arguments& a) { return {a[0][0], a[1][0], a[2][0], a[3][0]}; }

FamilyRow beta() {
  return {
      Family::beta,
      "beta",
      {{"alpha"}, {"beta"}, {"low"}, {"high"}},
      [](const Distribution& d) -> std::string {
        if (!is_shape(d.argument(0)) || !is_shape(d.argument(1))) {
          return "alpha and beta must be between 0.1 and 10,000";
        }
        return d.argument(2) < d.argument(3) ? "" : "low must be below high";
      },
      [](const Distribution& d) {
        const auto [a, b, low, high] = beta_shape(d);
        return low + (high - low) * a / (a + b);
      },
      [](const Distribution& d) -> Ends {
        return {d.argument(2), d.argument(3)};
      },
      [](const Distribution&, const Arguments& a, Expr u) {
        return beta_quantile_of(beta_shape(a), u);
      },
      [](const Distribution&, const Arguments& a, Expr x) { return beta_cdf_of(beta_shape(a), x); },
      [](const Distribution& d, double x) { return beta_partial_mean(beta_shape(d), x); },
  };
}

FamilyRow gamma() {
  return {
      Family::gamma,
      "gamma",
      {{"shape"}, {"scale"}},
      [](const Distribution& d) -> std::string {
        return is_shape(d.argument(0)) && d.argument(1) > 0
                   ? ""
                   : "the shape must be between 0.1 and 10,000 and the scale > 0";
      },
      [](const Distribution& d) { return d.argument(0) * d.argument(1); },
      above_zero,
      [](const Distribution&, const Arguments& a, Expr u) {
        return a[1][0] * gamma_quantile(u, a[0][0]);
      },
      [](const Distribution&, const Arguments& a, Expr x) {
        return gamma_cdf(x / a[1][0], a[0][0]);
      },
      [](const Distribution& d, double x) {
        return d.argument(0) * d.argument(1) *
               evaluate(Op::gamma_cdf, x / d.argument(1), d.argument(0) + 1.0);
      },
  };
}

FamilyRow metalog_row() {
  return {Family::metalog,
          "metalog",
          {{"probabilities", Form::list, "share"},
           {"values", Form::list},
           {"low", Form::optional},
           {"high", Form::optional}},
          metalog::broken,
          metalog::mean,
          metalog::support,
          metalog::quantile,
          metalog::cdf,
          metalog::partial_mean};
}

}  // namespace

const std::vector<FamilyRow>& families() {
  static const std::vector<FamilyRow> rows = {
      uniform(), triangular(), pert(),         normal(),        lognormal(),  student_t(),
      beta(),    gamma(),      discrete_row(), empirical_row(), metalog_row()};
  return rows;
}

}  // namespace capstake
