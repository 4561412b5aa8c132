// Formulas: what is computed in each period, as a text. Custom clauses and formula streams hold
// one. The language is small and safe: numbers, names, + - * / **, comparisons and the functions
// below. Nothing is executed but these; a formula is a value that is parsed, checked and lowered.
//
//   minimum(0.2 * revenue, cap - paid)
//   where(year_to_date(revenue) > 100, 5%, 3%) * revenue
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fields/record.hpp"

namespace capstake {

// What a node of a formula is. Functions have a row in formula_functions().
enum class FormulaOp : std::uint8_t {
  number,
  name,
  date,
  negative,
  add,
  subtract,
  multiply,
  divide,
  power,
  less,
  less_equal,
  minimum,
  maximum,
  where,
  abs,
  exp,
  log,
  sqrt,
  cumulative,
  year_to_date,
  lag,
  step_up,
};

// One row a function: its name in a formula, how many arguments it takes, what it means.
struct FormulaFunction {
  FormulaOp op;
  std::string_view name;
  std::size_t min_args;
  std::size_t max_args;
  std::string_view meaning;
};
const std::vector<FormulaFunction>& formula_functions();

struct FormulaNode {
  FormulaOp op = FormulaOp::number;
  double number = 0.0;            // of a number
  std::string name;               // of a name
  Date date{};                    // of a date
  std::vector<std::size_t> args;  // indices of nodes, all before this one
};

struct Formula {
  std::vector<FormulaNode> nodes;  // the last one is the result
};

// Parses a formula. When it is wrong, adds one issue at the path (rule, the text around the fault,
// the nearest function for a misspelt one) and returns nothing.
std::optional<Formula> parse_formula(std::string_view text, const std::string& path,
                                     Issues& issues);

// Whether it looks back: at totals or lags.
bool looks_back(const Formula& formula);

// Names that are none of the known ones, each once, in their order.
std::vector<std::string> unknown_names(const Formula& formula,
                                       const std::vector<std::string>& known);

}  // namespace capstake
