#include "graph/bounds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "graph/interpret.hpp"

namespace capstake {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Bound kAnything{-kInfinity, kInfinity};

Bound checked(double low, double high) {
  return {std::isnan(low) ? -kInfinity : low, std::isnan(high) ? kInfinity : high};
}

// The hull of the values at the corners.
template <class Value>
Bound at_corners(const Value& value, Bound a, Bound b) {
  Bound hull{kInfinity, -kInfinity};
  for (const double x : {a.low, a.high}) {
    for (const double y : {b.low, b.high}) {
      const double v = value(x, y);
      hull.low = std::min(hull.low, v);
      hull.high = std::max(hull.high, v);
    }
  }
  return hull;
}

Bound quotient(Bound a, Bound b) {
  if (b.low > 0.0 || b.high < 0.0) {
    return at_corners([](double x, double y) { return std::isinf(y) ? 0.0 : x / y; }, a, b);
  }
  // The divisor may be 0, but its sign may be known.
  if (b.low < 0.0 && b.high > 0.0) {
    return kAnything;
  }
  const bool is_up = b.low == 0.0;
  if (a.low >= 0.0) {
    return is_up ? Bound{0.0, kInfinity} : Bound{-kInfinity, 0.0};
  }
  if (a.high <= 0.0) {
    return is_up ? Bound{-kInfinity, 0.0} : Bound{0.0, kInfinity};
  }
  return kAnything;
}

Bound size(Bound a) {
  if (a.low >= 0.0) {
    return a;
  }
  return a.high <= 0.0 ? Bound{-a.high, -a.low} : Bound{0.0, std::max(-a.low, a.high)};
}

// Of an operation with one argument that never falls.
Bound rising(Op op, Bound a) {
  if (op == Op::sqrt) {
    a.low = std::max(a.low, 0.0);
  }
  return checked(evaluate(op, a.low), evaluate(op, a.high));
}

}  // namespace

Bound operator+(Bound a, Bound b) { return checked(a.low + b.low, a.high + b.high); }

Bound operator*(Bound a, Bound b) {
  return at_corners([](double x, double y) { return x == 0.0 || y == 0.0 ? 0.0 : x * y; }, a, b);
}

Bounds::Bounds(const Graph& graph) : graph_(&graph) {
  for (const Parameter& parameter : graph.parameters()) {
    parameters_.push_back(parameter.value);
  }
}

Bounds::Bounds(const Graph& graph, std::vector<double> parameters)
    : graph_(&graph), parameters_(std::move(parameters)) {}

Bound Bounds::of(NodeId id) {
  while (bounds_.size() <= static_cast<std::size_t>(id)) {
    const NodeId next{static_cast<std::uint32_t>(bounds_.size())};
    const Node& node = graph_->node(next);
    bounds_.push_back(arity(node.op) == 0 ? of_leaf(node) : of_op(next));
  }
  return bounds_[static_cast<std::size_t>(id)];
}

Bound Bounds::of_leaf(const Node& node) const {
  switch (node.op) {
    case Op::constant:
      return checked(graph_->constants()[node.leaf], graph_->constants()[node.leaf]);
    case Op::parameter:
      return checked(parameters_[node.leaf], parameters_[node.leaf]);
    default:
      return graph_->draws()[node.leaf].law == Law::uniform ? Bound{0.0, 1.0} : kAnything;
  }
}

Bound Bounds::of_op(NodeId id) const {
  const Op op = graph_->node(id).op;
  std::array<Bound, 3> of{};
  bool is_point = true;
  for (std::size_t k = 0; k < graph_->args(id).size(); ++k) {
    of[k] = bounds_[static_cast<std::size_t>(graph_->args(id)[k])];
    is_point = is_point && of[k].is_point();
  }
  const auto& [a, b, c] = of;
  if (is_point) {
    const double value = evaluate(op, a.low, b.low, c.low);
    return checked(value, value);
  }
  switch (op) {
    case Op::neg:
      return {-a.high, -a.low};
    case Op::abs:
      return size(a);
    case Op::held:
      return a;
    case Op::add:
      return a + b;
    case Op::sub:
      return a + Bound{-b.high, -b.low};
    case Op::mul:
      return a * b;
    case Op::fma:
      return a * b + c;
    case Op::div:
      return quotient(a, b);
    case Op::min:
      return {std::min(a.low, b.low), std::min(a.high, b.high)};
    case Op::max:
      return {std::max(a.low, b.low), std::max(a.high, b.high)};
    case Op::less:
    case Op::less_equal:
      return {0.0, 1.0};
    case Op::select:
      return {std::min(b.low, c.low), std::max(b.high, c.high)};
    case Op::gamma_cdf:
    case Op::student_t_cdf:
    case Op::beta_cdf:
    case Op::beta_quantile:
      return {0.0, 1.0};
    case Op::log_gamma:
    case Op::gamma_quantile:
    case Op::student_t_quantile:
      return kAnything;
    case Op::sqrt:
    case Op::exp:
    case Op::log:
    case Op::expm1:
    case Op::log1p:
    case Op::normal_cdf:
    case Op::normal_quantile:
      return rising(op, a);
    case Op::constant:
    case Op::parameter:
    case Op::draw:
      break;
  }
  return kAnything;
}

}  // namespace capstake
