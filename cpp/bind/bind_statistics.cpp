// Statistics of samples that Python holds.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bind/bind_records.hpp"
#include "math/student.hpp"
#include "simulate/statistics.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

using Samples = py::array_t<double, py::array::c_style | py::array::forcecast>;

std::span<const double> span_of(const Samples& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

py::list quantile_rows(const Samples& values, const std::vector<double>& p, double confidence) {
  py::list rows;
  for (const Quantile& q : quantiles(span_of(values), p, confidence)) {
    const double atom = atom_at(span_of(values), q.value).probability;
    rows.append(py::make_tuple(q.value, q.low, q.high, atom));
  }
  return rows;
}

py::list shortfall_rows(const Samples& values, const std::vector<double>& p) {
  py::list rows;
  for (const Shortfall& s : expected_shortfalls(span_of(values), p)) {
    rows.append(py::make_tuple(s.quantile, s.value, s.standard_error));
  }
  return rows;
}

}  // namespace

void bind_statistics(py::module_& m) {
  m.def("student_t_quantile", py::overload_cast<double, double>(&student_t_quantile), py::arg("p"),
        py::arg("degrees_of_freedom"),
        "The p-quantile of Student's t; infinitely many degrees of freedom give the normal's.");
  m.def("quantiles", &quantile_rows, py::arg("values"), py::arg("p"), py::arg("confidence") = 0.95,
        "Take quantiles with distribution-free intervals: rows of (value, low, high, probability "
        "of this very value).");
  m.def("expected_shortfalls", &shortfall_rows, py::arg("values"), py::arg("p"),
        "Take means beyond quantiles: rows of (quantile, mean above it, standard error).");
}

}  // namespace capstake
