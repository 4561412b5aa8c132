#include "graph/interpret.hpp"

#include "base/isa.hpp"
#include "base/require.hpp"
#include "graph/evaluate.hpp"
#include "random/draws.hpp"

namespace capstake {
namespace {

double draw_on_path(const Draw& draw, std::uint64_t seed, std::uint64_t path) {
  const DrawKey key = draw_key(seed, draw.name, draw.step);
  switch (draw.law) {
    case Law::normal:
      return normal_draw(key, path);
    case Law::uniform:
      return uniform_draw(key, path);
  }
  return math::kNaN;
}

}  // namespace

double evaluate(Op op, double a, double b, double c) {
  return has_fma(isa()) ? evaluate<math::Fused>(op, a, b, c)
                        : evaluate<math::Unfused>(op, a, b, c);
}

std::vector<double> interpret(const Graph& graph, std::span<const double> draws) {
  require(draws.size() == graph.draws().size(), "interpret", "needs one value for each draw",
          std::to_string(draws.size()) + " for " + std::to_string(graph.draws().size()));
  std::vector<double> values(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Node& node = graph.node(NodeId{static_cast<std::uint32_t>(i)});
    const auto argument = [&](int k) {
      return k < arity(node.op) ? values[static_cast<std::size_t>(node.args[static_cast<std::size_t>(k)])] : 0.0;
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

std::vector<double> interpret(const Graph& graph, std::uint64_t seed, std::uint64_t path) {
  std::vector<double> draws;
  for (const Draw& draw : graph.draws()) {
    draws.push_back(draw_on_path(draw, seed, path));
  }
  return interpret(graph, draws);
}

}  // namespace capstake
