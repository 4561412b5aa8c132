// Formulas by themselves: their names, their functions, and their values on given figures.
#include <pybind11/stl.h>

#include <algorithm>

#include "bind/bind_records.hpp"
#include "formula/lower.hpp"
#include "graph/interpret.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

Formula parsed(const std::string& text) {
  Issues issues;
  std::optional<Formula> formula = parse_formula(text, "formula", issues);
  if (!formula) {
    throw InputError(std::move(issues));
  }
  return std::move(*formula);
}

using Figures = std::map<std::string, std::vector<double>>;

void check_figures(const Formula& formula, const Figures& figures, std::size_t n_periods) {
  Issues issues;
  for (const std::string& name : unknown_names(formula, {})) {
    const auto found = figures.find(name);
    if (found == figures.end() || found->second.size() != n_periods) {
      issues.push_back({"figures", "must have one value a period for the name " + name,
                        found == figures.end() ? "none" : std::to_string(found->second.size()),
                        std::to_string(n_periods) + " periods"});
    }
  }
  if (!issues.empty()) {
    throw InputError(std::move(issues));
  }
}

std::vector<double> evaluated(const std::string& text, const Figures& figures,
                              const py::object& start, const std::string& frequency,
                              std::size_t n_periods) {
  Issues issues;
  Date first{};
  Frequency length{};
  read(to_value(start, "start"), Rule{}, "start", issues, first);
  read(Value(frequency), Rule{}, "frequency", issues, length);
  if (!issues.empty()) {
    throw InputError(std::move(issues));
  }
  const Formula formula = parsed(text);
  check_figures(formula, figures, n_periods);
  const auto days = std::chrono::days{366 / periods_per_year(length)} * static_cast<int>(n_periods);
  std::vector<Period> periods = periods_covering(length, first, first + days);
  periods.resize(std::min(periods.size(), n_periods));
  Graph graph;
  Context context(graph, "",
                  {first, DayCount::act_365f, Compounding::annual, length, std::move(periods)});
  FormulaSeries series(context, "formula", formula,
                       [&](const std::string& name, std::size_t period) {
                         return context.constant(figures.at(name)[period]);
                       });
  std::vector<Expr> results;
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    results.push_back(series.next());
  }
  const std::vector<double> values = interpret(graph, {});
  std::vector<double> found;
  for (const Expr& result : results) {
    found.push_back(values[static_cast<std::size_t>(result.id())]);
  }
  return found;
}

}  // namespace

void bind_formula(py::module_& m) {
  m.def(
      "formula_names", [](const std::string& text) { return unknown_names(parsed(text), {}); },
      py::arg("text"), "List the names that a formula uses; refuses a text that is no formula.");
  m.def(
      "formula_functions",
      [] {
        py::list rows;
        for (const FormulaFunction& row : formula_functions()) {
          rows.append(py::make_tuple(std::string(row.name), row.min_args, row.max_args,
                                     std::string(row.meaning)));
        }
        return rows;
      },
      "List the functions of formulas: rows of (name, least and most arguments, meaning).");
  m.def("evaluate_formula", &evaluated, py::arg("text"), py::arg("figures"), py::arg("start"),
        py::arg("frequency"), py::arg("n_periods"),
        "Evaluate a formula on figures by name and period; capstake.Formula does so in a deal.");
}

}  // namespace capstake
