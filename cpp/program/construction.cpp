#include "program/construction.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
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
std::vector<double> principal_of_equal_spans(std::size_t n) {
  const double scale = 2.0 / std::sqrt(static_cast<double>(2 * n + 1));
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t t = 0; t < n; ++t) {
    for (std::size_t k = 0; k < n; ++k) {
      matrix[t * n + k] = scale * cosine((2 * t + 1) * (2 * k + 1), 2 * n + 1);
    }
  }
  return matrix;
}

// With spans v_t the motion is W = L z, L[s, t] = sqrt(v_t) for t <= s, and its variance is counted
// by the spans, D = diag(v). The eigenvectors of L' D L, by falling eigenvalue, are the columns:
// the singular vectors of sqrt(D) L on the side of z.
std::vector<double> principal_of(std::span<const double> spans) {
  const auto n = static_cast<Eigen::Index>(spans.size());
  const Eigen::Map<const Eigen::VectorXd> span(spans.data(), n);
  const Eigen::VectorXd deviation = span.cwiseSqrt();
  Eigen::MatrixXd moments(n, n);
  double after = 0.0;  // of the spans from step t on
  for (Eigen::Index t = n; t-- > 0;) {
    after += span[t];
    moments.row(t).head(t + 1) = deviation[t] * after * deviation.head(t + 1).transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments);  // of the lower half
  // Rising eigenvalues are turned round; the first step of a column is positive, as above.
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> matrix =
      solver.eigenvectors().rowwise().reverse();
  constexpr double kNothing = 1e-9;
  for (auto column : matrix.colwise()) {
    const auto first =
        std::ranges::find_if(column, [](double x) { return std::abs(x) > kNothing; });
    column *= *first < 0.0 ? -1.0 : 1.0;
  }
  return {matrix.data(), matrix.data() + matrix.size()};
}

struct Interval {
  std::uint32_t begin, end;
};

// The angle between an interval's motion and its first half's; of nothing at all any will do.
BridgeSplit split_at(std::uint32_t middle, const Interval& whole, std::span<const double> spans) {
  const auto sum = [&](std::uint32_t from, std::uint32_t to) {
    return std::accumulate(spans.begin() + from, spans.begin() + to, 0.0);
  };
  const double first = sum(whole.begin, middle);
  const double second = sum(middle, whole.end);
  const double both = first + second;
  return both > 0.0
             ? BridgeSplit{whole.begin, middle, std::sqrt(first / both), std::sqrt(second / both)}
             : BridgeSplit{whole.begin, middle, 1.0, 0.0};
}

// Halves intervals, all of a level before those of the next. Coordinate 0 is the whole motion.
void add_splits(Transform& transform, std::span<const double> spans) {
  transform.row_of_coordinate = {0};
  std::vector<Interval> level{{0, static_cast<std::uint32_t>(transform.n_steps)}};
  while (!level.empty()) {
    std::vector<Interval> next;
    for (const Interval& whole : level) {
      if (whole.end - whole.begin < 2) {
        continue;
      }
      const std::uint32_t middle = whole.begin + (whole.end - whole.begin + 1) / 2;
      // Glasserman (2003), sec. 3.1: the first half given the whole.
      transform.splits.push_back(split_at(middle, whole, spans));
      transform.row_of_coordinate.push_back(middle);
      next.push_back({whole.begin, middle});
      next.push_back({middle, whole.end});
    }
    level = std::move(next);
  }
}

template <class Arith>
void apply_bridge(const Transform& transform, std::vector<double>& rows) {
  for (const BridgeSplit& split : transform.splits) {
    const double whole = rows[split.left];
    const double normal = rows[split.right];
    rows[split.left] = first_half<Arith>(whole, normal, split.first, split.second);
    rows[split.right] = second_half<Arith>(whole, normal, split.first, split.second);
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

Transform make_transform(Construction construction, std::span<const double> spans) {
  const std::size_t n_steps = spans.size();
  if (construction == Construction::principal && n_steps > kMaxRotation) {
    construction = Construction::bridge;
  }
  Transform transform{.construction = n_steps < 2 ? Construction::identity : construction,
                      .n_steps = n_steps,
                      .row_of_coordinate = std::vector<std::uint32_t>(n_steps),
                      .splits = {},
                      .matrix = {}};
  std::iota(transform.row_of_coordinate.begin(), transform.row_of_coordinate.end(), 0u);
  if (transform.construction == Construction::bridge) {
    add_splits(transform, spans);
  } else if (transform.construction == Construction::principal) {
    const bool is_even = std::ranges::adjacent_find(spans, std::not_equal_to{}) == spans.end();
    transform.matrix = is_even ? principal_of_equal_spans(n_steps) : principal_of(spans);
  }
  return transform;
}

void apply(const Transform& transform, std::vector<double>& rows) {
  assert(rows.size() == transform.n_steps);
  has_fma(isa()) ? apply_with<math::Fused>(transform, rows)
                 : apply_with<math::Unfused>(transform, rows);
}

}  // namespace capstake
