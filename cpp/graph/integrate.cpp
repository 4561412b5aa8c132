#include "graph/integrate.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "graph/copy.hpp"
#include "graph/event_mean.hpp"

namespace capstake {
namespace {

// Nodes made on the way, in parts of those that may be needed at the end.
constexpr std::size_t kScratch = 4;

// How far to go with one draw: expressions that the mean of one node may take, more than which it
// stays as it is; and whether a draw may stay as a place within a piece.
struct Effort {
  std::size_t most_parts;
  bool may_place;
};
// First what costs little, of all draws; then as much as fits.
constexpr Effort kCheap{8, false};
constexpr Effort kFull[] = {{10'000, true}, {32, true}, {8, true}};

// Nodes that are computed on each path for the outputs.
std::size_t nodes_needed(const Graph& graph, std::span<const NodeId> outputs) {
  const Marks live = upstream(graph, marked(graph, outputs));
  const Marks varying = varying_nodes(graph);
  std::size_t n = 0;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    n += live[i] && varying[i] ? 1 : 0;
  }
  return n;
}

class Integration {
 public:
  Integration(Graph& graph, std::span<const NodeId> outputs, const IntegrationLimits& limits)
      : graph_(graph),
        outputs_(outputs.begin(), outputs.end()),
        limits_(limits),
        most_nodes_(std::min(limits.nodes, limits.growth * nodes_needed(graph, outputs))) {}

  Integrated run() {
    const std::vector<NodeId> draws = uniform_draws();
    std::vector<std::size_t> dependent;
    for (const NodeId draw : draws) {
      dependent.push_back(outputs_that_depend_on(draw));
      without(draw, std::array{kCheap});
    }
    std::vector<IntegratedDraw> reports;
    for (std::size_t i = 0; i < draws.size(); ++i) {
      reports.push_back(limits_.is_cheap ? without(draws[i], std::array{kCheap})
                                         : without(draws[i], kFull));
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

  // Replaces the outputs by their means over one draw, with the first effort that fits.
  IntegratedDraw without(NodeId draw, std::span<const Effort> efforts) {
    IntegratedDraw report{graph_.draws()[graph_.node(draw).leaf], 0, 0, 0, ""};
    report.sampled = outputs_that_depend_on(draw);
    if (report.sampled == 0) {
      return report;
    }
    const Marks live = upstream(graph_, marked(graph_, outputs_));
    const EventDraw event = event_of(graph_, draw, live, limits_.thresholds);
    report.reason = event.obstacle;
    if (event.obstacle.empty()) {
      std::ranges::any_of(
          efforts, [&](const Effort& effort) { return replaced_by_means(event, effort, report); });
    }
    return report;
  }

  std::size_t outputs_that_depend_on(NodeId draw) const {
    const Marks moved = downstream(graph_, marked(graph_, std::array{draw}));
    return static_cast<std::size_t>(
        std::ranges::count_if(outputs_, [&](NodeId output) { return moved[index(output)]; }));
  }

  // Whether the means fit into the limits.
  bool replaced_by_means(const EventDraw& event, const Effort& effort, IntegratedDraw& report) {
    Graph scratch = graph_;
    Algebra algebra(scratch, event.parameters);
    EventMean mean(algebra, event, graph_.size() + kScratch * (most_nodes_ + 1'000),
                   effort.most_parts, effort.may_place);
    std::vector<std::optional<EventMean::Mean>> means = mean.of(outputs_);
    report.reason = "would need more than " + std::to_string(most_nodes_) + " nodes a path";
    if (!std::ranges::all_of(means, [](const auto& mean_of) { return mean_of.has_value(); })) {
      return false;
    }
    keep_groups_alike(means);
    std::vector<NodeId> nodes;
    std::size_t placed = 0;
    std::size_t sampled = 0;
    for (const std::optional<EventMean::Mean>& of_output : means) {
      nodes.push_back(of_output->node);
      placed += of_output->rest == EventMean::Rest::place ? 1 : 0;
      sampled += of_output->rest == EventMean::Rest::draw ? 1 : 0;
    }
    if (nodes_needed(scratch, nodes) > most_nodes_) {
      return false;
    }
    outputs_ = copy_nodes(graph_, scratch, nodes);
    report.placed = placed;
    report.sampled = sampled;
    report.reason = sampled > 0  ? report.reason
                    : placed > 0 ? "is used in more than straight lines"
                                 : "";
    return true;
  }

  void keep_groups_alike(std::vector<std::optional<EventMean::Mean>>& means) const {
    std::set<std::size_t> keeping;
    for (std::size_t i = 0; i < limits_.group.size(); ++i) {
      if (means[i]->rest == EventMean::Rest::draw) {
        keeping.insert(limits_.group[i]);
      }
    }
    for (std::size_t i = 0; i < limits_.group.size(); ++i) {
      const bool is_shared = std::ranges::count(limits_.group, limits_.group[i]) > 1;
      if (is_shared && keeping.contains(limits_.group[i]) && means[i]->node != outputs_[i]) {
        means[i] = {outputs_[i], EventMean::Rest::draw};
      }
    }
  }

  Graph& graph_;
  std::vector<NodeId> outputs_;
  IntegrationLimits limits_;
  std::size_t most_nodes_;
};

}  // namespace

Integrated integrate_out(Graph& graph, std::span<const NodeId> outputs,
                         const IntegrationLimits& limits) {
  return Integration(graph, outputs, limits).run();
}

}  // namespace capstake
