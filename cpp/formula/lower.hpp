// A formula as expressions, one period after another.
#pragma once

#include <functional>

#include "formula/formula.hpp"
#include "schedule/context.hpp"

namespace capstake {

// The formula's value in each period of the grid from a first one on. Periods are asked for in
// order, each once, so that a name may stand for what came out in earlier periods (such as what has
// been paid). Before the first period there was nothing: totals and lags begin there.
class FormulaSeries {
 public:
  // The value of a name in a period.
  using Lookup = std::function<Expr(const std::string& name, std::size_t period)>;

  FormulaSeries(Context& context, Formula formula, Lookup lookup, std::size_t first_period = 0);

  Expr next();

 private:
  Expr value(const FormulaNode& node, std::size_t index);
  Expr running_total(std::size_t index, Expr now, bool starts_anew);
  Expr lagged(const FormulaNode& node);
  Expr power(const FormulaNode& node);

  Context* context_;
  Formula formula_;
  Lookup lookup_;
  std::size_t first_period_;
  std::size_t period_;
  std::vector<std::vector<Expr>> history_;  // by node, then by period from the first
};

}  // namespace capstake
