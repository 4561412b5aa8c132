// Runs from Python. The GIL is released here and nowhere else, after everything Python has been
// read; the calling thread takes it back about every 50 ms to look at signals and report progress.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <memory>

#include "bind/cancel.hpp"
#include "simulate/sums.hpp"

namespace capstake {

using SharedToken = std::shared_ptr<CancelToken>;

// How Python watches and stops a run.
struct Watch {
  pybind11::object progress =
      pybind11::none();  // a function of (paths done, paths in all), or None
  SharedToken cancel = nullptr;

  // Whether the token was cancelled, or the interpreter is about to end: a daemon thread may begin
  // anew once the exit handler is through.
  bool is_over() const;
};

// What Python raised while being polled: a KeyboardInterrupt, or an error in the progress callback.
class PythonPoll {
 public:
  explicit PythonPoll(Watch watch) : watch_(std::move(watch)) {}

  bool operator()(std::uint64_t done, std::uint64_t total);
  std::exception_ptr raised() const { return raised_; }

 private:
  Watch watch_;
  std::exception_ptr raised_;
};

// A run that the exit handler waits for: a thread that is still computing when the interpreter ends
// would abort the process.
class InFlight {
 public:
  InFlight();
  ~InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
};

template <class Run>
auto run_without_gil(const Watch& watch, Run&& run) {
  if (watch.is_over()) {
    throw Cancelled{};
  }
  PythonPoll poll(watch);
  const auto polled = [&](std::uint64_t done, std::uint64_t total) { return poll(done, total); };
  try {
    const InFlight in_flight;
    const pybind11::gil_scoped_release release;
    return run(polled);
  } catch (const Cancelled&) {
    if (poll.raised()) {
      std::rethrow_exception(poll.raised());
    }
    throw;
  }
}

}  // namespace capstake
