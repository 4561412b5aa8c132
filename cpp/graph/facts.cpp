#include "graph/facts.hpp"

#include <algorithm>
#include <bit>

#include "base/require.hpp"
#include "graph/interpret.hpp"

namespace capstake {

Facts::Facts(const Graph& graph) : graph_(graph), words_((graph.draws().size() + 63) / 64) {
  draw_nodes_.resize(graph.draws().size());
  update();
}

void Facts::update() {
  require(graph_.draws().size() == draw_nodes_.size(), "Facts", "must not see a new draw");
  support_.resize(graph_.size() * words_);
  for (std::size_t i = central_.size(); i < graph_.size(); ++i) {
    read(node_id(i));
  }
}

std::span<const std::uint64_t> Facts::support(NodeId node) const {
  return std::span(support_).subspan(index(node) * words_, words_);
}

bool Facts::is_invariant(NodeId node) const {
  return std::ranges::all_of(support(node), [](std::uint64_t word) { return word == 0; });
}

bool Facts::are_disjoint(NodeId a, NodeId b) const {
  for (std::size_t w = 0; w < words_; ++w) {
    if ((support(a)[w] & support(b)[w]) != 0) {
      return false;
    }
  }
  return true;
}

std::optional<NodeId> Facts::only_draw(NodeId node) const {
  std::optional<NodeId> found;
  for (std::size_t w = 0; w < words_; ++w) {
    const std::uint64_t word = support(node)[w];
    if (std::popcount(word) > 1 || (word != 0 && found)) {
      return std::nullopt;
    }
    if (word != 0) {
      found = draw_nodes_[w * 64 + static_cast<std::size_t>(std::countr_zero(word))];
    }
  }
  return found;
}

void Facts::read(NodeId id) {
  const Node& node = graph_.node(id);
  const std::span<std::uint64_t> mine = std::span(support_).subspan(index(id) * words_, words_);
  std::array<double, 3> values{};
  bool normal = false;
  for (std::size_t k = 0; k < graph_.args(id).size(); ++k) {
    const NodeId argument = node.args[k];
    for (std::size_t w = 0; w < words_; ++w) {
      mine[w] |= support(argument)[w];
    }
    values[k] = central(argument);
    normal = normal || has_normal(argument);
  }
  if (node.op == Op::draw) {
    const bool is_normal = graph_.draws()[node.leaf].law == Law::normal;
    mine[node.leaf / 64] |= std::uint64_t{1} << (node.leaf % 64);
    draw_nodes_[node.leaf] = id;
    normal = is_normal;
    central_.push_back(is_normal ? 0.0 : 0.5);
  } else if (node.op == Op::constant) {
    central_.push_back(graph_.constants()[node.leaf]);
  } else if (node.op == Op::parameter) {
    central_.push_back(graph_.parameters()[node.leaf].value);
  } else {
    central_.push_back(evaluate(node.op, values[0], values[1], values[2]));
  }
  has_normal_.push_back(normal);
  is_affine_.push_back(affine(node));
}

bool Facts::affine(const Node& node) const {
  const auto is = [&](std::size_t k) { return is_affine(node.args[k]); };
  const auto fixed = [&](std::size_t k) { return is_invariant(node.args[k]); };
  switch (node.op) {
    case Op::draw:
      return graph_.draws()[node.leaf].law == Law::normal;
    case Op::neg:
      return is(0);
    case Op::add:
    case Op::sub:
      return is(0) && is(1);
    case Op::mul:
      return (fixed(0) && is(1)) || (is(0) && fixed(1));
    case Op::fma:
      return ((fixed(0) && is(1)) || (is(0) && fixed(1))) && is(2);
    case Op::div:
      return is(0) && fixed(1);
    default:
      return std::ranges::all_of(
          std::span(node.args).first(static_cast<std::size_t>(arity(node.op))),
          [&](NodeId argument) { return is_invariant(argument); });
  }
}

}  // namespace capstake
