// What lowering a deal needs everywhere: the graph, the grid of periods, and numbers, rates and
// events as expressions. Parameters carry the name of their field behind the scenario's prefix;
// draws carry the name alone, so that two deals in one graph share their randomness.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fields/number.hpp"
#include "graph/expr.hpp"
#include "schedule/coupling.hpp"
#include "schedule/periods.hpp"

namespace capstake {

enum class Compounding : std::uint8_t { annual, continuous };
template <>
struct Names<Compounding> {
  static constexpr std::string_view kNames[] = {"annual", "continuous"};
};

// Part of a period with one hazard: the cumulative hazard at both ends, and its part of the time.
struct Stretch {
  Expr hazard_before;
  Expr hazard_after;
  double part_of_time;
};

// An operation of a formula in a period, for messages about values that are not finite.
struct FormulaStep {
  std::string place;  // of the formula, by key path
  std::string period;
  std::string_view operation;
  NodeId result{};
  std::vector<NodeId> arguments;
};

class Context {
 public:
  struct Calendar {
    Date valuation_date;
    DayCount day_count;
    Compounding compounding;
    Frequency frequency;
    std::vector<Period> periods;
  };

  Context(Graph& graph, std::string prefix, Calendar calendar);

  const std::vector<Period>& periods() const { return calendar_.periods; }
  std::size_t n_periods() const { return calendar_.periods.size(); }
  Frequency frequency() const { return calendar_.frequency; }
  int per_year() const { return periods_per_year(calendar_.frequency); }
  Date valuation_date() const { return calendar_.valuation_date; }
  // Years from the valuation date.
  double time(Date date) const;
  // Whether the period ended by the valuation date, so that its revenue is a fact.
  bool is_past(std::size_t period) const;
  // Years of the period that lie after the valuation date.
  double years_ahead(std::size_t period) const { return years_ahead(calendar_.periods[period]); }
  double years_ahead(const Period& period) const;

  // Where to note the operations of formulas as they are lowered; null for nowhere.
  void note_formulas(std::vector<FormulaStep>* steps) { formula_steps_ = steps; }
  std::vector<FormulaStep>* formula_steps() const { return formula_steps_; }

  Expr constant(double value) { return {*graph_, graph_->constant(value)}; }
  // The name of a field's parameter in the graph.
  std::string parameter_name(const std::string& path) const { return prefix_ + path; }
  Expr parameter(const std::string& name, double value);
  // The step of the period's draws: months from 1900 to its first day, so that the same quarter has
  // the same draws whatever else is on the grid.
  std::uint32_t draw_step(std::size_t period) const { return draw_step(calendar_.periods[period]); }
  static std::uint32_t draw_step(const Period& period);
  // Before anything is lowered: draws that depend on each other.
  void couple(Coupling coupling);
  bool is_coupled(const std::string& draw) const { return coupled_.contains(draw); }
  // The span is the step's length, as long as those of the name's other steps are.
  Expr normal(const std::string& name, std::size_t step, double span = 1.0);
  Expr uniform(const std::string& name, std::size_t step);

  // A field's number: a parameter; for an uncertain one the quantile of its draw; for a schedule
  // the value that holds on the date.
  Expr number(const std::string& path, const Number& number, Date on);
  Expr number(const std::string& path, const Number& number) {
    return this->number(path, number, calendar_.valuation_date);
  }
  // Integral of a rate from the valuation date to a later date.
  Expr integral(const std::string& path, const Number& rate, Date to);
  // Logarithm of the growth of 1 that earns the rate, under the deal's compounding.
  Expr log_growth(const std::string& path, const Number& rate, Date to);
  Expr discount_factor(const std::string& path, const Number& rate, Date to);
  // The stretches of a period, after the valuation date, on which the hazard is one.
  std::vector<Stretch> stretches(const std::string& path, const Number& hazard, std::size_t period);

 private:
  Expr integral_of(const std::string& path, const Number& rate, Date to, bool of_log_growth);
  // In schedule/quantile.cpp.
  Arguments arguments(const std::string& path, const Distribution& distribution);
  // Integral over a schedule's stretches from one date to a later one.
  Expr stretch_sum(const ByDate& schedule, Date from, Date to,
                   const std::function<Expr(Date)>& intensity);
  Expr quantile(const std::string& path, const Distribution& distribution);

  Graph* graph_;
  std::string prefix_;
  Calendar calendar_;
  std::vector<Coupling> couplings_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> coupled_;  // coupling and member
  std::vector<FormulaStep>* formula_steps_ = nullptr;
};

// A random time with a hazard rate h: it has happened by t when the integral of h up to t exceeds
// a standard exponential threshold (one uniform draw a path).
struct LoweredEvent {
  std::string hazard_path;
  Number hazard;
  Expr threshold;
  std::vector<Expr> cumulative_hazard;          // at each period's end
  std::vector<std::vector<Stretch>> stretches;  // by period; none in past ones

  // 1 while the event has not happened by a date, else 0; by the valuation date it has not.
  Expr survives(Context& context, Date by) const;
  // 1 while the event has not happened by the period's end, else 0.
  Expr survives(std::size_t period) const;
  // Part of the period's days that passed before the event: 1 before it, 0 after it.
  Expr alive_part(const Context& context, std::size_t period) const;
};

LoweredEvent lower_event(Context& context, const std::string& name, const std::string& hazard_path,
                         const Number& hazard);

}  // namespace capstake
