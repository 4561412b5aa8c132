// What legs of all types have in common, for whoever does not care which type it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fields/field.hpp"
#include "revenue/risk.hpp"

namespace capstake {

// Revenue of a stream that a leg cannot do without, on all days from first to last.
struct NeededRevenue {
  std::string stream;
  Date first;
  Date last;
};

// From where legs count the years that they measure. Of the date only the month matters.
inline Date contract_year_start(const std::optional<Date>& year_start) {
  return year_start.value_or(make_date(2000, 1, 1));
}

// The field that says so.
template <class T>
constexpr auto year_start_field() {
  return Field{"year_start", &T::year_start, date().or_else("1 January"),
               "First day of a contract year, which is that of a period, too: years that are "
               "measured begin on its anniversaries."};
}

struct LegSummary {
  std::string payer;
  std::string receiver;
  Date first;  // first and last day that the deal's grid of periods must cover
  Date last;
  Risk risk;
  std::optional<Date> year_start;
  std::vector<NeededRevenue> revenue;
};

}  // namespace capstake
