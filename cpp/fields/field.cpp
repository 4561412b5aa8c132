#include "fields/field.hpp"

#include <cmath>

namespace capstake {

bool takes_percent(std::string_view unit) {
  return unit == "share" || unit == "1/yr" || unit == "1/sqrt(yr)" || unit == "correlation" ||
         unit == "x" || unit == kAnyUnit;
}

std::string rule_text(const Rule& rule) {
  const bool has_low = std::isfinite(rule.low);
  const bool has_high = std::isfinite(rule.high);
  if (has_low && has_high) {
    return "must be " + std::string(rule.low_is_open ? "above " : "between ") + brief(rule.low) +
           (rule.low_is_open ? " and at most " : " and ") + brief(rule.high);
  }
  if (has_low) {
    const bool takes_low = !rule.low_is_open || rule.may_be_zero;
    return "must be " + std::string(takes_low ? ">= " : "> ") + brief(rule.low);
  }
  if (has_high) {
    return "must be <= " + brief(rule.high);
  }
  return std::string(rule.pattern_says);
}

std::string broken_rule(const Rule& rule, double value) {
  if (!std::isfinite(value)) {
    return "must be a finite number";
  }
  if (rule.may_be_zero && value == 0.0) {
    return {};
  }
  const bool is_low = rule.low_is_open ? value <= rule.low : value < rule.low;
  return is_low || value > rule.high ? rule_text(rule) : std::string{};
}

void check_adds_up_to_one(const Numbers& weights, const std::string& path, Issues& issues) {
  double sum = 0.0;
  for (const Number& weight : weights) {
    sum += weight.central();
  }
  constexpr double kRounding = 1e-9;
  if (std::abs(sum - 1.0) > kRounding) {
    issues.push_back({path, "must add up to 1", brief(sum), ""});
  }
}

}  // namespace capstake
