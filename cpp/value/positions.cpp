#include "value/positions.hpp"

#include <map>
#include <utility>

#include "graph/expr.hpp"

namespace capstake {

namespace {

using Subject = std::pair<Measure, std::string>;

std::map<Subject, NodeId> positions(const std::vector<Quantity>& quantities) {
  std::map<Subject, NodeId> found;
  for (const Quantity& quantity : quantities) {
    if (is_position(quantity.measure)) {
      found.emplace(Subject{quantity.measure, quantity.subject}, quantity.node);
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> events_of(const Deal& deal) {
  std::vector<std::string> names;
  for (const auto& [name, event] : deal.events) {
    names.push_back(name);
  }
  return names;
}

std::vector<Quantity> differences(Graph& graph, const std::vector<Quantity>& before,
                                  const std::vector<Quantity>& after) {
  const std::map<Subject, NodeId> old_nodes = positions(before);
  std::map<Subject, NodeId> new_nodes = positions(after);
  const Expr zero(graph, graph.constant(0.0));
  for (const auto& [subject, node] : old_nodes) {
    new_nodes.emplace(subject, zero.id());
  }
  std::vector<Quantity> changes;
  for (const auto& [subject, node] : new_nodes) {
    const auto found = old_nodes.find(subject);
    const Expr old_value = found == old_nodes.end() ? zero : Expr(graph, found->second);
    const Expr change = Expr(graph, node) - old_value;
    changes.push_back({std::string(kDifference), subject.first, subject.second, "", change.id()});
  }
  return changes;
}

}  // namespace capstake
