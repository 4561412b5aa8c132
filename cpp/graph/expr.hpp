// Expr: a node with operators. This is the language that the domain is lowered with.
#pragma once

#include <array>

#include "graph/graph.hpp"

namespace capstake {

class Expr {
 public:
  Expr(Graph& graph, NodeId id) : graph_(&graph), id_(id) {}
  Graph& graph() const { return *graph_; }
  NodeId id() const { return id_; }
  Expr constant(double value) const { return {*graph_, graph_->constant(value)}; }

 private:
  Graph* graph_;
  NodeId id_;
};

inline Expr apply(Op op, Expr a) { return {a.graph(), a.graph().apply(op, std::array{a.id()})}; }
inline Expr apply(Op op, Expr a, Expr b) {
  return {a.graph(), a.graph().apply(op, std::array{a.id(), b.id()})};
}
inline Expr apply(Op op, Expr a, Expr b, Expr c) {
  return {a.graph(), a.graph().apply(op, std::array{a.id(), b.id(), c.id()})};
}

inline Expr operator-(Expr a) { return apply(Op::neg, a); }
inline Expr operator+(Expr a, Expr b) { return apply(Op::add, a, b); }
inline Expr operator-(Expr a, Expr b) { return apply(Op::sub, a, b); }
inline Expr operator*(Expr a, Expr b) { return apply(Op::mul, a, b); }
inline Expr operator/(Expr a, Expr b) { return apply(Op::div, a, b); }
inline Expr operator+(Expr a, double b) { return a + a.constant(b); }
inline Expr operator+(double a, Expr b) { return b.constant(a) + b; }
inline Expr operator-(Expr a, double b) { return a - a.constant(b); }
inline Expr operator-(double a, Expr b) { return b.constant(a) - b; }
inline Expr operator*(Expr a, double b) { return a * a.constant(b); }
inline Expr operator*(double a, Expr b) { return b.constant(a) * b; }
inline Expr operator/(Expr a, double b) { return a / a.constant(b); }
inline Expr operator/(double a, Expr b) { return b.constant(a) / b; }

inline Expr min(Expr a, Expr b) { return apply(Op::min, a, b); }
inline Expr max(Expr a, Expr b) { return apply(Op::max, a, b); }
inline Expr min(Expr a, double b) { return min(a, a.constant(b)); }
inline Expr max(Expr a, double b) { return max(a, a.constant(b)); }
inline Expr abs(Expr a) { return apply(Op::abs, a); }
inline Expr held(Expr a) { return apply(Op::held, a); }
inline Expr sqrt(Expr a) { return apply(Op::sqrt, a); }
inline Expr exp(Expr a) { return apply(Op::exp, a); }
inline Expr log(Expr a) { return apply(Op::log, a); }
inline Expr expm1(Expr a) { return apply(Op::expm1, a); }
inline Expr log1p(Expr a) { return apply(Op::log1p, a); }
inline Expr normal_cdf(Expr a) { return apply(Op::normal_cdf, a); }
inline Expr normal_quantile(Expr a) { return apply(Op::normal_quantile, a); }
inline Expr log_gamma(Expr a) { return apply(Op::log_gamma, a); }
inline Expr gamma_cdf(Expr x, Expr shape) { return apply(Op::gamma_cdf, x, shape); }
inline Expr gamma_quantile(Expr u, Expr shape) { return apply(Op::gamma_quantile, u, shape); }
inline Expr student_t_cdf(Expr x, Expr dof) { return apply(Op::student_t_cdf, x, dof); }
inline Expr student_t_quantile(Expr u, Expr dof) { return apply(Op::student_t_quantile, u, dof); }
inline Expr beta_cdf(Expr x, Expr a, Expr b) { return apply(Op::beta_cdf, x, a, b); }
inline Expr beta_quantile(Expr u, Expr a, Expr b) { return apply(Op::beta_quantile, u, a, b); }
inline Expr less(Expr a, Expr b) { return apply(Op::less, a, b); }
inline Expr less_equal(Expr a, Expr b) { return apply(Op::less_equal, a, b); }
inline Expr fma(Expr a, Expr b, Expr c) { return apply(Op::fma, a, b, c); }
inline Expr select(Expr condition, Expr a, Expr b) { return apply(Op::select, condition, a, b); }

}  // namespace capstake
