// Records: the neutral form of a domain object, as it stands in a deal file or in Python keywords,
// and the list of everything that is wrong with one. fields/read.hpp turns records into objects.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace capstake {

using Date = std::chrono::sys_days;

Date make_date(int year, unsigned month, unsigned day);
int year_of(Date date);
// "2026-04-27".
std::string iso(Date date);
// Parses "2026-04-27"; false when the text is no such date.
bool parse_date(std::string_view text, Date& date);

// What Python can hold and a deal cannot, for the message: "a value of type datetime".
struct Foreign {
  std::string description;
  bool operator==(const Foreign&) const = default;
};

struct Value;
using List = std::vector<Value>;
using Table = std::vector<std::pair<std::string, Value>>;  // in the order of the file

struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Date, List, Table, Foreign>
      held;

  Value() = default;
  template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, Value>) Value(T&& value)
      : held(std::forward<T>(value)) {}  // NOLINT: a Value is meant to be implicit

  template <class T>
  const T* get() const {
    return std::get_if<T>(&held);
  }
  bool is_absent() const { return std::holds_alternative<std::monostate>(held); }
  bool operator==(const Value&) const = default;
};

// A short text of a value for messages, e.g. `20`, `"quater"`, `a table`.
std::string brief(const Value& value);
// The shortest decimal text that reads back as the same double.
std::string brief(double value);

// One thing wrong: where, the rule that is broken, what was found, and a hint if there is one.
struct Issue {
  std::string path;  // "legs.microsoft_share.rate"
  std::string rule;  // "must be between 0 and 1"
  std::string got;   // "20"
  std::string hint;  // "write 0.20 or \"20%\""
};

using Issues = std::vector<Issue>;

// Input that was refused, with all its issues at once.
class InputError : public std::invalid_argument {
 public:
  explicit InputError(Issues issues);
  const Issues& issues() const { return issues_; }

 private:
  Issues issues_;
};

bool is_control(char c);
// A key that needs no quotes in a path, and that can name an object: 1 to 64 letters, digits, _ or
// -.
bool is_bare_key(std::string_view key);
// "legs.share" and "rate" -> "legs.share.rate"; any but a plain key is quoted: legs."a.b".rate.
std::string join_path(std::string_view parent, std::string_view key);
// "above" and 0 -> "above[0]".
std::string element_path(const std::string& list, std::size_t index);
// The candidate closest to a misspelt word by edit distance, or empty when none is close.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
// "a, b or c".
std::string listed(const std::vector<std::string>& names);

}  // namespace capstake
