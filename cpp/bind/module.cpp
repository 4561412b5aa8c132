// The extension module: a table of contents.
#include "bind/bind_records.hpp"

PYBIND11_MODULE(_core, m) {
  pybind11::options options;
  options.disable_function_signatures();
  m.doc() = "The C++ core of capstake.";
  capstake::bind_errors(m);
  capstake::bind_number(m);
  capstake::bind_deal(m);
  capstake::bind_formula(m);
  capstake::bind_graph(m);
  capstake::bind_random(m);
  capstake::bind_cancel(m);
  capstake::bind_value(m);
  capstake::bind_exact(m);
  capstake::bind_statistics(m);
}
