#include "graph/gradient.hpp"

#include <array>
#include <optional>
#include <utility>

#include "graph/expr.hpp"

namespace capstake {
namespace {

constexpr double kSqrtTwoPi = 2.5066282746310002;

constexpr std::size_t index(NodeId id) { return static_cast<std::size_t>(id); }

// One reverse sweep. Adjoints are sums of contributions of later nodes.
class Sweep {
 public:
  Sweep(Graph& graph, NodeId output, std::span<const NodeId> wrt)
      : graph_(graph), active_(downstream(graph, marked(graph, wrt))), adjoint_(graph.size()) {
    const Marks is_wrt = marked(graph, wrt);
    adjoint_[index(output)] = graph.constant(1.0);
    for (std::size_t i = index(output) + 1; i-- > 0;) {
      if (adjoint_[i] && active_[i] && !is_wrt[i]) {
        propagate(NodeId{static_cast<std::uint32_t>(i)}, Expr(graph_, *adjoint_[i]));
      }
    }
  }

  NodeId adjoint(NodeId node) const { return adjoint_[index(node)].value_or(graph_.constant(0.0)); }

 private:
  void add(NodeId to, Expr contribution) {
    std::optional<NodeId>& sum = adjoint_[index(to)];
    sum = sum ? (Expr(graph_, *sum) + contribution).id() : contribution.id();
  }

  // The rule of each operation y = op(a, b, c), whose adjoint is g.
  void propagate(NodeId id, Expr g) {
    const Op op = graph_.node(id).op;
    const std::span<const NodeId> args = graph_.args(id);
    const Expr y(graph_, id);
    // Copies: the graph grows while rules are applied.
    const std::array<NodeId, 3> of = graph_.node(id).args;
    const auto arg = [&](std::size_t k) { return Expr(graph_, of[k]); };
    const auto is_active = [&](std::size_t k) { return active_[index(of[k])]; };
    const std::size_t n = args.size();
    for (std::size_t k = 0; k < n; ++k) {
      if (is_active(k)) {
        if (const std::optional<Expr> part = contribution(op, k, g, y, arg)) {
          add(of[k], *part);
        }
      }
    }
  }

  // g times the derivative of op with respect to its argument k; nothing where that is a jump's.
  template <class Argument>
  std::optional<Expr> contribution(Op op, std::size_t k, Expr g, Expr y, const Argument& arg) {
    const Expr zero = g.constant(0.0);
    switch (op) {
      case Op::constant:
      case Op::parameter:
      case Op::draw:
      case Op::less:
      case Op::less_equal:
        return std::nullopt;
      case Op::neg:
        return -g;
      case Op::abs:
        return select(less(arg(0), zero), -g, g);
      case Op::sqrt:
        return g * (0.5 / y);
      case Op::exp:
        return g * y;
      case Op::log:
        return g / arg(0);
      case Op::expm1:
        return g * (y + 1.0);
      case Op::log1p:
        return g / (arg(0) + 1.0);
      case Op::normal_cdf:
        return g * (exp(-0.5 * (arg(0) * arg(0))) / kSqrtTwoPi);
      case Op::normal_quantile:
        return g * (exp(0.5 * (y * y)) * kSqrtTwoPi);
      case Op::add:
        return g;
      case Op::sub:
        return k == 0 ? g : -g;
      case Op::mul:
        return g * arg(1 - k);
      case Op::div:
        return k == 0 ? g / arg(1) : -(g * (y / arg(1)));
      case Op::min:
        return k == 0 ? select(less(arg(0), arg(1)), g, zero)
                      : select(less(arg(0), arg(1)), zero, g);
      case Op::max:
        return k == 0 ? select(less(arg(1), arg(0)), g, zero)
                      : select(less(arg(1), arg(0)), zero, g);
      case Op::fma:
        return k == 2 ? g : g * arg(1 - k);
      case Op::select:
        if (k == 0) {
          return std::nullopt;
        }
        return k == 1 ? select(arg(0), g, zero) : select(arg(0), zero, g);
    }
    return std::nullopt;
  }

  Graph& graph_;
  Marks active_;
  std::vector<std::optional<NodeId>> adjoint_;
};

}  // namespace

std::vector<NodeId> gradient(Graph& graph, NodeId output, std::span<const NodeId> wrt) {
  const Sweep sweep(graph, output, wrt);
  std::vector<NodeId> derivatives;
  for (const NodeId node : wrt) {
    derivatives.push_back(sweep.adjoint(node));
  }
  return derivatives;
}

Marks upstream_of_jumps(const Graph& graph, NodeId output) {
  const Marks live = upstream(graph, marked(graph, std::array{output}));
  Marks marks(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const NodeId id{static_cast<std::uint32_t>(i)};
    const Op op = graph.node(id).op;
    if (!live[i] || smoothness(op) != Smoothness::jump) {
      continue;
    }
    // The alternatives of select pass through smoothly; only its condition jumps.
    const std::span<const NodeId> args = graph.args(id);
    for (const NodeId argument : op == Op::select ? args.first(1) : args) {
      marks[index(argument)] = true;
    }
  }
  return upstream(graph, std::move(marks));
}

}  // namespace capstake
