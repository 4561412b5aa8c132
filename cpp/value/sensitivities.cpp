#include "value/sensitivities.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "base/block.hpp"
#include "base/parallel.hpp"
#include "graph/linear_means.hpp"
#include "program/compile.hpp"
#include "value/jump_widths.hpp"
#include "value/named_formulas.hpp"
#include "value/sensitivity_plan.hpp"

namespace capstake {

namespace {

constexpr unsigned kGroups = 32;  // of plain paths

// Means of the averaged nodes.
struct GroupMeans {
  std::vector<std::vector<double>> of;  // by group
  std::vector<double> least_error;      // where all groups agree on a jump, else 0
};

// The errors of one derivative that its groups agree too well to show.
struct LeastErrors {
  double of_derivative = 0.0;
  double of_bias = 0.0;
};

// Runs a plan over groups of paths.
class SensitivityRun {
 public:
  SensitivityRun(SensitivityPlan plan, const RunSpec& spec)
      : plan_(std::move(plan)),
        spec_(spec),
        groups_(spec.sampler == Sampler::sobol ? spec.replicates : kGroups) {
    check_paths(spec);
    const std::uint64_t in_all_groups = std::uint64_t{kBlock} * groups_;
    paths_in_group_ = (spec_.paths + in_all_groups - 1) / in_all_groups * kBlock;
    spec_.means_only = spec_.sampler != Sampler::sobol;  // variances give the least errors
    spec_.sample_paths = 0;
  }

  Sensitivities run(const Poll& poll) {
    const GroupMeans averaged = means_by_group(poll);
    std::vector<std::vector<double>> groups;  // by group, then by node
    for (const std::vector<double>& means : averaged.of) {
      groups.push_back(means_of_nodes(plan_.graph, plan_.averaged, means));
    }
    return combined(groups, least_errors(averaged));
  }

 private:
  GroupMeans means_by_group(const Poll& poll) {
    if (plan_.averaged.empty()) {
      return {std::vector<std::vector<double>>(groups_), {}};  // nothing differs by path
    }
    const Program program = compile(named_outputs());
    const std::vector<OutputSpec> outputs(program.outputs.size());
    if (spec_.sampler == Sampler::sobol) {
      Estimates found = simulate(program, outputs, spec_, poll);
      return {std::move(found.replicate_means), std::move(found.least_error)};
    }
    return {means_of_plain_groups(program, outputs, poll), std::vector<double>(outputs.size())};
  }

  // By row and parameter. Derivatives are as good as linear in the averaged means, so each moves by
  // so much for the least error of each of these; jumps may hinge on one draw, so these add up.
  std::vector<LeastErrors> least_errors(const GroupMeans& averaged) const {
    std::vector<LeastErrors> found(plan_.rows.size() * plan_.parameters.size());
    std::vector<double> at;  // means over all groups
    for (std::size_t a = 0; a < plan_.averaged.size(); ++a) {
      double sum = 0.0;
      for (const std::vector<double>& means : averaged.of) {
        sum += means[a];
      }
      at.push_back(sum / groups_);
    }
    const std::vector<double> here = means_of_nodes(plan_.graph, plan_.averaged, at);
    for (std::size_t a = 0; a < plan_.averaged.size(); ++a) {
      if (averaged.least_error[a] > 0.0) {
        std::vector<double> moved = at;
        moved[a] += averaged.least_error[a];
        add_moves(here, means_of_nodes(plan_.graph, plan_.averaged, moved), found);
      }
    }
    return found;
  }

  void add_moves(const std::vector<double>& from, const std::vector<double>& to,
                 std::vector<LeastErrors>& moves) const {
    for (std::size_t r = 0; r < plan_.rows.size(); ++r) {
      const PlannedRow& row = plan_.rows[r];
      for (std::size_t p = 0; p < plan_.parameters.size(); ++p) {
        LeastErrors& move = moves[r * plan_.parameters.size() + p];
        const double change = derivative(row, p, to) - derivative(row, p, from);
        move.of_derivative += std::abs(change);
        if (row.methods[p] == DerivativeMethod::smoothed) {
          const std::size_t half = index(row.at_half_width[p]);
          move.of_bias += std::abs(to[half] - from[half] - change);
        }
      }
    }
  }

  std::vector<std::vector<double>> means_of_plain_groups(const Program& program,
                                                         const std::vector<OutputSpec>& outputs,
                                                         const Poll& poll) const {
    std::vector<std::vector<double>> means(groups_);
    const BatchPlan batches{groups_, thread_count(spec_.threads)};
    BatchCalls calls;
    calls.work = [&](std::uint64_t group, std::size_t, unsigned, const StopFlag& stop) {
      RunSpec part = spec_;
      part.paths = paths_in_group_;
      part.first_path = group * paths_in_group_;
      part.threads = 1;
      const auto go_on = [&](std::uint64_t, std::uint64_t) { return !stop; };
      means[group] = simulate(program, outputs, part, go_on).mean;
    };
    calls.consume = [](std::uint64_t, std::size_t) {};
    if (poll) {
      calls.poll = [&](std::uint64_t n) {
        return poll(n * paths_in_group_, groups_ * paths_in_group_);
      };
    }
    if (!run_batches(batches, calls)) {
      throw Cancelled{};
    }
    return means;
  }

  Graph named_outputs() const {
    Graph graph = plan_.graph;
    std::size_t n = 0;
    for (const NodeId node : plan_.averaged) {
      graph.output("derivative " + std::to_string(n++) + " of the value", node);
    }
    return graph;
  }

  Sensitivities combined(const std::vector<std::vector<double>>& groups,
                         const std::vector<LeastErrors>& least) const {
    Sensitivities result{{}, groups_ * paths_in_group_, groups_};
    for (const PlannedRow& row : plan_.rows) {
      for (std::size_t p = 0; p < plan_.parameters.size(); ++p) {
        result.rows.push_back(sensitivity(row, p, groups, least[result.rows.size()]));
      }
    }
    return result;
  }

  Sensitivity sensitivity(const PlannedRow& row, std::size_t p,
                          const std::vector<std::vector<double>>& groups,
                          const LeastErrors& least) const {
    const Parameter& parameter =
        plan_.graph.parameters()[plan_.graph.node(plan_.parameters[p]).leaf];
    Sensitivity found{.measure = row.measure,
                      .subject = row.subject,
                      .first = row.first,
                      .parameter = parameter.name,
                      .at = parameter.value,
                      .method = row.methods[p]};
    std::vector<double> values;
    std::vector<double> changes;
    for (const std::vector<double>& means : groups) {
      values.push_back(derivative(row, p, means));
      if (found.method == DerivativeMethod::smoothed) {
        changes.push_back(means[index(row.at_half_width[p])] - values.back());
      }
    }
    const Spread spread = spread_of(values);
    found.derivative = spread.mean;
    found.standard_error = with_least(spread.error_of_mean(), least.of_derivative);
    if (!std::isfinite(found.derivative) && found.method != DerivativeMethod::jump) {
      found.method = DerivativeMethod::unbounded;
    }
    if (found.method == DerivativeMethod::jump || found.method == DerivativeMethod::unbounded) {
      found.derivative = std::numeric_limits<double>::quiet_NaN();
      found.standard_error = std::numeric_limits<double>::quiet_NaN();
    } else if (!changes.empty()) {
      const Spread of_changes = spread_of(changes);
      found.bias = of_changes.mean;
      found.bias_error = with_least(of_changes.error_of_mean(), least.of_bias);
      const double certain = std::max(std::abs(found.bias) - 2.0 * found.bias_error, 0.0);
      found.standard_error =
          std::sqrt(found.standard_error * found.standard_error + certain * certain);
    }
    return found;
  }

  // The derivative by one parameter, from the means of the nodes. By the score:
  // the covariance with it, whose mean is 0, so that subtracting its estimate
  // times the value's only lowers the variance.
  static double derivative(const PlannedRow& row, std::size_t parameter,
                           const std::vector<double>& means) {
    if (row.methods[parameter] != DerivativeMethod::score) {
      return means[index(row.derivatives[parameter])];
    }
    double sum = 0.0;
    for (const ScoreTerm& term : row.by_score[parameter]) {
      sum += means[index(term.weight)] *
             (means[index(term.times_score)] - means[index(term.base)] * means[index(term.score)]);
    }
    return sum;
  }

  SensitivityPlan plan_;
  RunSpec spec_;
  unsigned groups_;
  std::uint64_t paths_in_group_ = 0;
};

SensitivityPilot pilot(const RunSpec& spec) {
  const auto widths = [spec](const Graph& graph, std::span<const NodeId> jumps) {
    return measured_widths(graph, jumps, spec);
  };
  return {widths, pilot_values(spec)};
}

}  // namespace

Sensitivities sensitivities(const Deal& deal, const RunSpec& spec, const Poll& poll) {
  const auto checkpoint = [&] { poll_before(poll, spec.paths); };
  return naming_formulas({{"", deal}}, [&] {
    return SensitivityRun(plan_sensitivities(deal, pilot(spec), checkpoint), spec).run(poll);
  });
}

Sensitivities second_sensitivities(const Deal& deal, const std::vector<std::string>& fields,
                                   const RunSpec& spec, const Poll& poll) {
  Sensitivities all;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto shifted = [&](std::uint64_t done, std::uint64_t total) {
      return poll(i * total + done, fields.size() * total);
    };
    const Poll poll_of_field = poll ? Poll(shifted) : Poll();
    const auto checkpoint = [&] { poll_before(poll_of_field, spec.paths); };
    Sensitivities found = naming_formulas({{"", deal}}, [&] {
      return SensitivityRun(plan_second(deal, fields[i], pilot(spec), checkpoint), spec)
          .run(poll_of_field);
    });
    std::ranges::move(found.rows, std::back_inserter(all.rows));
    all.paths = found.paths;
    all.groups = found.groups;
  }
  return all;
}

}  // namespace capstake
