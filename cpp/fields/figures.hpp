// Figures by calendar year, quarter or month: the keys "2026", "2026-Q1" and "2026-01" of a table;
// and numbers by date.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fields/number.hpp"

namespace capstake {

struct FigurePeriod {
  int year = 0;
  int index = 0;     // within its year, from 0
  int per_year = 1;  // 1, 4 or 12

  Date first() const;
  Date last() const;  // inclusive
  std::string label() const;
  FigurePeriod next() const;
  bool operator==(const FigurePeriod&) const = default;
};

// Ascending, without gaps, and all of one length.
using Figures = std::vector<std::pair<FigurePeriod, Number>>;

// Numbers by date, ascending.
using Dated = std::vector<std::pair<Date, Number>>;

}  // namespace capstake
