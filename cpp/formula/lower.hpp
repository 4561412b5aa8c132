// A formula as expressions, one period after another.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "formula/formula.hpp"
#include "schedule/context.hpp"

namespace capstake {

// The formula's value in each period of the grid from a first one on. Periods are asked for in
// order, each once, so that a name may stand for what came out in earlier periods (such as what has
// been paid). Before the first period there was nothing: totals and lags begin there.
//
// Where an operation counts for nothing, in the branch of a where() that is not taken or past a
// stop event, its argument is moved to the nearest one that it has a finite slope at. Its
// derivative by the argument is multiplied by zero there, and zero times infinity would be no
// number.
class FormulaSeries {
 public:
  // The value of a name in a period.
  using Lookup = std::function<Expr(const std::string& name, std::size_t period)>;

  // The place is what messages call the formula.
  FormulaSeries(Context& context, std::string place, Formula formula, Lookup lookup,
                std::size_t first_period = 0);

  // The value in the next period. Where it is said when it counts (where `counts` is not 0), the
  // value elsewhere is of no use.
  Expr next(std::optional<Expr> counts = std::nullopt);

 private:
  // A branch of a where(): that of the condition (a node), or the other one.
  struct Branch {
    std::size_t condition;
    bool is_first;
  };

  void find_branches();
  Expr value(const FormulaNode& node, std::size_t index);
  Expr positive(std::size_t index, Expr x) const;
  Expr moderate(std::size_t index, Expr x) const;
  Expr quotient(std::size_t index, Expr a, Expr b) const;
  // 1 where the operation counts and 0 where it does not; nothing if it always does.
  std::optional<Expr> counted(std::size_t index) const;
  Expr running_total(std::size_t index, Expr now, bool starts_anew);
  Expr lagged(const FormulaNode& node);
  Expr power(const FormulaNode& node, std::size_t index);
  void note(const FormulaNode& node, std::size_t index) const;

  Context* context_;
  std::string place_;
  Formula formula_;
  Lookup lookup_;
  std::size_t first_period_;
  std::size_t period_;
  std::optional<Expr> counts_;                 // in the period that is being lowered
  std::vector<std::vector<Branch>> branches_;  // by node: those that it lies in
  std::vector<std::vector<Expr>> history_;     // by node, then by period from the first
};

}  // namespace capstake
