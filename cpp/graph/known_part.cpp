#include "graph/known_part.hpp"

#include <functional>
#include <map>

#include "graph/expr.hpp"
#include "graph/facts.hpp"

namespace capstake {

namespace {

// A sum with more terms than this is not looked through.
constexpr std::size_t kMostTerms = 20'000;

class KnownPart {
 public:
  KnownPart(Graph& graph, Means& means) : graph_(graph), means_(means), facts_(graph) {}

  std::optional<NodeId> of(NodeId root, std::size_t largest) {
    weights_.emplace(root, graph_.constant(1.0));
    for (std::size_t terms = 0; !weights_.empty(); ++terms) {
      if (terms == kMostTerms || graph_.size() > largest) {
        return std::nullopt;
      }
      const auto [node, weight] = *weights_.begin();
      weights_.erase(weights_.begin());
      take(node, Expr(graph_, weight), largest - graph_.size());
    }
    return sum_;
  }

 private:
  void take(NodeId node, const Expr& weight, std::size_t most_nodes) {
    facts_.update();
    if (facts_.is_invariant(node)) {
      return;
    }
    if (means_.of(node, most_nodes).node) {
      const Expr term = weight * Expr(graph_, node);
      sum_ = sum_ ? (Expr(graph_, *sum_) + term).id() : term.id();
      return;
    }
    const Node of = graph_.node(node);  // a copy: the graph grows
    const auto arg = [&](std::size_t k) { return Expr(graph_, of.args[k]); };
    switch (of.op) {
      case Op::neg:
        return add(of.args[0], -weight);
      case Op::add:
        add(of.args[0], weight);
        return add(of.args[1], weight);
      case Op::sub:
        add(of.args[0], weight);
        return add(of.args[1], -weight);
      case Op::fma:
        add_product(of, weight);
        return add(of.args[2], weight);
      case Op::mul:
        return add_product(of, weight);
      case Op::div:
        return facts_.is_invariant(of.args[1]) ? add(of.args[0], weight / arg(1)) : void();
      default:
        return;  // dropped
    }
  }

  void add_product(const Node& of, const Expr& weight) {
    for (const std::size_t k : {0u, 1u}) {
      if (facts_.is_invariant(of.args[k])) {
        add(of.args[1 - k], weight * Expr(graph_, of.args[k]));
      }
    }
  }

  void add(NodeId node, const Expr& weight) {
    const auto [at, is_new] = weights_.emplace(node, weight.id());
    if (!is_new) {
      at->second = (Expr(graph_, at->second) + weight).id();
    }
  }

  Graph& graph_;
  Means& means_;
  Facts facts_;
  std::map<NodeId, NodeId, std::greater<>> weights_;  // of terms not taken yet, the latest first
  std::optional<NodeId> sum_;
};

}  // namespace

std::optional<NodeId> known_part(Graph& graph, Means& means, NodeId node, std::size_t largest) {
  return KnownPart(graph, means).of(node, largest);
}

}  // namespace capstake
