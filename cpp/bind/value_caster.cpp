#include "bind/value_caster.hpp"

#include <cmath>
#include <set>

namespace py = pybind11;

namespace capstake {

namespace {

// Nested deeper than any deal: refused before the stack is at risk.
constexpr int kDeepest = 64;
// More than any deal holds: refused before memory is.
constexpr int kMostValues = 10'000'000;

[[noreturn]] void refuse(const std::string& path, const std::string& rule) {
  throw InputError({{path, rule, "", ""}});
}

// Left to the field's reader to refuse, with the field's own rule.
Value foreign(py::handle object) {
  const std::string type = py::str(py::type::handle_of(object).attr("__name__"));
  return Foreign{"a value of type " + type};
}

bool is_a(py::handle object, const char* module, const char* type) {
  return py::isinstance(object, py::module_::import(module).attr(type));
}

// A plain date; a datetime carries a time of day, which no deal has.
bool is_date(py::handle object) {
  return is_a(object, "datetime", "date") && !is_a(object, "datetime", "datetime");
}

Date to_date(py::handle object) {
  return make_date(object.attr("year").cast<int>(), object.attr("month").cast<unsigned>(),
                   object.attr("day").cast<unsigned>());
}

// A method of its type, so that a class does not count as its own instance.
bool has_method(py::handle object, const char* name) {
  return py::hasattr(py::type::handle_of(object), name);
}

// Not every Python text is Unicode: JSON's "\ud800" is half a character.
Value to_text(py::handle object) {
  py::ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
  if (text == nullptr) {
    PyErr_Clear();
    return Foreign{"a text that is not valid Unicode"};
  }
  return std::string(text, static_cast<std::size_t>(size));
}

// Keys may be texts, years and dates.
std::string to_key(py::handle key, const std::string& path) {
  Value text;
  if (py::isinstance<py::str>(key)) {
    text = to_text(key);
  } else if (PyIndex_Check(key.ptr()) != 0 || is_date(key)) {
    const py::object plain = py::reinterpret_steal<py::object>(
        is_date(key) ? key.inc_ref().ptr() : PyNumber_Index(key.ptr()));
    const py::object shown =
        py::reinterpret_steal<py::object>(plain ? PyObject_Str(plain.ptr()) : nullptr);
    text = shown ? to_text(shown) : Value{};  // an integer may be too long to print
    PyErr_Clear();
  }
  if (const auto* found = text.get<std::string>()) {
    return *found;
  }
  refuse(path, "has a key that is no text, year or date");
}

// Python and NumPy numbers; what is too large for a double becomes infinite.
Value to_number(py::handle object) {
  if (PyLong_Check(object.ptr())) {
    int overflow = 0;
    const long long held = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
    if (overflow == 0) {
      return std::int64_t{held};
    }
  }
  const double held = PyFloat_AsDouble(object.ptr());
  if (PyErr_Occurred() == nullptr) {
    return held;
  }
  const bool is_too_large = PyErr_ExceptionMatches(PyExc_OverflowError) != 0;
  PyErr_Clear();
  return is_too_large ? Value(HUGE_VAL) : foreign(object);
}

class Converter {
 public:
  Value convert(py::handle object, const std::string& path, int depth) {
    if (depth > kDeepest) {
      refuse(path, "is nested too deeply");
    }
    if (++n_values_ > kMostValues) {
      refuse(path, "the whole is too large");
    }
    if (object.is_none()) {
      return {};
    }
    if (py::isinstance<py::bool_>(object)) {
      return object.cast<bool>();
    }
    if (py::isinstance<py::str>(object)) {
      return to_text(object);
    }
    if (is_a(object, "capstake.formula", "Formula")) {
      return to_text(object.attr("text"));
    }
    if (PyFloat_Check(object.ptr()) || PyLong_Check(object.ptr())) {
      return to_number(object);
    }
    if (py::isinstance<py::dict>(object)) {
      return table(py::reinterpret_borrow<py::dict>(object), path, depth);
    }
    if (py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object)) {
      return list(object, path, depth);
    }
    return is_date(object) ? to_date(object) : convert_other(object, path, depth);
  }

 private:
  Value convert_other(py::handle object, const std::string& path, int depth) {
    if (has_method(object, "_record")) {  // a domain object
      return convert(object.attr("_record")(), path, depth + 1);
    }
    if (has_method(object, "tolist")) {  // NumPy scalars and arrays, pandas columns
      const py::object plain = object.attr("tolist")();
      const bool is_same = py::type::of(plain).is(py::type::handle_of(object));
      return is_same ? to_number(plain) : convert(plain, path, depth + 1);
    }
    if (is_a(object, "collections.abc", "Mapping")) {
      return table(py::dict(py::reinterpret_borrow<py::object>(object)), path, depth);
    }
    if (PyObject_CheckBuffer(object.ptr()) != 0) {
      return foreign(object);  // bytes, which Python counts among the sequences
    }
    if (is_a(object, "collections.abc", "Sequence")) {
      return list(object, path, depth);
    }
    return to_number(object);
  }

  Value table(const py::dict& object, const std::string& path, int depth) {
    Table table;
    std::set<std::string> names;
    for (const auto& [key, held] : object) {
      const std::string name = to_key(key, path);
      if (!names.insert(name).second) {
        refuse(join_path(path, name), "stands twice, as a text and as a year or a date");
      }
      table.emplace_back(name, convert(held, join_path(path, name), depth + 1));
    }
    return table;
  }

  Value list(py::handle object, const std::string& path, int depth) {
    List list;
    for (const py::handle element : object) {
      list.push_back(convert(element, path + "[" + std::to_string(list.size()) + "]", depth + 1));
    }
    return list;
  }

  int n_values_ = 0;
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
    py::object operator()(const Foreign&) const { return py::none(); }  // no object holds one
  };
  return std::visit(Visitor{}, value.held);
}

}  // namespace capstake
