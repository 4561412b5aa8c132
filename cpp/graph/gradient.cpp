#include "graph/gradient.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "graph/expr.hpp"
#include "graph/reach.hpp"
#include "graph/special_slope.hpp"

namespace capstake {
namespace {

constexpr double kSqrtTwoPi = 2.5066282746310002;

// By node, also for those that are appended later: whether it depends on a draw.
class Varying {
 public:
  bool operator()(Expr of) {
    const Graph& graph = of.graph();
    while (varies_.size() < graph.size()) {
      const NodeId id = node_id(varies_.size());
      const auto args = graph.args(id);
      varies_.push_back(graph.node(id).op == Op::draw ||
                        std::ranges::any_of(args, [&](NodeId a) { return varies_[index(a)]; }));
    }
    return varies_[index(of.id())];
  }

 private:
  Marks varies_;
};

// A part of an adjoint: ± factor * of, where the factor is the same on all paths and costs nothing
// there, and `of` is a value a path, or 1.
struct Term {
  bool negative;
  Expr factor;
  std::optional<Expr> of;
};

// A sum of terms of one sign whose `of` is not 1.
class Sum {
 public:
  bool is_empty() const { return !of_; }

  void add(Expr factor, Expr of) {
    if (!of_) {
      factor_ = factor;
      of_ = of;
    } else if (factor_->id() == factor.id()) {
      of_ = *of_ + of;
    } else {
      of_ = fma(factor, of, *of_ * *factor_);
      factor_ = factor.constant(1.0);
    }
  }

  Term term(bool negative) const { return {negative, *factor_, of_}; }
  Expr value() const { return *of_ * *factor_; }

 private:
  std::optional<Expr> factor_;
  std::optional<Expr> of_;
};

// The adjoint of a node: contributions of later nodes. What is the same on all paths, what is added
// and what is subtracted are kept apart: the sums of sums of a capped leg's adjoints then meet as
// the same nodes, and signs cost nothing.
class Adjoint {
 public:
  bool is_empty() const { return !same_ && plus_.is_empty() && minus_.is_empty(); }

  void add(const Term& term) {
    if (term.of) {
      (term.negative ? minus_ : plus_).add(term.factor, *term.of);
    } else {
      const Expr signed_factor = term.negative ? -term.factor : term.factor;
      same_ = same_ ? *same_ + signed_factor : signed_factor;
    }
  }

  // As one term, for the rules of the operations.
  Term term() const {
    if (same_ && plus_.is_empty() && minus_.is_empty()) {
      return {false, *same_, std::nullopt};
    }
    if (!same_ && minus_.is_empty()) {
      return plus_.term(false);
    }
    if (!same_ && plus_.is_empty()) {
      return minus_.term(true);
    }
    const Expr all = value();
    return {false, all.constant(1.0), all};
  }

  Expr value() const {
    std::optional<Expr> sum = same_;
    if (!plus_.is_empty()) {
      sum = sum ? *sum + plus_.value() : plus_.value();
    }
    if (!minus_.is_empty()) {
      sum = sum ? *sum - minus_.value() : -minus_.value();
    }
    return *sum;
  }

 private:
  std::optional<Expr> same_;
  Sum plus_;
  Sum minus_;
};

// One reverse sweep.
class Sweep {
 public:
  Sweep(Graph& graph, std::span<const Seed> seeds, std::span<const NodeId> wrt,
        const JumpWidths& widths)
      : graph_(graph),
        widths_(widths),
        active_(downstream(graph, marked(graph, wrt))),
        adjoints_(graph.size()) {
    const Marks is_wrt = marked(graph, wrt);
    for (const Seed& seed : seeds) {
      const Term one{false, constant(1.0), std::nullopt};
      adjoints_[index(seed.node)].add(times(one, Expr(graph, seed.weight)));
    }
    for (std::size_t i = adjoints_.size(); i-- > 0;) {
      if (!adjoints_[i].is_empty() && active_[i] && !is_wrt[i]) {
        propagate(node_id(i), adjoints_[i].term());
      }
    }
  }

  NodeId adjoint(NodeId node) const {
    const Adjoint& found = adjoints_[index(node)];
    return found.is_empty() ? graph_.constant(0.0) : found.value().id();
  }

 private:
  Expr constant(double value) { return {graph_, graph_.constant(value)}; }

  static Term minus(Term term) {
    term.negative = !term.negative;
    return term;
  }

  // The factors of a product that are the same on all paths go to the term's own.
  Term times(Term term, Expr d) {
    while (varying_(d) && graph_.node(d.id()).op == Op::mul) {
      const Expr a(graph_, graph_.node(d.id()).args[0]);
      const Expr b(graph_, graph_.node(d.id()).args[1]);
      if (varying_(a) && varying_(b)) {
        break;
      }
      term.factor = term.factor * (varying_(a) ? b : a);
      d = varying_(a) ? a : b;
    }
    if (!varying_(d)) {
      term.factor = term.factor * d;
    } else {
      term.of = term.of ? *term.of * d : d;
    }
    return term;
  }

  Term over(Term term, Expr d) {
    if (!varying_(d)) {
      term.factor = term.factor / d;
    } else {
      term.of = term.of.value_or(constant(1.0)) / d;
    }
    return term;
  }

  // The term where the condition holds, else 0.
  Term where(Term term, Expr condition) {
    if (!varying_(condition)) {
      term.factor = select(condition, term.factor, constant(0.0));
    } else if (!term.of && is_comparison(graph_.node(condition.id()).op)) {
      term.of = condition;
    } else {
      term.of = select(condition, term.of.value_or(constant(1.0)), constant(0.0));
    }
    return term;
  }

  // Shares the term out between two nodes: to `a` where the condition holds, else to `b`. What goes
  // to `b` is the whole less what goes to `a`, exactly, so one of the two costs nothing more.
  void split(const Term& term, Expr condition, NodeId a, NodeId b) {
    const Term to_a = where(term, condition);
    add(a, to_a);
    add(b, term);
    add(b, minus(to_a));
  }

  void add(NodeId to, const Term& term) {
    if (active_[index(to)]) {
      adjoints_[index(to)].add(term);
    }
  }

  // The rule of each operation y = op(a, b, c), whose adjoint is g.
  void propagate(NodeId id, const Term& g) {
    // A copy: the graph grows while rules are applied.
    const Node node = graph_.node(id);
    const Expr y(graph_, id);
    const Expr a(graph_, node.args[0]);
    const Expr b(graph_, node.args[1]);
    const Expr c(graph_, node.args[2]);
    const auto by_a = [&](const Term& term) { add(a.id(), term); };
    const auto by_b = [&](const Term& term) { add(b.id(), term); };
    switch (node.op) {
      case Op::constant:
      case Op::parameter:
      case Op::draw:
      case Op::held:
        return;
      case Op::neg:
        return by_a(minus(g));
      case Op::abs: {
        const Expr sign = select(less(a, constant(0.0)), constant(-1.0), constant(1.0));
        return by_a(times(g, sign));
      }
      case Op::sqrt:
        return by_a(times(g, 0.5 / y));
      case Op::exp:
        return by_a(times(g, y));
      case Op::log:
        return by_a(over(g, a));
      case Op::expm1:
        return by_a(times(g, y + 1.0));
      case Op::log1p:
        return by_a(over(g, a + 1.0));
      case Op::normal_cdf:
        return by_a(times(g, exp(-0.5 * (a * a)) / kSqrtTwoPi));
      case Op::normal_quantile:
        return by_a(times(g, exp(0.5 * (y * y)) * kSqrtTwoPi));
      case Op::log_gamma:
      case Op::gamma_cdf:
      case Op::gamma_quantile:
      case Op::student_t_cdf:
      case Op::student_t_quantile:
      case Op::beta_cdf:
      case Op::beta_quantile:
        return propagate_special(id, g);
      case Op::add:
        by_a(g);
        return by_b(g);
      case Op::sub:
        by_a(g);
        return by_b(minus(g));
      case Op::mul:
        return propagate_product(g, a, b);
      case Op::div:
        by_a(over(g, b));
        return active_[index(b.id())] ? by_b(minus(times(over(g, b), y))) : void();
      case Op::min:
        return split(g, less(a, b), a.id(), b.id());
      case Op::max:
        return split(g, less(b, a), a.id(), b.id());
      case Op::less:
      case Op::less_equal:
        return propagate_comparison(id, g, a, b);
      case Op::fma:
        add(c.id(), g);
        return propagate_product(g, a, b);
      case Op::select:
        propagate_condition(g, a, b, c);
        return split(g, a, b.id(), c.id());
    }
  }

  void propagate_product(const Term& g, Expr a, Expr b) {
    if (active_[index(a.id())]) {
      add(a.id(), times(g, b));
    }
    if (active_[index(b.id())]) {
      add(b.id(), times(g, a));
    }
  }

  void propagate_special(NodeId id, const Term& g) {
    const Node node = graph_.node(id);
    for (std::size_t k = 0; k < static_cast<std::size_t>(arity(node.op)); ++k) {
      if (active_[index(node.args[k])]) {
        add(node.args[k], times(g, special_slope(Expr(graph_, id), k)));
      }
    }
  }

  void propagate_comparison(NodeId id, const Term& g, Expr a, Expr b) {
    const auto found = widths_.find(id);
    if (found == widths_.end() || found->second.rule != JumpRule::spread) {
      return;
    }
    const auto [by_a, by_b] = spread_jump(a, b, found->second);
    if (active_[index(a.id())]) {
      add(a.id(), times(g, by_a));
    }
    if (active_[index(b.id())]) {
      add(b.id(), times(g, by_b));
    }
  }

  // select(c, x, y) = y + c (x - y) where c is 0 or 1.
  void propagate_condition(const Term& g, Expr condition, Expr x, Expr y) {
    if (active_[index(condition.id())] && widths_.contains(condition.id())) {
      add(condition.id(), times(g, x - y));
    }
  }

  Graph& graph_;
  const JumpWidths& widths_;
  Varying varying_;
  Marks active_;
  std::vector<Adjoint> adjoints_;
};

}  // namespace

std::vector<NodeId> pull_back(Graph& graph, std::span<const Seed> seeds,
                              std::span<const NodeId> wrt, const JumpWidths& widths) {
  const Sweep sweep(graph, seeds, wrt, widths);
  std::vector<NodeId> derivatives;
  for (const NodeId node : wrt) {
    derivatives.push_back(sweep.adjoint(node));
  }
  return derivatives;
}

std::vector<NodeId> gradient(Graph& graph, NodeId output, std::span<const NodeId> wrt,
                             const JumpWidths& widths) {
  const Seed seed{output, graph.constant(1.0)};
  return pull_back(graph, std::span(&seed, 1), wrt, widths);
}

}  // namespace capstake
