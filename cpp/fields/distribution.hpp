// Distributions of uncertain numbers: one row a family (fields/families.cpp). A family's cdf and
// quantile are expressions of its arguments, so that a value's derivative by each argument follows;
// of constants an expression is a constant, so the same formulas give plain numbers too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/expr.hpp"

namespace capstake {

enum class Family : std::uint8_t {
  uniform,
  triangular,
  pert,
  normal,
  lognormal,
  student_t,
  beta,
  gamma,
  discrete,
  empirical,
  metalog
};

// Whether an argument is one number, a list of numbers, or one number that may be left out.
enum class Form : std::uint8_t { scalar, list, optional };

struct ArgumentRow {
  std::string_view name;
  Form form = Form::scalar;
  std::string_view unit = {};  // where it is not the field's
};

// A distribution, by the arguments of its family in the order of its row: each a list, of one
// number where the argument is a scalar, of none where it is left out.
struct Distribution {
  Family family = Family::uniform;
  std::vector<std::vector<double>> arguments;
  std::optional<double> truncated_below;
  std::optional<double> truncated_above;
  bool operator==(const Distribution&) const = default;

  double argument(std::size_t i) const { return arguments[i].front(); }
  bool is_truncated() const { return truncated_below || truncated_above; }
  double mean() const;
  // Ends of the support; infinite where it has none.
  std::pair<double, double> support() const;
};

// The arguments of a distribution as expressions.
using Arguments = std::vector<std::vector<Expr>>;

struct FamilyRow {
  Family family;
  std::string_view name;
  std::vector<ArgumentRow> arguments;
  // What is wrong with the arguments, or empty.
  std::string (*broken)(const Distribution&);
  // Of the distribution before truncation:
  double (*mean)(const Distribution&);
  std::pair<double, double> (*support)(const Distribution&);
  Expr (*quantile)(const Distribution&, const Arguments&, Expr u);
  Expr (*cdf)(const Distribution&, const Arguments&, Expr x);  // of x within the support
  double (*partial_mean)(const Distribution&, double x);       // E[X; X <= x]

  // Whether the deal file holds the arguments as one list rather than as a table.
  bool is_one_list() const;
};
const std::vector<FamilyRow>& families();
const FamilyRow& row_of(const Distribution& distribution);

// The quantile of u, which lies strictly between 0 and 1; truncation bounds are the last two
// expressions, or nothing.
Expr quantile(const Distribution& distribution, const Arguments& arguments,
              const std::optional<Expr>& below, const std::optional<Expr>& above, Expr u);
// The distribution's own quantile as a number.
double quantile(const Distribution& distribution, double u);
// What is wrong with the distribution, truncation included, or empty.
std::string broken(const Distribution& distribution);
// "triangular(0, 0.25, 0.5)"; "normal(38, 5) above 0".
std::string text(const Distribution& distribution);

}  // namespace capstake
