// A formula as a field of a domain type, and the numbers by name that it uses.
#pragma once

#include "fields/read.hpp"
#include "fields/write.hpp"
#include "formula/formula.hpp"

namespace capstake {

// The text as it was written, and parsed; of a text that is no formula the second is empty.
struct FormulaText {
  std::string text;
  Formula parsed;

  bool operator==(const FormulaText& other) const { return text == other.text; }
};

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          FormulaText& out);
inline Value write(const FormulaText& formula) { return formula.text; }
template <>
struct Kind<Named<Number>> {
  static constexpr std::string_view kName = "named_numbers";
};
template <>
struct Kind<FormulaText> {
  static constexpr std::string_view kName = "formula";
};

// Fixed names and those of the numbers.
std::vector<std::string> names_beside(const std::vector<std::string>& fixed,
                                      const Named<Number>& numbers);

// Names in a formula that are neither fixed ones nor numbers: streams of the deal, if all is well.
std::vector<std::string> stream_names_in(const FormulaText& formula,
                                         const std::vector<std::string>& fixed,
                                         const Named<Number>& numbers);

// Each number is one that the formula can name, and does, and hides no fixed name.
void check_formula_numbers(const FormulaText& formula, const std::vector<std::string>& fixed,
                           const Named<Number>& numbers, const std::string& path, Issues& issues);

}  // namespace capstake
