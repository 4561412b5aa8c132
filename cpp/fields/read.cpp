#include "fields/read.hpp"

#include <algorithm>
#include <charconv>

namespace capstake {

namespace {

// Units in which "20%" means 0.20.
bool takes_percent(std::string_view unit) {
  return unit == "share" || unit == "1/yr" || unit == "1/sqrt(yr)" || unit == "correlation";
}

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

// A hint for the commonest slip: 20 for 20%.
std::string percent_hint(const Rule& rule, double value) {
  if (!takes_percent(rule.unit) || !(std::abs(value) > 1.0) || !(std::abs(value) <= 100.0)) {
    return {};
  }
  return "for " + brief(value) + " per cent write " + brief(value / 100.0) + " or \"" +
         brief(value) + "%\"";
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

const List* as_list(const Value& value, const std::string& path, Issues& issues) {
  const List* list = value.get<List>();
  if (list == nullptr) {
    issues.push_back({path, "must be a list", brief(value), ""});
  }
  return list;
}

std::string argument_list(const FamilyRow& row) {
  std::string text;
  for (const std::string_view argument : row.arguments) {
    text += (text.empty() ? "[" : ", ") + std::string(argument);
  }
  return text + "]";
}

std::string broken_order(const Distribution& d) {
  const auto& [a, b, c] = d.arguments;
  switch (d.family) {
    case Family::uniform:
      return a < b ? "" : "low must be below high";
    case Family::triangular:
      return a <= b && b <= c && a < c ? "" : "must have low <= mode <= high and low < high";
    case Family::normal:
      return b >= 0 ? "" : "the standard deviation must be >= 0";
    case Family::lognormal:
      return a > 0 && b >= 0 ? "" : "the mean must be > 0 and the volatility >= 0";
  }
  return {};
}

void check_support(const Distribution& d, const Rule& rule, const std::string& path,
                   Issues& issues) {
  const auto [low, high] = d.support();
  const bool touches_low = rule.low_is_open && d.family != Family::lognormal && low <= rule.low;
  if (low < rule.low || high > rule.high || touches_low) {
    issues.push_back({path, "every value it can take " + rule_text(rule),
                      brief(low) + " to " + brief(high), percent_hint(rule, high)});
  }
}

bool read_distribution(const Value& value, const FamilyRow& row, const Rule& rule,
                       const std::string& path, Issues& issues, Number& out) {
  const List* list = as_list(value, path, issues);
  if (list == nullptr) {
    return false;
  }
  if (list->size() != row.arguments.size()) {
    issues.push_back({path, "must be " + argument_list(row), brief(value), ""});
    return false;
  }
  Distribution d{.family = row.family, .arguments = {}};
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string element = path + "[" + std::to_string(i) + "]";
    const Rule any{.unit = rule.unit};
    if (!read_double((*list)[i], any, element, issues, d.arguments[i])) {
      return false;
    }
  }
  if (const std::string broken = broken_order(d); !broken.empty()) {
    issues.push_back({path, broken, text(d), ""});
    return false;
  }
  check_support(d, rule, path, issues);
  out.held = d;
  return true;
}

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
      issues.push_back({join_path(path, key), "must be a date such as 2026-04-27", brief(Value(key)), ""});
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
  } else if (const Value* schedule = find(table, "by_date")) {
    read_by_date(*schedule, rule, join_path(path, "by_date"), issues, out);
  } else {
    for (const FamilyRow& row : families()) {
      if (const Value* list = find(table, row.name)) {
        read_distribution(*list, row, rule, join_path(path, row.name), issues, out);
      }
    }
  }
}

}  // namespace

const Table* as_table(const Value& value, const std::string& path, Issues& issues) {
  const Table* table = value.get<Table>();
  if (table == nullptr) {
    issues.push_back({path, "must be a table", brief(value), ""});
  }
  return table;
}

const Value* find(const Table& table, std::string_view key) {
  const auto it = std::find_if(table.begin(), table.end(),
                               [&](const auto& entry) { return entry.first == key; });
  return it == table.end() || it->second.is_absent() ? nullptr : &it->second;
}

void check_name(const std::string& name, const std::string& path, Issues& issues) {
  if (!is_bare_key(name)) {
    issues.push_back({path, "a name is 1 to 64 letters, digits, _ or -", brief(Value(name)), ""});
  }
}

void check_keys(const Table& table, const std::vector<std::string>& known, const std::string& path,
                Issues& issues) {
  for (const auto& [key, held] : table) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string close = nearest(key, known);
      issues.push_back({join_path(path, key), "is not a known key", "",
                        close.empty() ? "" : "did you mean `" + close + "`?"});
    }
  }
}

int read_word(const Value& value, const std::vector<std::string>& words, const std::string& path,
              Issues& issues) {
  const auto* text = value.get<std::string>();
  for (std::size_t i = 0; text != nullptr && i < words.size(); ++i) {
    if (*text == words[i]) {
      return static_cast<int>(i);
    }
  }
  const std::string close = text == nullptr ? "" : nearest(*text, words);
  std::vector<std::string> quoted;
  for (const std::string& word : words) {
    if (!word.empty()) {
      quoted.push_back('"' + word + '"');
    }
  }
  issues.push_back({path, "must be " + listed(quoted), brief(value),
                    close.empty() ? "" : "did you mean \"" + close + "\"?"});
  return -1;
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Number& out) {
  const Table* table = value.get<Table>();
  if (table == nullptr) {
    double x = 0.0;
    read_double(value, rule, path, issues, x);
    out.held = x;
    return;
  }
  std::vector<std::string> known = {"value", "by_date", "source", "status", "range"};
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

void read(const Value& value, const Rule&, const std::string& path, Issues& issues, Date& out) {
  const auto* text = value.get<std::string>();
  if (const auto* held = value.get<Date>()) {
    out = *held;
  } else if (text == nullptr || !parse_date(*text, out)) {
    issues.push_back({path, "must be a date such as 2026-04-27", brief(value), ""});
    return;
  }
  // Far enough for any contract, near enough that no grid of periods runs away.
  if (year_of(out) < 1900 || year_of(out) > 2200) {
    issues.push_back({path, "must lie between 1900 and 2200", iso(out), ""});
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

void read(const Value& value, const Rule&, const std::string& path, Issues& issues, bool& out) {
  if (const auto* held = value.get<bool>()) {
    out = *held;
  } else {
    issues.push_back({path, "must be true or false", brief(value), ""});
  }
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          std::string& out) {
  const auto* text = value.get<std::string>();
  if (text == nullptr) {
    issues.push_back({path, "must be a text", brief(value), ""});
    return;
  }
  // Texts end up in terminals, HTML and spreadsheets, where control characters do harm.
  const auto is_allowed = [](char c) { return !is_control(c) || c == '\n' || c == '\t'; };
  if (!std::all_of(text->begin(), text->end(), is_allowed)) {
    issues.push_back({path, "must hold no control characters", brief(value), ""});
  }
  if (text->empty() && rule.is_required) {
    issues.push_back({path, "must not be empty", "", ""});
  }
  out = *text;
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          std::vector<std::string>& out) {
  const List* list = as_list(value, path, issues);
  Rule each = rule;
  each.is_required = true;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    read((*list)[i], each, path + "[" + std::to_string(i) + "]", issues, out.emplace_back());
  }
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Annual& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return;
  }
  for (const auto& [key, held] : *table) {
    Date first{};
    if (!parse_date(key + "-01-01", first) || year_of(first) < 1900 || year_of(first) > 2200) {
      issues.push_back({join_path(path, key), "must be a year such as 2026", brief(Value(key)), ""});
      continue;
    }
    out.emplace_back(year_of(first), Number{});
    read(held, rule, join_path(path, key), issues, out.back().second);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i].first != out[i - 1].first + 1) {
      issues.push_back({path,
                        "must have a figure for each year: " +
                            std::to_string(out[i - 1].first + 1) + " is missing",
                        "", ""});
    }
  }
  if (out.empty()) {
    issues.push_back({path, "must have at least one year", "", ""});
  }
}

}  // namespace capstake
