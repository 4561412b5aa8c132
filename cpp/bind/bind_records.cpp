#include "bind/bind_records.hpp"

#include "base/require.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

// A number by itself may be of any kind, a per cent too; the field that it is put into has its
// rule.
Number read_number(const Value& value) {
  Number number;
  Issues issues;
  read(value, Rule{.unit = "share"}.by_date(), "Number", issues, number);
  if (!issues.empty()) {
    throw InputError(std::move(issues));
  }
  return number;
}

Number number_from(const py::args& args, const py::kwargs& keywords) {
  const py::dict record = keywords;
  if (args.size() > 1) {
    throw py::type_error("Number takes one positional argument, its value");
  }
  if (args.size() == 1) {
    if (record.contains("value")) {
      throw py::type_error("Number got its value twice");
    }
    if (py::isinstance<Number>(args[0]) || py::isinstance<py::dict>(args[0])) {
      throw py::type_error("Number's value must be a number");
    }
    record["value"] = args[0];
  }
  return read_number(to_value(record, "Number"));
}

}  // namespace

py::object to_object(const Number& number) { return py::cast(number); }

py::object to_object(const Annual& annual) {
  py::dict result;
  for (const auto& [year, number] : annual) {
    result[py::int_(year)] = py::cast(number);
  }
  return result;
}

py::object to_object(const Figures& figures) {
  py::dict result;
  for (const auto& [period, number] : figures) {
    result[py::str(period.label())] = py::cast(number);
  }
  return result;
}

py::object to_object(const Dated& dated) {
  py::dict result;
  for (const auto& [date, number] : dated) {
    result[to_python(Value(date))] = py::cast(number);
  }
  return result;
}

py::object to_object(const Numbers& numbers) {
  py::list result;
  for (const Number& number : numbers) {
    result.append(py::cast(number));
  }
  return result;
}

py::tuple reduce(const py::object& object, int) {
  const py::object make = py::module_::import("copyreg").attr("__newobj__");
  return py::make_tuple(make, py::make_tuple(py::type::of(object)), object.attr("__getstate__")());
}

std::string repr(std::string_view name, const Value& record) {
  std::string text;
  for (const auto& [key, held] : *record.get<Table>()) {
    if (key != "type") {
      text += (text.empty() ? "" : ", ") + key + "=" + std::string(py::repr(to_python(held)));
    }
  }
  return std::string(name) + "(" + text + ")";
}

void bind_number(py::module_& m) {
  py::class_<Number> type(m, "Number", py::is_final());
  type.def(py::init(&number_from));
  type.def("__float__", &Number::central);
  type.def_property_readonly(
      "value", &Number::central,
      "The constant, the mean of the distribution, or the first value of the schedule.");
  type.def(
      "quantile",
      [](const Number& number, double probability) {
        require(probability > 0.0 && probability < 1.0, "Number.quantile",
                "the probability must lie between 0 and 1, both excluded", brief(probability));
        const Distribution* d = number.distribution();
        return d != nullptr ? quantile(*d, probability) : number.central();
      },
      py::arg("probability"),
      "Return the value that the number stays below with a probability; a constant's is itself.");
  type.def_property_readonly("is_constant", &Number::is_constant,
                             "Whether it is neither uncertain nor a schedule.");
  type.def_property_readonly(
      "text", [](const Number& number) { return text(number); },
      "The amount in words, such as `triangular(0, 0.25, 0.5)`.");
  type.def_readonly("source", &Number::source, "Where it comes from; empty if that is not said.");
  type.def_property_readonly(
      "status", [](const Number& n) { return to_python(write(n.status)); },
      "`official`, `reported`, `derived`, `assumed` or empty.");
  type.def_property_readonly(
      "range",
      [](const Number& number) -> py::object {
        if (!number.range) {
          return py::none();
        }
        return py::make_tuple(number.range->first, number.range->second);
      },
      "Low and high, for sensitivities; None if they are not given.");
  const auto record = [](const Number& number) { return to_python(write(number)); };
  type.def("_record", record);
  type.def(
      "to_dict",
      [](const Number& number) -> py::object {
        const Value held = write(number);
        return to_python(held.get<Table>() ? held : Value(Table{{"value", held}}));
      },
      "Return what a deal file holds.");
  type.def("__eq__", [](const Number& a, const py::object& b) {
    return py::isinstance<Number>(b) && a == b.cast<const Number&>();
  });
  type.def("__hash__", [](const Number& n) { return py::hash(py::str(text(n) + n.source)); });
  type.def("__repr__", [](const Number& number) {
    const Value held = write(number);
    return held.get<Table>() ? repr("Number", held) : "Number(" + text(number) + ")";
  });
  type.def("__reduce_ex__", &reduce);
  type.def(
      py::pickle([](const Number& number) { return to_python(write(number)); },
                 [](const py::object& state) { return read_number(to_value(state, "Number")); }));
}

}  // namespace capstake
