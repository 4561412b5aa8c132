// Dates that must be the first or the last day of a period.
#pragma once

#include <string>

#include "fields/read.hpp"
#include "schedule/periods.hpp"

namespace capstake {

inline Period month_of(Date date) { return periods_covering(Frequency::month, date, date).front(); }

// The rule that is broken by a date which is not: `which` is first or last.
inline std::string rule_of_day(const std::string& which, Frequency frequency) {
  return "must be the " + which + " day of a " +
         words_of<Frequency>()[static_cast<std::size_t>(frequency)];
}

// The date may be right for a deal by month.
inline std::string hint_of_day(Date of_period, bool is_day_of_month) {
  return "for example " + iso(of_period) +
         (is_day_of_month ? ", or set the deal's frequency = \"month\"" : "");
}

}  // namespace capstake
