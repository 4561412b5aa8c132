#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "fields/read_distribution.hpp"

// Numbers: constants, per cents, distributions, schedules and ranges.
namespace capstake {

namespace {

bool parse_number(std::string_view text, double& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

// "20%" -> 0.20.
bool parse_percent(std::string_view text, double& out) {
  if (text.empty() || text.back() != '%') {
    return false;
  }
  text.remove_suffix(1);
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  const bool is_number = parse_number(text, out);
  out /= 100.0;
  return is_number;
}

bool is_number(const Value& value, double& out) {
  if (const auto* x = value.get<double>()) {
    out = *x;
    return true;
  }
  if (const auto* i = value.get<std::int64_t>()) {
    out = static_cast<double>(*i);
    return true;
  }
  return false;
}

}  // namespace

std::string percent_hint(const Rule& rule, double value) {
  const bool could_be_percent = std::abs(value) > 1.0 && std::abs(value) <= 100.0;
  if (!takes_percent(rule.unit) || !could_be_percent || !broken_rule(rule, value / 100.0).empty()) {
    return {};
  }
  // Hundredths of a decimal number are rarely doubles: twelve digits are what was meant.
  char share[32];
  std::snprintf(share, sizeof share, "%.12g", value / 100.0);
  return "for " + brief(value) + " per cent write " + share + " or \"" + brief(value) + "%\"";
}

bool read_double(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
                 double& out) {
  const auto* text = value.get<std::string>();
  const bool is_percent = text != nullptr && takes_percent(rule.unit) && parse_percent(*text, out);
  if (!is_percent && !is_number(value, out)) {
    const std::string also = takes_percent(rule.unit) ? " or a text such as \"20%\"" : "";
    double inside = 0.0;
    const bool is_quoted = text != nullptr && parse_number(*text, inside);
    issues.push_back({path, "must be a number" + also, brief(value),
                      is_quoted ? "write it without quotes" : ""});
    return false;
  }
  out += 0.0;  // -0 becomes 0, so that equal numbers print and hash alike
  const std::string broken = broken_rule(rule, out);
  if (!broken.empty()) {
    issues.push_back({path, broken, brief(value), is_percent ? "" : percent_hint(rule, out)});
    return false;
  }
  return true;
}

namespace {

void read_by_date(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
                  Number& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return;
  }
  if (!rule.may_be_by_date) {
    issues.push_back({path, "this field cannot vary by date", "", ""});
    return;
  }
  ByDate schedule;
  for (const auto& [key, held] : *table) {
    Date date{};
    double x = 0.0;
    if (!parse_date(key, date)) {
      issues.push_back(
          {join_path(path, key), "must be a date such as 2026-04-27", brief(Value(key)), ""});
    } else if (read_double(held, rule, join_path(path, key), issues, x)) {
      schedule.emplace_back(date, x);
    }
  }
  std::sort(schedule.begin(), schedule.end());
  if (schedule.empty()) {
    issues.push_back({path, "must hold at least one date", "", ""});
    schedule.emplace_back(Date{}, 0.0);
  }
  out.held = std::move(schedule);
}

void read_range(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
                Number& out) {
  const List* list = as_list(value, path, issues);
  if (list == nullptr) {
    return;
  }
  double low = 0.0;
  double high = 0.0;
  if (list->size() != 2) {
    issues.push_back({path, "must be [low, high]", brief(value), ""});
  } else if (read_double((*list)[0], rule, path + "[0]", issues, low) &&
             read_double((*list)[1], rule, path + "[1]", issues, high)) {
    if (low > high) {
      issues.push_back({path, "low must not be above high", brief(low) + ", " + brief(high), ""});
    }
    out.range = {low, high};
  }
}

std::vector<std::string> forms_of_amount() {
  std::vector<std::string> forms = {"value"};
  for (const FamilyRow& row : families()) {
    forms.emplace_back(row.name);
  }
  forms.emplace_back("by_date");
  return forms;
}

bool has_amount(const Table& table) {
  const std::vector<std::string> forms = forms_of_amount();
  return std::any_of(forms.begin(), forms.end(),
                     [&](const std::string& form) { return find(table, form) != nullptr; });
}

void read_uncertain(const Value& held, const FamilyRow& row, const Table& table, const Rule& rule,
                    const std::string& path, Issues& issues, Number& out) {
  Distribution distribution;
  const std::string place = join_path(path, row.name);
  if (read_distribution(held, row, rule, place, issues, distribution) &&
      read_truncation(table, rule, path, issues, distribution) &&
      check_distribution(distribution, rule, place, issues)) {
    out.held = std::move(distribution);
  }
}

void refuse_truncation(const Table& table, const std::string& path, Issues& issues) {
  for (const char* key : {"truncated_below", "truncated_above"}) {
    if (find(table, key) != nullptr) {
      issues.push_back({join_path(path, key), "goes with a distribution only", "", ""});
    }
  }
}

void read_amount(const Table& table, const Rule& rule, const std::string& path, Issues& issues,
                 Number& out) {
  const std::vector<std::string> forms = forms_of_amount();
  const auto n_forms = std::count_if(forms.begin(), forms.end(), [&](const std::string& form) {
    return find(table, form) != nullptr;
  });
  if (n_forms != 1) {
    issues.push_back({path, "must hold exactly one of " + listed(forms), "", ""});
    return;
  }
  if (const Value* held = find(table, "value")) {
    double x = 0.0;
    read_double(*held, rule, join_path(path, "value"), issues, x);
    out.held = x;
    refuse_truncation(table, path, issues);
  } else if (const Value* schedule = find(table, "by_date")) {
    read_by_date(*schedule, rule, join_path(path, "by_date"), issues, out);
    refuse_truncation(table, path, issues);
  } else {
    for (const FamilyRow& row : families()) {
      if (const Value* list = find(table, row.name)) {
        read_uncertain(*list, row, table, rule, path, issues, out);
      }
    }
  }
}

}  // namespace

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Number& out) {
  const Table* table = value.get<Table>();
  if (table == nullptr) {
    double x = 0.0;
    read_double(value, rule, path, issues, x);
    out.held = x;
    return;
  }
  std::vector<std::string> known = {
      "value", "by_date", "truncated_below", "truncated_above", "source", "status", "range"};
  for (const FamilyRow& row : families()) {
    known.emplace_back(row.name);
  }
  const std::size_t issues_before = issues.size();
  check_keys(*table, known, path, issues);
  if (issues.size() == issues_before || has_amount(*table)) {  // else its key is misspelt
    read_amount(*table, rule, path, issues, out);
  }
  if (const Value* source = find(*table, "source")) {
    read(*source, Rule{.is_required = false}, join_path(path, "source"), issues, out.source);
  }
  if (const Value* status = find(*table, "status")) {
    read(*status, Rule{}, join_path(path, "status"), issues, out.status);
  }
  if (const Value* range = find(*table, "range")) {
    read_range(*range, rule, join_path(path, "range"), issues, out);
  }
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues, int& out) {
  double x = 0.0;
  if (!read_double(value, rule, path, issues, x)) {
    return;
  }
  constexpr double kLargest = 1e6;
  if (x != std::floor(x) || std::abs(x) > kLargest) {
    issues.push_back({path, "must be a whole number", brief(value), ""});
    return;
  }
  out = static_cast<int>(x);
}

}  // namespace capstake
