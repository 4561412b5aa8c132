#include "graph/event_draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace capstake {
namespace {

// In place of a hazard of zero, so that its thresholds have an order.
constexpr double kSmallHazard = 1e-4;

// The only live node that uses another, if it is this operation.
std::optional<NodeId> only_use(const Graph& graph, NodeId of, Op op, const Marks& live) {
  std::optional<NodeId> found;
  for (std::size_t i = index(of) + 1; i < graph.size(); ++i) {
    if (live[i] && std::ranges::count(graph.args(node_id(i)), of) > 0) {
      if (found || graph.node(node_id(i)).op != op) {
        return std::nullopt;
      }
      found = node_id(i);
    }
  }
  return found;
}

bool compares(Op op) {
  return op == Op::sub || op == Op::less || op == Op::less_equal || op == Op::min || op == Op::max;
}

// What the variable is compared with or measured from, and the ends of gaps between these.
class Thresholds {
 public:
  Thresholds(const Graph& graph, NodeId variable, const Marks& live, const Marks& varying)
      : is_found_(graph.size()) {
    for (std::size_t i = 0; i < graph.size(); ++i) {
      const std::span<const NodeId> args = graph.args(node_id(i));
      if (live[i] && compares(graph.node(node_id(i)).op) &&
          std::ranges::count(args, variable) > 0) {
        add(args[0] == variable ? args[1] : args[0], varying);
      }
    }
    for (std::size_t i = 0; i < graph.size(); ++i) {
      const std::span<const NodeId> args = graph.args(node_id(i));
      if (live[i] && !varying[i] && graph.node(node_id(i)).op == Op::sub &&
          is_found_[index(args[1])]) {
        add(args[0], varying);
      }
    }
  }

  const std::vector<NodeId>& found() const { return found_; }
  bool some_vary() const { return some_vary_; }

 private:
  void add(NodeId id, const Marks& varying) {
    some_vary_ = some_vary_ || varying[index(id)];
    if (!is_found_[index(id)]) {
      is_found_[index(id)] = true;
      found_.push_back(id);
    }
  }

  Marks is_found_;
  std::vector<NodeId> found_;
  bool some_vary_ = false;
};

std::vector<double> raised_parameters(const Graph& graph, const std::vector<NodeId>& thresholds) {
  const Marks above = upstream(graph, marked(graph, thresholds));
  std::vector<double> values;
  for (const Parameter& parameter : graph.parameters()) {
    values.push_back(parameter.value);
  }
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Node& node = graph.node(node_id(i));
    if (above[i] && node.op == Op::parameter && values[node.leaf] == 0.0) {
      values[node.leaf] = kSmallHazard;
    }
  }
  return values;
}

// Sorts the thresholds, and drops those at or below zero and copies.
std::string put_in_order(const Graph& graph, EventDraw& event, std::vector<NodeId> found) {
  Bounds now(graph);
  Bounds raised(graph, event.parameters);
  const auto at = [&](NodeId id) { return raised.of(id).low; };
  if (std::ranges::any_of(found, [&](NodeId id) { return !std::isfinite(at(id)); })) {
    return "a threshold is not a finite number";
  }
  std::ranges::stable_sort(found, {}, at);
  for (const NodeId id : found) {
    const bool is_first = event.thresholds.empty();
    const double before = is_first ? 0.0 : at(event.thresholds.back());
    if (at(id) - before > 1e-14 * at(id)) {
      if (!is_first && now.of(id).low < now.of(event.thresholds.back()).low) {
        return "the order of its thresholds is not clear where a parameter is zero";
      }
      event.thresholds.push_back(id);
    }
  }
  return "";
}

}  // namespace

bool is_uniform_draw(const Graph& graph, NodeId node) {
  const Node& of = graph.node(node);
  return of.op == Op::draw && graph.draws()[of.leaf].law == Law::uniform;
}

std::optional<NodeId> draw_of_event_time(const Graph& graph, NodeId node) {
  const Node& of = graph.node(node);
  if (of.op != Op::neg || graph.node(of.args[0]).op != Op::log) {
    return std::nullopt;
  }
  const NodeId draw = graph.node(of.args[0]).args[0];
  return is_uniform_draw(graph, draw) ? std::optional(draw) : std::nullopt;
}

EventDraw event_of(const Graph& graph, NodeId draw, const Marks& live,
                   std::size_t most_thresholds) {
  EventDraw event{draw, draw, {}, {}, ""};
  const std::optional<NodeId> log = only_use(graph, draw, Op::log, live);
  const std::optional<NodeId> variable = log ? only_use(graph, *log, Op::neg, live) : std::nullopt;
  if (!variable) {
    event.obstacle = "is not used as the time of an event";
    return event;
  }
  event.variable = *variable;
  const Thresholds thresholds(graph, *variable, live, varying_nodes(graph));
  if (thresholds.some_vary()) {
    event.obstacle = "its hazard changes from path to path";
  } else if (thresholds.found().empty()) {
    event.obstacle = "is compared with no threshold";
  } else if (thresholds.found().size() > most_thresholds) {
    event.obstacle = "has more than " + std::to_string(most_thresholds) + " thresholds";
  } else {
    event.parameters = raised_parameters(graph, thresholds.found());
    event.obstacle = put_in_order(graph, event, thresholds.found());
  }
  return event;
}

}  // namespace capstake
