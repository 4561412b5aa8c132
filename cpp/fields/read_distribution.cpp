#include "fields/read_distribution.hpp"

#include <algorithm>

namespace capstake {

namespace {

std::string argument_list(const FamilyRow& row) {
  std::string text;
  for (const ArgumentRow& argument : row.arguments) {
    text += (text.empty() ? "[" : ", ") + std::string(argument.name);
  }
  return text + "]";
}

bool read_numbers(const List& list, const Rule& rule, const std::string& path, Issues& issues,
                  std::vector<double>& out) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    double x = 0.0;
    if (!read_double(list[i], rule, path + "[" + std::to_string(i) + "]", issues, x)) {
      return false;
    }
    out.push_back(x);
  }
  return true;
}

// "triangular = [3, 4, 6]", "empirical = [3.1, 2.7]".
bool read_one_list(const Value& value, const FamilyRow& row, const Rule& rule,
                   const std::string& path, Issues& issues, Distribution& out) {
  const List* list = as_list(value, path, issues);
  if (list == nullptr) {
    return false;
  }
  const bool is_one_argument = row.arguments.front().form == Form::list;
  if (!is_one_argument && list->size() != row.arguments.size()) {
    issues.push_back({path, "must be " + argument_list(row), brief(value), ""});
    return false;
  }
  std::vector<double> numbers;
  if (!read_numbers(*list, rule, path, issues, numbers)) {
    return false;
  }
  if (is_one_argument) {
    out.arguments.push_back(std::move(numbers));
    return true;
  }
  for (const double x : numbers) {
    out.arguments.push_back({x});
  }
  return true;
}

bool read_argument(const Value& value, const ArgumentRow& row, const Rule& rule,
                   const std::string& path, Issues& issues, std::vector<double>& out) {
  const Rule any{.unit = row.unit.empty() ? rule.unit : row.unit};
  if (row.form != Form::list) {
    return read_double(value, any, path, issues, out.emplace_back());
  }
  const List* list = as_list(value, path, issues);
  return list != nullptr && read_numbers(*list, any, path, issues, out);
}

// "discrete = {values = [1, 2], weights = [0.3, 0.7]}".
bool read_table(const Value& value, const FamilyRow& row, const Rule& rule, const std::string& path,
                Issues& issues, Distribution& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return false;
  }
  const std::size_t issues_before = issues.size();
  std::vector<std::string> known;
  for (const ArgumentRow& argument : row.arguments) {
    known.emplace_back(argument.name);
  }
  check_keys(*table, known, path, issues);
  for (const ArgumentRow& argument : row.arguments) {
    std::vector<double>& numbers = out.arguments.emplace_back();
    const std::string place = join_path(path, argument.name);
    if (const Value* held = find(*table, argument.name)) {
      read_argument(*held, argument, rule, place, issues, numbers);
    } else if (argument.form != Form::optional) {
      issues.push_back({place, "is required", "", ""});
    }
  }
  return issues.size() == issues_before;
}

bool read_bound(const Table& table, std::string_view key, const Rule& rule, const std::string& path,
                Issues& issues, std::optional<double>& out) {
  const Value* held = find(table, key);
  if (held == nullptr) {
    return true;
  }
  double x = 0.0;
  const bool is_sound =
      read_double(*held, Rule{.unit = rule.unit}, join_path(path, key), issues, x);
  out = x;
  return is_sound;
}

// Families whose draws come as near to the lower end of the support as you like, and never there.
bool stays_inside(const Distribution& d) {
  return !d.truncated_below && (d.family == Family::lognormal || d.family == Family::gamma ||
                                d.family == Family::metalog);
}

}  // namespace

bool read_distribution(const Value& value, const FamilyRow& row, const Rule& rule,
                       const std::string& path, Issues& issues, Distribution& out) {
  out = {};
  out.family = row.family;
  return row.is_one_list() ? read_one_list(value, row, Rule{.unit = rule.unit}, path, issues, out)
                           : read_table(value, row, rule, path, issues, out);
}

bool read_truncation(const Table& table, const Rule& rule, const std::string& path, Issues& issues,
                     Distribution& out) {
  const bool below = read_bound(table, "truncated_below", rule, path, issues, out.truncated_below);
  return read_bound(table, "truncated_above", rule, path, issues, out.truncated_above) && below;
}

bool check_distribution(const Distribution& d, const Rule& rule, const std::string& path,
                        Issues& issues) {
  if (const std::string wrong = broken(d); !wrong.empty()) {
    issues.push_back({path, wrong, text(d), ""});
    return false;
  }
  const auto [low, high] = d.support();
  const bool touches_low = rule.low_is_open && !stays_inside(d) && low <= rule.low;
  if (low < rule.low || high > rule.high || touches_low) {
    Rule of_each = rule;
    of_each.may_be_zero = false;
    issues.push_back({path, "every value it can take " + rule_text(of_each),
                      brief(low) + " to " + brief(high), percent_hint(rule, high)});
  }
  return true;
}

}  // namespace capstake
