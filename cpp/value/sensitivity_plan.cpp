#include "value/sensitivity_plan.hpp"

#include <algorithm>
#include <map>

#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/linear_means.hpp"
#include "graph/reach.hpp"

namespace capstake {

namespace {

NodeId node_id(std::size_t i) { return NodeId{static_cast<std::uint32_t>(i)}; }
std::size_t index(NodeId id) { return static_cast<std::size_t>(id); }

// A value that positions are weighted sums of, and its derivatives by its frontier: the nodes that
// are the same on all paths, move with parameters, and enter what differs by path.
struct Base {
  NodeId node{};
  std::vector<NodeId> frontier;
  std::vector<NodeId> adjoints;
};

// Derivatives in two stages. The part of the graph that differs by path is swept once a leg or
// stake, down to its frontier: discount factors, volatilities of steps, shares of years. Positions
// are sums of these, and what lies behind the frontier is the same on all paths; since all of that
// is linear in the frontier's adjoints, it is computed from their means.
class Planner {
 public:
  explicit Planner(const Deal& deal) {
    LoweredDeal lowered = lower(plan_.graph, deal);
    scores_ = std::move(lowered.scores);
    zero_hazards_ = std::move(lowered.zero_hazards);
    for (const Quantity& quantity : lowered.quantities) {
      if (is_position(quantity.measure)) {
        plan_.rows.push_back({quantity, {}, {}, {}});
      }
    }
  }

  SensitivityPlan run() {
    find_parameters();
    drawn_ = varying_nodes(graph());
    moved_ = downstream(graph(), marked(graph(), Op::parameter));
    find_bases();
    for (PlannedRow& row : plan_.rows) {
      differentiate(row);
    }
    choose_averaged();
    return std::move(plan_);
  }

 private:
  Graph& graph() { return plan_.graph; }

  void find_parameters() {
    for (std::size_t i = 0; i < graph().size(); ++i) {
      if (graph().node(node_id(i)).op == Op::parameter) {
        plan_.parameters.push_back(node_id(i));
      }
    }
  }

  void find_bases() {
    std::vector<NodeId> positions;
    std::vector<NodeId> preferred;
    for (const PlannedRow& row : plan_.rows) {
      positions.push_back(row.quantity.node);
      if (row.quantity.measure != Measure::party) {
        preferred.push_back(row.quantity.node);
      }
    }
    for (const NodeId node : nodes_to_average(graph(), positions, preferred)) {
      Base base{node, frontier(node, {}), {}};
      base.adjoints = gradient(graph(), node, base.frontier);
      bases_.push_back(std::move(base));
    }
  }

  // The frontier of a node, as far as it is not behind the nodes of `stops`.
  std::vector<NodeId> frontier(NodeId of, std::span<const NodeId> stops) {
    Marks reached(drawn_.size());
    Marks stop(drawn_.size());
    for (const NodeId node : stops) {
      stop[index(node)] = true;
    }
    reached[index(of)] = true;
    std::vector<NodeId> found;
    for (std::size_t i = index(of) + 1; i-- > 0;) {
      if (!reached[i] || stop[i]) {
        continue;
      }
      if (!drawn_[i]) {
        if (moved_[i]) {
          found.push_back(node_id(i));
        }
        continue;
      }
      for (const NodeId argument : graph().args(node_id(i))) {
        reached[index(argument)] = true;
      }
    }
    return found;
  }

  void differentiate(PlannedRow& row) {
    std::vector<NodeId> wrt;
    for (const Base& base : bases_) {
      wrt.push_back(base.node);
    }
    const std::vector<NodeId> upper = frontier(row.quantity.node, wrt);
    std::ranges::copy(upper, std::back_inserter(wrt));
    const std::vector<NodeId> weights = gradient(graph(), row.quantity.node, wrt);
    std::vector<Seed> seeds;
    for (std::size_t b = 0; b < bases_.size(); ++b) {
      const Expr weight(graph(), weights[b]);
      for (std::size_t i = 0; i < bases_[b].frontier.size(); ++i) {
        const Expr adjoint(graph(), bases_[b].adjoints[i]);
        seeds.push_back({bases_[b].frontier[i], (weight * adjoint).id()});
      }
    }
    for (std::size_t i = 0; i < upper.size(); ++i) {
      seeds.push_back({upper[i], weights[bases_.size() + i]});
    }
    row.derivatives = pull_back(graph(), seeds, plan_.parameters);
    mark_jumps(row, weights);
  }

  void mark_jumps(PlannedRow& row, std::span<const NodeId> weights) {
    const Marks jumps = upstream_of_jumps(graph(), row.quantity.node);
    for (const NodeId parameter : plan_.parameters) {
      const std::string& name = graph().parameters()[graph().node(parameter).leaf].name;
      const auto score = std::ranges::find(scores_, name, &EventScore::parameter);
      const bool is_scored = jumps[index(parameter)] && score != scores_.end();
      row.by_score.push_back(is_scored ? score_terms(score->node, weights)
                                       : std::vector<ScoreTerm>{});
      row.has_jump.push_back((jumps[index(parameter)] && !is_scored) ||
                             std::ranges::count(zero_hazards_, name) > 0);
    }
  }

  std::vector<ScoreTerm> score_terms(NodeId score, std::span<const NodeId> weights) {
    std::vector<ScoreTerm> terms;
    for (std::size_t b = 0; b < bases_.size(); ++b) {
      const Expr product = Expr(graph(), bases_[b].node) * Expr(graph(), score);
      terms.push_back({weights[b], bases_[b].node, product.id(), score});
    }
    return terms;
  }

  void choose_averaged() {
    std::vector<NodeId> results;
    std::vector<NodeId> preferred;
    for (const Base& base : bases_) {
      results.push_back(base.node);
      std::ranges::copy(base.adjoints, std::back_inserter(preferred));
    }
    for (const PlannedRow& row : plan_.rows) {
      std::ranges::copy(row.derivatives, std::back_inserter(results));
      for (const std::vector<ScoreTerm>& terms : row.by_score) {
        for (const ScoreTerm& term : terms) {
          results.insert(results.end(), {term.times_score, term.score});
        }
      }
    }
    std::ranges::copy(results, std::back_inserter(preferred));
    plan_.averaged = nodes_to_average(graph(), results, preferred);
  }

  SensitivityPlan plan_;
  std::vector<EventScore> scores_;
  std::vector<std::string> zero_hazards_;
  Marks drawn_;
  Marks moved_;
  std::vector<Base> bases_;
};

}  // namespace

SensitivityPlan plan_sensitivities(const Deal& deal) { return Planner(deal).run(); }

}  // namespace capstake
