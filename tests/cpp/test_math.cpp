// The stated error bounds of math/, for both arithmetics, against long double.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "close.hpp"
#include "graph/evaluate.hpp"
#include "graph/graph.hpp"
#include "op_cases.hpp"

namespace capstake::testing {
namespace {

using Function = double (*)(double);
using Reference = Real (*)(Real);

// A claim of a header: the largest error of a function over a range.
struct Bound {
  const char* name;
  Function fused, unfused;
  Reference reference;
  double low, high;
  double max_ulp_fused, max_ulp_unfused;
};

#define BOTH(function) math::function<math::Fused>, math::function<math::Unfused>

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kMin = std::numeric_limits<double>::min();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();

Real exact_exp(Real x) { return std::exp(x); }
Real exact_expm1(Real x) { return std::expm1(x); }
Real exact_log(Real x) { return std::log(x); }
Real exact_log1p(Real x) { return std::log1p(x); }

const Bound kBounds[] = {
    {"exp", BOTH(exp), exact_exp, -708.0, 709.782712893384, 1.1, 1.1},
    {"exp, subnormal results", BOTH(exp), exact_exp, -745.13, -708.0, 1.1, 1.1},
    {"exp, small", BOTH(exp), exact_exp, -1.0, 1.0, 1.1, 1.1},
    {"expm1", BOTH(expm1), exact_expm1, -40.0, 709.782712893384, 2.3, 2.5},
    {"expm1, near the origin", BOTH(expm1), exact_expm1, -2.0, 2.0, 2.3, 2.5},
    {"expm1, small", BOTH(expm1), exact_expm1, -1e-3, 1e-3, 1.0, 1.0},
    {"expm1, far left", BOTH(expm1), exact_expm1, -kMax, -40.0, 2.3, 2.5},
    {"log", BOTH(log), exact_log, kMin, kMax, 0.8, 0.8},
    {"log, near 1", BOTH(log), exact_log, 0.5, 2.0, 0.8, 0.8},
    {"log, close to 1", BOTH(log), exact_log, 0.999, 1.001, 0.8, 0.8},
    {"log, subnormal", BOTH(log), exact_log, kTiny, kMin, 0.8, 0.8},
    {"log1p", BOTH(log1p), exact_log1p, -1.0 + 0x1p-53, 4.0, 0.85, 0.85},
    {"log1p, small", BOTH(log1p), exact_log1p, -1e-3, 1e-3, 0.85, 0.85},
    {"log1p, large", BOTH(log1p), exact_log1p, 1.0, kMax, 0.85, 0.85},
    {"normal_cdf", BOTH(normal_cdf), reference_normal_cdf, -37.5, 10.0, 4.0, 4.6},
    {"normal_cdf, centre", BOTH(normal_cdf), reference_normal_cdf, -2.0, 2.0, 4.0, 4.6},
    {"normal_cdf, right", BOTH(normal_cdf), reference_normal_cdf, 0.0, 40.0, 4.0, 4.6},
    {"normal_cdf, far right", BOTH(normal_cdf), reference_normal_cdf, 39.0, kMax, 4.0, 4.6},
    {"normal_quantile", BOTH(normal_quantile), reference_normal_quantile, 0x1p-53, 1.0 - 0x1p-53,
     6.5, 9.0},
    {"normal_quantile, subnormal", BOTH(normal_quantile), reference_normal_quantile, kTiny, kMin,
     6.5, 9.0},
    {"normal_quantile, left tail", BOTH(normal_quantile), reference_normal_quantile, kMin, 0.075,
     6.5, 9.0},
    {"normal_quantile, centre", BOTH(normal_quantile), reference_normal_quantile, 0.02, 0.98, 6.5,
     9.0},
    {"normal_quantile, left end of the centre", BOTH(normal_quantile), reference_normal_quantile,
     0.0199, 0.0201, 6.5, 9.0},
    {"normal_quantile, right end of the centre", BOTH(normal_quantile), reference_normal_quantile,
     0.9799, 0.9801, 6.5, 9.0},
    {"normal_quantile, right tail", BOTH(normal_quantile), reference_normal_quantile, 0.98,
     1.0 - 0x1p-53, 6.5, 9.0},
    {"normal_quantile, near 0.5", BOTH(normal_quantile), reference_normal_quantile, 0.4999, 0.5001,
     6.5, 9.0},
};

// A number in [low, high]: evenly by value, by the logarithm of its distance from either end, or by
// its own logarithm.
double random_between(double low, double high, std::mt19937_64& random) {
  const double u = std::ldexp(static_cast<double>(random() >> 11), -53);
  const double width = high / 2 - low / 2;
  switch (random() % 4) {
    case 0:
      return std::clamp(low + 2 * (u * width), low, high);
    case 1:
      return std::clamp(low + 2 * (width * std::exp2(-60 * u)), low, high);
    case 2:
      return std::clamp(high - 2 * (width * std::exp2(-60 * u)), low, high);
    default:
      return low > 0 ? std::clamp(low * std::pow(high / low, u), low, high)
                     : std::clamp(high - 2 * (width * std::exp2(-60 * u)), low, high);
  }
}

double worst_error(const Bound& bound, Function function, double& where) {
  std::mt19937_64 random(20240607);
  double worst = 0.0;
  const auto check = [&](double x) {
    const double error = ulp_error(function(x), bound.reference(x));
    if (!(error <= worst)) {
      worst = error;
      where = x;
    }
  };
  for (int i = 0; i < 25'000; ++i) {
    check(random_between(bound.low, bound.high, random));
  }
  double up = bound.low;
  double down = bound.high;
  for (int i = 0; i < 1000; ++i) {
    check(up);
    check(down);
    up = std::nextafter(up, kMax);
    down = std::nextafter(down, -kMax);
  }
  return worst;
}

TEST(Math, ErrorsAreWithinTheStatedBounds) {
  for (const Bound& bound : kBounds) {
    double where = 0.0;
    const double fused = worst_error(bound, bound.fused, where);
    EXPECT_LE(fused, bound.max_ulp_fused) << bound.name << ", fused, at " << where;
    const double unfused = worst_error(bound, bound.unfused, where);
    EXPECT_LE(unfused, bound.max_ulp_unfused) << bound.name << ", unfused, at " << where;
    RecordProperty(bound.name, std::to_string(fused) + " ULP fused, " + std::to_string(unfused));
  }
}

// Functions of one argument at points where the answer is exact and known.
struct Point {
  Op op;
  double x, expected;
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const Point kPoints[] = {
    {Op::exp, 0.0, 1.0},
    {Op::exp, -0.0, 1.0},
    {Op::exp, kInfinity, kInfinity},
    {Op::exp, -kInfinity, 0.0},
    {Op::exp, 709.7827128933841, kInfinity},
    {Op::exp, -745.2, 0.0},
    {Op::exp, 1e300, kInfinity},
    {Op::exp, -1e300, 0.0},
    {Op::exp, kNaN, kNaN},
    {Op::expm1, 0.0, 0.0},
    {Op::expm1, -0.0, -0.0},
    {Op::expm1, 1e-300, 1e-300},
    {Op::expm1, kTiny, kTiny},
    {Op::expm1, -50.0, -1.0},
    {Op::expm1, -kInfinity, -1.0},
    {Op::expm1, kInfinity, kInfinity},
    {Op::expm1, 710.0, kInfinity},
    {Op::expm1, kNaN, kNaN},
    {Op::log, 1.0, 0.0},
    {Op::log, 0.0, -kInfinity},
    {Op::log, -0.0, -kInfinity},
    {Op::log, -1.0, kNaN},
    {Op::log, -kTiny, kNaN},
    {Op::log, kInfinity, kInfinity},
    {Op::log, -kInfinity, kNaN},
    {Op::log, kNaN, kNaN},
    {Op::log1p, 0.0, 0.0},
    {Op::log1p, -0.0, -0.0},
    {Op::log1p, -1.0, -kInfinity},
    {Op::log1p, -1.5, kNaN},
    {Op::log1p, kTiny, kTiny},
    {Op::log1p, kInfinity, kInfinity},
    {Op::log1p, -kInfinity, kNaN},
    {Op::log1p, kNaN, kNaN},
    {Op::normal_cdf, 0.0, 0.5},
    {Op::normal_cdf, -kInfinity, 0.0},
    {Op::normal_cdf, kInfinity, 1.0},
    {Op::normal_cdf, -39.0, 0.0},
    {Op::normal_cdf, 9.0, 1.0},
    {Op::normal_cdf, kNaN, kNaN},
    {Op::normal_quantile, 0.5, 0.0},
    {Op::normal_quantile, 0.0, -kInfinity},
    {Op::normal_quantile, 1.0, kInfinity},
    {Op::normal_quantile, -0.1, kNaN},
    {Op::normal_quantile, 1.1, kNaN},
    {Op::normal_quantile, kInfinity, kNaN},
    {Op::normal_quantile, -kInfinity, kNaN},
    {Op::normal_quantile, kNaN, kNaN},
};

TEST(Math, SpecialValues) {
  for (const Point& point : kPoints) {
    const double fused = evaluate<math::Fused>(point.op, point.x, 0.0, 0.0);
    EXPECT_TRUE(same_bits(fused, point.expected))
        << name(point.op) << " " << point.x << ": " << fused;
    const double unfused = evaluate<math::Unfused>(point.op, point.x, 0.0, 0.0);
    EXPECT_TRUE(same_bits(unfused, point.expected))
        << name(point.op) << " " << point.x << ": " << unfused;
  }
}

// Published values: Wichura's own for AS241 (Applied Statistics 37, 1988); the rest by mpmath,
// to 40 digits.
TEST(Math, NormalQuantileOfPublishedPoints) {
  struct Case {
    double p, quantile;
  };
  const Case cases[] = {{0.25, -0.6744897501960817},    {0.001, -3.090232306167813},
                        {1e-20, -9.262340089798408},    {1e-300, -37.0470962993612},
                        {1e-100, -21.273453560965324},  {1e-16, -8.222082216130435},
                        {0.02425, -1.9729610513118849}, {0.075, -1.4395314709384560},
                        {0.425, -0.18911842627279249},  {0.925, 1.4395314709384560}};
  for (const Case& each : cases) {
    // 1e-15: five units in the last place of numbers near 1.
    EXPECT_TRUE(close(math::normal_quantile<math::Fused>(each.p), each.quantile, 1e-15)) << each.p;
  }
}

// On the grid of uniform draws the two-pass form of the kernels assumes symmetry.
TEST(Math, NormalQuantileIsOdd) {
  for (const double u : {0x1p-53, 1e-12 + 0x1p-53, 0.0625, 0.07421875, 0.25, 0.4375}) {
    const double low = math::normal_quantile<math::Fused>(u);
    const double high = math::normal_quantile<math::Fused>(1.0 - u);
    if (1.0 - (1.0 - u) == u) {
      EXPECT_TRUE(same_bits(low, -high)) << u;
    }
  }
}

}  // namespace
}  // namespace capstake::testing
