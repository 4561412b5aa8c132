#include "graph/algebra.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace capstake {
namespace {

// What is less than this is a guard against dividing by zero, not a number.
constexpr double kGuard = 1e-20;
// Rounding errors of a few operations, in parts of the operands.
constexpr double kRounding = 1e-13;

}  // namespace

Algebra::Algebra(Graph& graph, std::vector<double> parameters)
    : graph_(&graph), now_(graph), decided_(graph, std::move(parameters)) {}

bool Algebra::is(NodeId id, double value) const {
  const Node& node = graph_->node(id);
  return node.op == Op::constant && graph_->constants()[node.leaf] == value;
}

bool Algebra::never_greater(NodeId a, NodeId b) {
  const double high = decided_.of(a).high;
  const double low = decided_.of(b).low;
  return high <= low || (std::isfinite(high) && std::isfinite(low) &&
                         high - low <= kRounding * std::max(std::abs(high), std::abs(low)));
}

NodeId Algebra::node(Op op, NodeId a, NodeId b) { return graph_->apply(op, std::array{a, b}); }

NodeId Algebra::product(NodeId a, NodeId b) {
  if (is_zero(a) || is_zero(b)) {
    return constant(0.0);
  }
  return node(Op::mul, a, b);
}

NodeId Algebra::quotient(NodeId a, NodeId b) {
  if (is_zero(a)) {
    return constant(0.0);
  }
  if (a == b) {
    return constant(1.0);
  }
  // x / max(x, guard), which is 1 up to the guard.
  const Node& divisor = graph_->node(b);
  if (divisor.op == Op::max && divisor.args[0] == a &&
      graph_->node(divisor.args[1]).op == Op::constant && now_.of(divisor.args[1]).high < kGuard) {
    return constant(1.0);
  }
  // Of two path-invariant numbers that are zero now, the limit of the quotient.
  if (now_.of(b).is_point() && std::abs(now_.of(b).low) < kGuard && decided_.of(a).is_point() &&
      decided_.of(b).low > kGuard) {
    return constant(decided_.of(a).low / decided_.of(b).low);
  }
  return node(Op::div, a, b);
}

NodeId Algebra::apply(Op op, NodeId a) {
  const Node& of = graph_->node(a);
  return op == Op::neg && of.op == Op::neg ? of.args[0] : graph_->apply(op, std::array{a});
}

NodeId Algebra::apply(Op op, NodeId a, NodeId b) {
  switch (op) {
    case Op::add:
      return is_zero(a) ? b : is_zero(b) ? a : node(op, a, b);
    case Op::sub:
      return a == b       ? constant(0.0)
             : is_zero(b) ? a
             : is_zero(a) ? apply(Op::neg, b)
                          : node(op, a, b);
    case Op::mul:
      return product(a, b);
    case Op::div:
      return quotient(a, b);
    case Op::min:
      return never_greater(a, b) ? a : never_greater(b, a) ? b : node(op, a, b);
    case Op::max:
      return never_greater(a, b) ? b : never_greater(b, a) ? a : node(op, a, b);
    default:
      return node(op, a, b);
  }
}

NodeId Algebra::apply(Op op, NodeId a, NodeId b, NodeId c) {
  if (op == Op::fma) {
    if (is_zero(c) || is_zero(a) || is_zero(b)) {
      return apply(Op::add, product(a, b), c);
    }
    if (is_one(a) || is_one(b)) {
      return node(Op::add, is_one(a) ? b : a, c);
    }
  }
  return graph_->apply(op, std::array{a, b, c});
}

NodeId Algebra::apply(Op op, std::span<const NodeId> args) {
  switch (args.size()) {
    case 1:
      return apply(op, args[0]);
    case 2:
      return apply(op, args[0], args[1]);
    default:
      return apply(op, args[0], args[1], args[2]);
  }
}

}  // namespace capstake
