#include "fields/number.hpp"

#include <limits>

namespace capstake {

const std::vector<FamilyRow>& families() {
  static const std::vector<FamilyRow> rows = {
      {Family::uniform, "uniform", {"low", "high"}},
      {Family::triangular, "triangular", {"low", "mode", "high"}},
      {Family::normal, "normal", {"mean", "standard_deviation"}},
      {Family::lognormal, "lognormal", {"mean", "volatility"}},
  };
  return rows;
}

double Distribution::mean() const {
  const auto& [a, b, c] = arguments;
  switch (family) {
    case Family::uniform:
      return (a + b) / 2;
    case Family::triangular:
      return (a + b + c) / 3;
    case Family::normal:
    case Family::lognormal:
      return a;
  }
  return a;
}

std::pair<double, double> Distribution::support() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (family) {
    case Family::uniform:
      return {arguments[0], arguments[1]};
    case Family::triangular:
      return {arguments[0], arguments[2]};
    case Family::normal:
      return {-kInfinity, kInfinity};
    case Family::lognormal:
      return {0.0, kInfinity};
  }
  return {-kInfinity, kInfinity};
}

double Number::central() const {
  if (const Distribution* d = distribution()) {
    return d->mean();
  }
  if (const ByDate* schedule = by_date()) {
    return schedule->front().second;
  }
  return std::get<double>(held);
}

std::string text(const Distribution& distribution) {
  const FamilyRow& row = families()[static_cast<std::size_t>(distribution.family)];
  std::string text = std::string(row.name) + "(";
  for (std::size_t i = 0; i < row.arguments.size(); ++i) {
    text += (i == 0 ? "" : ", ") + brief(distribution.arguments[i]);
  }
  return text + ")";
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
