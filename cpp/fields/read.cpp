#include "fields/read.hpp"

#include <algorithm>
#include <regex>

namespace capstake {

const Table* as_table(const Value& value, const std::string& path, Issues& issues) {
  const Table* table = value.get<Table>();
  if (table == nullptr) {
    issues.push_back({path, "must be a table", brief(value), ""});
  }
  return table;
}

const List* as_list(const Value& value, const std::string& path, Issues& issues) {
  const List* list = value.get<List>();
  if (list == nullptr) {
    issues.push_back({path, "must be a list", brief(value), ""});
  }
  return list;
}

const Value* find(const Table& table, std::string_view key) {
  const auto it = std::find_if(table.begin(), table.end(),
                               [&](const auto& entry) { return entry.first == key; });
  return it == table.end() || it->second.is_absent() ? nullptr : &it->second;
}

SoundFields::SoundFields(const std::string& path, const Issues& issues, std::size_t first_issue) {
  const std::size_t prefix = path.empty() ? 0 : path.size() + 1;
  for (std::size_t i = first_issue; i < issues.size(); ++i) {
    const std::string below = issues[i].path.substr(std::min(prefix, issues[i].path.size()));
    unsound_.push_back(below.substr(0, below.find_first_of(".[")));
  }
}

bool SoundFields::contain(std::initializer_list<std::string_view> fields) const {
  return std::none_of(fields.begin(), fields.end(), [&](std::string_view field) {
    return std::find(unsound_.begin(), unsound_.end(), field) != unsound_.end();
  });
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
  } else if (!rule.pattern.empty() &&
             !std::regex_match(*text, std::regex(std::string(rule.pattern)))) {
    issues.push_back({path, rule_text(rule), brief(value), ""});
  }
  out = *text;
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          std::vector<std::string>& out) {
  const List* list = as_list(value, path, issues);
  Rule each = rule;
  each.is_required = true;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    read((*list)[i], each, element_path(path, i), issues, out.emplace_back());
  }
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Numbers& out) {
  const List* list = as_list(value, path, issues);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    read((*list)[i], rule, element_path(path, i), issues, out.emplace_back());
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
      issues.push_back(
          {join_path(path, key), "must be a year such as 2026", brief(Value(key)), ""});
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
