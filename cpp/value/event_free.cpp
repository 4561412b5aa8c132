#include "value/event_free.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <utility>

#include "graph/reach.hpp"

namespace capstake {

namespace {

// Nodes that integration may need on each path, and in parts of those needed before: beyond, it
// takes longer than it saves.
constexpr std::size_t kMostNodes = 20'000;
constexpr std::size_t kMostGrowth = 8;

class Integrating {
 public:
  Integrating(Graph& graph, const std::vector<Quantity>& quantities, const Checkpoint& checkpoint)
      : graph_(graph), quantities_(quantities), checkpoint_(checkpoint) {}

  EventFree run(const std::vector<std::string>& events) {
    for (const Quantity& quantity : quantities_) {
      found_.nodes.push_back(quantity.node);
    }
    if (events.empty()) {
      return std::move(found_);
    }
    IntegrationLimits limits{.growth = kMostGrowth,
                             .nodes = kMostNodes,
                             .only = events,
                             .group = {},
                             .checkpoint = checkpoint_};
    std::vector<std::size_t> chosen = of_measures({Measure::leg, Measure::stake});
    limits.preferred = chosen.size();
    std::ranges::copy(of_measures({Measure::flow, Measure::stake_flow}),
                      std::back_inserter(chosen));
    std::vector<NodeId> of;
    for (const std::size_t i : chosen) {
      of.push_back(quantities_[i].node);
      limits.group.push_back(first_like(i));
    }
    Integrated integrated = integrate_out(graph_, of, limits);
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      found_.nodes[chosen[k]] = integrated.outputs[k];
    }
    found_.events = std::move(integrated.draws);
    report_dependent(events);
    return std::move(found_);
  }

 private:
  // Differences follow from their two sides.
  std::vector<std::size_t> of_measures(std::initializer_list<Measure> measures) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      if (quantities_[i].scenario != kDifference &&
          std::ranges::find(measures, quantities_[i].measure) != measures.end()) {
        found.push_back(i);
      }
    }
    return found;
  }

  // The first quantity that is the same in another scenario, or this one.
  std::size_t first_like(std::size_t i) const {
    const auto is_like = [&](const Quantity& each) {
      return each.scenario != kDifference && each.measure == quantities_[i].measure &&
             each.subject == quantities_[i].subject && each.period == quantities_[i].period;
    };
    return static_cast<std::size_t>(std::ranges::find_if(quantities_, is_like) -
                                    quantities_.begin());
  }

  // Events that depend on other draws come by a normal draw, which is not integrated out.
  void report_dependent(const std::vector<std::string>& events) {
    for (const Draw& draw : std::vector(graph_.draws().begin(), graph_.draws().end())) {
      if (draw.law != Law::normal || std::ranges::find(events, draw.name) == events.end()) {
        continue;
      }
      const std::array of_event = {*graph_.drawn(draw.name, draw.step)};
      const Marks moved = downstream(graph_, marked(graph_, of_event));
      const auto n =
          std::ranges::count_if(found_.nodes, [&](NodeId id) { return moved[index(id)]; });
      if (n > 0) {
        found_.events.push_back(
            {draw, 0, 0, static_cast<std::size_t>(n), "depends on other draws"});
      }
    }
  }

  Graph& graph_;
  const std::vector<Quantity>& quantities_;
  const Checkpoint& checkpoint_;
  EventFree found_;
};

}  // namespace

EventFree without_events(Graph& graph, const std::vector<Quantity>& quantities,
                         const std::vector<std::string>& events, const Checkpoint& checkpoint) {
  return Integrating(graph, quantities, checkpoint).run(events);
}

std::vector<NodeId> without_events(Graph& graph, const std::vector<NodeId>& nodes,
                                   const std::vector<std::string>& events,
                                   const Checkpoint& checkpoint) {
  if (events.empty()) {
    return nodes;
  }
  const IntegrationLimits limits{.growth = kMostGrowth,
                                 .nodes = kMostNodes,
                                 .only = events,
                                 .group = {},
                                 .is_cheap = true,
                                 .preferred = nodes.size(),
                                 .checkpoint = checkpoint};
  return integrate_out(graph, nodes, limits).outputs;
}

}  // namespace capstake
