#include "fields/write.hpp"

#include <cmath>

namespace capstake {

namespace {

List list_of(const std::vector<double>& numbers) { return List(numbers.begin(), numbers.end()); }

Value write_distribution(const Distribution& d) {
  const FamilyRow& row = row_of(d);
  List one_list;
  Table table;
  for (std::size_t i = 0; i < row.arguments.size(); ++i) {
    const std::vector<double>& held = d.arguments[i];
    if (row.is_one_list()) {
      one_list.insert(one_list.end(), held.begin(), held.end());
    } else if (!held.empty()) {
      const bool is_list = row.arguments[i].form == Form::list;
      table.emplace_back(row.arguments[i].name, is_list ? Value(list_of(held)) : Value(held[0]));
    }
  }
  return row.is_one_list() ? Value(one_list) : Value(table);
}

Value write_amount(const Number& number, std::string& key) {
  if (const Distribution* d = number.distribution()) {
    key = row_of(*d).name;
    return write_distribution(*d);
  }
  if (const ByDate* schedule = number.by_date()) {
    key = "by_date";
    Table table;
    for (const auto& [date, value] : *schedule) {
      table.emplace_back(iso(date), value);
    }
    return table;
  }
  key = "value";
  return std::get<double>(number.held);
}

}  // namespace

Value write(const Number& number) {
  std::string key;
  Value amount = write_amount(number, key);
  const bool is_bare =
      number.source.empty() && number.status == Status::unstated && !number.range.has_value();
  if (is_bare && number.is_constant()) {
    return amount;
  }
  Table table = {{key, std::move(amount)}};
  if (const Distribution* d = number.distribution()) {
    if (d->truncated_below) {
      table.emplace_back("truncated_below", *d->truncated_below);
    }
    if (d->truncated_above) {
      table.emplace_back("truncated_above", *d->truncated_above);
    }
  }
  if (!number.source.empty()) {
    table.emplace_back("source", number.source);
  }
  if (number.status != Status::unstated) {
    table.emplace_back("status", write(number.status));
  }
  if (number.range) {
    table.emplace_back("range", List{number.range->first, number.range->second});
  }
  return table;
}

Value write(const Annual& annual) {
  Table table;
  for (const auto& [year, number] : annual) {
    table.emplace_back(std::to_string(year), write(number));
  }
  return table;
}

Value write(const Figures& figures) {
  Table table;
  for (const auto& [period, number] : figures) {
    table.emplace_back(period.label(), write(number));
  }
  return table;
}

Value write(const Dated& dated) {
  Table table;
  for (const auto& [date, number] : dated) {
    table.emplace_back(iso(date), write(number));
  }
  return table;
}

Value write(const Numbers& numbers) {
  List list;
  for (const Number& number : numbers) {
    list.emplace_back(write(number));
  }
  return list;
}

Value write(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) {
    list.emplace_back(text);
  }
  return list;
}

Value default_of(const Rule& rule, std::string_view kind) {
  if (rule.is_required || !rule.default_text.empty()) {
    return {};
  }
  if (kind == "flag") {
    return rule.default_value != 0.0;
  }
  if (kind == "whole") {
    return static_cast<std::int64_t>(rule.default_value);
  }
  return kind == "number" ? Value(rule.default_value) : Value{};
}

Table describe_rule(const Rule& rule) {
  const auto bound = [](double x) { return std::isfinite(x) ? Value(x) : Value{}; };
  return {{"unit", std::string(rule.unit)},
          {"rule", rule_text(rule)},
          {"takes_percent", takes_percent(rule.unit)},
          {"low", bound(rule.low)},
          {"high", bound(rule.high)},
          {"low_is_open", rule.low_is_open && !rule.may_be_zero},
          {"is_required", rule.is_required},
          {"may_be_by_date", rule.may_be_by_date},
          {"default_text", std::string(rule.default_text)},
          {"refers_to", std::string(rule.refers_to)},
          {"pattern", std::string(rule.pattern)}};
}

Table describe(const FamilyRow& row) {
  List arguments;
  for (const ArgumentRow& argument : row.arguments) {
    arguments.emplace_back(Table{{"name", std::string(argument.name)},
                                 {"form", write(argument.form)},
                                 {"unit", std::string(argument.unit)},
                                 {"takes_percent", takes_percent(argument.unit)}});
  }
  return {{"is_one_list", row.is_one_list()}, {"arguments", std::move(arguments)}};
}

}  // namespace capstake
