#include "graph/drawn_jumps.hpp"

#include <array>
#include <vector>

#include "graph/event_draw.hpp"
#include "graph/expr.hpp"
#include "graph/jumps.hpp"
#include "graph/reach.hpp"
#include "graph/replace.hpp"

namespace capstake {

namespace {

bool depends_on(const Graph& graph, NodeId node, NodeId draw) {
  return upstream(graph, marked(graph, std::array{node}))[index(draw)];
}

// The draw u of u itself or of -log u.
std::optional<NodeId> draw_of(const Graph& graph, NodeId side) {
  return is_uniform_draw(graph, side) ? std::optional(side) : draw_of_event_time(graph, side);
}

}  // namespace

std::optional<DrawnJump> drawn_jump(Graph& graph, NodeId comparison) {
  const std::array<NodeId, 3> args = graph.node(comparison).args;
  for (const std::size_t k : {0, 1}) {
    const std::optional<NodeId> draw = draw_of(graph, args[k]);
    const NodeId other = args[1 - k];
    if (!draw || depends_on(graph, other, *draw)) {
      continue;
    }
    const bool is_direct = args[k] == *draw;
    const NodeId place = is_direct ? other : exp(-Expr(graph, other)).id();
    return DrawnJump{comparison, *draw, place, is_direct == (k == 0)};
  }
  return std::nullopt;
}

NodeId slope_by_place(Graph& graph, NodeId value, std::span<const DrawnJump> jumps) {
  const auto on_side = [&](bool is_below) {
    std::vector<Replacement> replacements = {{jumps.front().draw, jumps.front().place}};
    for (const DrawnJump& jump : jumps) {
      const bool holds = jump.holds_below == is_below;
      replacements.push_back({jump.comparison, graph.constant(holds ? 1.0 : 0.0)});
    }
    return Expr(graph, replaced(graph, std::array{value}, replacements).front());
  };
  const Expr change = on_side(true) - on_side(false);
  const Expr place(graph, jumps.front().place);
  const Expr is_inside = less(place.constant(0.0), place) * less(place, place.constant(1.0));
  return (is_inside * change).id();
}

}  // namespace capstake
