// Values without simulation.
#include <pybind11/stl.h>

#include "bind/bind_records.hpp"
#include "bind/run_without_gil.hpp"
#include "contract/exact_capped_share.hpp"
#include "value/check.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

// Polls without progress.
std::function<void()> or_cancelled(const Poll& poll) {
  return [&poll] {
    if (!poll(0, 1)) {
      throw Cancelled{};
    }
  };
}

py::tuple exact_share(double start, double cap, std::vector<double> log_growth,
                      std::vector<double> volatility, std::vector<double> weight,
                      std::vector<double> discount) {
  const CappedShareTerms terms{start,
                               cap,
                               std::move(log_growth),
                               std::move(volatility),
                               std::move(weight),
                               std::move(discount)};
  const auto exact = run_without_gil(
      Watch{}, [&](const Poll& poll) { return exact_capped_share(terms, or_cancelled(poll)); });
  return py::make_tuple(exact.present_value, exact.expected_paid);
}

py::list exact_legs(const Deal& deal, std::optional<std::uint64_t> max_steps) {
  const Deal copy = deal;
  const auto checks = run_without_gil(Watch{}, [&](const Poll& poll) {
    return exact_checks(copy, max_steps.value_or(kUnlimitedSteps), or_cancelled(poll));
  });
  py::list rows;
  for (const ExactCheck& check : checks) {
    rows.append(py::make_tuple(check.leg, check.value, check.error, check.why_not));
  }
  return rows;
}

}  // namespace

void bind_exact(py::module_& m) {
  m.def("exact_capped_share", &exact_share, py::arg("start"), py::arg("cap"), py::arg("log_growth"),
        py::arg("volatility"), py::arg("weight"), py::arg("discount"),
        "Value a capped share of lognormal revenue without simulation.");
  m.def(
      "exact_checks", &exact_legs, py::arg("deal"), py::arg("max_steps") = py::none(),
      "Value legs without simulation: rows of (leg, value or None, bound on its error, why not).");
}

}  // namespace capstake
