#include "graph/text.hpp"

#include <charconv>
#include <sstream>

namespace capstake {
namespace {

std::string node_name(NodeId id) { return "n" + std::to_string(static_cast<std::uint32_t>(id)); }

std::string node_text(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::string line(name(node.op));
  switch (node.op) {
    case Op::constant:
      return line + " " + number_text(graph.constants()[node.leaf]);
    case Op::parameter: {
      const Parameter& parameter = graph.parameters()[node.leaf];
      return line + " " + parameter.name + " = " + number_text(parameter.value);
    }
    case Op::draw:
      return line + " " + draw_text(graph.draws()[node.leaf]);
    default:
      for (const NodeId argument : graph.args(id)) {
        line += " " + node_name(argument);
      }
      return line;
  }
}

}  // namespace

std::string number_text(double value) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
  return error == std::errc{} ? std::string(digits, end) : "?";
}

std::string draw_text(const Draw& draw) {
  return draw.name + "[" + std::to_string(draw.step) + "] " +
         (draw.law == Law::normal ? "normal" : "uniform");
}

std::string text(const Graph& graph) {
  std::ostringstream out;
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    out << node_name(NodeId{i}) << " = " << node_text(graph, NodeId{i}) << '\n';
  }
  for (const Output& output : graph.outputs()) {
    out << "output " << output.name << " = " << node_name(output.node) << '\n';
  }
  return out.str();
}

}  // namespace capstake
