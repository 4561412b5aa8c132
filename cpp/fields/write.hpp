// Domain objects -> records, and field tables -> records that describe them (for docstrings, the
// JSON Schema, the type stub and the report's assumptions).
#pragma once

#include "fields/field.hpp"
#include "fields/read.hpp"

namespace capstake {

Value write(const Number& number);
Value write(const Annual& annual);
Value write(const Figures& figures);
Value write(const Numbers& numbers);
Value write(const Dated& dated);
Value write(const std::vector<std::string>& texts);
inline Value write(Date date) { return date; }
inline Value write(int whole) { return std::int64_t{whole}; }
inline Value write(bool flag) { return flag; }
inline Value write(const std::string& text) { return text; }

template <class E>
requires std::is_enum_v<E> Value write(E value) {
  return std::string(Names<E>::kNames[static_cast<std::size_t>(value)]);
}

template <class M>
Value write(const std::optional<M>& held) {
  return held ? write(*held) : Value{};
}

template <Record T>
Value write(const T& object);
template <Record... Ts>
Value write(const std::variant<Ts...>& object);

template <class T>
Value write(const Named<T>& objects) {
  Table table;
  for (const auto& [name, object] : objects) {
    table.emplace_back(name, write(object));
  }
  return table;
}

// What was left out of the record stays out: optional fields that are absent, and empty lists.
template <Record T>
Value write(const T& object) {
  Table table;
  if (T::kIsTagged) {
    table.emplace_back("type", std::string(T::kType));
  }
  for_each_field<T>([&](const auto& field) {
    Value held = write(object.*field.member);
    const bool is_empty =
        held.is_absent() || (held.template get<List>() && held.template get<List>()->empty()) ||
        (held.template get<Table>() && held.template get<Table>()->empty()) ||
        (held.template get<std::string>() && held.template get<std::string>()->empty());
    if (!is_empty) {
      table.emplace_back(std::string(field.name), std::move(held));
    }
  });
  return table;
}

template <Record... Ts>
Value write(const std::variant<Ts...>& object) {
  return std::visit([](const auto& held) { return write(held); }, object);
}

// The kind of a field, by the type of its member.
template <class M>
struct Kind {
  static constexpr std::string_view kName = std::is_enum_v<M> ? "choice" : "objects";
};
template <class M>
struct Kind<std::optional<M>> : Kind<M> {};
template <>
struct Kind<Number> {
  static constexpr std::string_view kName = "number";
};
template <>
struct Kind<Date> {
  static constexpr std::string_view kName = "date";
};
template <>
struct Kind<int> {
  static constexpr std::string_view kName = "whole";
};
template <>
struct Kind<bool> {
  static constexpr std::string_view kName = "flag";
};
template <>
struct Kind<std::string> {
  static constexpr std::string_view kName = "text";
};
template <>
struct Kind<std::vector<std::string>> {
  static constexpr std::string_view kName = "texts";
};
template <>
struct Kind<Annual> {
  static constexpr std::string_view kName = "annual";
};
template <>
struct Kind<Figures> {
  static constexpr std::string_view kName = "figures";
};
template <>
struct Kind<Dated> {
  static constexpr std::string_view kName = "dated";
};
template <>
struct Kind<Numbers> {
  static constexpr std::string_view kName = "numbers";
};

// The types that may stand in a table of objects.
template <class M>
List object_types(const M*) {
  return {};
}
template <Record T>
List object_types(const Named<T>*) {
  return {std::string(T::kType)};
}
template <Record... Ts>
List object_types(const Named<std::variant<Ts...>>*) {
  return {std::string(Ts::kType)...};
}

template <class M>
List choices(const M*) {
  return {};
}
template <class E>
requires std::is_enum_v<E> List choices(const E*) {
  List words;
  for (const std::string& word : words_of<E>()) {
    words.emplace_back(word);
  }
  return words;
}

Value default_of(const Rule& rule, std::string_view kind);
Table describe_rule(const Rule& rule);
// {is_one_list, arguments: [{name, form, unit, takes_percent}]}; a unit only where it is not the
// field's.
Table describe(const FamilyRow& row);

// {type, summary, fields: [{name, kind, unit, rule, low, high, default, ...}]}.
template <Record T>
Value describe() {
  List rows;
  for_each_field<T>([&]<class M>(const Field<T, M>& field) {
    Table row = {{"name", std::string(field.name)}, {"kind", std::string(Kind<M>::kName)}};
    for (auto& entry : describe_rule(field.rule)) {
      row.push_back(std::move(entry));
    }
    row.emplace_back("default", default_of(field.rule, Kind<M>::kName));
    row.emplace_back("choices", choices(static_cast<const M*>(nullptr)));
    row.emplace_back("types", object_types(static_cast<const M*>(nullptr)));
    row.emplace_back("meaning", std::string(field.meaning));
    rows.emplace_back(std::move(row));
  });
  return Table{{"type", std::string(T::kType)},       {"name", std::string(T::kName)},
               {"summary", std::string(T::kSummary)}, {"is_tagged", T::kIsTagged},
               {"is_default", is_default_type<T>()},  {"fields", std::move(rows)}};
}

}  // namespace capstake
