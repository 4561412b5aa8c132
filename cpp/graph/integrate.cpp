#include "graph/integrate.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "graph/copy.hpp"
#include "graph/event_mean.hpp"

namespace capstake {
namespace {

// Nodes made on the way, in parts of those that may be needed at the end.
constexpr std::size_t kScratch = 4;

// First what costs little, of all draws; then as much as fits.
constexpr Effort kCheap{8, false};
constexpr Effort kFull[] = {{10'000, true}, {32, true}, {8, true}};

// Sets of outputs to try where all do not fit; together they may have so many times the nodes.
constexpr std::size_t kMostTries = 12;
constexpr std::size_t kPreference = 2;

constexpr auto kTooLong = "would take too long a calculation on each path";

using Outputs = std::vector<std::size_t>;  // places among the outputs

// A copy of the graph in which means over one event are tried out. What one try leaves there serves
// the next, which has other outputs or takes less effort.
class Bench {
 public:
  Bench(const Graph& graph, EventDraw event, std::vector<NodeId> outputs)
      : event_(std::move(event)),
        outputs_(std::move(outputs)),
        first_size_(graph.size()),
        graph_(graph),
        algebra_(graph_, event_.parameters),
        means_(algebra_, event_) {}

  const EventDraw& event() const { return event_; }
  const Graph& graph() const { return graph_; }
  // All outputs of the integration, as they are here.
  std::vector<NodeId>& outputs() { return outputs_; }
  bool is_used() const { return graph_.size() > size_before_use_; }

  // Whether some means take more than so many nodes, with any effort and nothing else here.
  bool is_hopeless(const Outputs& of, std::size_t most_nodes) const {
    return of == hopeless_ && most_nodes <= hopeless_at_;
  }

  // Nothing if they take more than so many nodes.
  std::optional<std::vector<EventMean::Mean>> means(const Outputs& of, const Effort& effort,
                                                    std::size_t most_nodes) {
    const bool is_fresh = !is_used();
    std::vector<NodeId> nodes;
    std::ranges::transform(of, std::back_inserter(nodes),
                           [&](std::size_t i) { return outputs_[i]; });
    std::vector<EventMean::Mean> found;
    for (const std::optional<EventMean::Mean>& mean :
         means_.of(nodes, effort, first_size_ + most_nodes)) {
      if (mean) {
        found.push_back(*mean);
      }
    }
    const bool is_over = found.size() < of.size();
    if (is_over && is_fresh && means_.is_hopeless()) {
      hopeless_ = of;
      hopeless_at_ = most_nodes;
    }
    return is_over ? std::nullopt : std::optional(std::move(found));
  }

 private:
  EventDraw event_;
  std::vector<NodeId> outputs_;
  std::size_t first_size_;
  Graph graph_;
  Algebra algebra_;
  EventMean means_;
  std::size_t size_before_use_ = graph_.size();
  Outputs hopeless_;
  std::size_t hopeless_at_ = 0;
};

class Integration {
 public:
  Integration(Graph& graph, std::span<const NodeId> outputs, const IntegrationLimits& limits)
      : graph_(graph),
        outputs_(outputs.begin(), outputs.end()),
        limits_(limits),
        most_nodes_(std::min(limits.nodes, limits.growth * n_varying(graph, outputs))) {}

  Integrated run() {
    const std::vector<NodeId> draws = uniform_draws();
    std::vector<std::size_t> dependent;
    for (const NodeId draw : draws) {
      dependent.push_back(outputs_that_depend_on(draw).size());
      without(draw, std::array{kCheap}, 0);
    }
    std::vector<IntegratedDraw> reports;
    for (std::size_t i = 0; i < draws.size(); ++i) {
      reports.push_back(limits_.is_cheap ? without(draws[i], std::array{kCheap}, kMostTries)
                                         : without(draws[i], kFull, kMostTries));
      reports[i].integrated = dependent[i] - reports[i].placed - reports[i].sampled;
    }
    return {std::move(outputs_), std::move(reports)};
  }

 private:
  // Those that an output depends on; the ones that least depends on first, as what is left of
  // them is looked at again for each piece of the next.
  std::vector<NodeId> uniform_draws() const {
    const Marks live = upstream(graph_, marked(graph_, outputs_));
    std::vector<std::pair<std::size_t, NodeId>> found;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const Node& node = graph_.node(node_id(i));
      if (live[i] && node.op == Op::draw && is_asked_for(graph_.draws()[node.leaf])) {
        const Marks moved = downstream(graph_, marked(graph_, std::array{node_id(i)}));
        std::size_t n = 0;
        for (std::size_t j = i; j < moved.size(); ++j) {
          n += live[j] && moved[j] ? 1 : 0;
        }
        found.emplace_back(n, node_id(i));
      }
    }
    std::ranges::sort(found);
    std::vector<NodeId> draws;
    for (const auto& [n, id] : found) {
      draws.push_back(id);
    }
    return draws;
  }

  bool is_asked_for(const Draw& draw) const {
    return draw.law == Law::uniform &&
           (limits_.only.empty() || std::ranges::count(limits_.only, draw.name) > 0);
  }

  // Replaces the outputs by their means over one draw, with the first effort that fits; if none
  // does, those of the preferred ones that fit together.
  IntegratedDraw without(NodeId draw, std::span<const Effort> efforts, std::size_t tries) {
    IntegratedDraw report{graph_.draws()[graph_.node(draw).leaf], 0, 0, 0, ""};
    const Outputs dependent = outputs_that_depend_on(draw);
    if (dependent.empty()) {
      return report;
    }
    report.sampled = dependent.size();
    if (!bench_ || bench_->event().draw != draw) {
      const Marks live = upstream(graph_, marked(graph_, outputs_));
      EventDraw event = event_of(graph_, draw, live, limits_.thresholds);
      report.reason = event.obstacle;
      if (!report.reason.empty()) {
        return report;
      }
      set_bench(std::move(event));
    }
    const std::vector<NodeId> before = outputs_;
    if (!replaced_with_one_of(efforts, dependent, report)) {
      const auto others = std::ranges::lower_bound(dependent, limits_.preferred);
      replace_some(efforts.front(), alike({dependent.begin(), others}), report, tries);
      if (report.sampled > 0) {
        report.reason = kTooLong;
      }
    }
    if (outputs_ != before) {
      bench_.reset();
    }
    return report;
  }

  // What is given up with the least effort is given up with all.
  bool replaced_with_one_of(std::span<const Effort> efforts, const Outputs& of,
                            IntegratedDraw& report) {
    const auto replaces = [&](const Effort& effort) {
      return replaced_by_means(effort, of, most_nodes_, report);
    };
    return replaces(efforts.front()) ||
           (efforts.size() > 1 && means_of(of, efforts.back(), most_nodes_) &&
            std::ranges::any_of(efforts.subspan(1), replaces));
  }

  void set_bench(EventDraw event) {
    bench_ = std::make_unique<Bench>(graph_, std::move(event), outputs_);
  }

  Outputs outputs_that_depend_on(NodeId draw) const {
    const Marks moved = downstream(graph_, marked(graph_, std::array{draw}));
    Outputs found;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (moved[index(outputs_[i])]) {
        found.push_back(i);
      }
    }
    return found;
  }

  // Outputs that go together, those that take fewer nodes first.
  std::vector<Outputs> alike(const Outputs& outputs) const {
    std::map<std::size_t, Outputs> groups;
    for (const std::size_t i : outputs) {
      groups[limits_.group.empty() ? i : limits_.group[i]].push_back(i);
    }
    std::vector<std::pair<std::size_t, Outputs>> sized;
    for (auto& [group, members] : groups) {
      sized.emplace_back(n_varying(graph_, std::array{outputs_[members.front()]}), members);
    }
    std::ranges::stable_sort(sized, {}, &std::pair<std::size_t, Outputs>::first);
    std::vector<Outputs> found;
    for (auto& [size, members] : sized) {
      found.push_back(std::move(members));
    }
    return found;
  }

  // By halves, until they fit or there are no more tries.
  void replace_some(const Effort& effort, std::span<const Outputs> groups, IntegratedDraw& report,
                    std::size_t& tries) {
    Outputs all;
    for (const Outputs& group : groups) {
      all.insert(all.end(), group.begin(), group.end());
    }
    if (groups.empty() || tries == 0 ||
        (--tries, replaced_by_means(effort, all, kPreference * most_nodes_, report)) ||
        groups.size() == 1) {
      return;
    }
    const std::size_t half = groups.size() / 2;
    replace_some(effort, groups.first(half), report, tries);
    replace_some(effort, groups.subspan(half), report, tries);
  }

  // Whether the means of some outputs fit into the limits.
  bool replaced_by_means(const Effort& effort, const Outputs& of, std::size_t most_nodes,
                         IntegratedDraw& report) {
    std::optional<std::vector<EventMean::Mean>> means = means_of(of, effort, most_nodes);
    if (!means) {
      return false;
    }
    keep_groups_alike(of, *means);
    std::vector<NodeId> outputs = bench_->outputs();
    std::size_t placed = 0;
    std::size_t done = 0;
    for (std::size_t k = 0; k < of.size(); ++k) {
      const EventMean::Mean& mean = (*means)[k];
      outputs[of[k]] = mean.node;
      placed += mean.rest == EventMean::Rest::place ? 1 : 0;
      done += mean.rest == EventMean::Rest::draw ? 0 : 1;
    }
    if (n_varying(bench_->graph(), outputs) > most_nodes) {
      return false;
    }
    outputs_ = copy_nodes(graph_, bench_->graph(), outputs);
    bench_->outputs() = std::move(outputs);
    report.placed += placed;
    report.sampled -= done;
    report.reason = report.sampled > 0  ? kTooLong
                    : report.placed > 0 ? "its day within a period does not act linearly"
                                        : "";
    return true;
  }

  // What earlier tries have left counts as nodes too, so what does not fit beside it may fit alone.
  std::optional<std::vector<EventMean::Mean>> means_of(const Outputs& of, const Effort& effort,
                                                       std::size_t most_nodes) {
    const std::size_t most_made = kScratch * (most_nodes + 1'000);
    if (bench_->is_hopeless(of, most_made)) {
      return std::nullopt;
    }
    const auto tried = [&] {
      if (limits_.checkpoint) {
        limits_.checkpoint();
      }
      return bench_->means(of, effort, most_made);
    };
    const bool was_used = bench_->is_used();
    auto means = tried();
    if (!means && was_used) {
      set_bench(bench_->event());
      means = tried();
    }
    return means;
  }

  void keep_groups_alike(const Outputs& of, std::vector<EventMean::Mean>& means) const {
    if (limits_.group.empty()) {
      return;
    }
    std::set<std::size_t> keeping;
    for (std::size_t k = 0; k < of.size(); ++k) {
      if (means[k].rest == EventMean::Rest::draw) {
        keeping.insert(limits_.group[of[k]]);
      }
    }
    for (std::size_t k = 0; k < of.size(); ++k) {
      const std::size_t group = limits_.group[of[k]];
      if (keeping.contains(group) && means[k].node != outputs_[of[k]] &&
          std::ranges::count(limits_.group, group) > 1) {
        means[k] = {outputs_[of[k]], EventMean::Rest::draw};
      }
    }
  }

  Graph& graph_;
  std::vector<NodeId> outputs_;
  IntegrationLimits limits_;
  std::size_t most_nodes_;
  std::unique_ptr<Bench> bench_;  // of the last draw, if that has changed nothing
};

}  // namespace

Integrated integrate_out(Graph& graph, std::span<const NodeId> outputs,
                         const IntegrationLimits& limits) {
  return Integration(graph, outputs, limits).run();
}

}  // namespace capstake
