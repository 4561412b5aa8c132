#include "value/named_formulas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "deal/lower.hpp"
#include "graph/interpret.hpp"

namespace capstake {

namespace {

// What is tried for uniform draws that the run did without: an event that never comes, then others.
constexpr std::array kTried = {1e-9, 0.2, 0.4, 0.6, 0.8, 0.95};

std::vector<double> draws_of(const Graph& graph, const NotFinite& failure, double otherwise) {
  std::map<std::pair<std::string, std::uint32_t>, double> known;
  for (std::size_t i = 0; i < failure.draws().size(); ++i) {
    known.emplace(std::pair(failure.draws()[i].name, failure.draws()[i].step), failure.values()[i]);
  }
  std::vector<double> draws;
  for (const Draw& draw : graph.draws()) {
    const auto found = known.find({draw.name, draw.step});
    const double missing = draw.law == Law::uniform ? otherwise : 0.0;
    draws.push_back(found == known.end() ? missing : found->second);
  }
  return draws;
}

// A deal's graph on one path.
class Path {
 public:
  Path(const Graph& graph, const std::vector<FormulaStep>& steps, std::vector<double> values)
      : graph_(graph), values_(std::move(values)) {
    for (const FormulaStep& step : steps) {
      if (!is_finite(step.result) && std::ranges::all_of(step.arguments, [&](NodeId argument) {
            return is_finite(argument);
          })) {
        origins_.emplace(step.result, &step);
      }
    }
  }

  // The formula's operation, if there is one, that made a node other than finite.
  const FormulaStep* origin(NodeId of) {
    std::vector<NodeId> waiting = {of};
    while (!waiting.empty()) {
      const NodeId node = waiting.back();
      waiting.pop_back();
      if (is_finite(node) || !seen_.insert(node).second) {
        continue;
      }
      if (const auto found = origins_.find(node); found != origins_.end()) {
        return found->second;
      }
      const std::vector<NodeId> arguments = taken(node);
      waiting.insert(waiting.end(), arguments.rbegin(), arguments.rend());
    }
    return nullptr;
  }

  std::string in_words(const FormulaStep& step) const {
    const std::string operation(step.operation);
    const bool is_sign = !std::isalpha(static_cast<unsigned char>(operation.front()));
    std::string text;
    for (const NodeId argument : step.arguments) {
      text += (text.empty() ? "" : is_sign ? " " + operation + " " : ", ") + shown(argument);
    }
    return step.place + " computes " + (is_sign ? text : operation + "(" + text + ")") + " in " +
           step.period;
  }

 private:
  double value(NodeId node) const { return values_[static_cast<std::size_t>(node)]; }
  bool is_finite(NodeId node) const { return std::isfinite(value(node)); }

  // The arguments that the value comes from.
  std::vector<NodeId> taken(NodeId id) const {
    const auto args = graph_.args(id);
    if (graph_.node(id).op == Op::select) {
      return {value(args[0]) != 0.0 ? args[1] : args[2]};
    }
    return {args.begin(), args.end()};
  }

  std::string shown(NodeId node) const {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.6g", value(node));
    return digits;
  }

  const Graph& graph_;
  std::vector<double> values_;
  std::map<NodeId, const FormulaStep*> origins_;
  std::set<NodeId> seen_;
};

}  // namespace

std::string formula_that_failed(const Deal& deal, const NotFinite& failure) {
  Graph graph;
  std::vector<FormulaStep> steps;
  const LoweredDeal lowered = lower(graph, deal, "", &steps);
  if (steps.empty()) {
    return {};
  }
  for (const double tried : kTried) {
    Path path(graph, steps, interpret(graph, draws_of(graph, failure, tried)));
    for (const Quantity& quantity : lowered.quantities) {
      const bool may_be_infinite = quantity.measure == Measure::cap_days;
      const FormulaStep* step = may_be_infinite ? nullptr : path.origin(quantity.node);
      if (step != nullptr) {
        return path.in_words(*step);
      }
    }
  }
  return {};
}

}  // namespace capstake
