// Domain types as Python classes, made from their field tables: keywords, properties, repr,
// equality, replace(), pickling. No type is spelled out here.
#pragma once

#include <pybind11/pybind11.h>

#include "bind/value_caster.hpp"
#include "fields/read.hpp"
#include "fields/write.hpp"

namespace capstake {

pybind11::object to_object(const Number& number);
pybind11::object to_object(const Annual& annual);
pybind11::object to_object(const Figures& figures);
pybind11::object to_object(const Numbers& numbers);
pybind11::object to_object(const Dated& dated);

template <class M>
pybind11::object to_object(const M& held) {
  return to_python(write(held));
}

template <Record T>
pybind11::object to_object(const T& held) {
  return pybind11::cast(held);
}

template <Record... Ts>
pybind11::object to_object(const std::variant<Ts...>& held) {
  return std::visit([](const auto& object) { return pybind11::cast(object); }, held);
}

template <class M>
pybind11::object to_object(const std::optional<M>& held) {
  return held ? to_object(*held) : pybind11::none();
}

template <class T>
pybind11::object to_object(const Named<T>& objects) {
  pybind11::dict result;
  for (const auto& [name, object] : objects) {
    result[pybind11::str(name)] = to_object(object);
  }
  return result;
}

// What pickle is to do, by any protocol: without it protocols 0 and 1 end in an abort of pybind11.
pybind11::tuple reduce(const pybind11::object& object, int protocol);
// "RevenueShare(payer='openai', rate=0.2)".
std::string repr(std::string_view name, const Value& record);

template <Record T>
T from_python(pybind11::handle keywords, const std::string& path) {
  return read_or_throw<T>(to_value(keywords, path), path);
}

template <Record T>
void bind_record(pybind11::module_& m) {
  namespace py = pybind11;
  const std::string name(T::kName);
  py::class_<T> type(m, name.c_str(), py::is_final());
  type.def(py::init([name](const py::kwargs& keywords) { return from_python<T>(keywords, name); }));
  // Errors in a deal file are named from the file's top: the path is empty there.
  type.def_static(
      "from_record",
      [](const py::dict& record, const std::string& path) { return from_python<T>(record, path); },
      py::arg("record"), py::arg("path") = "",
      "Make one from what a deal file holds; `path` stands before the keys in errors.");
  for_each_field<T>([&](const auto& field) {
    const auto member = field.member;
    type.def_property_readonly(
        std::string(field.name).c_str(),
        [member](const T& object) { return to_object(object.*member); },
        py::doc(std::string(field.meaning).c_str()));
  });
  const auto record = [](const T& object) { return to_python(write(object)); };
  type.def("_record", record);
  type.def("to_dict", record, "Return what a deal file holds; `from_record` makes it one again.");
  type.def(
      "replace",
      [name](const T& object, const py::kwargs& changes) {
        const py::dict merged = to_python(write(object));
        for (const auto& [key, held] : changes) {
          merged[key] = held;
        }
        return from_python<T>(merged, name);
      },
      "Return a copy with some fields changed; None stands for leaving a field out.");
  type.def("__eq__", [](const T& a, const py::object& b) {
    return py::isinstance<T>(b) && a == b.cast<const T&>();
  });
  type.def("__hash__",
           [name](const T& object) { return py::hash(py::str(repr(name, write(object)))); });
  type.def("__repr__", [name](const T& object) { return repr(name, write(object)); });
  type.def("__reduce_ex__", &reduce);
  type.def(
      py::pickle(record, [name](const py::dict& state) { return from_python<T>(state, name); }));
}

void bind_number(pybind11::module_& m);
void bind_deal(pybind11::module_& m);
void bind_formula(pybind11::module_& m);
void bind_graph(pybind11::module_& m);
void bind_random(pybind11::module_& m);
void bind_cancel(pybind11::module_& m);
void bind_value(pybind11::module_& m);
void bind_exact(pybind11::module_& m);
void bind_statistics(pybind11::module_& m);
// Translates the core's exceptions into those of capstake.errors.
void bind_errors(pybind11::module_& m);

}  // namespace capstake
