#include "value/sensitivity_plan.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>

#include "graph/condition.hpp"
#include "graph/drawn_jumps.hpp"
#include "graph/expr.hpp"
#include "graph/integrate.hpp"
#include "graph/linear_means.hpp"
#include "value/jump_widths.hpp"
#include "value/linear_parts.hpp"
#include "value/solved_legs.hpp"
#include "value/staged_gradient.hpp"

namespace capstake {

namespace {

JumpWidths halved(JumpWidths widths) {
  for (auto& [node, width] : widths) {
    width.width *= 0.5;
  }
  return widths;
}

struct Position {
  Quantity quantity;
  NodeId integrated{};   // over events, as far as that goes
  NodeId conditioned{};  // and with comparisons that one draw decides, or a direction of several
};

class Planner {
 public:
  Planner(const Deal& deal, const SensitivityPilot& pilot, const Checkpoint& checkpoint)
      : pilot_(pilot), checkpoint_(checkpoint) {
    LoweredDeal lowered = lower(graph(), deal);
    scores_ = std::move(lowered.scores);
    no_slopes_ = std::move(lowered.no_slopes);
    for (std::size_t i = 0; i < graph().size(); ++i) {
      if (graph().node(node_id(i)).op == Op::parameter) {
        plan_.parameters.push_back(node_id(i));
      }
    }
    std::vector<NodeId> values;
    for (const Quantity& quantity : lowered.quantities) {
      if (is_position(quantity.measure)) {
        positions_.push_back({quantity, quantity.node, quantity.node});
        values.push_back(quantity.node);
      }
    }
    checkpoint_();
    const Integrated integrated = integrate_out(graph(), values, {.checkpoint = checkpoint_});
    checkpoint_();
    const std::vector<NodeId> smooth = conditioned(graph(), integrated.outputs);
    checkpoint_();
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      positions_[i].integrated = integrated.outputs[i];
      positions_[i].conditioned = smooth[i];
    }
    for (const IntegratedDraw& event : integrated.draws) {
      if (event.placed == 0 && event.sampled == 0) {
        std::erase_if(no_slopes_, [&](const NoSlope& at_zero) {
          return at_zero.parameter.starts_with("events." + event.draw.name + ".hazard");
        });
      }
    }
  }

  SensitivityPlan first() && {
    solve_legs();
    find_drawn_jumps();
    JumpWidths widths = measured([&](NodeId jump) { return !is_scored(jump); }, nodes());
    leave_out_ties(graph(), preferred(nodes()), pilot_.values, widths);
    const bool is_smoothed = !widths.empty();
    widths.insert(exact_.begin(), exact_.end());
    StagedGradient gradient = staged(nodes(), preferred(nodes()), widths);
    for (const Position& position : positions_) {
      checkpoint_();
      const StagedDerivatives found = gradient.of(position.conditioned);
      plan_.rows.push_back({position.quantity.measure,
                            position.quantity.subject,
                            "",
                            {},
                            found.derivatives,
                            {},
                            score_terms(position, found)});
      set_methods(plan_.rows.back(), position, widths);
    }
    if (is_smoothed) {
      StagedGradient narrow = staged(nodes(), preferred(nodes()), halved(widths));
      for (std::size_t i = 0; i < positions_.size(); ++i) {
        checkpoint_();
        plan_.rows[i].at_half_width = narrow.of(positions_[i].conditioned).derivatives;
      }
    }
    checkpoint_();
    choose_averaged();
    checkpoint_();
    return std::move(plan_);
  }

  SensitivityPlan second(const std::string& parameter) && {
    const NodeId by = parameter_named(parameter);
    const JumpWidths outer = measured([](NodeId) { return true; }, nodes());
    const std::vector<NodeId> slopes = by_one(by, outer);
    const JumpWidths inner = measured([](NodeId) { return true; }, slopes);
    const std::vector<NodeId> narrow_slopes = by_one(by, halved(outer));
    const JumpWidths narrow_inner =
        halved(outer.empty() ? inner : measured([](NodeId) { return true; }, narrow_slopes));
    StagedGradient gradient = staged(slopes, slopes, inner);
    StagedGradient narrow = staged(narrow_slopes, narrow_slopes, narrow_inner);
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      checkpoint_();
      const Quantity& quantity = positions_[i].quantity;
      plan_.rows.push_back({quantity.measure,
                            quantity.subject,
                            parameter,
                            {},
                            gradient.of(slopes[i]).derivatives,
                            narrow.of(narrow_slopes[i]).derivatives,
                            std::vector<std::vector<ScoreTerm>>(plan_.parameters.size())});
      const bool has_slope =
          !upstream_of_jumps(graph(), positions_[i].conditioned, outer)[index(by)] &&
          !is_without_slope(positions_[i], by);
      set_second_methods(plan_.rows.back(), positions_[i], slopes[i], has_slope, inner);
    }
    checkpoint_();
    choose_averaged();
    checkpoint_();
    return std::move(plan_);
  }

 private:
  Graph& graph() { return plan_.graph; }

  const std::string& name_of(NodeId parameter) {
    return graph().parameters()[graph().node(parameter).leaf].name;
  }

  NodeId parameter_named(const std::string& name) {
    const auto found =
        std::ranges::find_if(plan_.parameters, [&](NodeId p) { return name_of(p) == name; });
    if (found == plan_.parameters.end()) {
      throw std::out_of_range("no number named " + name);
    }
    return *found;
  }

  std::vector<NodeId> nodes() const {
    std::vector<NodeId> found;
    std::ranges::transform(positions_, std::back_inserter(found), &Position::conditioned);
    return found;
  }

  // Parties stay the sums of their parts.
  void solve_legs() {
    for (Position& position : positions_) {
      if (position.quantity.measure != Measure::leg) {
        continue;
      }
      checkpoint_();
      if (const auto solved = solved_leg(graph(), position.conditioned, pilot_.values)) {
        position.conditioned = solved->value;
        for (const NodeId comparison : solved->comparisons) {
          exact_[comparison] = {.rule = JumpRule::still};
        }
      }
    }
    if (!exact_.empty()) {
      add_up_parties();
    }
  }

  void find_drawn_jumps() {
    for (const NodeId node : nodes()) {
      for (const NodeId jump : jumps_of(graph(), node)) {
        if (!exact_.contains(jump) && !is_scored(jump) && drawn_jump(graph(), jump)) {
          exact_[jump] = {.rule = JumpRule::drawn};
        }
      }
    }
  }

  void add_up_parties() {
    std::vector<NodeId> bases;
    for (const Position& position : positions_) {
      if (position.quantity.measure != Measure::party) {
        bases.push_back(position.quantity.node);
      }
    }
    const std::vector<NodeId> as_conditioned = preferred(nodes());
    for (Position& position : positions_) {
      const std::vector<LinearPart> parts = linear_parts(graph(), position.quantity.node, bases);
      if (position.quantity.measure != Measure::party || parts.empty()) {
        continue;
      }
      Expr sum(graph(), graph().constant(0.0));
      for (const LinearPart& part : parts) {
        sum = sum + Expr(graph(), as_conditioned[part.base]) * part.weight;
      }
      position.conditioned = sum.id();
    }
  }

  // Those of legs and stakes: positions of parties are sums of them.
  std::vector<NodeId> preferred(const std::vector<NodeId>& by_position) const {
    std::vector<NodeId> found;
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      if (positions_[i].quantity.measure != Measure::party) {
        found.push_back(by_position[i]);
      }
    }
    return found;
  }

  std::vector<NodeId> by_one(NodeId parameter, const JumpWidths& widths) {
    StagedGradient gradient(graph(), nodes(), preferred(nodes()), std::array{parameter}, widths);
    std::vector<NodeId> found;
    for (const Position& position : positions_) {
      checkpoint_();
      found.push_back(gradient.of(position.conditioned).derivatives.front());
    }
    return found;
  }

  // By all parameters.
  StagedGradient staged(const std::vector<NodeId>& values, const std::vector<NodeId>& preferred,
                        const JumpWidths& widths) {
    StagedGradient gradient(graph(), values, preferred, plan_.parameters, widths);
    std::ranges::copy(gradient.adjoints(), std::back_inserter(adjoints_));
    return gradient;
  }

  template <class Wanted>
  JumpWidths measured(const Wanted& wanted, const std::vector<NodeId>& of) {
    std::vector<NodeId> jumps;
    for (const NodeId node : of) {
      for (const NodeId jump : jumps_of(graph(), node)) {
        if (std::ranges::find(jumps, jump) == jumps.end() && !exact_.contains(jump) &&
            wanted(jump)) {
          jumps.push_back(jump);
        }
      }
    }
    return jumps.empty() ? JumpWidths{} : pilot_.widths(graph(), jumps);
  }

  // Whether no parameter moves the jump but hazards with a score.
  bool is_scored(NodeId jump) {
    const Marks above = upstream(graph(), marked(graph(), std::array{jump}));
    return std::ranges::all_of(plan_.parameters, [&](NodeId parameter) {
      return !above[index(parameter)] || score_of(parameter) != scores_.end();
    });
  }

  std::vector<EventScore>::const_iterator score_of(NodeId parameter) {
    return std::ranges::find(scores_, name_of(parameter), &EventScore::parameter);
  }

  bool is_without_slope(const Position& position, NodeId parameter) {
    const auto found = std::ranges::find(no_slopes_, name_of(parameter), &NoSlope::parameter);
    if (found == no_slopes_.end()) {
      return false;
    }
    const Marks moves = upstream(graph(), marked(graph(), std::array{position.quantity.node}));
    return std::ranges::any_of(plan_.parameters, [&](NodeId other) {
      return moves[index(other)] && std::ranges::count(found->moves_with, name_of(other)) > 0;
    });
  }

  void set_methods(PlannedRow& row, const Position& position, const JumpWidths& widths) {
    const Marks original = upstream_of_jumps(graph(), position.quantity.node);
    const Marks integrated = upstream_of_jumps(graph(), position.integrated);
    const Marks conditioned = upstream_of_jumps(graph(), position.conditioned, exact_);
    const Marks bare = upstream_of_jumps(graph(), position.conditioned, widths);
    for (std::size_t p = 0; p < plan_.parameters.size(); ++p) {
      const std::size_t i = index(plan_.parameters[p]);
      row.methods.push_back(is_without_slope(position, plan_.parameters[p]) ? DerivativeMethod::jump
                            : !row.by_score[p].empty() ? DerivativeMethod::score
                            : bare[i]                  ? DerivativeMethod::jump
                            : conditioned[i]           ? DerivativeMethod::smoothed
                            : integrated[i]            ? DerivativeMethod::conditioned
                            : original[i]              ? DerivativeMethod::integrated
                                                       : DerivativeMethod::pathwise);
    }
  }

  void set_second_methods(PlannedRow& row, const Position& position, NodeId slope, bool has_slope,
                          const JumpWidths& widths) {
    const Marks jumps = upstream_of_jumps(graph(), slope);
    const Marks bare = upstream_of_jumps(graph(), slope, widths);
    for (const NodeId parameter : plan_.parameters) {
      const std::size_t i = index(parameter);
      const bool has_none = !has_slope || bare[i] || is_without_slope(position, parameter);
      row.methods.push_back(has_none   ? DerivativeMethod::jump
                            : jumps[i] ? DerivativeMethod::smoothed
                                       : DerivativeMethod::pathwise);
    }
  }

  std::vector<std::vector<ScoreTerm>> score_terms(const Position& position,
                                                  const StagedDerivatives& found) {
    const Marks jumps = upstream_of_jumps(graph(), position.conditioned, exact_);
    std::vector<std::vector<ScoreTerm>> terms;
    for (const NodeId parameter : plan_.parameters) {
      const auto score = score_of(parameter);
      terms.emplace_back();
      if (!jumps[index(parameter)] || score == scores_.end()) {
        continue;
      }
      // What integration or conditioning made of the value may no longer know the event's time as
      // it was drawn, which is what the score is of.
      const bool is_as_drawn = position.conditioned == position.quantity.node;
      const WeightedBase whole{graph().constant(1.0), position.quantity.node};
      for (const WeightedBase& base : is_as_drawn ? found.bases : std::vector{whole}) {
        const Expr product = Expr(graph(), base.node) * Expr(graph(), score->node);
        terms.back().push_back({base.weight, base.node, product.id(), score->node});
      }
    }
    return terms;
  }

  void choose_averaged() {
    std::vector<NodeId> results;
    for (const PlannedRow& row : plan_.rows) {
      std::ranges::copy(row.derivatives, std::back_inserter(results));
      std::ranges::copy(row.at_half_width, std::back_inserter(results));
      for (const std::vector<ScoreTerm>& terms : row.by_score) {
        for (const ScoreTerm& term : terms) {
          results.insert(results.end(), {term.base, term.times_score, term.score});
        }
      }
    }
    std::vector<NodeId> wanted = adjoints_;
    std::ranges::copy(results, std::back_inserter(wanted));
    plan_.averaged = nodes_to_average(graph(), results, wanted);
  }

  const SensitivityPilot& pilot_;
  const Checkpoint& checkpoint_;
  SensitivityPlan plan_;
  std::vector<EventScore> scores_;
  std::vector<NoSlope> no_slopes_;
  std::vector<Position> positions_;
  std::vector<NodeId> adjoints_;
  JumpWidths exact_;  // of comparisons that need not be spread
};

}  // namespace

SensitivityPlan plan_sensitivities(const Deal& deal, const SensitivityPilot& pilot,
                                   const Checkpoint& checkpoint) {
  return Planner(deal, pilot, checkpoint).first();
}

SensitivityPlan plan_second(const Deal& deal, const std::string& parameter,
                            const SensitivityPilot& pilot, const Checkpoint& checkpoint) {
  return Planner(deal, pilot, checkpoint).second(parameter);
}

}  // namespace capstake
