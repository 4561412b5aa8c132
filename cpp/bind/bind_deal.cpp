#include <algorithm>
#include <iterator>

#include "bind/bind_records.hpp"
#include "contract/clause_stage.hpp"
#include "deal/couple.hpp"
#include "deal/deal.hpp"
#include "deal/lower.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

py::dict assumption_row(const Assumption& row) {
  py::dict result;
  result["table"] = row.table;
  result["object"] = row.object;
  result["field"] = row.field;
  result["unit"] = row.unit;
  result["meaning"] = row.meaning;
  result["number"] = py::cast(row.number);
  return result;
}

py::dict period_row(const Period& period) {
  py::dict result;
  result["label"] = period.label;
  result["year"] = period.year;
  result["first"] = to_python(Value(period.first));
  result["last"] = to_python(Value(period.last));
  return result;
}

// Calls visit<T>() for every type of the deal, in the order in which they are described.
template <class Visit>
void for_each_type(Visit&& visit) {
  const auto alternatives = [&]<class... Ts>(const std::variant<Ts...>*) {
    (visit(static_cast<const Ts*>(nullptr)), ...);
  };
  visit(static_cast<const Deal*>(nullptr));
  visit(static_cast<const Party*>(nullptr));
  alternatives(static_cast<const Stream*>(nullptr));
  visit(static_cast<const Event*>(nullptr));
  alternatives(static_cast<const Leg*>(nullptr));
  alternatives(static_cast<const Clause*>(nullptr));
  visit(static_cast<const Company*>(nullptr));
  visit(static_cast<const Stake*>(nullptr));
  visit(static_cast<const Dependence*>(nullptr));
}

Value rows_of(const Matrix& matrix) {
  List rows;
  for (const std::vector<double>& row : matrix) {
    rows.emplace_back(List(row.begin(), row.end()));
  }
  return rows;
}

py::object repair_row(const Repair& repair) {
  return to_python(Table{{"dependence", repair.dependence},
                         {"draws", write(repair.draws)},
                         {"distance", repair.distance},
                         {"given", rows_of(repair.given)},
                         {"used", rows_of(repair.used)}});
}

// Rows of numbers, read as a deal file's are.
Matrix to_matrix(const py::object& rows) {
  Issues issues;
  Correlations read_rows;
  read(to_value(rows, "matrix"), Rule{}, "matrix", issues, read_rows);
  if (issues.empty() && !read_rows.pairs.empty()) {
    issues.push_back({"matrix", "must be rows of numbers", "", ""});
  }
  if (!issues.empty()) {
    throw InputError(std::move(issues));
  }
  Matrix matrix;
  for (const std::vector<Number>& row : read_rows.matrix) {
    matrix.emplace_back();
    std::ranges::transform(row, std::back_inserter(matrix.back()), &Number::central);
  }
  return matrix;
}

py::list described() {
  py::list types;
  for_each_type([&]<class T>(const T*) { types.append(to_python(describe<T>())); });
  return types;
}

template <class Row, class Convert>
py::list rows(const std::vector<Row>& items, Convert convert) {
  py::list result;
  for (const Row& item : items) {
    result.append(convert(item));
  }
  return result;
}

py::object described_families() {
  Table result;
  for (const FamilyRow& row : families()) {
    result.emplace_back(row.name, describe(row));
  }
  return to_python(Value(std::move(result)));
}

py::tuple nearest_rows(const py::object& matrix) {
  const NearestCorrelation nearest = nearest_correlation(to_matrix(matrix));
  return py::make_tuple(to_python(rows_of(nearest.matrix)), nearest.distance);
}

double years_between(const std::string& day_count, const py::object& from, const py::object& to) {
  Issues issues;
  DayCount basis{};
  Date first{};
  Date last{};
  read(Value(day_count), Rule{}, "day_count", issues, basis);
  read(to_value(from, "from"), Rule{}, "from", issues, first);
  read(to_value(to, "to"), Rule{}, "to", issues, last);
  if (!issues.empty()) {
    throw InputError(std::move(issues));
  }
  return year_fraction(basis, first, last);
}

template <class E>
py::object names_of() {
  return to_python(Value(choices(static_cast<const E*>(nullptr))));
}

template <class... Ts>
void bind_clause_stages(py::module_& m, const std::variant<Ts...>*) {
  m.def("clause_stages", &names_of<Stage>, "Name the stages of a revenue share in their order.");
  (m.def(
       "clause_stage", [](const Ts& clause) { return to_python(write(stage_of(clause))); },
       py::arg("clause"), "Name the stage in which a clause acts."),
   ...);
}

// What the types are.
void bind_descriptions(py::module_& m) {
  m.def("join_path", &join_path, py::arg("parent"), py::arg("key"),
        "Extend a key path by a key, quoted where it must be.");
  m.def("describe", &described, "Describe every domain type by its field table.");
  m.def("families", &described_families,
        "Describe the families of distributions: their arguments, and whether a list holds them.");
  m.def("statuses", &names_of<Status>, "Name the statuses that a number may have.");
  bind_clause_stages(m, static_cast<const Clause*>(nullptr));
}

}  // namespace

void bind_deal(py::module_& m) {
  for_each_type([&]<class T>(const T*) { bind_record<T>(m); });
  bind_descriptions(m);
  m.def(
      "assumptions", [](const Deal& deal) { return rows(assumptions(deal), assumption_row); },
      py::arg("deal"), "List every number of a deal with what its field says of it.");
  m.def(
      "repairs", [](const Deal& deal) { return rows(repairs(deal), repair_row); }, py::arg("deal"),
      "List the matrices of correlations of a deal that had to be repaired.");
  m.def("nearest_correlation", &nearest_rows, py::arg("matrix"),
        "Return the correlation matrix nearest to a symmetric one, and its distance in the "
        "Frobenius norm (Higham 2002).");
  m.def(
      "grid", [](const Deal& deal) { return rows(grid(deal), period_row); }, py::arg("deal"),
      "List the periods in which a deal is simulated.");
  m.def("year_fraction", &years_between, py::arg("day_count"), py::arg("from_date"),
        py::arg("to_date"), "Count the years between two dates.");
}

}  // namespace capstake
