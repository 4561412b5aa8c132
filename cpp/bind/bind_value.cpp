// Valuing from Python: settings in, results as arrays and plain rows out.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <map>

#include "base/require.hpp"
#include "bind/bind_records.hpp"
#include "bind/run_without_gil.hpp"
#include "value/measures.hpp"
#include "value/sensitivities.hpp"
#include "value/value.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

// Hands the vector to NumPy without a copy, read-only.
py::array_t<double> to_array(std::vector<double> values, std::vector<py::ssize_t> shape) {
  auto held = std::make_unique<std::vector<double>>(std::move(values));
  const double* first = held->data();
  const py::capsule owner(held.get(), [](void* p) { delete static_cast<std::vector<double>*>(p); });
  held.release();  // NOLINT(bugprone-unused-return-value): the capsule owns it now
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
  std::vector<double> mean, standard_error, least_error, freedom, gain;
  std::vector<std::vector<double>> replicates;
  for (HeadlineEstimate& estimate : both.headlines.estimates) {
    mean.push_back(estimate.mean);
    standard_error.push_back(estimate.standard_error);
    least_error.push_back(estimate.least_error);
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
  result["least_error"] = to_array(std::move(least_error), {k});
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
  result["least_error"] = to_array(std::move(valuation.least_error), {k});
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

// Each run works on a copy of the deal: Python may drop its own meanwhile.

py::dict value_deal(const Deal& deal, const py::dict& settings, const py::object& progress,
                    const SharedToken& cancel) {
  const Deal copy = deal;
  const ValueSpec spec = value_spec(settings);
  return to_dict(run_without_gil(Watch{progress, cancel},
                                 [&](const Poll& poll) { return value(copy, spec, poll); }));
}

py::dict compare_deals(const Deal& old_deal, const Deal& new_deal, const py::dict& settings,
                       const py::object& progress, const SharedToken& cancel) {
  const Deal old_copy = old_deal;
  const Deal new_copy = new_deal;
  const ValueSpec spec = value_spec(settings);
  return to_dict(run_without_gil(Watch{progress, cancel}, [&](const Poll& poll) {
    return compare(old_copy, new_copy, spec, poll);
  }));
}

py::list samples_of_payments(const std::vector<Deal>& deals, const py::dict& settings,
                             const std::string& scenario, const std::string& leg) {
  const RunSpec spec = run_spec(settings);
  return to_arrays(run_without_gil(Watch{py::none(), nullptr}, [&](const Poll& poll) {
    return payment_samples(deals, scenario, leg, spec, poll);
  }));
}

py::dict value_by_both_measures(const Deal& deal, const py::dict& settings,
                                const py::object& progress, const SharedToken& cancel) {
  const Deal copy = deal;
  const ValueSpec spec = value_spec(settings);
  return to_dict(run_without_gil(
      Watch{progress, cancel}, [&](const Poll& poll) { return both_measures(copy, spec, poll); }));
}

// Of first order, or derivatives by the numbers in `second` of those.
py::tuple differentiate(const Deal& deal, const py::dict& settings,
                        const std::optional<std::vector<std::string>>& second,
                        const py::object& progress, const SharedToken& cancel) {
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
}

}  // namespace

void bind_value(py::module_& m) {
  const auto progress = py::arg("progress") = py::none();
  const auto cancel = py::arg("cancel") = py::none();
  m.def("value", &value_deal, py::arg("deal"), py::arg("settings"), progress, cancel,
        "Value a deal; capstake.value shapes the result.");
  m.def("compare", &compare_deals, py::arg("old_deal"), py::arg("new_deal"), py::arg("settings"),
        progress, cancel,
        "Value two deals and their differences; capstake.compare shapes the result.");
  m.def(
      "payment_samples", &samples_of_payments, py::arg("deals"), py::arg("settings"),
      py::arg("scenario"), py::arg("leg"),
      "Draw a leg's payments by period again, for the paths of the distributions of a deal or of\n"
      "two that are compared; capstake.Valuation shapes the result.");
  m.def("both_measures", &value_by_both_measures, py::arg("deal"), py::arg("settings"), progress,
        cancel, "Value a deal under both measures; capstake.measures shapes the result.");
  m.def("sensitivities", &differentiate, py::arg("deal"), py::arg("settings"),
        py::arg("second") = py::none(), progress, cancel,
        "Differentiate every value by every number, or their derivatives by those of `second`;\n"
        "capstake.Sensitivities shapes the result.");
}

}  // namespace capstake
