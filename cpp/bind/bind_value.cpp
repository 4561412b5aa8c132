// Valuing from Python. The GIL is released here and nowhere else, after
// everything Python has been read; the calling thread takes it back about every
// 50 ms to look at signals and report progress.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <thread>

#include "base/require.hpp"
#include "bind/bind_records.hpp"
#include "bind/cancel.hpp"
#include "contract/exact_capped_share.hpp"
#include "math/student.hpp"
#include "simulate/statistics.hpp"
#include "value/check.hpp"
#include "value/measures.hpp"
#include "value/sensitivities.hpp"
#include "value/value.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

// Runs in flight, and whether the interpreter is about to end: a thread that is
// still computing then would abort the process, so the exit handler stops the
// runs and waits for them.
std::atomic<int> runs_in_flight{0};
std::atomic<bool> is_ending{false};

struct InFlight {
  InFlight() { ++runs_in_flight; }
  ~InFlight() { --runs_in_flight; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
};

void stop_all_runs() {
  is_ending = true;
  const py::gil_scoped_release release;
  while (runs_in_flight > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

using SharedToken = std::shared_ptr<CancelToken>;

// How Python watches and stops a run.
struct Watch {
  py::object progress = py::none();  // a function of (paths done, paths in all), or None
  SharedToken cancel = nullptr;
};

// What Python raised while being polled: a KeyboardInterrupt, or an error in
// the progress callback.
class PythonPoll {
 public:
  explicit PythonPoll(Watch watch) : watch_(std::move(watch)) {}

  bool operator()(std::uint64_t done, std::uint64_t total) {
    if (is_ending || (watch_.cancel && watch_.cancel->is_cancelled())) {
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
  std::exception_ptr raised() const { return raised_; }

 private:
  Watch watch_;
  std::exception_ptr raised_;
};

template <class Run>
auto run_without_gil(const Watch& watch, Run&& run) {
  // A daemon thread may begin anew once the exit handler is through.
  if (is_ending || (watch.cancel && watch.cancel->is_cancelled())) {
    throw Cancelled{};
  }
  PythonPoll poll(watch);
  const auto polled = [&](std::uint64_t done, std::uint64_t total) { return poll(done, total); };
  try {
    const InFlight in_flight;
    const py::gil_scoped_release release;
    return run(polled);
  } catch (const Cancelled&) {
    if (poll.raised()) {
      std::rethrow_exception(poll.raised());
    }
    throw;
  }
}

// Hands the vector to NumPy without a copy, read-only.
py::array_t<double> to_array(std::vector<double> values, std::vector<py::ssize_t> shape) {
  auto held = std::make_unique<std::vector<double>>(std::move(values));
  const double* first = held->data();
  const py::capsule owner(held.get(), [](void* p) { delete static_cast<std::vector<double>*>(p); });
  held.release();  // NOLINT(bugprone-unused-return-value): the capsule owns it
                   // now
  py::array_t<double> array(std::move(shape), first, owner);
  array.attr("flags").attr("writeable") = false;
  return array;
}

// One array a row; None for an empty one.
py::list to_arrays(std::vector<std::vector<double>> rows) {
  py::list arrays;
  for (std::vector<double>& values : rows) {
    const auto n = static_cast<py::ssize_t>(values.size());
    arrays.append(n == 0 ? py::object(py::none()) : to_array(std::move(values), {n}));
  }
  return arrays;
}

py::dict to_dict(const RunReport& report) {
  static constexpr const char* kSamplers[] = {"philox", "philox4x32", "sobol"};
  static constexpr const char* kConstructions[] = {"identity", "bridge", "principal"};
  py::list events;
  for (const IntegratedDraw& event : report.events) {
    events.append(py::make_tuple(event.draw.name, event.integrated, event.placed, event.sampled,
                                 event.reason));
  }
  py::dict result;
  result["paths"] = report.paths;
  result["first_path"] = report.first_path;
  result["sampler"] = kSamplers[static_cast<std::size_t>(report.sampler)];
  result["replicates"] = report.replicates;
  result["construction"] = kConstructions[static_cast<std::size_t>(report.construction)];
  result["dimensions"] = report.dimensions;
  result["is_precise"] = report.is_precise;
  result["stopped_by"] = std::string(name(report.stopped_by));
  result["worst"] = report.worst;
  result["worst_ratio"] = report.worst_ratio;
  result["events"] = events;
  return result;
}

py::list to_list(const std::vector<Quantity>& quantities) {
  py::list rows;
  for (const Quantity& q : quantities) {
    rows.append(py::make_tuple(q.scenario, to_python(write(q.measure)), q.subject, q.period));
  }
  return rows;
}

// Means without the paths that distributions are read from.
py::dict to_dict(BothMeasures both) {
  std::vector<double> mean, standard_error, freedom, gain;
  std::vector<std::vector<double>> replicates;
  for (HeadlineEstimate& estimate : both.headlines.estimates) {
    mean.push_back(estimate.mean);
    standard_error.push_back(estimate.standard_error);
    freedom.push_back(estimate.degrees_of_freedom);
    gain.push_back(estimate.gain);
    replicates.push_back(std::move(estimate.replicates));
  }
  const auto k = static_cast<py::ssize_t>(mean.size());
  py::dict result;
  result["quantities"] = to_list(both.quantities);
  result["run"] = to_dict(both.headlines.report);
  result["sample_paths"] = 0;
  result["degrees_of_freedom"] = to_array(std::move(freedom), {k});
  result["gain"] = to_array(std::move(gain), {k});
  result["replicates"] = to_arrays(std::move(replicates));
  result["mean"] = to_array(std::move(mean), {k});
  result["standard_error"] = to_array(std::move(standard_error), {k});
  result["joint"] = py::list();
  return result;
}

py::dict to_dict(Valuation valuation) {
  Estimates& estimates = valuation.estimates;
  const auto k = static_cast<py::ssize_t>(estimates.mean.size());
  const auto j = static_cast<py::ssize_t>(estimates.joint.size());
  py::dict result;
  result["quantities"] = to_list(valuation.quantities);
  result["run"] = to_dict(valuation.report);
  result["sample_paths"] = estimates.paths;
  result["degrees_of_freedom"] = to_array(std::move(valuation.degrees_of_freedom), {k});
  result["gain"] = to_array(std::move(valuation.gain), {k});
  result["replicates"] = to_arrays(std::move(valuation.replicates));
  result["mean"] = to_array(std::move(estimates.mean), {k});
  result["standard_error"] = to_array(std::move(estimates.standard_error), {k});
  result["joint"] = py::cast(estimates.joint);
  result["covariance"] = to_array(std::move(estimates.covariance), {j, j});
  result["samples"] = to_arrays(std::move(estimates.samples));
  return result;
}

// Whole settings of a run, checked by capstake.run; a missing key is a KeyError.
RunSpec run_spec(const py::dict& settings) {
  static const std::map<std::string, Sampler> samplers = {
      {"philox", Sampler::philox}, {"philox4x32", Sampler::philox4x32}, {"sobol", Sampler::sobol}};
  const auto sampler = settings["sampler"].cast<std::string>();
  require(samplers.contains(sampler), "sampler", "must be philox, philox4x32 or sobol", sampler);
  return {.paths = settings["paths"].cast<std::uint64_t>(),
          .seed = settings["seed"].cast<std::uint64_t>(),
          .first_path = 0,
          .threads = settings["threads"].cast<unsigned>(),
          .sample_paths = settings["sample_paths"].cast<std::uint64_t>(),
          .sampler = samplers.at(sampler),
          .replicates = settings["replicates"].cast<std::uint32_t>()};
}

// Goals are rows of (subject, absolute, relative).
ValueSpec value_spec(const py::dict& settings) {
  ValueSpec spec{.run = run_spec(settings),
                 .goals = {},
                 .max_paths = settings["max_paths"].cast<std::uint64_t>(),
                 .max_seconds = settings["max_seconds"].cast<double>()};
  using Row = std::tuple<std::string, double, double>;
  for (const auto& [subject, absolute, relative] : settings["goals"].cast<std::vector<Row>>()) {
    spec.goals.push_back({subject, {.absolute = absolute, .relative = relative}});
  }
  return spec;
}

}  // namespace

void bind_value(py::module_& m) {
  py::class_<CancelToken, SharedToken>(
      m, "CancelToken",
      "A switch that stops runs: pass it as `cancel`, call cancel() from any "
      "thread, and each run "
      "ends\nwithin about 50 ms with CancelledError; while a large deal is prepared, "
      "at the next\nstep of that. It stays cancelled.")
      .def(py::init<>())
      .def("cancel", &CancelToken::cancel,
           "Stop every run that was given this token, now and later.")
      .def_property_readonly("is_cancelled", &CancelToken::is_cancelled,
                             "Whether cancel() has been called.");
  m.def("student_t_quantile", py::overload_cast<double, double>(&student_t_quantile), py::arg("p"),
        py::arg("degrees_of_freedom"),
        "The p-quantile of Student's t; infinitely many degrees of freedom give the normal's.");
  m.def(
      "value",
      [](const Deal& deal, const py::dict& settings, const py::object& progress,
         const SharedToken& cancel) {
        const Deal copy = deal;
        const ValueSpec spec = value_spec(settings);
        return to_dict(run_without_gil(Watch{progress, cancel},
                                       [&](const Poll& poll) { return value(copy, spec, poll); }));
      },
      py::arg("deal"), py::arg("settings"), py::arg("progress") = py::none(),
      py::arg("cancel") = py::none(), "Value a deal; capstake.value shapes the result.");
  m.def(
      "compare",
      [](const Deal& old_deal, const Deal& new_deal, const py::dict& settings,
         const py::object& progress, const SharedToken& cancel) {
        const Deal old_copy = old_deal;
        const Deal new_copy = new_deal;
        const ValueSpec spec = value_spec(settings);
        return to_dict(run_without_gil(Watch{progress, cancel}, [&](const Poll& poll) {
          return compare(old_copy, new_copy, spec, poll);
        }));
      },
      py::arg("old_deal"), py::arg("new_deal"), py::arg("settings"),
      py::arg("progress") = py::none(), py::arg("cancel") = py::none(),
      "Value two deals and their differences; capstake.compare shapes the result.");
  m.def(
      "both_measures",
      [](const Deal& deal, const py::dict& settings, const py::object& progress,
         const SharedToken& cancel) {
        const Deal copy = deal;
        const ValueSpec spec = value_spec(settings);
        return to_dict(run_without_gil(Watch{progress, cancel}, [&](const Poll& poll) {
          return both_measures(copy, spec, poll);
        }));
      },
      py::arg("deal"), py::arg("settings"), py::arg("progress") = py::none(),
      py::arg("cancel") = py::none(),
      "Value a deal under both measures; capstake.measures shapes the result.");
  m.def(
      "sensitivities",
      [](const Deal& deal, const py::dict& settings,
         const std::optional<std::vector<std::string>>& second, const py::object& progress,
         const SharedToken& cancel) {
        const Deal copy = deal;
        const RunSpec spec = run_spec(settings);
        const Sensitivities found = run_without_gil(Watch{progress, cancel}, [&](const Poll& poll) {
          return second ? second_sensitivities(copy, *second, spec, poll)
                        : sensitivities(copy, spec, poll);
        });
        py::list rows;
        for (const Sensitivity& row : found.rows) {
          rows.append(py::make_tuple(row.subject, row.first, row.parameter, row.at, row.derivative,
                                     row.standard_error, to_python(write(row.method)), row.bias,
                                     row.bias_error));
        }
        return py::make_tuple(rows, found.paths, found.groups);
      },
      py::arg("deal"), py::arg("settings"), py::arg("second") = py::none(),
      py::arg("progress") = py::none(), py::arg("cancel") = py::none(),
      "Differentiate every value by every number, or their derivatives by "
      "those of `second`;\n"
      "capstake.Sensitivities shapes the result.");
  m.def(
      "exact_capped_share",
      [](double start, double cap, std::vector<double> log_growth, std::vector<double> volatility,
         std::vector<double> weight, std::vector<double> discount) {
        const CappedShareTerms terms{start,
                                     cap,
                                     std::move(log_growth),
                                     std::move(volatility),
                                     std::move(weight),
                                     std::move(discount)};
        const auto exact = run_without_gil(Watch{}, [&](const Poll& poll) {
          return exact_capped_share(terms, [&] {
            if (!poll(0, 1)) {
              throw Cancelled{};
            }
          });
        });
        return py::make_tuple(exact.present_value, exact.expected_paid);
      },
      py::arg("start"), py::arg("cap"), py::arg("log_growth"), py::arg("volatility"),
      py::arg("weight"), py::arg("discount"),
      "Value a capped share of lognormal revenue without simulation.");
  m.def(
      "exact_checks",
      [](const Deal& deal, std::optional<std::uint64_t> max_steps) {
        const Deal copy = deal;
        const auto checks = run_without_gil(Watch{}, [&](const Poll& poll) {
          return exact_checks(copy, max_steps.value_or(kUnlimitedSteps), [&] {
            if (!poll(0, 1)) {
              throw Cancelled{};
            }
          });
        });
        py::list rows;
        for (const ExactCheck& check : checks) {
          rows.append(py::make_tuple(check.leg, check.value, check.error, check.why_not));
        }
        return rows;
      },
      py::arg("deal"), py::arg("max_steps") = py::none(),
      "Value legs without simulation: rows of (leg, value or None, bound on its error, why not).");
  m.def(
      "quantiles",
      [](const py::array_t<double, py::array::c_style | py::array::forcecast>& values,
         const std::vector<double>& p, double confidence) {
        const std::span<const double> span{values.data(), static_cast<std::size_t>(values.size())};
        py::list rows;
        for (const Quantile& q : quantiles(span, p, confidence)) {
          rows.append(py::make_tuple(q.value, q.low, q.high, atom_at(span, q.value).probability));
        }
        return rows;
      },
      py::arg("values"), py::arg("p"), py::arg("confidence") = 0.95,
      "Take quantiles with distribution-free intervals: rows of (value, low, high, probability of "
      "this very value).");
  m.def(
      "expected_shortfalls",
      [](const py::array_t<double, py::array::c_style | py::array::forcecast>& values,
         const std::vector<double>& p) {
        const std::span<const double> span{values.data(), static_cast<std::size_t>(values.size())};
        py::list rows;
        for (const Shortfall& s : expected_shortfalls(span, p)) {
          rows.append(py::make_tuple(s.quantile, s.value, s.standard_error));
        }
        return rows;
      },
      py::arg("values"), py::arg("p"),
      "Take means beyond quantiles: rows of (quantile, mean above it, standard error).");
  py::module_::import("atexit").attr("register")(py::cpp_function(&stop_all_runs));
}

}  // namespace capstake
