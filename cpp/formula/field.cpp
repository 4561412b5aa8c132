#include "formula/field.hpp"

#include <algorithm>

namespace capstake {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Whether the name by itself is a formula: "a-b" is a difference, and "2nd" no number.
bool can_be_named(const std::string& name) {
  Issues issues;
  const std::optional<Formula> parsed = parse_formula(name, "", issues);
  return parsed && parsed->nodes.size() == 1 && parsed->nodes.front().name == name;
}

}  // namespace

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          FormulaText& out) {
  const std::size_t before = issues.size();
  read(value, rule, path, issues, out.text);
  if (issues.size() == before) {
    out.parsed = parse_formula(out.text, path, issues).value_or(Formula{});
  }
}

std::vector<std::string> names_beside(const std::vector<std::string>& fixed,
                                      const Named<Number>& numbers) {
  std::vector<std::string> names = fixed;
  for (const auto& [name, number] : numbers) {
    names.push_back(name);
  }
  return names;
}

std::vector<std::string> stream_names_in(const FormulaText& formula,
                                         const std::vector<std::string>& fixed,
                                         const Named<Number>& numbers) {
  return unknown_names(formula.parsed, names_beside(fixed, numbers));
}

void check_formula_numbers(const FormulaText& formula, const std::vector<std::string>& fixed,
                           const Named<Number>& numbers, const std::string& path, Issues& issues) {
  const std::vector<std::string> used = unknown_names(formula.parsed, {});
  for (const auto& [name, number] : numbers) {
    const std::string place = join_path(join_path(path, "numbers"), name);
    if (contains(fixed, name)) {
      issues.push_back({place, "is a name that formulas have already", "", "choose another name"});
    } else if (!can_be_named(name)) {
      issues.push_back({place,
                        "must be a name that a formula can use: a letter, then letters, "
                        "digits and _",
                        "", ""});
    } else if (!contains(used, name)) {
      issues.push_back({place, "is not used by the formula", "", ""});
    }
  }
}

}  // namespace capstake
