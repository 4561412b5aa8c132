#include "formula/formula.hpp"

#include <algorithm>

namespace capstake {

const std::vector<FormulaFunction>& formula_functions() {
  constexpr std::size_t kMany = 100;
  static const std::vector<FormulaFunction> rows = {
      {FormulaOp::minimum, "minimum", 2, kMany, "minimum(a, b, ...): the least of them."},
      {FormulaOp::maximum, "maximum", 2, kMany, "maximum(a, b, ...): the greatest of them."},
      {FormulaOp::where, "where", 3, 3, "where(c, a, b): a where c is not zero, else b."},
      {FormulaOp::abs, "abs", 1, 1, "abs(x): the absolute value."},
      {FormulaOp::exp, "exp", 1, 1, "exp(x): e to the power x."},
      {FormulaOp::log, "log", 1, 1, "log(x): the natural logarithm."},
      {FormulaOp::sqrt, "sqrt", 1, 1, "sqrt(x): the square root."},
      {FormulaOp::cumulative, "cumulative", 1, 1,
       "cumulative(x): the running total, this period included."},
      {FormulaOp::year_to_date, "year_to_date", 1, 1,
       "year_to_date(x): the running total since the calendar year began, this period included."},
      {FormulaOp::lag, "lag", 1, 2,
       "lag(x, n): x as it was n periods ago (1 if not given), 0 before there was one."},
      {FormulaOp::step_up, "step_up", 3, 3,
       "step_up(a, \"2028-01-01\", b): a in periods that begin before the date, then b."},
  };
  return rows;
}

bool looks_back(const Formula& formula) {
  return std::ranges::any_of(formula.nodes, [](const FormulaNode& node) {
    return node.op == FormulaOp::cumulative || node.op == FormulaOp::year_to_date ||
           node.op == FormulaOp::lag;
  });
}

std::vector<std::string> unknown_names(const Formula& formula,
                                       const std::vector<std::string>& known) {
  std::vector<std::string> unknown;
  for (const FormulaNode& node : formula.nodes) {
    const auto is_in = [&](const std::vector<std::string>& names) {
      return std::ranges::find(names, node.name) != names.end();
    };
    if (node.op == FormulaOp::name && !is_in(known) && !is_in(unknown)) {
      unknown.push_back(node.name);
    }
  }
  return unknown;
}

}  // namespace capstake
