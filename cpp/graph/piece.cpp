#include "graph/piece.hpp"

#include <cmath>

namespace capstake {
namespace {

// exp(-800) is zero in double.
constexpr double kBeyond = 800.0;
// Terms of the series below; a wider piece takes the closed form.
constexpr int kMostTerms = 14;

// Terms of sum (-y)^n / (n+1)! that count up to y, and one more for the derivative's sake.
int terms_up_to(double y) {
  double term = 1.0;
  int n = 1;
  for (; term > 0x1p-56 && n <= kMostTerms; ++n) {
    term *= y / (n + 1);
  }
  return n + 1;
}

// (1 - exp(-y)) / y by its series.
NodeId mean_decay(Algebra& algebra, NodeId y, int terms) {
  double coefficient = 1.0;  // (-1)^n / (n+1)!
  for (int n = 1; n <= terms; ++n) {
    coefficient /= -(n + 1.0);
  }
  NodeId sum = algebra.constant(coefficient);
  for (int n = terms; n > 0; --n) {
    coefficient *= -(n + 1.0);
    sum = algebra.apply(Op::fma, sum, y, algebra.constant(coefficient));
  }
  return sum;
}

}  // namespace

Piece::Piece(Algebra& algebra, NodeId from, std::optional<NodeId> to)
    : algebra_(&algebra),
      from_(from),
      gap_(to ? algebra.apply(Op::sub, *to, from) : algebra.constant(kBeyond)) {
  const NodeId zero = algebra.constant(0.0);
  begin_ = {zero, zero, zero};
  end_ = at(algebra.constant(1.0));
}

Place Piece::at(NodeId w) const {
  Algebra& a = *algebra_;
  const NodeId y = a.apply(Op::mul, gap_, w);
  const double widest = a.now(gap_).high;
  const int terms = terms_up_to(std::abs(widest));
  NodeId mass{};
  NodeId decay{};  // integral of exp(-gap w)
  if (terms <= kMostTerms) {
    decay = a.apply(Op::mul, w, mean_decay(a, y, terms));
    mass = a.apply(Op::mul, gap_, decay);
  } else {
    mass = a.apply(Op::neg, a.apply(Op::expm1, a.apply(Op::neg, y)));
    decay = a.apply(Op::mul, mass, a.apply(Op::div, a.constant(1.0), gap_));
  }
  // By parts: the integral of w times the density is decay - w exp(-gap w).
  return {w, mass, a.apply(Op::sub, a.apply(Op::fma, w, mass, decay), w)};
}

NodeId Piece::quantile(NodeId u) const {
  Algebra& a = *algebra_;
  if (a.now(gap_).high < 1e-9) {
    return u;  // the density is even, up to the gap
  }
  const NodeId tail = a.apply(Op::log1p, a.apply(Op::neg, a.apply(Op::mul, u, end_.mass)));
  return a.apply(Op::mul, tail, a.apply(Op::div, a.constant(-1.0), gap_));
}

NodeId Piece::integral(Line line, const Place& from, const Place& to) const {
  Algebra& a = *algebra_;
  const NodeId mass = a.apply(Op::sub, to.mass, from.mass);
  if (!line.slope) {
    return a.apply(Op::mul, line.at_zero, mass);
  }
  const NodeId moment = a.apply(Op::sub, to.moment, from.moment);
  return a.apply(Op::fma, *line.slope, moment, a.apply(Op::mul, line.at_zero, mass));
}

NodeId survival(Algebra& algebra, NodeId from) {
  return algebra.apply(Op::exp, algebra.apply(Op::neg, from));
}

NodeId part_before(Algebra& algebra, NodeId from, NodeId to) {
  const NodeId gap = algebra.apply(Op::sub, to, from);
  return algebra.apply(Op::neg, algebra.apply(Op::expm1, algebra.apply(Op::neg, gap)));
}

}  // namespace capstake
