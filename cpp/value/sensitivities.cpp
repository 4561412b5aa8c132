#include "value/sensitivities.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "base/block.hpp"
#include "base/parallel.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/interpret.hpp"
#include "graph/reach.hpp"
#include "program/compile.hpp"

namespace capstake {

namespace {

constexpr unsigned kGroups = 32;

NodeId node_id(std::size_t i) { return NodeId{static_cast<std::uint32_t>(i)}; }
std::size_t index(NodeId id) { return static_cast<std::size_t>(id); }

// A position, the path-invariant nodes through which parameters reach it (the frontier), and its
// derivatives by these.
struct Target {
  Quantity quantity;
  std::vector<NodeId> frontier;
  std::vector<NodeId> adjoints;
  Marks jumps;  // by node
  std::vector<NodeId> times_score;
};

// Derivatives in two stages. On each path only those by the frontier are computed: discount
// factors, volatilities of steps, shares of years. Their means are then taken through the
// path-invariant part of the graph to the parameters, once a group instead of once a path.
class SensitivityRun {
 public:
  SensitivityRun(const Deal& deal, const RunSpec& spec) : spec_(spec) {
    LoweredDeal lowered = lower(graph_, deal);
    scores_ = std::move(lowered.scores);
    zero_hazards_ = std::move(lowered.zero_hazards);
    find_parameters();
    const Marks varying = varying_nodes(graph_);
    const Marks moved = downstream(graph_, marked(graph_, Op::parameter));
    for (const Quantity& quantity : lowered.quantities) {
      if (is_position(quantity.measure)) {
        targets_.push_back(target(quantity, varying, moved));
      }
    }
  }

  Sensitivities run(const Poll& poll) {
    const std::vector<std::vector<double>> means = run_groups(compile(named_outputs()), poll);
    append_parameter_derivatives();
    return combined(means);
  }

 private:
  void find_parameters() {
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (graph_.node(node_id(i)).op == Op::parameter) {
        parameters_.push_back(node_id(i));
      }
    }
  }

  Target target(const Quantity& quantity, const Marks& varying, const Marks& moved) {
    Target target{quantity, {}, {}, upstream_of_jumps(graph_, quantity.node), {}};
    const Marks live = upstream(graph_, marked(graph_, std::array{quantity.node}));
    Marks taken(live.size());
    const auto take = [&](NodeId node) {
      if (!varying[index(node)] && moved[index(node)] && !taken[index(node)]) {
        taken[index(node)] = true;
        target.frontier.push_back(node);
      }
    };
    take(quantity.node);
    for (std::size_t i = 0; i < live.size(); ++i) {
      if (live[i] && varying[i]) {
        for (const NodeId argument : graph_.args(node_id(i))) {
          take(argument);
        }
      }
    }
    target.adjoints = gradient(graph_, quantity.node, target.frontier);
    for (const EventScore& score : scores_) {
      target.times_score.push_back((Expr(graph_, quantity.node) * Expr(graph_, score.node)).id());
    }
    return target;
  }

  // The outputs of one run, in the order in which derivatives_of_group reads them back.
  template <class Visit>
  void for_each_output(const Visit& visit) const {
    for (const EventScore& score : scores_) {
      visit(score.node);
    }
    for (const Target& target : targets_) {
      visit(target.quantity.node);
      std::ranges::for_each(target.times_score, visit);
      std::ranges::for_each(target.adjoints, visit);
    }
  }

  // The graph with an output for each mean that is needed.
  Graph named_outputs() const {
    Graph graph = graph_;
    std::size_t n = 0;
    for_each_output([&](NodeId node) {
      graph.output("derivative " + std::to_string(n++) + " of the value", node);
    });
    return graph;
  }

  // Means of all outputs, by group.
  std::vector<std::vector<double>> run_groups(const Program& program, const Poll& poll) {
    const std::uint64_t blocks = (spec_.paths + kBlock * kGroups - 1) / (kBlock * kGroups);
    paths_in_group_ = blocks * kBlock;
    const std::vector<OutputSpec> outputs(program.outputs.size());
    std::vector<std::vector<double>> means(kGroups);
    const BatchPlan plan{kGroups, thread_count(spec_.threads)};
    BatchCalls calls;
    calls.work = [&](std::uint64_t group, std::size_t, unsigned, const StopFlag& stop) {
      const RunSpec part{.paths = paths_in_group_,
                         .seed = spec_.seed,
                         .first_path = group * paths_in_group_,
                         .threads = 1,
                         .sample_paths = 0};
      const auto go_on = [&](std::uint64_t, std::uint64_t) { return !stop; };
      means[group] = simulate(program, outputs, part, go_on).mean;
    };
    calls.consume = [](std::uint64_t, std::size_t) {};
    if (poll) {
      calls.poll = [&](std::uint64_t n) {
        return poll(n * paths_in_group_, kGroups * paths_in_group_);
      };
    }
    if (!run_batches(plan, calls)) {
      throw Cancelled{};
    }
    return means;
  }

  // For each target the sum of its frontier nodes, each times a stand-in (a draw) for the mean
  // derivative by it, and the gradient of that sum by the parameters.
  void append_parameter_derivatives() {
    first_stand_in_ = graph_.draws().size();
    std::uint32_t step = 0;
    for (const Target& target : targets_) {
      Expr sum(graph_, graph_.constant(0.0));
      for (const NodeId node : target.frontier) {
        const Expr mean(graph_, graph_.draw("mean derivative", step++));
        sum = fma(mean, Expr(graph_, node), sum);
      }
      derivatives_.push_back(gradient(graph_, sum.id(), parameters_));
    }
  }

  // The derivatives of one group: by target, then by parameter.
  std::vector<std::vector<double>> derivatives_of_group(const std::vector<double>& means) const {
    std::vector<double> draws(graph_.draws().size(), std::numeric_limits<double>::quiet_NaN());
    std::size_t next = scores_.size();
    std::size_t stand_in = first_stand_in_;
    for (const Target& target : targets_) {
      next += 1 + target.times_score.size();
      for (std::size_t i = 0; i < target.adjoints.size(); ++i) {
        draws[stand_in++] = means[next++];
      }
    }
    const std::vector<double> values = interpret(graph_, draws);
    std::vector<std::vector<double>> derivatives;
    next = scores_.size();
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      std::vector<double> row;
      for (const NodeId node : derivatives_[t]) {
        row.push_back(values[index(node)]);
      }
      replace_by_scores(targets_[t], means, next, row);
      next += 1 + targets_[t].times_score.size() + targets_[t].adjoints.size();
      derivatives.push_back(std::move(row));
    }
    return derivatives;
  }

  // cov(value, score) for hazards that move the value by jumps: the score's mean is 0, so
  // subtracting its estimate times the value's only lowers the variance.
  void replace_by_scores(const Target& target, const std::vector<double>& means, std::size_t at,
                         std::vector<double>& row) const {
    for (std::size_t e = 0; e < scores_.size(); ++e) {
      const std::size_t p = position_of(scores_[e].parameter);
      if (target.jumps[index(parameters_[p])]) {
        row[p] = means[at + 1 + e] - means[at] * means[e];
      }
    }
  }

  std::size_t position_of(const std::string& parameter) const {
    const auto found = std::ranges::find_if(parameters_, [&](NodeId node) {
      return graph_.parameters()[graph_.node(node).leaf].name == parameter;
    });
    return static_cast<std::size_t>(found - parameters_.begin());
  }

  bool has_score(const std::string& parameter) const {
    return std::ranges::any_of(scores_,
                               [&](const EventScore& s) { return s.parameter == parameter; });
  }

  Sensitivities combined(const std::vector<std::vector<double>>& means) const {
    std::vector<std::vector<std::vector<double>>> groups;
    for (const std::vector<double>& mean : means) {
      groups.push_back(derivatives_of_group(mean));
    }
    Sensitivities result{{}, kGroups * paths_in_group_, kGroups};
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      const Target& target = targets_[t];
      for (std::size_t p = 0; p < parameters_.size(); ++p) {
        const Parameter& parameter = graph_.parameters()[graph_.node(parameters_[p]).leaf];
        std::vector<double> values;
        for (const auto& group : groups) {
          values.push_back(group[t][p]);
        }
        const double derivative = mean_of(values);
        const bool has_jump = (target.jumps[index(parameters_[p])] && !has_score(parameter.name)) ||
                              std::ranges::count(zero_hazards_, parameter.name) > 0 ||
                              !std::isfinite(derivative);
        result.rows.push_back({target.quantity.measure, target.quantity.subject, parameter.name,
                               parameter.value, derivative, error_of(values), has_jump});
      }
    }
    return result;
  }

  static double mean_of(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) {
      sum += value;
    }
    return sum / static_cast<double>(values.size());
  }

  static double error_of(const std::vector<double>& values) {
    const double mean = mean_of(values);
    double sum = 0.0;
    for (const double value : values) {
      sum += (value - mean) * (value - mean);
    }
    const auto n = static_cast<double>(values.size());
    return std::sqrt(sum / (n - 1.0) / n);
  }

  RunSpec spec_;
  Graph graph_;
  std::vector<EventScore> scores_;
  std::vector<std::string> zero_hazards_;
  std::vector<NodeId> parameters_;
  std::vector<Target> targets_;
  std::vector<std::vector<NodeId>> derivatives_;  // by target, then by parameter
  std::size_t first_stand_in_ = 0;
  std::uint64_t paths_in_group_ = 0;
};

}  // namespace

Sensitivities sensitivities(const Deal& deal, const RunSpec& spec, const Poll& poll) {
  return SensitivityRun(deal, spec).run(poll);
}

}  // namespace capstake
