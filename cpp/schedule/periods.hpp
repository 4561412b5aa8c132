// Calendar periods and day counts.
#pragma once

#include <string>
#include <vector>

#include "fields/field.hpp"

namespace capstake {

enum class Frequency : std::uint8_t { month, quarter, year };
template <>
struct Names<Frequency> {
  static constexpr std::string_view kNames[] = {"month", "quarter", "year"};
};
int periods_per_year(Frequency frequency);
// The most periods of a deal: a hundred years of months, and some.
inline constexpr std::size_t kMostPeriods = 1300;

// Day counts of ISDA 2006, section 4.16; "30E/360" is the Eurobond basis.
enum class DayCount : std::uint8_t { act_365f, act_360, thirty_e_360, act_act_isda };
template <>
struct Names<DayCount> {
  static constexpr std::string_view kNames[] = {"ACT/365F", "ACT/360", "30E/360", "ACT/ACT ISDA"};
};
// Years from one date to another; negative when `to` comes first.
double year_fraction(DayCount day_count, Date from, Date to);

struct Period {
  Date first;
  Date last;  // inclusive
  int year;
  std::string label;  // "2026-04", "2026-Q2" or "2026"

  int days() const { return static_cast<int>((last - first).count()) + 1; }
};

// The calendar periods that cover both dates and all between them.
std::vector<Period> periods_covering(Frequency frequency, Date from, Date to);
// Last day of that month, quarter, half or whole of the calendar year which holds the date, in
// months.
Date end_of_months(int months, Date date);
// First day of the year that holds a date, of years that begin on the first day of the month in
// which another date lies.
Date begin_of_year(Date date, Date first_month);
// A year after the first day of a month.
Date year_after(Date first_of_month);
// The part of the period's days that lies in [first, last]: 0 to 1.
double overlap(const Period& period, Date first, Date last);

}  // namespace capstake
