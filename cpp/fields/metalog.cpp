#include "fields/metalog.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <limits>

namespace capstake::metalog {

namespace {

constexpr std::size_t kLeastTerms = 3;
constexpr std::size_t kMostTerms = 12;  // with more, the coefficients lose their digits

// Term k (from 0) is t^power, times L where has_log (Keelin 2016, equation 6).
struct Term {
  int power;
  bool has_log;
};

Term term(std::size_t k) {
  constexpr Term kFirst[] = {{0, false}, {0, true}, {1, true}, {1, false}};
  if (k < 4) {
    return kFirst[k];
  }
  return {static_cast<int>(k / 2), k % 2 == 1};
}

const std::vector<double>& probabilities(const Distribution& d) { return d.arguments[0]; }
const std::vector<double>& values(const Distribution& d) { return d.arguments[1]; }
bool has_low(const Distribution& d) { return !d.arguments[2].empty(); }
bool has_high(const Distribution& d) { return !d.arguments[3].empty(); }

// From values at the given probabilities to coefficients.
Eigen::MatrixXd coefficients_by_values(const std::vector<double>& u) {
  const auto n = static_cast<Eigen::Index>(u.size());
  Eigen::MatrixXd basis(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double p = u[static_cast<std::size_t>(i)];
    const double logit = std::log(p) - std::log1p(-p);
    for (Eigen::Index k = 0; k < n; ++k) {
      const auto [power, has_log] = term(static_cast<std::size_t>(k));
      basis(i, k) = std::pow(p - 0.5, power) * (has_log ? logit : 1.0);
    }
  }
  return basis.fullPivLu().inverse();
}

// A value on the unbounded scale, and back; Real is double or Expr.
template <class Real, class Log>
Real unbounded(const Real& x, const std::vector<Real>& low, const std::vector<Real>& high,
               const Log& log_of) {
  if (!low.empty() && !high.empty()) {
    return log_of((x - low.front()) / (high.front() - x));
  }
  if (!low.empty()) {
    return log_of(x - low.front());
  }
  return high.empty() ? x : -log_of(high.front() - x);
}

template <class Real, class Exp>
Real bounded(const Real& y, const std::vector<Real>& low, const std::vector<Real>& high,
             const Exp& exp_of) {
  if (!low.empty() && !high.empty()) {
    return low.front() + (high.front() - low.front()) / (1.0 + exp_of(-y));
  }
  if (!low.empty()) {
    return low.front() + exp_of(y);
  }
  return high.empty() ? y : high.front() - exp_of(-y);
}

// m and s by ascending powers.
template <class Real>
struct Polynomials {
  std::vector<Real> m;
  std::vector<Real> s;
};

template <class Real>
Polynomials<Real> polynomials(const std::vector<Real>& coefficients) {
  Polynomials<Real> found;
  for (std::size_t k = 0; k < coefficients.size(); ++k) {
    (term(k).has_log ? found.s : found.m).push_back(coefficients[k]);
  }
  return found;
}

template <class Real>
std::vector<Real> coefficients(const Distribution& d, const std::vector<Real>& y, Real zero) {
  const Eigen::MatrixXd matrix = coefficients_by_values(probabilities(d));
  std::vector<Real> found;
  for (Eigen::Index k = 0; k < matrix.rows(); ++k) {
    Real sum = zero;
    for (Eigen::Index i = 0; i < matrix.cols(); ++i) {
      sum = sum + y[static_cast<std::size_t>(i)] * matrix(k, i);
    }
    found.push_back(sum);
  }
  return found;
}

// The metalog in plain numbers, by the logit: both tails keep their digits.
class Curve {
 public:
  explicit Curve(const Distribution& d) : low_(d.arguments[2]), high_(d.arguments[3]) {
    std::vector<double> y;
    for (const double x : values(d)) {
      y.push_back(unbounded(x, low_, high_, [](double v) { return std::log(v); }));
    }
    of_ = polynomials(coefficients(d, y, 0.0));
  }

  static double horner(const std::vector<double>& c, double t) {
    double sum = 0.0;
    for (std::size_t i = c.size(); i-- > 0;) {
      sum = sum * t + c[i];
    }
    return sum;
  }
  static double slope(const std::vector<double>& c, double t) {
    double sum = 0.0;
    for (std::size_t i = c.size(); i-- > 1;) {
      sum = sum * t + static_cast<double>(i) * c[i];
    }
    return sum;
  }

  double unbounded_at(double logit) const {
    const double t = 0.5 * std::tanh(0.5 * logit);
    return horner(of_.m, t) + horner(of_.s, t) * logit;
  }
  double at(double logit) const {
    return bounded(unbounded_at(logit), low_, high_, [](double v) { return std::exp(v); });
  }
  // d of the unbounded value by the logit: positive where there is a density.
  double rise(double logit) const {
    const double t = 0.5 * std::tanh(0.5 * logit);
    const double du = (0.5 - t) * (0.5 + t);  // u (1 - u)
    return horner(of_.s, t) + du * (slope(of_.m, t) + slope(of_.s, t) * logit);
  }
  double steepness_low() const { return horner(of_.s, -0.5); }
  double steepness_high() const { return horner(of_.s, 0.5); }
  const std::vector<double>& m() const { return of_.m; }
  const std::vector<double>& s() const { return of_.s; }

  // Integral of the value by the probability between two logits.
  double integral(double from, double to) const {
    const auto f = [&](double logit) {
      const double e = std::exp(-std::abs(logit));
      return at(logit) * e / ((1.0 + e) * (1.0 + e));
    };
    constexpr double kWidth = 2.0;
    const auto panels = static_cast<int>(std::ceil((to - from) / kWidth));
    double sum = 0.0;
    for (int i = 0; i < panels; ++i) {
      const double a = from + (to - from) * i / panels;
      const double b = from + (to - from) * (i + 1) / panels;
      sum += boost::math::quadrature::gauss<double, 25>::integrate(f, a, b);
    }
    return sum;
  }

  // The logit at which the value is x, by bisection.
  double logit_of(double x) const {
    double low = -kEnd;
    double high = kEnd;
    for (int i = 0; i < 200; ++i) {
      const double middle = 0.5 * (low + high);
      (at(middle) < x ? low : high) = middle;
    }
    return 0.5 * (low + high);
  }

  static constexpr double kEnd = 120.0;  // beyond it no value matters, however heavy the tail

 private:
  const std::vector<double>& low_;
  const std::vector<double>& high_;
  Polynomials<double> of_;
};

bool is_ascending(const std::vector<double>& list) {
  return std::adjacent_find(list.begin(), list.end(), std::greater_equal<>()) == list.end();
}

std::string broken_lists(const Distribution& d) {
  const std::vector<double>& u = probabilities(d);
  const std::vector<double>& x = values(d);
  if (u.size() != x.size() || u.size() < kLeastTerms || u.size() > kMostTerms) {
    return "needs as many probabilities as values, 3 to 12 of each";
  }
  constexpr double kLeast = 1e-4;
  if (!is_ascending(u) || u.front() < kLeast || u.back() > 1.0 - kLeast) {
    return "probabilities must ascend and lie between 0.0001 and 0.9999";
  }
  if (!is_ascending(x)) {
    return "values must ascend";
  }
  if ((has_low(d) && !(d.arguments[2].front() < x.front())) ||
      (has_high(d) && !(d.arguments[3].front() > x.back()))) {
    return "low must be below the first value, and high above the last";
  }
  return {};
}

// E[t^p L], p odd: 4 / 2^(p+1) times the integral of s^p artanh(s) from 0 to 1, which is
// (1 + 1/3 + ... + 1/p) / (p + 1).
double mean_of_log_term(int p) {
  double sum = 0.0;
  for (int j = 1; j <= p; j += 2) {
    sum += 1.0 / j;
  }
  return std::ldexp(sum / (p + 1), 1 - p);
}

}  // namespace

std::string broken(const Distribution& d) {
  if (std::string found = broken_lists(d); !found.empty()) {
    return found;
  }
  const Curve curve(d);
  constexpr int kPoints = 4001;
  constexpr double kReach = 40.0;  // the uniform draws' logits end at 37
  for (int i = 0; i < kPoints; ++i) {
    if (!(curve.rise(kReach * (2.0 * i / (kPoints - 1) - 1.0)) > 0.0)) {
      return "no metalog with these percentiles has a positive density throughout; move them, "
             "or give fewer";
    }
  }
  // exp(s L) has a variance while s < 1/2.
  const bool heavy_high = has_low(d) && !has_high(d) && !(curve.steepness_high() < 0.5);
  const bool heavy_low = has_high(d) && !has_low(d) && !(curve.steepness_low() < 0.5);
  if (heavy_high || heavy_low) {
    return "the open tail is so heavy that no variance exists; give both low and high, or closer "
           "percentiles";
  }
  Distribution whole = d;
  whole.truncated_below.reset();
  whole.truncated_above.reset();
  const double first = capstake::quantile(whole, 0x1p-53);
  const double last = capstake::quantile(whole, 1.0 - 0x1p-53);
  const bool is_inside = std::isfinite(first) && std::isfinite(last) &&
                         !(has_low(d) && first <= d.arguments[2].front()) &&
                         !(has_high(d) && last >= d.arguments[3].front());
  return is_inside ? "" : "the tails reach low or high within rounding; move them further out";
}

double mean(const Distribution& d) {
  const Curve curve(d);
  if (has_low(d) || has_high(d)) {
    return curve.integral(-Curve::kEnd, Curve::kEnd);
  }
  double sum = 0.0;
  for (std::size_t p = 0; p < curve.m().size(); p += 2) {
    sum += curve.m()[p] * std::ldexp(1.0, -static_cast<int>(p)) / static_cast<double>(p + 1);
  }
  for (std::size_t p = 1; p < curve.s().size(); p += 2) {
    sum += curve.s()[p] * mean_of_log_term(static_cast<int>(p));
  }
  return sum;
}

std::pair<double, double> support(const Distribution& d) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {has_low(d) ? d.arguments[2].front() : -kInfinity,
          has_high(d) ? d.arguments[3].front() : kInfinity};
}

Expr quantile(const Distribution& d, const Arguments& arguments, Expr u) {
  std::vector<Expr> y;
  for (const Expr& x : arguments[1]) {
    y.push_back(unbounded(x, arguments[2], arguments[3], [](Expr v) { return log(v); }));
  }
  const Polynomials<Expr> of = polynomials(coefficients(d, y, u.constant(0.0)));
  const Expr t = u - 0.5;
  const auto horner = [&](const std::vector<Expr>& c) {
    Expr sum = c.back();
    for (std::size_t i = c.size() - 1; i-- > 0;) {
      sum = fma(sum, t, c[i]);
    }
    return sum;
  };
  const Expr logit = log(u) - log1p(-u);
  return bounded(fma(horner(of.s), logit, horner(of.m)), arguments[2], arguments[3],
                 [](Expr v) { return exp(v); });
}

Expr cdf(const Distribution& d, const Arguments& arguments, Expr x) {
  const double at = x.graph().node(x.id()).op == Op::constant
                        ? x.graph().constants()[x.graph().node(x.id()).leaf]
                        : x.graph().parameters()[x.graph().node(x.id()).leaf].value;
  const Curve curve(d);
  const double logit = curve.logit_of(at);
  const double u = 1.0 / (1.0 + std::exp(-logit));
  constexpr double kStep = 1e-4;
  const double slope =
      (curve.at(logit + kStep) - curve.at(logit - kStep)) / (2.0 * kStep * u * (1.0 - u));
  return u + (x - quantile(d, arguments, x.constant(u))) / slope;
}

double partial_mean(const Distribution& d, double x) {
  const Curve curve(d);
  return curve.integral(-Curve::kEnd, curve.logit_of(x));
}

}  // namespace capstake::metalog
