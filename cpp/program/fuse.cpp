#include "program/fuse.hpp"

#include <utility>

namespace capstake {
namespace {

// By node: how often it is an argument of a wanted node, or an output.
std::vector<std::size_t> count_uses(const Graph& graph, const Marks& wanted) {
  std::vector<std::size_t> uses(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (wanted[i]) {
      for (const NodeId argument : graph.args(node_id(i))) {
        ++uses[index(argument)];
      }
    }
  }
  for (const Output& output : graph.outputs()) {
    ++uses[index(output.node)];
  }
  return uses;
}

class Fuser {
 public:
  Fuser(const Graph& graph, const Marks& varying, Marks& wanted)
      : varying_(varying), wanted_(wanted), uses_(count_uses(graph, wanted)) {
    for (std::size_t i = 0; i < graph.size(); ++i) {
      const Node& node = graph.node(node_id(i));
      steps_.push_back({node.op, node.args});
    }
  }

  // In the order of the graph, so that what is fused into a node is still a plain operation.
  Steps run() && {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (wanted_[i]) {
        fuse_into(steps_[i]);
      }
    }
    return std::move(steps_);
  }

 private:
  void fuse_into(Step& outer) {
    for (const SuperRow& row : kSuperRows) {
      if (outer.code != Code(row.outer)) {
        continue;
      }
      const std::size_t n_places = is_commutative(row.outer) ? 2 : 1;
      for (std::size_t place = 0; place < n_places; ++place) {
        const std::size_t inner = index(outer.nodes[place]);
        if (wanted_[inner] && uses_[inner] == 1 && steps_[inner].code == Code(row.inner)) {
          outer = pair(row, steps_[inner], outer.nodes[1 - place]);
          wanted_[inner] = false;
          return;
        }
      }
    }
  }

  // `rest` is the other argument of the outer operation, if it has two.
  Step pair(const SuperRow& row, const Step& inner, NodeId rest) const {
    Step step{row.super, inner.nodes};
    // Kernels have the scalar of a commutative operation second.
    if (is_commutative(row.inner) && !varying_[index(step.nodes[0])]) {
      std::swap(step.nodes[0], step.nodes[1]);
    }
    if (arity(row.outer) == 2) {
      step.nodes[static_cast<std::size_t>(arity(row.inner))] = rest;
    }
    return step;
  }

  const Marks& varying_;
  Marks& wanted_;
  std::vector<std::size_t> uses_;
  Steps steps_;
};

}  // namespace

Steps fused_steps(const Graph& graph, const Marks& varying, Marks& wanted) {
  return Fuser(graph, varying, wanted).run();
}

}  // namespace capstake
