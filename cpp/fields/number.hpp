// Number: a numeric field of a deal. A constant, an uncertain amount (a distribution, drawn once a
// path) or a schedule by date (each value holds from its date until the next), together with where
// it comes from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fields/distribution.hpp"
#include "fields/record.hpp"

namespace capstake {

using ByDate = std::vector<std::pair<Date, double>>;  // ascending

enum class Status : std::uint8_t { unstated, official, reported, derived, assumed };

struct Number {
  std::variant<double, Distribution, ByDate> held = 0.0;
  std::string source;
  Status status = Status::unstated;
  std::optional<std::pair<double, double>> range;  // low and high, for the tornado

  Number() = default;
  explicit Number(double value) : held(value) {}
  bool operator==(const Number&) const = default;

  bool is_constant() const { return std::holds_alternative<double>(held); }
  // Whether it is 0 whatever happens. Not `== Number(0.0)`, which also compares the source.
  bool is_zero() const { return is_constant() && central() == 0.0; }
  const Distribution* distribution() const { return std::get_if<Distribution>(&held); }
  const ByDate* by_date() const { return std::get_if<ByDate>(&held); }
  // The constant, the mean of the distribution, or the first value of the schedule.
  double central() const;
  // What holds on a date; of an uncertain number the mean.
  double value_on(Date date) const;
  // The lowest and the highest value that it can take.
  std::pair<double, double> ends() const;
  // The lowest and the highest value that it can take on a date.
  std::pair<double, double> ends_on(Date date) const;
};
// "0.2", "triangular(0, 0.25, 0.5)", "0.03 from 2026-04-27, 0.05 from 2028-01-01".
std::string text(const Number& number);

}  // namespace capstake
