#include "graph/replace.hpp"

#include <algorithm>
#include <array>

#include "graph/reach.hpp"

namespace capstake {

std::vector<NodeId> replaced(Graph& graph, std::span<const NodeId> roots,
                             std::span<const Replacement> replacements) {
  const Marks live = upstream(graph, marked(graph, roots));
  std::vector<NodeId> changing;
  std::vector<NodeId> now;
  for (std::size_t i = 0; i < live.size(); ++i) {
    now.push_back(node_id(i));
  }
  for (const Replacement& replacement : replacements) {
    changing.push_back(replacement.node);
    now[index(replacement.node)] = replacement.by;
  }
  const Marks is_given = marked(graph, changing);
  const Marks changes = downstream(graph, is_given);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (!live[i] || !changes[i] || is_given[i]) {
      continue;
    }
    const Op op = graph.node(node_id(i)).op;
    std::array<NodeId, 3> args{};
    const std::span<const NodeId> of = graph.args(node_id(i));
    const std::size_t n = of.size();
    std::ranges::transform(of, args.begin(), [&](NodeId a) { return now[index(a)]; });
    now[i] =
        graph.apply(op, std::span(args).first(n));  // `of` may lie elsewhere now: the graph grows
  }
  std::vector<NodeId> found;
  for (const NodeId root : roots) {
    found.push_back(now[index(root)]);
  }
  return found;
}

}  // namespace capstake
