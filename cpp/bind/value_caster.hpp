// Records to and from plain Python objects.
#pragma once

#include <pybind11/pybind11.h>

#include "fields/record.hpp"

namespace capstake {

// None, bool, numbers, texts, dates, lists, tables, what NumPy and pandas make of these, and domain
// objects (as their records). Anything else becomes Foreign, which every field refuses; InputError
// only for what no record can stand for: strange keys, and nesting or size beyond any deal.
Value to_value(pybind11::handle object, const std::string& path);
pybind11::object to_python(const Value& value);

}  // namespace capstake
