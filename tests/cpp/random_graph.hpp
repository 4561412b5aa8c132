// Graphs of all operations on all kinds of leaves, and of the pairs that are fused, from a seed.
#pragma once

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "op_cases.hpp"
#include "program/code.hpp"

namespace capstake::testing {

class RandomGraph {
 public:
  explicit RandomGraph(std::uint64_t seed) : random_(seed) {
    add_leaves();
    const std::size_t n_steps = 5 + below(200);
    for (std::size_t i = 0; i < n_steps; ++i) {
      add_step();
    }
    add_outputs();
  }

  const Graph& graph() const { return graph_; }

 private:
  // mt19937_64 is the same everywhere; the distributions of <random> are not.
  std::size_t below(std::size_t n) { return random_() % n; }

  void add_leaves() {
    for (std::uint32_t i = 0; i < 1 + below(4); ++i) {
      const Law law = below(3) == 0 ? Law::uniform : Law::normal;
      nodes_.push_back(graph_.draw("draw" + std::to_string(i), i % 2, law));
    }
    for (std::size_t i = 0; i < 1 + below(3); ++i) {
      nodes_.push_back(graph_.parameter("parameter" + std::to_string(i), ordinary()));
    }
    nodes_.push_back(graph_.constant(ordinary()));
    nodes_.push_back(graph_.constant(awkward_values()[below(awkward_values().size())]));
  }

  double ordinary() { return static_cast<double>(below(1'000'000)) * 1e-5 - 3.0; }

  // Mostly recent nodes, so that graphs are deep and slots are reused.
  NodeId any_node() {
    const std::size_t window =
        std::min<std::size_t>(nodes_.size(), below(4) == 0 ? nodes_.size() : 6);
    return nodes_[nodes_.size() - 1 - below(window)];
  }

  void add_step() {
    if (below(12) == 0) {
      add_cancellation();
      return;
    }
    if (below(6) == 0) {
      add_pair();
      return;
    }
    const auto op = static_cast<Op>(kLeafOps + below(kOps));
    std::array<NodeId, 3> args{any_node(), any_node(), any_node()};
    if (below(10) != 0) {
      args[0] = tamed(op, args[0]);
      tame_shapes(op, args);
    }
    nodes_.push_back(graph_.apply(op, std::span(args).first(static_cast<std::size_t>(arity(op)))));
  }

  // An argument for which op is finite, most of the time: without this, most values soon are NaN.
  NodeId tamed(Op op, NodeId x) {
    switch (op) {
      case Op::exp:
      case Op::expm1:
        return apply(Op::max, apply(Op::min, x, graph_.constant(4.0)), graph_.constant(-4.0));
      case Op::sqrt:
      case Op::log:
      case Op::log1p:
      case Op::log_gamma:
      case Op::gamma_cdf:
        return graph_.apply(Op::abs, std::array{x});
      case Op::normal_quantile:
      case Op::gamma_quantile:
      case Op::student_t_quantile:
      case Op::beta_cdf:
      case Op::beta_quantile:
        return graph_.apply(Op::normal_cdf, std::array{x});
      default:
        return x;
    }
  }

  // Shapes and degrees of freedom between 0.5 and 10.
  void tame_shapes(Op op, std::array<NodeId, 3>& args) {
    constexpr Op kWithShapes[] = {Op::gamma_cdf,          Op::gamma_quantile, Op::student_t_cdf,
                                  Op::student_t_quantile, Op::beta_cdf,       Op::beta_quantile};
    if (std::ranges::find(kWithShapes, op) == std::end(kWithShapes)) {
      return;
    }
    for (std::size_t k : {1u, 2u}) {
      args[k] =
          apply(Op::max, apply(Op::min, args[k], graph_.constant(10.0)), graph_.constant(0.5));
    }
  }

  // ((a*b + 0.1) - a*b) - 0.1: rounding errors only, and others if a compiler fuses product and
  // sum. Scaled up, so that they are seen in an output.
  void add_cancellation() {
    const NodeId product = apply(Op::mul, any_node(), any_node());
    const NodeId shifted = apply(Op::add, product, graph_.constant(0.1));
    const NodeId difference = apply(Op::sub, shifted, product);
    const NodeId error = apply(Op::sub, difference, graph_.constant(0.1));
    nodes_.push_back(apply(Op::mul, error, graph_.constant(0x1p60)));
  }

  // A row of supers.def, on any mix of slots and scalars.
  void add_pair() {
    const SuperRow& pair = kSuperRows[below(kSupers)];
    const auto operand = [&] { return below(3) == 0 ? graph_.constant(ordinary()) : any_node(); };
    const auto applied = [&](Op op, NodeId a, NodeId b) {
      const std::array args{a, b};
      return graph_.apply(op, std::span(args).first(static_cast<std::size_t>(arity(op))));
    };
    const NodeId first = pair.inner == Op::exp ? tamed(Op::exp, any_node()) : operand();
    const NodeId inner = applied(pair.inner, first, operand());
    const bool is_second = is_commutative(pair.outer) && below(2) == 0;
    const NodeId rest = operand();
    nodes_.push_back(is_second ? applied(pair.outer, rest, inner)
                               : applied(pair.outer, inner, rest));
  }

  NodeId apply(Op op, NodeId a, NodeId b) { return graph_.apply(op, std::array{a, b}); }

  void add_outputs() {
    const std::size_t n_outputs = 1 + below(5);
    for (std::size_t i = 0; i < n_outputs; ++i) {
      graph_.output("output" + std::to_string(i), any_node());
    }
    graph_.output("last", nodes_.back());
  }

  std::mt19937_64 random_;
  Graph graph_;
  std::vector<NodeId> nodes_;
};

}  // namespace capstake::testing
