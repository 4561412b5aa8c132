#include "base/require.hpp"
#include "bind/bind_records.hpp"
#include "simulate/simulate.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

void raise(const char* name, const py::object& argument) {
  const py::object type = py::module_::import("capstake.errors").attr(name);
  PyErr_SetObject(type.ptr(), type(argument).ptr());
}

py::list issue_rows(const Issues& issues) {
  py::list rows;
  for (const Issue& issue : issues) {
    rows.append(py::make_tuple(issue.path, issue.rule, issue.got, issue.hint));
  }
  return rows;
}

}  // namespace

void bind_errors(py::module_&) {
  py::register_local_exception_translator([](std::exception_ptr error) {
    try {
      std::rethrow_exception(std::move(error));
    } catch (const InputError& refused) {
      raise("InputError", issue_rows(refused.issues()));
    } catch (const NumericalError& failed) {
      raise("NumericalError", py::str(failed.what()));
    } catch (const Cancelled&) {
      raise("CancelledError", py::str("the run was stopped"));
    } catch (const std::invalid_argument& refused) {
      py::list rows;
      rows.append(py::make_tuple("", std::string(refused.what()), "", ""));
      raise("InputError", rows);
    }
  });
}

}  // namespace capstake
