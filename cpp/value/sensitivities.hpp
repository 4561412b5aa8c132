// Every sensitivity of a deal: the derivative of the value of each leg, stake and party with
// respect to each number of the deal, from one run over paths.
#pragma once

#include <string>
#include <vector>

#include "deal/lower.hpp"
#include "simulate/simulate.hpp"

namespace capstake {

struct Sensitivity {
  Measure measure;  // leg, stake or party
  std::string subject;
  std::string parameter;  // the field it is by, e.g. "legs.microsoft_share.cap"
  double at = 0.0;        // the parameter's value
  double derivative = 0.0;
  double standard_error = 0.0;
  // The value jumps with the parameter (or has no derivative by it here) and no method accounts for
  // that: the derivative is that of the smooth part alone, or NaN.
  bool has_jump = false;
};

struct Sensitivities {
  std::vector<Sensitivity> rows;
  std::uint64_t paths = 0;
  unsigned groups = 0;  // independent groups of paths, from whose spread the errors come
};

// Pathwise derivatives by reverse mode; by the likelihood ratio for the hazards of events where
// these move a value by jumps. Errors from kGroups independent groups of paths (Student's t with
// one degree of freedom less). The paths are rounded up to whole blocks a group. Throws as simulate
// does.
Sensitivities sensitivities(const Deal& deal, const RunSpec& spec, const Poll& poll = {});

}  // namespace capstake
