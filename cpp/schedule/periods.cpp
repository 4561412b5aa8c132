#include "schedule/periods.hpp"

#include <algorithm>
#include <cstdio>

namespace capstake {

namespace {

using std::chrono::year_month_day;

int months_per_period(Frequency frequency) { return 12 / periods_per_year(frequency); }

int days_in_year(int year) { return std::chrono::year{year}.is_leap() ? 366 : 365; }

double thirty_e_360(Date from, Date to) {
  const year_month_day a{from};
  const year_month_day b{to};
  const int day_a = std::min(static_cast<int>(unsigned{a.day()}), 30);
  const int day_b = std::min(static_cast<int>(unsigned{b.day()}), 30);
  const int months = static_cast<int>(unsigned{b.month()}) - static_cast<int>(unsigned{a.month()});
  return (360.0 * (int{b.year()} - int{a.year()}) + 30.0 * months + (day_b - day_a)) / 360.0;
}

double act_act_isda(Date from, Date to) {
  if (to < from) {
    return -act_act_isda(to, from);
  }
  double years = 0.0;
  for (int year = year_of(from); year <= year_of(to); ++year) {
    const Date begin = std::max(from, make_date(year, 1, 1));
    const Date end = std::min(to, make_date(year + 1, 1, 1));
    years += static_cast<double>((end - begin).count()) / days_in_year(year);
  }
  return years;
}

std::string label(Frequency frequency, int year, int index) {
  char text[32];
  switch (frequency) {
    case Frequency::year:
      std::snprintf(text, sizeof text, "%d", year);
      break;
    case Frequency::quarter:
      std::snprintf(text, sizeof text, "%d-Q%d", year, index + 1);
      break;
    case Frequency::month:
      std::snprintf(text, sizeof text, "%d-%02d", year, index + 1);
      break;
  }
  return text;
}

// Index of the date's period within its year.
int index_in_year(Frequency frequency, Date date) {
  const int month = static_cast<int>(unsigned{year_month_day{date}.month()});
  return (month - 1) / months_per_period(frequency);
}

// The first day of a month, counted from the year's first, which is 0, and beyond its end.
Date first_of_month(int year, int month) {
  return make_date(year + month / 12, static_cast<unsigned>(month % 12 + 1), 1);
}

Period period_at(Frequency frequency, int year, int index) {
  const int months = months_per_period(frequency);
  const Date next = first_of_month(year, (index + 1) * months);
  return {first_of_month(year, index * months), next - std::chrono::days{1}, year,
          label(frequency, year, index)};
}

}  // namespace

int periods_per_year(Frequency frequency) {
  switch (frequency) {
    case Frequency::month:
      return 12;
    case Frequency::quarter:
      return 4;
    case Frequency::year:
      return 1;
  }
  return 1;
}

double year_fraction(DayCount day_count, Date from, Date to) {
  const double days = static_cast<double>((to - from).count());
  switch (day_count) {
    case DayCount::act_365f:
      return days / 365.0;
    case DayCount::act_360:
      return days / 360.0;
    case DayCount::thirty_e_360:
      return thirty_e_360(from, to);
    case DayCount::act_act_isda:
      return act_act_isda(from, to);
  }
  return days / 365.0;
}

std::vector<Period> periods_covering(Frequency frequency, Date from, Date to) {
  std::vector<Period> periods;
  int year = year_of(from);
  int index = index_in_year(frequency, from);
  do {
    periods.push_back(period_at(frequency, year, index));
    index = (index + 1) % periods_per_year(frequency);
    year += index == 0 ? 1 : 0;
  } while (periods.back().last < to);
  return periods;
}

Date end_of_months(int months, Date date) {
  const int begun = (static_cast<int>(unsigned{year_month_day{date}.month()}) - 1) / months;
  return first_of_month(year_of(date), (begun + 1) * months) - std::chrono::days{1};
}

Date begin_of_year(Date date, Date first_month) {
  const unsigned month{year_month_day{first_month}.month()};
  const bool has_begun = unsigned{year_month_day{date}.month()} >= month;
  return make_date(year_of(date) - (has_begun ? 0 : 1), month, 1);
}

Date year_after(Date first_of_month) {
  const year_month_day first{first_of_month};
  return make_date(int{first.year()} + 1, unsigned{first.month()}, 1);
}

double overlap(const Period& period, Date first, Date last) {
  const Date begin = std::max(period.first, first);
  const Date end = std::min(period.last, last);
  const auto days = (end - begin).count() + 1;
  return days <= 0 ? 0.0 : static_cast<double>(days) / period.days();
}

}  // namespace capstake
