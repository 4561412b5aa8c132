// Random numbers by themselves, for tests: Sobol points and their scrambling.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <optional>

#include "base/require.hpp"
#include "bind/bind_records.hpp"
#include "random/sobol.hpp"

namespace py = pybind11;

namespace capstake {
namespace {

using Words = std::vector<std::uint64_t>;

Scramble scramble_of(const Words& columns, std::uint64_t shift) {
  require(columns.size() == kSobolBits, "sobol_points", "a scramble must have 52 columns",
          std::to_string(columns.size()));
  Scramble scramble{.columns = {}, .shift = shift};
  std::ranges::copy(columns, scramble.columns.begin());
  return scramble;
}

// Points first .. first + n - 1 of some dimensions, each with its scramble: shape (d, n).
py::array_t<std::uint64_t> sobol_points(
    const std::vector<std::uint32_t>& dimensions, std::uint64_t n, std::uint64_t first,
    const std::optional<std::vector<std::pair<Words, std::uint64_t>>>& scrambles) {
  constexpr std::uint64_t kPeriod = std::uint64_t{1} << kSobolBits;
  require(n > 0 && first <= kPeriod && n <= kPeriod - first, "sobol_points",
          "must have points with indices below 2^52");
  require(!scrambles || scrambles->size() == dimensions.size(), "sobol_points",
          "must have a scramble for each dimension");
  py::array_t<std::uint64_t> points(
      {static_cast<py::ssize_t>(dimensions.size()), static_cast<py::ssize_t>(n)});
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    const Scramble scramble =
        scrambles ? scramble_of((*scrambles)[d].first, (*scrambles)[d].second) : no_scramble();
    const SobolCoordinate coordinate = sobol_coordinate(sobol_directions(dimensions[d]), scramble);
    std::uint64_t* row = points.mutable_data(static_cast<py::ssize_t>(d), 0);
    for (std::uint64_t i = 0; i < n; ++i) {
      row[i] = coordinate.at(first + i);
    }
  }
  return points;
}

std::pair<Words, std::uint64_t> sobol_scramble(std::uint64_t seed, std::uint32_t replicate,
                                               std::uint32_t coordinate) {
  const Scramble made = scramble(seed, replicate, coordinate);
  return {Words(made.columns.begin(), made.columns.end()), made.shift};
}

}  // namespace

void bind_random(py::module_& m) {
  m.def("sobol_points", &sobol_points, py::arg("dimensions"), py::arg("n"), py::arg("first") = 0,
        py::arg("scrambles") = py::none(),
        "Compute Sobol points as 52-bit integers: array of shape (n_dimensions, n).");
  m.def("sobol_scramble", &sobol_scramble, py::arg("seed"), py::arg("replicate"),
        py::arg("coordinate"),
        "Return the matrix columns and the shift that scramble a coordinate.");
}

}  // namespace capstake
