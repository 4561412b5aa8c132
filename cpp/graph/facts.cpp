#include "graph/facts.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/require.hpp"
#include "graph/interpret.hpp"

namespace capstake {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Bounds = std::pair<double, double>;

Bounds hull(double a, double b, double c, double d) {
  const auto [low, high] = std::minmax({a, b, c, d});
  return std::isnan(a + b + c + d) ? Bounds{-kInfinity, kInfinity} : Bounds{low, high};
}

}  // namespace

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
  const double value = central_.back();
  bounds_.push_back(is_invariant(id) && !std::isnan(value) ? Bounds{value, value}
                                                           : bounds_of(node));
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

std::pair<double, double> Facts::bounds_of(const Node& node) const {
  const auto of = [&](std::size_t k) { return bounds(node.args[k]); };
  const auto monotone = [&] {
    const auto [low, high] = of(0);
    return Bounds{evaluate(node.op, low), evaluate(node.op, high)};
  };
  switch (node.op) {
    case Op::draw:
      return graph_.draws()[node.leaf].law == Law::uniform ? Bounds{0.0, 1.0}
                                                           : Bounds{-kInfinity, kInfinity};
    case Op::neg:
      return {-of(0).second, -of(0).first};
    case Op::exp:
    case Op::normal_cdf:
      return monotone();
    case Op::log:
      return of(0).first >= 0.0 ? monotone() : Bounds{-kInfinity, kInfinity};
    case Op::add:
      return {of(0).first + of(1).first, of(0).second + of(1).second};
    case Op::sub:
      return {of(0).first - of(1).second, of(0).second - of(1).first};
    case Op::mul: {
      const auto [a, b] = of(0);
      const auto [c, d] = of(1);
      return hull(a * c, a * d, b * c, b * d);
    }
    case Op::min:
      return {std::min(of(0).first, of(1).first), std::min(of(0).second, of(1).second)};
    case Op::max:
      return {std::max(of(0).first, of(1).first), std::max(of(0).second, of(1).second)};
    case Op::less:
    case Op::less_equal:
      return {0.0, 1.0};
    default:
      return {-kInfinity, kInfinity};
  }
}

}  // namespace capstake
