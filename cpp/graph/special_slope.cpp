#include "graph/special_slope.hpp"

#include <vector>

namespace capstake {

namespace {

constexpr double kPi = 3.141592653589793;
constexpr double kRelativeStep = 0x1p-17;

std::vector<Expr> arguments(Expr y) {
  std::vector<Expr> found;
  for (const NodeId id : y.graph().args(y.id())) {
    found.emplace_back(y.graph(), id);
  }
  return found;
}

Expr apply_to(Op op, const std::vector<Expr>& args) {
  std::vector<NodeId> ids;
  for (const Expr& argument : args) {
    ids.push_back(argument.id());
  }
  Graph& graph = args.front().graph();
  return {graph, graph.apply(op, ids)};
}

Expr central_difference(Op op, std::vector<Expr> args, std::size_t k) {
  const Expr at = args[k];
  args[k] = at * (1.0 + kRelativeStep);
  const Expr above = args[k];
  const Expr up = apply_to(op, args);
  args[k] = at * (1.0 - kRelativeStep);
  return (up - apply_to(op, args)) / (above - args[k]);
}

Expr log_density(Op op, Expr x, const std::vector<Expr>& args) {
  const Expr a = args[1];
  switch (op) {
    case Op::gamma_cdf:
    case Op::gamma_quantile:
      return (a - 1.0) * log(x) - x - log_gamma(a);
    case Op::student_t_cdf:
    case Op::student_t_quantile: {
      const Expr half = 0.5 * (a + 1.0);
      return log_gamma(half) - log_gamma(0.5 * a) - 0.5 * log(a * kPi) - half * log1p(x * x / a);
    }
    default: {  // beta
      const Expr b = args[2];
      const Expr log_beta = log_gamma(a) + log_gamma(b) - log_gamma(a + b);
      return (a - 1.0) * log(x) + (b - 1.0) * log1p(-x) - log_beta;
    }
  }
}

bool is_quantile(Op op) {
  return op == Op::gamma_quantile || op == Op::student_t_quantile || op == Op::beta_quantile;
}

}  // namespace

Expr special_slope(Expr y, std::size_t k) {
  const Op op = y.graph().node(y.id()).op;
  const std::vector<Expr> args = arguments(y);
  if (k > 0 || op == Op::log_gamma) {
    return central_difference(op, args, k);
  }
  return is_quantile(op) ? exp(-log_density(op, y, args)) : exp(log_density(op, args[0], args));
}

}  // namespace capstake
