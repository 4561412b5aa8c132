#include "value/value.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include "program/compile.hpp"
#include "value/named_formulas.hpp"
#include "value/positions.hpp"

namespace capstake {

namespace {

OutputSpec spec_of(Measure measure) {
  switch (measure) {
    case Measure::leg:
    case Measure::stake:
    case Measure::party:
      return {.moments = true, .joint = true, .samples = true};
    case Measure::paid:
      return {.moments = true, .joint = false, .samples = true};
    case Measure::payment:
    case Measure::revenue:
    case Measure::cap_reached:
    case Measure::stake_flow:
    case Measure::flow:
      return {.moments = true, .joint = false, .samples = false};
    case Measure::cap_days:
      return {.moments = false, .joint = false, .samples = true};
  }
  return {};
}

// Whether the quantity's mean is estimated by itself, not from the paths of the distributions.
bool is_headline(Measure measure) {
  return measure != Measure::cap_reached && measure != Measure::cap_days;
}

Program program_of(Graph graph, const std::vector<Quantity>& quantities) {
  for (const Quantity& quantity : quantities) {
    graph.output(output_name(quantity), quantity.node);
  }
  return compile(graph);
}

Estimates estimate(const Graph& graph, const std::vector<Quantity>& quantities, const RunSpec& spec,
                   const Poll& poll) {
  std::vector<OutputSpec> outputs;
  for (const Quantity& quantity : quantities) {
    outputs.push_back(spec_of(quantity.measure));
  }
  return simulate(program_of(graph, quantities), outputs, spec, poll);
}

// Progress of one of two runs, as that of both.
Poll shifted(const Poll& poll, std::uint64_t done_before, std::uint64_t total) {
  if (!poll) {
    return {};
  }
  return [=](std::uint64_t done, std::uint64_t) { return poll(done_before + done, total); };
}

// Replaces the estimates of the headline quantities by the sharper ones.
void sharpen(Valuation& valuation, const std::vector<std::size_t>& headline,
             std::vector<HeadlineEstimate> sharper) {
  for (std::size_t i = 0; i < headline.size(); ++i) {
    const std::size_t at = headline[i];
    valuation.estimates.mean[at] = sharper[i].mean;
    valuation.estimates.standard_error[at] = sharper[i].standard_error;
    valuation.degrees_of_freedom[at] = sharper[i].degrees_of_freedom;
    valuation.gain[at] = sharper[i].gain;
    valuation.least_error[at] = sharper[i].least_error;
    valuation.replicates[at] = std::move(sharper[i].replicates);
  }
}

// Plain paths, events sampled.
RunSpec of_distribution(RunSpec spec) {
  spec.paths = spec.sample_paths;
  if (spec.sampler == Sampler::sobol) {
    spec.sampler = Sampler::philox;
  }
  return spec;
}

Valuation run(const Graph& graph, std::vector<Quantity> quantities,
              const std::vector<std::string>& events, const ValueSpec& spec, const Poll& poll) {
  std::vector<std::size_t> headline;
  std::vector<Quantity> chosen;
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    if (is_headline(quantities[i].measure)) {
      headline.push_back(i);
      chosen.push_back(quantities[i]);
    }
  }
  const RunSpec distribution = of_distribution(spec.run);
  const std::uint64_t n_values = spec.goals.empty() ? spec.run.paths : spec.max_paths;
  const std::uint64_t total = n_values + distribution.paths;
  Headlines headlines = estimate_headlines(graph, chosen, events, spec, shifted(poll, 0, total));
  Valuation valuation{
      .quantities = {},
      .estimates = estimate(graph, quantities, distribution, shifted(poll, n_values, total)),
      .degrees_of_freedom = std::vector(quantities.size(), std::numeric_limits<double>::infinity()),
      .gain = std::vector(quantities.size(), 1.0),
      .replicates = std::vector<std::vector<double>>(quantities.size()),
      .least_error = std::vector<double>(quantities.size()),
      .report = std::move(headlines.report)};
  sharpen(valuation, headline, std::move(headlines.estimates));
  valuation.quantities = std::move(quantities);
  return valuation;
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

// The quantities of a deal; of two, those of both and their differences.
std::vector<Quantity> lower_all(Graph& graph, std::span<const Deal> deals) {
  if (deals.size() == 1) {
    return lower(graph, deals[0]).quantities;
  }
  std::vector<Quantity> quantities = lower(graph, deals[0], std::string(kOld)).quantities;
  std::vector<Quantity> of_new = lower(graph, deals[1], std::string(kNew)).quantities;
  std::vector<Quantity> changes = differences(graph, quantities, of_new);
  std::ranges::move(of_new, std::back_inserter(quantities));
  std::ranges::move(changes, std::back_inserter(quantities));
  return quantities;
}

}  // namespace

Valuation value(const Deal& deal, const ValueSpec& spec, const Poll& poll) {
  Graph graph;
  std::vector<Quantity> quantities = lower_all(graph, std::span(&deal, 1));
  return naming_formulas(
      {{"", deal}}, [&] { return run(graph, std::move(quantities), events_of(deal), spec, poll); });
}

Valuation compare(const Deal& old_deal, const Deal& new_deal, const ValueSpec& spec,
                  const Poll& poll) {
  check_comparable(old_deal, new_deal);
  Graph graph;
  std::vector<Quantity> quantities = lower_all(graph, std::array{old_deal, new_deal});
  std::vector<std::string> events = events_of(old_deal);
  std::ranges::copy_if(
      events_of(new_deal), std::back_inserter(events),
      [&](const std::string& name) { return std::ranges::find(events, name) == events.end(); });
  return naming_formulas({{"the old deal's ", old_deal}, {"the new deal's ", new_deal}},
                         [&] { return run(graph, std::move(quantities), events, spec, poll); });
}

std::vector<std::vector<double>> payment_samples(std::span<const Deal> deals,
                                                 const std::string& scenario,
                                                 const std::string& leg, const RunSpec& spec,
                                                 const Poll& poll) {
  Graph graph;
  std::vector<Quantity> wanted = lower_all(graph, deals);
  std::erase_if(wanted, [&](const Quantity& each) {
    return each.measure != Measure::payment || each.scenario != scenario || each.subject != leg;
  });
  if (wanted.empty()) {
    throw std::out_of_range("no payments of a leg named " + leg);
  }
  const std::vector<OutputSpec> outputs(wanted.size(),
                                        {.moments = false, .joint = false, .samples = true});
  return simulate(program_of(graph, wanted), outputs, of_distribution(spec), poll).samples;
}

Graph graph_of(const Deal& deal) {
  Graph graph;
  for (const Quantity& quantity : lower(graph, deal).quantities) {
    graph.output(output_name(quantity), quantity.node);
  }
  return graph;
}

}  // namespace capstake
