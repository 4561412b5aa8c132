#include "bind/value_caster.hpp"

#include <cmath>

namespace py = pybind11;

namespace capstake {

namespace {

[[noreturn]] void refuse(py::handle object, const std::string& path) {
  const std::string type = py::str(py::type::handle_of(object).attr("__name__"));
  throw InputError({{path, "is of a type that a deal cannot hold", type, ""}});
}

Date to_date(py::handle object) {
  return make_date(object.attr("year").cast<int>(), object.attr("month").cast<unsigned>(),
                   object.attr("day").cast<unsigned>());
}

// A plain date; a datetime carries a time of day, which no deal has.
bool is_date(py::handle object) {
  const py::module_ datetime = py::module_::import("datetime");
  return py::isinstance(object, datetime.attr("date")) &&
         !py::isinstance(object, datetime.attr("datetime"));
}

// Keys may be texts, years and dates.
std::string to_key(py::handle key, const std::string& path) {
  if (py::isinstance<py::str>(key) || py::isinstance<py::int_>(key) || is_date(key)) {
    return py::str(key);
  }
  refuse(key, path);
}

// Nested deeper than any deal: refused before the stack is at risk.
constexpr int kDeepest = 64;

class Converter {
 public:
  Value convert(py::handle object, const std::string& path, int depth) {
    if (depth > kDeepest) {
      throw InputError({{path, "is nested too deeply", "", ""}});
    }
    if (object.is_none()) {
      return {};
    }
    if (py::isinstance<py::bool_>(object)) {
      return object.cast<bool>();
    }
    if (py::isinstance<py::str>(object)) {
      return object.cast<std::string>();
    }
    if (py::isinstance<py::dict>(object)) {
      return table(object, path, depth);
    }
    if (py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object)) {
      List list;
      for (const py::handle element : object) {
        list.push_back(convert(element, path + "[" + std::to_string(list.size()) + "]", depth + 1));
      }
      return list;
    }
    if (is_date(object)) {
      return to_date(object);
    }
    if (py::hasattr(object, "_record")) {
      return convert(object.attr("_record")(), path, depth + 1);
    }
    return number(object, path);
  }

 private:
  Value table(py::handle object, const std::string& path, int depth) {
    Table table;
    for (const auto& [key, held] : py::reinterpret_borrow<py::dict>(object)) {
      const std::string name = to_key(key, path);
      table.emplace_back(name, convert(held, join_path(path, name), depth + 1));
    }
    return table;
  }

  // Python and NumPy numbers; integers beyond 64 bits become doubles.
  Value number(py::handle object, const std::string& path) {
    if (PyFloat_Check(object.ptr())) {
      return object.cast<double>();
    }
    if (PyIndex_Check(object.ptr())) {
      const py::int_ whole = py::reinterpret_steal<py::int_>(PyNumber_Index(object.ptr()));
      if (!whole) {
        throw py::error_already_set();
      }
      int overflow = 0;
      const long long held = PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow);
      return overflow == 0 ? Value(std::int64_t{held}) : Value(overflow > 0 ? HUGE_VAL : -HUGE_VAL);
    }
    if (py::hasattr(object, "__float__") && !py::hasattr(object, "__len__")) {
      return py::float_(py::reinterpret_borrow<py::object>(object)).cast<double>();
    }
    refuse(object, path);
  }
};

}  // namespace

Value to_value(py::handle object, const std::string& path) {
  return Converter{}.convert(object, path, 0);
}

py::object to_python(const Value& value) {
  struct Visitor {
    py::object operator()(std::monostate) const { return py::none(); }
    py::object operator()(bool b) const { return py::bool_(b); }
    py::object operator()(std::int64_t i) const { return py::int_(i); }
    py::object operator()(double x) const { return py::float_(x); }
    py::object operator()(const std::string& s) const { return py::str(s); }
    py::object operator()(Date d) const {
      const std::chrono::year_month_day ymd{d};
      return py::module_::import("datetime")
          .attr("date")(int{ymd.year()}, unsigned{ymd.month()}, unsigned{ymd.day()});
    }
    py::object operator()(const List& list) const {
      py::list result;
      for (const Value& element : list) {
        result.append(to_python(element));
      }
      return result;
    }
    py::object operator()(const Table& table) const {
      py::dict result;
      for (const auto& [key, held] : table) {
        result[py::str(key)] = to_python(held);
      }
      return result;
    }
  };
  return std::visit(Visitor{}, value.held);
}

}  // namespace capstake
