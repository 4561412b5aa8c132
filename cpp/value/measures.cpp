#include "value/measures.hpp"

#include <utility>

#include "value/named_formulas.hpp"
#include "value/positions.hpp"

namespace capstake {

namespace {

// The deal's positions and flows under a measure. Parameters have no prefix, so that what both
// measures have in common is computed once.
std::vector<Quantity> lowered(Graph& graph, Deal deal, ProbabilityMeasure measure) {
  deal.measure = measure;
  const LoweredDeal found = lower(graph, deal);
  std::vector<Quantity> quantities;
  for (const Quantity& quantity : found.quantities) {
    if (is_position(quantity.measure)) {
      quantities.push_back(quantity);
    }
  }
  for (const Quantity& flow : found.flows) {
    // What risk-neutral payments are expected to be is of no use to anyone.
    if (measure == ProbabilityMeasure::real_world || flow.period.empty()) {
      quantities.push_back(flow);
    }
  }
  for (Quantity& quantity : quantities) {
    quantity.scenario = Names<ProbabilityMeasure>::kNames[static_cast<std::size_t>(measure)];
  }
  return quantities;
}

}  // namespace

BothMeasures both_measures(const Deal& deal, const ValueSpec& spec, const Poll& poll) {
  if (!deal.risk_free) {
    throw InputError({{"risk_free", "is required to value a deal under both measures", "",
                       "for example risk_free = 0.04"}});
  }
  Graph graph;
  BothMeasures both;
  both.quantities = lowered(graph, deal, ProbabilityMeasure::real_world);
  const std::vector<Quantity> neutral = lowered(graph, deal, ProbabilityMeasure::risk_neutral);
  const std::vector<Quantity> changes = differences(graph, both.quantities, neutral);
  for (const auto* more : {&neutral, &changes}) {
    both.quantities.insert(both.quantities.end(), more->begin(), more->end());
  }
  both.headlines = naming_formulas({{"", deal}}, [&] {
    return estimate_headlines(std::move(graph), both.quantities, events_of(deal), spec, poll);
  });
  return both;
}

}  // namespace capstake
