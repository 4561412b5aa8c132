#include "graph/interpret.hpp"

#include <limits>

#include "base/isa.hpp"
#include "base/require.hpp"
#include "graph/evaluate.hpp"

namespace capstake {

double evaluate(Op op, double a, double b, double c) {
  return has_fma(isa()) ? evaluate<math::Fused>(op, a, b, c) : evaluate<math::Unfused>(op, a, b, c);
}

namespace {

double value_of(const Graph& graph, const Node& node, std::span<const double> draws,
                std::span<const double> values) {
  const auto argument = [&](std::size_t k) {
    return k < static_cast<std::size_t>(arity(node.op))
               ? values[static_cast<std::size_t>(node.args[k])]
               : 0.0;
  };
  switch (node.op) {
    case Op::constant:
      return graph.constants()[node.leaf];
    case Op::parameter:
      return graph.parameters()[node.leaf].value;
    case Op::draw:
      return draws[node.leaf];
    default:
      return evaluate(node.op, argument(0), argument(1), argument(2));
  }
}

}  // namespace

std::vector<double> interpret(const Graph& graph, std::span<const double> draws,
                              std::span<const Given> given) {
  require(draws.size() == graph.draws().size(), "interpret", "needs one value for each draw",
          std::to_string(draws.size()) + " for " + std::to_string(graph.draws().size()));
  std::vector<double> values(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const NodeId id{static_cast<std::uint32_t>(i)};
    if (!given.empty() && given.front().node == id) {
      values[i] = given.front().value;
      given = given.subspan(1);
    } else {
      values[i] = value_of(graph, graph.node(id), draws, values);
    }
  }
  return values;
}

std::vector<double> invariant_values(const Graph& graph, std::span<const Given> given) {
  const std::vector<double> no_draws(graph.draws().size(),
                                     std::numeric_limits<double>::quiet_NaN());
  return interpret(graph, no_draws, given);
}

}  // namespace capstake
