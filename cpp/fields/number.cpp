#include "fields/number.hpp"

#include <algorithm>
#include <iterator>

namespace capstake {

double Number::central() const {
  if (const Distribution* d = distribution()) {
    return d->mean();
  }
  if (const ByDate* schedule = by_date()) {
    return schedule->front().second;
  }
  return std::get<double>(held);
}

double Number::value_on(Date date) const {
  const ByDate* schedule = by_date();
  if (schedule == nullptr) {
    return central();
  }
  const auto later = std::ranges::upper_bound(*schedule, date, {}, &ByDate::value_type::first);
  return later == schedule->begin() ? later->second : std::prev(later)->second;
}

std::pair<double, double> Number::ends_on(Date date) const {
  return by_date() ? std::pair(value_on(date), value_on(date)) : ends();
}

std::pair<double, double> Number::ends() const {
  if (const Distribution* d = distribution()) {
    return d->support();
  }
  if (const ByDate* schedule = by_date()) {
    const auto [low, high] =
        std::ranges::minmax_element(*schedule, {}, &ByDate::value_type::second);
    return {low->second, high->second};
  }
  return {central(), central()};
}

std::string text(const Number& number) {
  if (const Distribution* d = number.distribution()) {
    return text(*d);
  }
  if (const ByDate* schedule = number.by_date()) {
    std::string text;
    for (const auto& [date, value] : *schedule) {
      text += (text.empty() ? "" : ", ") + brief(value) + " from " + iso(date);
    }
    return text;
  }
  return brief(std::get<double>(number.held));
}

}  // namespace capstake
