#include "value/value.hpp"

#include <map>
#include <tuple>

#include "graph/expr.hpp"
#include "program/compile.hpp"

namespace capstake {

namespace {

OutputSpec spec_of(Measure measure) {
  switch (measure) {
    case Measure::leg:
    case Measure::stake:
    case Measure::party:
      return {.moments = true, .joint = true, .samples = true};
    case Measure::paid:
    case Measure::payment:
      return {.moments = true, .joint = false, .samples = true};
    case Measure::revenue:
    case Measure::cap_reached:
    case Measure::stake_flow:
      return {.moments = true, .joint = false, .samples = false};
    case Measure::cap_days:
      return {.moments = false, .joint = false, .samples = true};
  }
  return {};
}

bool is_position(Measure measure) {
  return measure == Measure::leg || measure == Measure::stake || measure == Measure::party;
}

Valuation run(const Graph& graph, std::vector<Quantity> quantities, const RunSpec& spec,
              const Poll& poll) {
  std::vector<OutputSpec> outputs;
  for (const Quantity& quantity : quantities) {
    outputs.push_back(spec_of(quantity.measure));
  }
  return {std::move(quantities), simulate(compile(graph), outputs, spec, poll)};
}

void check_comparable(const Deal& old_deal, const Deal& new_deal) {
  Issues issues;
  const auto check = [&](bool same, const char* field, const std::string& a, const std::string& b) {
    if (!same) {
      issues.push_back({field, "must be the same in both deals", a + " and " + b, ""});
    }
  };
  const auto unit = [](const Deal& deal) {
    return std::string(Names<MoneyUnit>::kNames[static_cast<std::size_t>(deal.unit)]);
  };
  check(old_deal.valuation_date == new_deal.valuation_date, "valuation_date",
        iso(old_deal.valuation_date), iso(new_deal.valuation_date));
  check(old_deal.currency == new_deal.currency, "currency", old_deal.currency, new_deal.currency);
  check(old_deal.unit == new_deal.unit, "unit", unit(old_deal), unit(new_deal));
  if (!issues.empty()) {
    throw InputError(std::move(issues));
  }
}

using Subject = std::pair<Measure, std::string>;

// The outputs of one deal that a comparison takes differences of.
std::map<Subject, NodeId> positions(const Graph& graph, const std::vector<Quantity>& quantities,
                                    std::size_t first) {
  std::map<Subject, NodeId> found;
  for (std::size_t i = first; i < quantities.size(); ++i) {
    if (is_position(quantities[i].measure)) {
      found.emplace(Subject{quantities[i].measure, quantities[i].subject}, graph.outputs()[i].node);
    }
  }
  return found;
}

}  // namespace

Valuation value(const Deal& deal, const RunSpec& spec, const Poll& poll) {
  Graph graph;
  std::vector<Quantity> quantities = lower(graph, deal);
  return run(graph, std::move(quantities), spec, poll);
}

Valuation compare(const Deal& old_deal, const Deal& new_deal, const RunSpec& spec,
                  const Poll& poll) {
  check_comparable(old_deal, new_deal);
  Graph graph;
  std::vector<Quantity> quantities = lower(graph, old_deal, "old");
  const std::map<Subject, NodeId> before = positions(graph, quantities, 0);
  const std::size_t n_old = quantities.size();
  for (Quantity& quantity : lower(graph, new_deal, "new")) {
    quantities.push_back(std::move(quantity));
  }
  std::map<Subject, NodeId> after = positions(graph, quantities, n_old);
  const NodeId zero = graph.constant(0.0);
  for (const auto& [subject, node] : before) {
    after.emplace(subject, zero);
  }
  for (const auto& [subject, node] : after) {
    const auto old_node = before.find(subject);
    const Expr change =
        Expr(graph, node) - Expr(graph, old_node == before.end() ? zero : old_node->second);
    quantities.push_back({"difference", subject.first, subject.second, ""});
    graph.output(output_name(quantities.back()), change.id());
  }
  return run(graph, std::move(quantities), spec, poll);
}

Graph graph_of(const Deal& deal) {
  Graph graph;
  lower(graph, deal);
  return graph;
}

}  // namespace capstake
