#include "fields/figures.hpp"

#include <algorithm>
#include <cstdio>

#include "fields/read.hpp"

namespace capstake {

namespace {

// Parses "2026", "2026-Q1" and "2026-01"; false when the text is none of them.
bool parse_period(const std::string& text, FigurePeriod& out) {
  Date first{};
  if (text.size() == 4 && parse_date(text + "-01-01", first)) {
    out = {year_of(first), 0, 1};
  } else if (text.size() == 7 && text[5] == 'Q' && text[6] >= '1' && text[6] <= '4' &&
             parse_date(text.substr(0, 4) + "-01-01", first) && text[4] == '-') {
    out = {year_of(first), text[6] - '1', 4};
  } else if (text.size() == 7 && parse_date(text + "-01", first)) {
    const std::chrono::year_month_day day{first};
    out = {year_of(first), static_cast<int>(unsigned{day.month()}) - 1, 12};
  } else {
    return false;
  }
  return out.year >= 1900 && out.year <= 2200;
}

int position(const FigurePeriod& period) { return period.year * period.per_year + period.index; }

void check_gaps(const Figures& figures, const std::string& path, Issues& issues) {
  for (std::size_t i = 1; i < figures.size(); ++i) {
    const FigurePeriod expected = figures[i - 1].first.next();
    if (figures[i].first != expected) {
      issues.push_back(
          {path,
           "must have a figure for each period without a gap: " + expected.label() + " is missing",
           "", ""});
    }
  }
}

}  // namespace

Date FigurePeriod::first() const {
  return make_date(year, static_cast<unsigned>(index * 12 / per_year + 1), 1);
}

Date FigurePeriod::last() const { return next().first() - std::chrono::days{1}; }

FigurePeriod FigurePeriod::next() const {
  return index + 1 < per_year ? FigurePeriod{year, index + 1, per_year}
                              : FigurePeriod{year + 1, 0, per_year};
}

std::string FigurePeriod::label() const {
  char text[32];
  if (per_year == 1) {
    std::snprintf(text, sizeof text, "%d", year);
  } else {
    std::snprintf(text, sizeof text, per_year == 4 ? "%d-Q%d" : "%d-%02d", year, index + 1);
  }
  return text;
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Dated& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return;
  }
  for (const auto& [key, held] : *table) {
    out.emplace_back();
    read(Value(key), Rule{}, join_path(path, key), issues, out.back().first);
    read(held, rule, join_path(path, key), issues, out.back().second);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Figures& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return;
  }
  bool is_mixed = false;
  for (const auto& [key, held] : *table) {
    FigurePeriod period;
    if (!parse_period(key, period)) {
      issues.push_back({join_path(path, key),
                        "must be a year, quarter or month such as 2026, 2026-Q1 or 2026-01",
                        brief(Value(key)), ""});
      continue;
    }
    is_mixed = is_mixed || (!out.empty() && out.front().first.per_year != period.per_year);
    out.emplace_back(period, Number{});
    read(held, rule, join_path(path, key), issues, out.back().second);
  }
  if (is_mixed) {
    issues.push_back({path, "must be figures by year, by quarter or by month, not mixed", "", ""});
  }
  if (table->empty()) {
    issues.push_back({path, "must have at least one figure", "", ""});
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return position(a.first) < position(b.first); });
  if (!is_mixed && out.size() == table->size()) {
    check_gaps(out, path, issues);
  }
}

}  // namespace capstake
