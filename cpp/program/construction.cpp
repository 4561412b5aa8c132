#include "program/construction.hpp"

#include <cassert>
#include <cmath>
#include <numeric>

#include "base/isa.hpp"

namespace capstake {
namespace {

constexpr double kPi = 3.14159265358979323846;

// cos(pi m / (2 d)), from sums and products alone, so that it is the same bits everywhere.
// Taylor's series on [0, pi / 4]: the terms left out are below 1e-19.
double cosine(std::size_t m, std::size_t d) {
  m %= 4 * d;
  m = m > 2 * d ? 4 * d - m : m;  // cos(2 pi - x) = cos(x)
  const bool is_negative = m > d;
  m = is_negative ? 2 * d - m : m;  // cos(pi - x) = -cos(x)
  const bool is_sine = 2 * m > d;
  m = is_sine ? d - m : m;  // cos(pi / 2 - x) = sin(x)
  const double x = kPi * static_cast<double>(m) / (2.0 * static_cast<double>(d));
  double term = is_sine ? x : 1.0;
  double sum = 0.0;
  for (int k = is_sine ? 2 : 1; std::abs(term) > 0x1p-70; k += 2) {
    sum += term;
    term *= -x * x / (k * (k + 1.0));
  }
  return is_negative ? -sum : sum;
}

// A Brownian motion's covariance min(s, t), s, t = 1 .. n, has the eigenvectors sin(a_k t) and the
// eigenvalues 1 / (4 sin(a_k / 2)^2) with a_k = (2 k - 1) pi / (2 n + 1), k = 1 .. n. Its
// increments by them, differences of eigenvectors times roots of eigenvalues, are a matrix of
// cosines, orthogonal and symmetric: 2 / sqrt(2 n + 1) cos((2 t - 1)(2 k - 1) pi / (4 n + 2)).
std::vector<double> principal_matrix(std::size_t n) {
  const double scale = 2.0 / std::sqrt(static_cast<double>(2 * n + 1));
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t t = 0; t < n; ++t) {
    for (std::size_t k = 0; k < n; ++k) {
      matrix[t * n + k] = scale * cosine((2 * t + 1) * (2 * k + 1), 2 * n + 1);
    }
  }
  return matrix;
}

struct Interval {
  std::uint32_t begin, end;
};

// Halves intervals, all of a level before those of the next. Coordinate 0 is the sum of all.
void add_splits(Transform& transform) {
  transform.row_of_coordinate = {0};
  std::vector<Interval> level{{0, static_cast<std::uint32_t>(transform.n_steps)}};
  while (!level.empty()) {
    std::vector<Interval> next;
    for (const Interval& whole : level) {
      if (whole.end - whole.begin < 2) {
        continue;
      }
      const std::uint32_t middle = whole.begin + (whole.end - whole.begin + 1) / 2;
      const double n_left = middle - whole.begin;
      const double n_right = whole.end - middle;
      const double n = n_left + n_right;
      // Glasserman (2003), sec. 3.1: the first half's sum given the whole.
      transform.splits.push_back(
          {whole.begin, middle, n_left / n, std::sqrt(n_left * n_right / n)});
      transform.row_of_coordinate.push_back(middle);
      next.push_back({whole.begin, middle});
      next.push_back({middle, whole.end});
    }
    level = std::move(next);
  }
}

template <class Arith>
void apply_bridge(const Transform& transform, std::vector<double>& rows) {
  rows[0] *= transform.scale;
  for (const BridgeSplit& split : transform.splits) {
    const double sum = rows[split.left];
    rows[split.left] = first_half<Arith>(sum, rows[split.right], split.share, split.deviation);
    rows[split.right] = sum - rows[split.left];
  }
}

template <class Arith>
void apply_rotation(const Transform& transform, std::vector<double>& rows) {
  const std::vector<double> from = rows;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    double sum = 0.0;
    for (std::size_t k = 0; k < from.size(); ++k) {
      sum = Arith::multiply_add(transform.matrix[t * from.size() + k], from[k], sum);
    }
    rows[t] = sum;
  }
}

template <class Arith>
void apply_with(const Transform& transform, std::vector<double>& rows) {
  switch (transform.construction) {
    case Construction::identity:
      return;
    case Construction::bridge:
      return apply_bridge<Arith>(transform, rows);
    case Construction::principal:
      return apply_rotation<Arith>(transform, rows);
  }
}

}  // namespace

Transform make_transform(Construction construction, std::size_t n_steps) {
  if (construction == Construction::principal && n_steps > kMaxRotation) {
    construction = Construction::bridge;
  }
  Transform transform{.construction = n_steps < 2 ? Construction::identity : construction,
                      .n_steps = n_steps,
                      .row_of_coordinate = std::vector<std::uint32_t>(n_steps),
                      .scale = 0.0,
                      .splits = {},
                      .matrix = {}};
  std::iota(transform.row_of_coordinate.begin(), transform.row_of_coordinate.end(), 0u);
  if (transform.construction == Construction::bridge) {
    transform.scale = std::sqrt(static_cast<double>(n_steps));
    add_splits(transform);
  } else if (transform.construction == Construction::principal) {
    transform.matrix = principal_matrix(n_steps);
  }
  return transform;
}

void apply(const Transform& transform, std::vector<double>& rows) {
  assert(rows.size() == transform.n_steps);
  has_fma(isa()) ? apply_with<math::Fused>(transform, rows)
                 : apply_with<math::Unfused>(transform, rows);
}

}  // namespace capstake
