#include "graph/copy.hpp"

#include <algorithm>
#include <array>

#include "graph/reach.hpp"

namespace capstake {
namespace {

// A node of another graph, whose arguments have copies.
NodeId copy_node(Graph& to, const Graph& from, NodeId id, const std::vector<NodeId>& copies) {
  const Node& node = from.node(id);
  switch (node.op) {
    case Op::constant:
      return to.constant(from.constants()[node.leaf]);
    case Op::parameter:
      return to.parameter(from.parameters()[node.leaf].name, from.parameters()[node.leaf].value);
    case Op::draw: {
      const Draw& draw = from.draws()[node.leaf];
      return to.draw(draw.name, draw.step, draw.law, draw.span);
    }
    default: {
      std::array<NodeId, 3> args{};
      const std::span<const NodeId> of = from.args(id);
      std::ranges::transform(of, args.begin(), [&](NodeId a) { return copies[index(a)]; });
      return to.apply(node.op, std::span(args).first(of.size()));
    }
  }
}

}  // namespace

std::vector<NodeId> copy_nodes(Graph& to, const Graph& from, std::span<const NodeId> nodes) {
  const Marks wanted = upstream(from, marked(from, nodes));
  std::vector<NodeId> copies(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (wanted[i]) {
      copies[i] = copy_node(to, from, node_id(i), copies);
    }
  }
  std::vector<NodeId> found;
  for (const NodeId node : nodes) {
    found.push_back(copies[index(node)]);
  }
  return found;
}

}  // namespace capstake
