#include "bind/run_without_gil.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include "bind/bind_records.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

std::atomic<int> runs_in_flight{0};
std::atomic<bool> is_ending{false};

void stop_all_runs() {
  is_ending = true;
  const py::gil_scoped_release release;
  while (runs_in_flight > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

}  // namespace

InFlight::InFlight() { ++runs_in_flight; }
InFlight::~InFlight() { --runs_in_flight; }

bool Watch::is_over() const { return is_ending || (cancel && cancel->is_cancelled()); }

bool PythonPoll::operator()(std::uint64_t done, std::uint64_t total) {
  if (watch_.is_over()) {
    return false;
  }
  const py::gil_scoped_acquire acquire;
  try {
    if (PyErr_CheckSignals() != 0) {
      throw py::error_already_set();
    }
    if (!watch_.progress.is_none()) {
      watch_.progress(done, total);
    }
    return true;
  } catch (...) {
    raised_ = std::current_exception();
    return false;
  }
}

void bind_cancel(py::module_& m) {
  py::class_<CancelToken, SharedToken>(
      m, "CancelToken",
      "A switch that stops runs: pass it as `cancel`, call cancel() from any thread, and each run "
      "ends\nwithin about 50 ms with CancelledError; while a large deal is prepared, at the next\n"
      "step of that. It stays cancelled.")
      .def(py::init<>())
      .def("cancel", &CancelToken::cancel,
           "Stop every run that was given this token, now and later.")
      .def_property_readonly("is_cancelled", &CancelToken::is_cancelled,
                             "Whether cancel() has been called.");
  py::module_::import("atexit").attr("register")(py::cpp_function(&stop_all_runs));
}

}  // namespace capstake
