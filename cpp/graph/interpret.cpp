#include "graph/interpret.hpp"

#include "base/isa.hpp"
#include "base/require.hpp"
#include "graph/evaluate.hpp"

namespace capstake {

double evaluate(Op op, double a, double b, double c) {
  return has_fma(isa()) ? evaluate<math::Fused>(op, a, b, c) : evaluate<math::Unfused>(op, a, b, c);
}

std::vector<double> interpret(const Graph& graph, std::span<const double> draws) {
  require(draws.size() == graph.draws().size(), "interpret", "needs one value for each draw",
          std::to_string(draws.size()) + " for " + std::to_string(graph.draws().size()));
  std::vector<double> values(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Node& node = graph.node(NodeId{static_cast<std::uint32_t>(i)});
    const auto argument = [&](std::size_t k) {
      return k < static_cast<std::size_t>(arity(node.op))
                 ? values[static_cast<std::size_t>(node.args[k])]
                 : 0.0;
    };
    switch (node.op) {
      case Op::constant:
        values[i] = graph.constants()[node.leaf];
        break;
      case Op::parameter:
        values[i] = graph.parameters()[node.leaf].value;
        break;
      case Op::draw:
        values[i] = draws[node.leaf];
        break;
      default:
        values[i] = evaluate(node.op, argument(0), argument(1), argument(2));
    }
  }
  return values;
}

}  // namespace capstake
