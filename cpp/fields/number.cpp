#include "fields/number.hpp"

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
