#include "graph/graph.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "base/require.hpp"
#include "graph/interpret.hpp"
#include "graph/text.hpp"

namespace capstake {
namespace {

struct OpRow {
  std::string_view name;
  Smoothness smoothness;
};

constexpr OpRow kOpRows[] = {
    {"constant", Smoothness::smooth},
    {"parameter", Smoothness::smooth},
    {"draw", Smoothness::smooth},
#define OP(name, arity, smoothness) {#name, Smoothness::smoothness},
#include "graph/ops.def"
#undef OP
};
static_assert(std::size(kOpRows) == kLeafOps + kOps);

bool is_commutative(Op op) { return op == Op::add || op == Op::mul; }

// Bits, not values: 0.0 == -0.0, but x - 0.0 is x and x - -0.0 is not.
bool has_bits(std::optional<double> constant, double value) {
  return constant && std::bit_cast<std::uint64_t>(*constant) == std::bit_cast<std::uint64_t>(value);
}

std::optional<double> constant_value(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  return node.op == Op::constant ? std::optional(graph.constants()[node.leaf]) : std::nullopt;
}

// The constant that op(args) is, if all arguments are constants.
std::optional<double> folded(const Graph& graph, Op op, std::span<const NodeId> args) {
  std::array<double, 3> values{};
  for (std::size_t k = 0; k < args.size(); ++k) {
    const std::optional<double> value = constant_value(graph, args[k]);
    if (!value) {
      return std::nullopt;
    }
    values[k] = *value;
  }
  return evaluate(op, values[0], values[1], values[2]);
}

// The argument that op(args) equals, bit for bit and for every value of it (NaN payloads apart).
// x + 0.0 is not here (it turns -0.0 into 0.0), nor is x * 0.0 (infinities) or x - x.
std::optional<NodeId> identity(const Graph& graph, Op op, std::span<const NodeId> args) {
  const auto is = [&](std::size_t k, double value) {
    return has_bits(constant_value(graph, args[k]), value);
  };
  switch (op) {
    case Op::add:
      return is(1, -0.0)   ? std::optional(args[0])
             : is(0, -0.0) ? std::optional(args[1])
                           : std::nullopt;
    case Op::sub:
      return is(1, 0.0) ? std::optional(args[0]) : std::nullopt;
    case Op::mul:
      return is(1, 1.0)   ? std::optional(args[0])
             : is(0, 1.0) ? std::optional(args[1])
                          : std::nullopt;
    case Op::div:
      return is(1, 1.0) ? std::optional(args[0]) : std::nullopt;
    case Op::min:
    case Op::max:
      return args[0] == args[1] ? std::optional(args[0]) : std::nullopt;
    case Op::select: {
      if (const std::optional<double> condition = constant_value(graph, args[0])) {
        return *condition != 0.0 ? args[1] : args[2];
      }
      return args[1] == args[2] ? std::optional(args[1]) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

constexpr NodeId kNowhere{UINT32_MAX};

// The arguments in an order that is the same for x + y and y + x.
std::array<NodeId, 3> ordered_args(const Node& node) {
  const auto& [a, b, c] = node.args;
  return is_commutative(node.op) && a > b ? std::array{b, a, c} : node.args;
}

bool is_same(const Node& a, const Node& b) {
  return a.op == b.op && ordered_args(a) == ordered_args(b);
}

std::size_t hash_of(const Node& node) {
  std::uint64_t hash = static_cast<std::uint64_t>(node.op);
  for (const NodeId argument : ordered_args(node)) {
    hash =
        (hash ^ index(argument)) * 0x9E3779B97F4A7C15;  // the golden ratio: spreads small integers
    hash ^= hash >> 32;
  }
  return static_cast<std::size_t>(hash);
}

std::string draw_key(std::string_view name, std::uint32_t step) {
  return std::string(name) + "#" + std::to_string(step);
}

}  // namespace

std::string_view name(Op op) { return kOpRows[static_cast<std::size_t>(op)].name; }

Smoothness smoothness(Op op) { return kOpRows[static_cast<std::size_t>(op)].smoothness; }

NodeId Graph::append(const Node& node) {
  require(nodes_.size() < UINT32_MAX, "Graph", "must have fewer than 2^32 - 1 nodes");
  nodes_.push_back(node);
  return node_id(nodes_.size() - 1);
}

NodeId Graph::constant(double value) {
  const auto [found, is_new] = known_constants_.try_emplace(std::bit_cast<std::uint64_t>(value));
  if (is_new) {
    found->second = append({Op::constant, {}, static_cast<std::uint32_t>(constants_.size())});
    constants_.push_back(value);
  }
  return found->second;
}

NodeId Graph::parameter(std::string_view name, double value) {
  const auto [found, is_new] = known_parameters_.try_emplace(std::string(name));
  if (is_new) {
    found->second = append({Op::parameter, {}, static_cast<std::uint32_t>(parameters_.size())});
    parameters_.push_back({std::string(name), value});
  }
  const double known = parameters_[node(found->second).leaf].value;
  require(has_bits(known, value), name, "must be one number, here " + number_text(known),
          number_text(value));
  return found->second;
}

NodeId Graph::draw(std::string_view name, std::uint32_t step, Law law, double span) {
  require(span >= 0.0 && std::isfinite(span), name, "must have a span of at least 0",
          number_text(span));
  const auto [found, is_new] = known_draws_.try_emplace(draw_key(name, step));
  if (is_new) {
    found->second = append({Op::draw, {}, static_cast<std::uint32_t>(draws_.size())});
    draws_.push_back({std::string(name), step, law, span});
  }
  const Draw& known = draws_[node(found->second).leaf];
  require(known.law == law, name, "must be drawn from one law, here " + draw_text(known),
          draw_text({known.name, step, law}));
  require(known.span == span, name, "must be drawn with one span, here " + number_text(known.span),
          number_text(span));
  return found->second;
}

std::optional<NodeId> Graph::drawn(std::string_view name, std::uint32_t step) const {
  const auto found = known_draws_.find(draw_key(name, step));
  return found == known_draws_.end() ? std::nullopt : std::optional(found->second);
}

void Graph::check_applies(Op op, std::span<const NodeId> args) const {
  const auto n = static_cast<std::size_t>(arity(op));
  if (n == 0 ||
      args.size() != n) {  // texts are made where they are needed: this runs for each node
    require(false, name(op), "must be an operation with " + std::to_string(n) + " arguments",
            std::to_string(args.size()));
  }
  for (const NodeId argument : args) {
    if (index(argument) >= nodes_.size()) {
      require(false, name(op), "must have arguments of this graph",
              "node " + std::to_string(index(argument)));
    }
  }
}

// Where the table holds the node, or where it would.
std::size_t Graph::place_of(const Node& node) const {
  const std::size_t last = known_.size() - 1;  // a power of two less 1
  std::size_t place = hash_of(node) & last;
  while (known_[place] != kNowhere && !is_same(nodes_[index(known_[place])], node)) {
    place = (place + 1) & last;
  }
  return place;
}

// Doubles the table.
void Graph::widen() {
  std::vector<NodeId> narrow(std::max(2 * known_.size(), std::size_t{64}), kNowhere);
  narrow.swap(known_);
  for (const NodeId id : narrow) {
    if (id != kNowhere) {
      known_[place_of(nodes_[index(id)])] = id;
    }
  }
}

NodeId Graph::apply(Op op, std::span<const NodeId> args) {
  check_applies(op, args);
  if (const std::optional<double> value = folded(*this, op, args)) {
    return constant(*value);
  }
  if (const std::optional<NodeId> same = identity(*this, op, args)) {
    return *same;
  }
  Node node{op, {}, 0};
  std::ranges::copy(args, node.args.begin());
  if (2 * n_known_ >= known_.size()) {
    widen();
  }
  NodeId& known = known_[place_of(node)];
  if (known == kNowhere) {
    known = append(node);
    ++n_known_;
  }
  return known;
}

void Graph::output(std::string_view name, NodeId node) {
  require(index(node) < nodes_.size(), name, "must be a node of this graph",
          "node " + std::to_string(index(node)));
  const bool is_new = known_outputs_.try_emplace(std::string(name), outputs_.size()).second;
  require(is_new, name, "must be the name of one output only");
  outputs_.push_back({std::string(name), node});
}

}  // namespace capstake
