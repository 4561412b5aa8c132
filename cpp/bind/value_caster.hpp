// Records to and from plain Python objects.
#pragma once

#include <pybind11/pybind11.h>

#include "fields/record.hpp"

namespace capstake {

// None, bool, int, float, str, date, list, tuple, dict, NumPy scalars, and domain objects (as their
// records). Anything else is an InputError that names the place.
Value to_value(pybind11::handle object, const std::string& path);
pybind11::object to_python(const Value& value);

}  // namespace capstake
