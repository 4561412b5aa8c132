// Records -> domain objects, by the field tables. Nothing is thrown here: every issue is collected,
// so that a file's errors are reported all at once. read_or_throw throws them as one InputError.
#pragma once

#include <cmath>
#include <string>
#include <type_traits>

#include "fields/field.hpp"
#include "fields/record.hpp"

namespace capstake {

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Number& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues, Date& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues, int& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues, bool& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          std::string& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          std::vector<std::string>& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Annual& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Figures& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Numbers& out);
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Dated& out);

// A number under a rule, "20%" where its unit allows; false after an issue.
bool read_double(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
                 double& out);
// A hint for the commonest slip, 20 for 20%, or nothing.
std::string percent_hint(const Rule& rule, double value);

// The value as a table or a list, or null after an issue "must be a table" ("a list").
const List* as_list(const Value& value, const std::string& path, Issues& issues);
const Table* as_table(const Value& value, const std::string& path, Issues& issues);
// Null where the key is missing or holds nothing (None in Python, null in JSON).
const Value* find(const Table& table, std::string_view key);
// A name that can stand in a path: letters, digits, _ and -.
void check_name(const std::string& name, const std::string& path, Issues& issues);
void check_keys(const Table& table, const std::vector<std::string>& known, const std::string& path,
                Issues& issues);
// Reads one of the given words; the index of the word, or -1 after an issue.
int read_word(const Value& value, const std::vector<std::string>& words, const std::string& path,
              Issues& issues);

// Which fields of an object had no issue when they were read by themselves.
class SoundFields {
 public:
  SoundFields(const std::string& path, const Issues& issues, std::size_t first_issue);
  bool contain(std::initializer_list<std::string_view> fields) const;

 private:
  std::vector<std::string> unsound_;
};

template <class E>
std::vector<std::string> words_of() {
  std::vector<std::string> words;
  for (const std::string_view word : Names<E>::kNames) {
    words.emplace_back(word);
  }
  return words;
}

template <class E>
requires std::is_enum_v<E>
void read(const Value& value, const Rule&, const std::string& path, Issues& issues, E& out) {
  const int index = read_word(value, words_of<E>(), path, issues);
  if (index >= 0) {
    out = static_cast<E>(index);
  }
}

template <class M>
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          std::optional<M>& out) {
  M held{};
  read(value, rule, path, issues, held);
  out = std::move(held);
}

template <class M>
void set_default(const Rule&, M&) {}
inline void set_default(const Rule& rule, Number& out) { out = Number(rule.default_value); }
inline void set_default(const Rule& rule, int& out) { out = static_cast<int>(rule.default_value); }
inline void set_default(const Rule& rule, bool& out) { out = rule.default_value != 0.0; }

// A domain type is a type with a field table.
template <class T>
concept Record = requires {
  T::fields();
};

template <Record T>
void read(const Value& value, const Rule&, const std::string& path, Issues& issues, T& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return;
  }
  const std::size_t issues_before = issues.size();
  std::vector<std::string> known = {"type"};
  for_each_field<T>([&](const auto& field) { known.emplace_back(field.name); });
  check_keys(*table, known, path, issues);
  if (const Value* type = find(*table, "type")) {
    read_word(*type, {std::string(T::kType)}, join_path(path, "type"), issues);
  }
  for_each_field<T>([&](const auto& field) {
    const std::string field_path = join_path(path, field.name);
    if (const Value* held = find(*table, field.name)) {
      read(*held, field.rule, field_path, issues, out.*field.member);
    } else if (field.rule.is_required) {
      issues.push_back({field_path, "is required: " + std::string(field.meaning), "", ""});
    } else {
      set_default(field.rule, out.*field.member);
    }
  });
  // check looks at fields together; cross_check at other objects, which may be broken.
  if constexpr (requires(SoundFields sound) { out.check(path, sound, issues); }) {
    out.check(path, SoundFields(path, issues, issues_before), issues);
  }
  if constexpr (requires { out.cross_check(path, issues); }) {
    out.cross_check(path, issues);
  }
}

// Whether an object whose type is not stated is of this one.
template <Record T>
constexpr bool is_default_type() {
  if constexpr (requires { T::kIsDefault; }) {
    return T::kIsDefault;
  }
  return false;
}

// One of several types, told apart by the key `type`. The only type there is need not be named,
// nor the default of several, which comes first.
template <Record... Ts>
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          std::variant<Ts...>& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return;
  }
  const std::vector<std::string> types = {std::string(Ts::kType)...};
  const Value* type = find(*table, "type");
  int index = 0;
  if (type != nullptr) {
    index = read_word(*type, types, join_path(path, "type"), issues);
  } else if (types.size() > 1 && !(is_default_type<Ts>() || ...)) {
    issues.push_back({join_path(path, "type"), "is required: " + listed(types), "", ""});
    return;
  }
  int alternative = 0;
  const auto read_if_chosen = [&]<class T>(T object) {
    if (alternative++ == index) {
      read(value, rule, path, issues, object);
      out = std::move(object);
    }
  };
  (read_if_chosen(Ts{}), ...);
}

template <class T>
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Named<T>& out) {
  const Table* table = as_table(value, path, issues);
  if (table == nullptr) {
    return;
  }
  for (const auto& [name, held] : *table) {
    const std::string object_path = join_path(path, name);
    check_name(name, object_path, issues);
    T object{};
    read(held, rule, object_path, issues, object);
    out.emplace_back(name, std::move(object));
  }
}

template <class T>
T read_or_throw(const Value& value, const std::string& path) {
  T object{};
  Issues issues;
  read(value, Rule{}, path, issues, object);
  if (!issues.empty()) {
    throw InputError(std::move(issues));
  }
  return object;
}

}  // namespace capstake
