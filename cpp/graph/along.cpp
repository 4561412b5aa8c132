#include "graph/along.hpp"

#include <algorithm>
#include <array>

#include "graph/facts.hpp"
#include "graph/reach.hpp"
#include "graph/replace.hpp"

namespace capstake {
namespace {

// Evaluations of a comparison's margin, near to a straight line along x, by which it is solved.
constexpr std::size_t kSecants = 5;

}  // namespace

Expr inverse_or_zero(const Expr& x) {
  constexpr double kTiny = 1e-300;
  return x / fma(x, x, x.constant(kTiny));
}

Along::Along(Graph& graph, const Direction& direction) : graph_(graph), x_(projection(direction)) {
  find_slopes(direction);
}

Expr Along::projection(const Direction& direction) const {
  Expr sum = number(0.0);
  for (const auto& [draw, weight] : direction.steps) {
    sum = fma({graph_, draw}, number(weight), sum);
  }
  return sum;
}

void Along::find_slopes(const Direction& direction) {
  const Facts facts(graph_);
  const std::size_t n = graph_.size();
  slopes_.resize(n);
  for (const auto& [draw, weight] : direction.steps) {
    slopes_[index(draw)] = number(weight);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const Node node = graph_.node(node_id(i));  // a copy: the graph grows
    const auto is_moved = [&](NodeId a) { return slopes_[index(a)].has_value(); };
    if (facts.is_affine(node_id(i)) && std::ranges::any_of(graph_.args(node_id(i)), is_moved)) {
      slopes_[i] = slope(node);
    }
  }
}

// Of an affine form, from those of its arguments.
Expr Along::slope(const Node& node) const {
  const auto arg = [&](std::size_t k) { return Expr(graph_, node.args[k]); };
  const auto of = [&](std::size_t k) { return slopes_[index(node.args[k])].value_or(number(0.0)); };
  const auto of_product = [&] {
    const bool is_first = slopes_[index(node.args[0])].has_value();
    return is_first ? of(0) * arg(1) : arg(0) * of(1);
  };
  switch (node.op) {
    case Op::neg:
      return -of(0);
    case Op::add:
      return of(0) + of(1);
    case Op::sub:
      return of(0) - of(1);
    case Op::mul:
      return of_product();
    case Op::fma: {
      const bool is_sum = !slopes_[index(node.args[0])] && !slopes_[index(node.args[1])];
      return is_sum ? of(2) : of_product() + of(2);
    }
    default:  // div
      return of(0) / arg(1);
  }
}

std::vector<NodeId> Along::at(const Expr& place, std::span<const NodeId> nodes) const {
  const Expr moved = place - x_;
  const Marks live = upstream(graph_, marked(graph_, nodes));
  std::vector<Replacement> replacements;
  for (std::size_t i = 0; i < slopes_.size(); ++i) {
    if (live[i] && slopes_[i]) {
      replacements.push_back({node_id(i), fma(*slopes_[i], moved, {graph_, node_id(i)}).id()});
    }
  }
  return replaced(graph_, nodes, replacements);
}

Along::Margins Along::margins(NodeId comparison) const {
  Margins found;
  const auto add = [&](const Expr& place) {
    found.places.push_back(place);
    found.margins.push_back(margin_at(comparison, place));
  };
  add(number(0.0));
  add(number(1.0));
  while (found.places.size() < kSecants) {
    add(turn(found));
  }
  return found;
}

Expr Along::margin_at(NodeId comparison, const Expr& place) const {
  return {graph_, at(place, std::array{margin(graph_, comparison)}).front()};
}

Expr Along::turn(const Margins& found) const {
  const auto& [places, margins] = found;
  const std::size_t k = places.size() - 1;
  const Expr inverse = inverse_or_zero(margins[k] - margins[k - 1]);
  return bounded(places[k] - margins[k] * ((places[k] - places[k - 1]) * inverse));
}

Expr Along::bounded(const Expr& place) const {
  return select(less(place, number(kFarthest)), max(place, -kFarthest), number(kFarthest));
}

}  // namespace capstake
