#include "graph/direction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <string>

#include "graph/bounds.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/interpret.hpp"
#include "graph/reach.hpp"

namespace capstake {
namespace {

// Stands for zero where only a positive number has a logarithm.
constexpr double kTiny = 1e-300;

using Weights = std::map<std::string, std::map<std::size_t, double>>;  // by name and draw

// Adds the margin's unit gradient by the normal draws, at the centre of all draws.
void add_unit_gradient(const Graph& graph, NodeId comparison, Weights& weights) {
  Graph scratch = graph;
  std::vector<NodeId> nodes;
  std::vector<std::size_t> draws;
  std::vector<double> centre;
  for (std::size_t i = 0; i < graph.draws().size(); ++i) {
    const Draw& draw = graph.draws()[i];
    centre.push_back(draw.law == Law::normal ? 0.0 : 0.5);
    if (draw.law == Law::normal) {
      nodes.push_back(*graph.drawn(draw.name, draw.step));
      draws.push_back(i);
    }
  }
  const std::vector<NodeId> by = gradient(scratch, margin(scratch, comparison), nodes);
  const std::vector<double> values = interpret(scratch, centre);
  double squares = 0.0;
  for (const NodeId node : by) {
    squares += values[index(node)] * values[index(node)];
  }
  for (std::size_t k = 0; k < by.size() && std::isfinite(squares) && squares > 0.0; ++k) {
    const double weight = values[index(by[k])] / std::sqrt(squares);
    if (weight != 0.0) {
      weights[graph.draws()[draws[k]].name][draws[k]] += weight;
    }
  }
}

double length(const std::map<std::size_t, double>& weights) {
  double squares = 0.0;
  for (const auto& [draw, weight] : weights) {
    squares += weight * weight;
  }
  return std::sqrt(squares);
}

// Of one sign, so that what rises with each step rises along the direction.
void keep_one_sign(std::map<std::size_t, double>& weights) {
  double sum = 0.0;
  for (const auto& [draw, weight] : weights) {
    sum += weight;
  }
  std::erase_if(weights, [&](const auto& each) { return each.second * sum <= 0.0; });
  for (auto& [draw, weight] : weights) {
    weight = std::abs(weight);
  }
}

class Along {
 public:
  Along(Graph& graph, const Direction& direction)
      : graph_(graph), direction_(direction), varying_(varying_nodes(graph)) {}

  std::vector<NodeId> of(std::span<const NodeId> nodes) {
    const Marks live = upstream(graph_, marked(graph_, nodes));
    for (std::size_t i = 0; i < live.size(); ++i) {
      forms_.push_back({node_id(i), std::nullopt});
    }
    const Marks is_step = see_steps();
    const Marks changes = downstream(graph_, is_step);
    for (std::size_t i = 0; i < live.size(); ++i) {
      if (live[i] && changes[i] && !is_step[i]) {
        forms_[i] = seen(node_id(i));
      }
    }
    std::vector<NodeId> found;
    std::ranges::transform(nodes, std::back_inserter(found),
                           [&](NodeId node) { return whole(forms_[index(node)]); });
    return found;
  }

 private:
  // rest + slope * along
  struct Form {
    NodeId rest{};
    std::optional<NodeId> slope;  // the same on all paths
  };

  Marks see_steps() {
    std::vector<NodeId> draws;
    NodeId projection = graph_.constant(0.0);
    for (const auto& [draw, weight] : direction_.steps) {
      draws.push_back(draw);
      projection = made(Op::fma, draw, graph_.constant(weight), projection);
    }
    const bool is_all = direction_.steps.size() == 1;
    for (const auto& [draw, weight] : direction_.steps) {
      const NodeId rest =
          is_all ? graph_.constant(0.0) : made(Op::fma, graph_.constant(-weight), projection, draw);
      forms_[index(draw)] = {rest, graph_.constant(weight)};
    }
    Marks marks(forms_.size());
    for (const NodeId draw : draws) {
      marks[index(draw)] = true;
    }
    return marks;
  }

  template <class... Nodes>
  NodeId made(Op op, Nodes... args) {
    return graph_.apply(op, std::array{args...});
  }

  NodeId whole(const Form& form) {
    return form.slope ? made(Op::fma, *form.slope, direction_.along, form.rest) : form.rest;
  }

  Form seen(NodeId id) {
    const Node node = graph_.node(id);  // copies: the graph grows
    const std::size_t n = graph_.args(id).size();
    std::array<Form, 3> args;
    for (std::size_t k = 0; k < n; ++k) {
      args[k] = forms_[index(node.args[k])];
    }
    if (const std::optional<Form> affine = affine_form(node, args)) {
      return *affine;
    }
    std::array<NodeId, 3> values{};
    std::ranges::transform(args, values.begin(), [&](const Form& form) { return whole(form); });
    return {graph_.apply(node.op, std::span(values).first(n)), std::nullopt};
  }

  // Nothing where the node has no slope, or is no affine form.
  std::optional<Form> affine_form(const Node& node, const std::array<Form, 3>& args) {
    const auto& [a, b, c] = args;
    switch (node.op) {
      case Op::neg:
        return a.slope ? std::optional(Form{made(Op::neg, a.rest), negative(a.slope)})
                       : std::nullopt;
      case Op::add:
        return sum(a, b, made(Op::add, a.rest, b.rest));
      case Op::sub:
        return sum(a, {b.rest, negative(b.slope)}, made(Op::sub, a.rest, b.rest));
      case Op::mul:
        return scaled(node, Op::mul, args);
      case Op::div:
        return scaled(node, Op::div, args);
      case Op::fma: {
        const bool has_slope = a.slope || b.slope;
        const std::optional<Form> product = scaled(node, Op::mul, args);
        return has_slope && !product
                   ? std::nullopt
                   : sum(product.value_or(Form{}), c, made(Op::fma, a.rest, b.rest, c.rest));
      }
      default:
        return std::nullopt;
    }
  }

  std::optional<NodeId> negative(const std::optional<NodeId>& slope) {
    return slope ? std::optional(made(Op::neg, *slope)) : std::nullopt;
  }

  std::optional<Form> sum(const Form& a, const Form& b, NodeId rest) {
    if (!a.slope && !b.slope) {
      return std::nullopt;
    }
    const NodeId slope = a.slope && b.slope ? made(Op::add, *a.slope, *b.slope)
                         : a.slope          ? *a.slope
                                            : *b.slope;
    return Form{rest, slope};
  }

  // The form with a slope times, or over, what is the same on all paths.
  std::optional<Form> scaled(const Node& node, Op op, const std::array<Form, 3>& args) {
    const std::size_t k = args[0].slope ? 0 : 1;
    const NodeId factor = node.args[1 - k];
    if (!args[k].slope || varying_[index(factor)] || (op == Op::div && k == 1)) {
      return std::nullopt;
    }
    return Form{k == 0 ? made(op, args[0].rest, factor) : made(op, factor, args[1].rest),
                k == 0 ? made(op, *args[0].slope, factor) : made(op, factor, *args[1].slope)};
  }

  Graph& graph_;
  const Direction& direction_;
  Marks varying_;
  std::vector<Form> forms_;  // by node
};

}  // namespace

NodeId margin(Graph& graph, NodeId comparison) {
  const std::array<NodeId, 3> args = graph.node(comparison).args;
  const Expr a(graph, args[0]);
  const Expr b(graph, args[1]);
  Bounds bounds(graph);
  const bool is_ratio = bounds.of(args[0]).low >= 0.0 && bounds.of(args[1]).low >= 0.0;
  return (is_ratio ? log(max(a, kTiny)) - log(max(b, kTiny)) : a - b).id();
}

std::optional<Direction> direction_of(Graph& graph, std::span<const NodeId> comparisons) {
  Weights weights;
  for (const NodeId comparison : comparisons) {
    add_unit_gradient(graph, comparison, weights);
  }
  if (weights.empty()) {
    return std::nullopt;
  }
  auto& [name, of_steps] = *std::ranges::max_element(
      weights, {}, [](const auto& factor) { return length(factor.second); });
  keep_one_sign(of_steps);
  const double all = length(of_steps);
  const auto step = [&](std::size_t draw) {
    return *graph.drawn(graph.draws()[draw].name, graph.draws()[draw].step);
  };
  Direction direction;
  for (const auto& [draw, weight] : of_steps) {
    direction.steps.push_back({step(draw), weight / all});
  }
  direction.along = direction.steps.size() == 1 ? direction.steps.front().draw
                                                : graph.draw(name + " along a direction", 0);
  return direction;
}

std::vector<NodeId> seen_along(Graph& graph, const Direction& direction,
                               std::span<const NodeId> nodes) {
  return Along(graph, direction).of(nodes);
}

}  // namespace capstake
