#include "value/headline.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "graph/relax.hpp"
#include "math/student.hpp"
#include "program/compile.hpp"
#include "simulate/choose_design.hpp"
#include "simulate/controls.hpp"
#include "simulate/statistics.hpp"
#include "value/companions.hpp"
#include "value/event_free.hpp"
#include "value/leg_jumps.hpp"
#include "value/linear_parts.hpp"

namespace capstake {

namespace {

// Plain paths need the covariances of positions and controls, whose number grows with the square.
constexpr std::size_t kMostJointOutputs = 64;
// A variance that rounding has left is no measure of anything.
constexpr double kLargestGain = 1e12;

class HeadlineRun {
 public:
  HeadlineRun(Graph graph, const std::vector<Quantity>& quantities,
              const std::vector<std::string>& events, const ValueSpec& spec, const Poll& poll)
      : graph_(std::move(graph)), quantities_(quantities), spec_(spec) {
    const auto checkpoint = [&] { poll_before(poll, spec.run.paths); };
    checkpoint();
    find_positions();
    companions_ = companions(graph_, base_nodes(), events, checkpoint);
    checkpoint();
    EventFree event_free = without_events(graph_, quantities_, events, checkpoint);
    nodes_ = std::move(event_free.nodes);
    events_ = std::move(event_free.events);
    checkpoint();
    add_controls();
    checkpoint();
    if (is_sobol()) {
      split_leg_jumps(graph_, quantities_, nodes_, controls_);
    }
    add_up_positions();
    count_controls();
    checkpoint();
    name_outputs();
  }

  Headlines run(const Poll& poll) {
    const Program program = compile(graph_);
    const Design design = choose_design_and_controls(program);
    Headlines headlines;
    report_design(design, headlines.report);
    const Estimates estimates = simulated(program, design, headlines.report, poll);
    headlines.report.paths = estimates.paths;
    headlines.report.events = std::move(events_);
    headlines.estimates = plain_estimates(estimates);
    control(estimates, headlines.estimates);
    return headlines;
  }

 private:
  bool is_sobol() const { return spec_.run.sampler == Sampler::sobol; }

  // Legs and stakes, and the parties (and differences) that are sums of them.
  void find_positions() {
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      const Measure measure = quantities_[i].measure;
      if (capstake::is_position(measure)) {
        positions_.push_back(i);
      }
      if ((measure == Measure::leg || measure == Measure::stake) &&
          quantities_[i].scenario != kDifference) {
        bases_.push_back(i);
      }
    }
    const std::vector<NodeId> nodes = base_nodes();
    for (const Quantity& quantity : quantities_) {
      parts_.push_back(capstake::is_position(quantity.measure)
                           ? linear_parts(graph_, quantity.node, nodes)
                           : std::vector<LinearPart>{});
    }
  }

  std::vector<NodeId> base_nodes() const {
    std::vector<NodeId> nodes;
    for (const std::size_t base : bases_) {
      nodes.push_back(quantities_[base].node);
    }
    return nodes;
  }

  // Parties and differences stay the sums of their parts, whatever became of the parts' events.
  // They are added up by scenario, so that equal parts leave a difference of exactly zero.
  void add_up_positions() {
    const Expr zero(graph_, graph_.constant(0.0));
    for (const std::size_t i : positions_) {
      if (parts_[i].empty() || std::ranges::find(bases_, i) != bases_.end()) {
        continue;
      }
      std::map<std::string_view, Expr> by_scenario;
      for (const LinearPart& part : parts_[i]) {
        const std::size_t base = bases_[part.base];
        Expr& sum = by_scenario.try_emplace(quantities_[base].scenario, zero).first->second;
        sum = sum + Expr(graph_, nodes_[base]) * part.weight;
      }
      Expr all = zero;
      for (const auto& [scenario, sum] : by_scenario) {
        all = all + sum;
      }
      nodes_[i] = all.id();
    }
  }

  void add_controls() {
    std::vector<NodeId> after;
    for (const std::size_t base : bases_) {
      after.push_back(nodes_[base]);
    }
    const std::vector<std::vector<NodeId>> of_after = relaxed(graph_, after);
    for (std::size_t i = 0; i < bases_.size(); ++i) {
      companions_[i].insert(companions_[i].end(), of_after[i].begin(), of_after[i].end());
    }
    controls_ = linear_controls(graph_, companions_);
  }

  void count_controls() {
    if (!is_sobol() && positions_.size() + controls_.size() > kMostJointOutputs) {
      controls_.clear();
    }
    const std::vector<double> values = invariant_values(graph_);
    for (const LinearControl& control : controls_) {
      exact_means_.push_back(values[index(control.mean)]);
    }
  }

  void name_outputs() {
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      graph_.output(output_name(quantities_[i]), nodes_[i]);
    }
    for (std::size_t k = 0; k < controls_.size(); ++k) {
      graph_.output("control " + std::to_string(k), controls_[k].node);
    }
  }

  bool is_control(std::size_t output) const { return output >= quantities_.size(); }
  bool is_position(std::size_t output) const {
    return !is_control(output) && capstake::is_position(quantities_[output].measure);
  }
  // Plain paths need covariances for controls; replicates do without.
  bool has_joint_outputs() const { return !is_sobol() && !controls_.empty(); }
  std::size_t n_outputs() const { return quantities_.size() + controls_.size(); }

  Design choose_design_and_controls(const Program& program) {
    if (!is_sobol()) {
      return stream_design(program, spec_.run.sampler);
    }
    PilotSpec spec{
        .seed = spec_.run.seed, .outputs = positions_, .controls = {}, .controlled = bases_};
    for (std::size_t k = 0; k < controls_.size(); ++k) {
      spec.controls.push_back(quantities_.size() + k);
    }
    spec.control_means = exact_means_;
    Pilot pilot = run_pilot(program, spec);
    in_use_ = std::move(pilot.in_use);
    return std::move(pilot.design);
  }

  void report_design(const Design& design, RunReport& report) const {
    report.sampler = design.sampler;
    report.replicates = is_sobol() ? spec_.run.replicates : 1;
    report.dimensions = design.directions.size();
    for (const Factor& factor : design.factors) {
      if (factor.transform.construction != Construction::identity) {
        report.construction = factor.transform.construction;
      }
    }
  }

  Estimates simulated(const Program& program, const Design& design, RunReport& report,
                      const Poll& poll) const {
    std::vector<OutputSpec> outputs(n_outputs());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      outputs[i].joint = has_joint_outputs() && (is_control(i) || is_position(i));
    }
    RunSpec run = spec_.run;
    run.sample_paths = 0;
    if (spec_.goals.empty()) {
      return simulate(program, design, outputs, run, poll);
    }
    const PrecisionSpec precision{targets_of(spec_.goals, quantities_, n_outputs()),
                                  spec_.max_paths, spec_.max_seconds,
                                  [&](const Estimates& e) { return counting_errors(e); }};
    PreciseEstimates precise = simulate_to(precision, program, design, outputs, run, poll);
    report.is_precise = true;
    report.first_path = precise.first_path;
    report.stopped_by = precise.stopped_by;
    report.worst = precise.worst_output < quantities_.size()
                       ? output_name(quantities_[precise.worst_output])
                       : "";
    report.worst_ratio = precise.worst_ratio;
    return std::move(precise.estimates);
  }

  // Standard errors after controls, each as wide as one of R - 1 degrees of freedom would be.
  std::vector<double> counting_errors(const Estimates& estimates) const {
    std::vector<HeadlineEstimate> found = plain_estimates(estimates);
    control(estimates, found);
    std::vector<double> errors = estimates.standard_error;
    for (std::size_t i = 0; i < found.size(); ++i) {
      errors[i] = found[i].standard_error;
      if (found[i].degrees_of_freedom < estimates.degrees_of_freedom) {
        errors[i] *= student_t_quantile(0.975, found[i].degrees_of_freedom) /
                     student_t_quantile(0.975, estimates.degrees_of_freedom);
      }
    }
    return errors;
  }

  std::vector<HeadlineEstimate> plain_estimates(const Estimates& estimates) const {
    std::vector<HeadlineEstimate> found;
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      const double least = least_error_of(i, estimates);
      const double least_of_parts = estimates.least_error[i] > 0.0 ? 0.0 : least;
      found.push_back({.mean = estimates.mean[i],
                       .standard_error = with_least(estimates.standard_error[i], least_of_parts),
                       .least_error = least,
                       .degrees_of_freedom = estimates.degrees_of_freedom,
                       .gain = 1.0,
                       .replicates = {}});
      for (std::size_t r = 0; is_sobol() && r < estimates.replicate_means.size(); ++r) {
        found.back().replicates.push_back(estimates.replicate_means[r][i]);
      }
    }
    return found;
  }

  // Of a sum whose own replicates differ, that of its parts: jumps may hinge on the same draw, so
  // their errors add up.
  double least_error_of(std::size_t i, const Estimates& estimates) const {
    double least = estimates.least_error[i];
    if (least == 0.0) {
      for (const LinearPart& part : parts_[i]) {
        least += std::abs(part.weight) * estimates.least_error[bases_[part.base]];
      }
    }
    return least;
  }

  void control(const Estimates& estimates, std::vector<HeadlineEstimate>& found) const {
    if (controls_.empty()) {
      return;
    }
    if (is_sobol()) {
      control_by_replicates(estimates, found);
    } else {
      control_by_paths(estimates, found);
    }
  }

  void control_by_paths(const Estimates& estimates, std::vector<HeadlineEstimate>& found) const {
    PathMoments moments{estimates.paths, {}, estimates.covariance};
    for (const std::size_t output : estimates.joint) {
      moments.mean.push_back(estimates.mean[output]);
    }
    const std::vector<Controlled> controlled = control_paths(moments, exact_means_);
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      take(controlled[i], found[positions_[i]]);
    }
  }

  // Coefficients are those of legs and stakes; a party's are the sums of its parts', so that a
  // position stays the sum of its parts.
  void control_by_replicates(const Estimates& estimates,
                             std::vector<HeadlineEstimate>& found) const {
    const std::size_t n_replicates = estimates.replicate_means.size();
    std::vector<double> means;  // (replicates, bases + controls)
    for (const std::vector<double>& row : estimates.replicate_means) {
      for (const std::size_t base : bases_) {
        means.push_back(row[base]);
      }
      means.insert(means.end(), row.begin() + static_cast<std::ptrdiff_t>(quantities_.size()),
                   row.end());
    }
    const std::vector<Controlled> of_bases =
        control_replicates(means, n_replicates, exact_means_, in_use_);
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      if (!parts_[i].empty()) {
        adjust(i, of_bases, found[i]);
      }
    }
  }

  // A sum of bases, after their controls.
  struct ControlledSum {
    std::vector<double> coefficient;
    std::vector<double> replicates;
    std::vector<double> left_out;
  };

  ControlledSum sum_of_parts(std::size_t i, const std::vector<Controlled>& of_bases) const {
    return {.coefficient = over_parts(i, of_bases, &Controlled::coefficient),
            .replicates = over_parts(i, of_bases, &Controlled::replicates),
            .left_out = over_parts(i, of_bases, &Controlled::left_out)};
  }

  // By scenario first, as in add_up_positions: equal parts leave a difference of exactly zero.
  std::vector<double> over_parts(std::size_t i, const std::vector<Controlled>& of_bases,
                                 std::vector<double> Controlled::*terms) const {
    const std::vector<double> zero((of_bases.front().*terms).size());
    std::map<std::string_view, std::vector<double>> by_scenario;
    for (const LinearPart& part : parts_[i]) {
      const std::string_view scenario = quantities_[bases_[part.base]].scenario;
      add(part.weight, of_bases[part.base].*terms,
          by_scenario.try_emplace(scenario, zero).first->second);
    }
    std::vector<double> all = zero;
    for (const auto& [scenario, sum] : by_scenario) {
      add(1.0, sum, all);
    }
    return all;
  }

  static void add(double weight, const std::vector<double>& terms, std::vector<double>& to) {
    for (std::size_t k = 0; k < to.size(); ++k) {
      to[k] += weight * terms[k];
    }
  }

  void adjust(std::size_t i, const std::vector<Controlled>& of_bases,
              HeadlineEstimate& found) const {
    ControlledSum sum = sum_of_parts(i, of_bases);
    if (std::ranges::all_of(sum.coefficient, [](double c) { return c == 0.0; })) {
      return;
    }
    const double before = found.standard_error * found.standard_error;
    found.standard_error =
        with_least(error_of_controlled(sum.replicates, sum.left_out), found.least_error);
    found.replicates = std::move(sum.replicates);
    found.mean = spread_of(found.replicates).mean;
    const double left = found.standard_error * found.standard_error;
    found.gain = left > 0.0 ? std::min(before / left, kLargestGain) : kLargestGain;
  }

  static void take(const Controlled& controlled, HeadlineEstimate& found) {
    found.mean = controlled.value;
    found.standard_error = controlled.standard_error;
    found.degrees_of_freedom = controlled.degrees_of_freedom;
    found.gain = std::min(controlled.gain, kLargestGain);
  }

  Graph graph_;
  const std::vector<Quantity>& quantities_;
  const ValueSpec& spec_;
  std::vector<std::size_t> positions_;          // among the quantities
  std::vector<std::size_t> bases_;              // legs and stakes, among the quantities
  std::vector<std::vector<LinearPart>> parts_;  // by quantity; empty for what is no position
  std::vector<NodeId> nodes_;                   // by quantity, events integrated out
  std::vector<IntegratedDraw> events_;
  std::vector<std::vector<NodeId>> companions_;  // by base, for its controls
  std::vector<LinearControl> controls_;
  std::vector<double> exact_means_;  // of the controls
  std::vector<Subset> in_use_;       // by base: places among the controls
};

}  // namespace

Headlines estimate_headlines(Graph graph, const std::vector<Quantity>& quantities,
                             const std::vector<std::string>& events, const ValueSpec& spec,
                             const Poll& poll) {
  return HeadlineRun(std::move(graph), quantities, events, spec, poll).run(poll);
}

}  // namespace capstake
