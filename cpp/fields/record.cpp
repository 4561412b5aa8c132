#include "fields/record.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace capstake {

namespace {

std::string message(const Issues& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    text += (text.empty() ? "" : "\n") + issue.path + ": " + issue.rule;
    text += issue.got.empty() ? "" : ", got " + issue.got;
    text += issue.hint.empty() ? "" : " (" + issue.hint + ")";
  }
  return text;
}

// Levenshtein distance, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// A text from a deal file may hold anything: a message shows its beginning, in whole characters,
// and no control characters, which could rewrite the terminal.
std::string quoted(std::string_view text) {
  constexpr int kMostCharacters = 60;
  std::string shown = "\"";
  int n_characters = 0;
  for (const char c : text) {
    n_characters += starts_character(c) ? 1 : 0;
    if (n_characters > kMostCharacters) {
      shown += "...";
      break;
    }
    if (is_control(c)) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      shown += escaped;
    } else {
      shown += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
  }
  return shown + '"';
}

bool parse_int(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Date make_date(int year, unsigned month, unsigned day) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
}

int year_of(Date date) { return int{std::chrono::year_month_day{date}.year()}; }

std::string iso(Date date) {
  const std::chrono::year_month_day ymd{date};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", int{ymd.year()}, unsigned{ymd.month()},
                unsigned{ymd.day()});
  return text;
}

bool parse_date(std::string_view text, Date& date) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || text[5] == '-' || text[8] == '-' ||
      !parse_int(text.substr(0, 4), year) || !parse_int(text.substr(5, 2), month) ||
      !parse_int(text.substr(8, 2), day)) {
    return false;
  }
  const std::chrono::year_month_day ymd{std::chrono::year{year},
                                        std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  if (year < 1 || !ymd.ok()) {
    return false;
  }
  date = ymd;
  return true;
}

std::string brief(double value) {
  if (std::isnan(value)) {
    return "nan";
  }
  char text[32];
  const auto result = std::to_chars(text, text + sizeof text, value);
  return {text, result.ptr};
}

std::string brief(const Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "nothing"; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double x) const { return brief(x); }
    std::string operator()(const std::string& s) const { return quoted(s); }
    std::string operator()(Date d) const { return iso(d); }
    std::string operator()(const List& list) const {
      return "a list of " + std::to_string(list.size());
    }
    std::string operator()(const Table&) const { return "a table"; }
    std::string operator()(const Foreign& foreign) const { return foreign.description; }
  };
  return std::visit(Visitor{}, value.held);
}

InputError::InputError(Issues issues)
    : std::invalid_argument(message(issues)), issues_(std::move(issues)) {}

bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

bool is_bare_key(std::string_view key) {
  constexpr std::size_t kLongest = 64;
  return !key.empty() && key.size() <= kLongest && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string join_path(std::string_view parent, std::string_view key) {
  const std::string shown = is_bare_key(key) ? std::string(key) : quoted(key);
  return parent.empty() ? shown : std::string(parent) + "." + shown;
}

std::string element_path(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  constexpr std::size_t kLongest = 200;  // no name or key is longer; time grows with the square
  // A third of the word may be wrong; more is no misspelling.
  std::size_t best_distance = word.size() > kLongest ? 0 : word.size() / 3 + 2;
  for (const std::string& candidate : candidates) {
    constexpr std::size_t kLeastBeginning = 3;
    if (word.size() >= kLeastBeginning && candidate.starts_with(word)) {
      return candidate;  // no misspelling, but the beginning of it
    }
    if (candidate.size() >= word.size() + best_distance) {
      continue;  // so many letters alone are wrong
    }
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "" : (i + 1 == names.size() ? " or " : ", ");
    text += names[i];
  }
  return text;
}

}  // namespace capstake
