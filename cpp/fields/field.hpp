// The field table: how a domain type declares its fields, once. From a table come the check and its
// message, the Python keyword and docstring, the deal-file key, the JSON Schema, the row in a
// report's assumptions and the parameter's name in sensitivities.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "fields/figures.hpp"
#include "fields/number.hpp"

namespace capstake {

// Objects by name, in the order of the file.
template <class T>
using Named = std::vector<std::pair<std::string, T>>;

// Figures by calendar year, ascending and without gaps.
using Annual = std::vector<std::pair<int, Number>>;

// Numbers that stand in a list.
using Numbers = std::vector<Number>;

// What a table says of a field besides its name and meaning.
struct Rule {
  std::string_view unit = {};  // "share", "1/yr", "money", "days", ...; empty where there is none
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_is_open = false;
  bool may_be_zero = false;  // a constant 0 as well, where the lower end is open
  bool is_required = true;
  bool may_be_by_date = false;
  double default_value = 0.0;          // of a number that is not required
  std::string_view default_text = {};  // what leaving the field out means
  std::string_view refers_to = {};     // the deal's table a name must stand in, e.g. "parties"
  std::string_view pattern = {};       // of a text, a regular expression that all of it must match
  std::string_view pattern_says = {};  // the same in words

  constexpr Rule positive() const {
    Rule rule = *this;
    rule.low = 0.0;
    rule.low_is_open = true;
    return rule;
  }
  constexpr Rule or_zero() const {
    Rule rule = *this;
    rule.may_be_zero = true;
    return rule;
  }
  constexpr Rule at_least(double bound) const {
    Rule rule = *this;
    rule.low = bound;
    return rule;
  }
  constexpr Rule at_most(double bound) const {
    Rule rule = *this;
    rule.high = bound;
    return rule;
  }
  constexpr Rule by_date() const {
    Rule rule = *this;
    rule.may_be_by_date = true;
    return rule;
  }
  constexpr Rule or_else(double value) const {
    Rule rule = *this;
    rule.is_required = false;
    rule.default_value = value;
    return rule;
  }
  constexpr Rule or_else(std::string_view meaning) const {
    Rule rule = *this;
    rule.is_required = false;
    rule.default_text = meaning;
    return rule;
  }
};

// Of numbers whose unit only the formula that uses them knows.
inline constexpr std::string_view kAnyUnit = "any";

constexpr Rule share() { return Rule{.unit = "share", .low = 0.0, .high = 1.0}; }
constexpr Rule rate_per_year() { return Rule{.unit = "1/yr"}; }
// Annualised. The bound is far above any use, and below the slip of 20 for 20%.
constexpr Rule volatility() { return Rule{.unit = "1/sqrt(yr)", .low = 0.0, .high = 5.0}; }
constexpr Rule correlation() { return Rule{.unit = "correlation", .low = -1.0, .high = 1.0}; }
constexpr Rule money() { return Rule{.unit = "money"}; }
constexpr Rule multiple() { return Rule{.unit = "x"}; }
constexpr Rule of_any_unit() { return Rule{.unit = kAnyUnit}; }
constexpr Rule days() { return Rule{.unit = "days"}; }
constexpr Rule date() { return Rule{.unit = "date"}; }
constexpr Rule text_field() { return Rule{}; }
constexpr Rule currency_code() {
  return Rule{.pattern = "^[A-Z]{3}$", .pattern_says = "must be an ISO 4217 code such as \"USD\""};
}
constexpr Rule flag() { return Rule{}; }
constexpr Rule choice() { return Rule{}; }
constexpr Rule name_in(std::string_view table) { return Rule{.refers_to = table}; }
constexpr Rule objects() { return Rule{}; }

template <class T, class M>
struct Field {
  std::string_view name;
  M T::*member;
  Rule rule;
  std::string_view meaning;
};

template <class T, class M>
Field(const char*, M T::*, Rule, const char*) -> Field<T, M>;

// Calls visit(field) for each row of T's table.
template <class T, class Visit>
void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, T::fields());
}

// Names of an enumeration's values, in their order: specialised beside each enumeration.
template <class E>
struct Names;

template <>
struct Names<Status> {
  static constexpr std::string_view kNames[] = {"", "official", "reported", "derived", "assumed"};
};

template <>
struct Names<Form> {
  static constexpr std::string_view kNames[] = {"scalar", "list", "optional"};
};

// Whether "20%" means 0.20 in a unit.
bool takes_percent(std::string_view unit);
// What is wrong with a number under a rule, or empty: "must be between 0 and 1".
std::string broken_rule(const Rule& rule, double value);
// Adds an issue unless the weights add up to 1.
void check_adds_up_to_one(const Numbers& weights, const std::string& path, Issues& issues);
// The rule in words, or empty when any finite number will do.
std::string rule_text(const Rule& rule);

}  // namespace capstake
