// Every sensitivity of a deal: the derivative of the value of each leg, stake
// and party with respect to each number of the deal, from one run over paths;
// and second derivatives.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "deal/lower.hpp"
#include "simulate/simulate.hpp"
#include "value/sensitivity_plan.hpp"

namespace capstake {

struct Sensitivity {
  Measure measure;  // leg, stake or party
  std::string subject;
  std::string first;        // of a second derivative: the field that is differentiated
                            // by first
  std::string parameter;    // the field it is by, e.g. "legs.microsoft_share.cap"
  double at = 0.0;          // the parameter's value
  double derivative = 0.0;  // NaN where there is no method
  double standard_error = 0.0;
  DerivativeMethod method = DerivativeMethod::pathwise;
  // Of smoothed derivatives: the change when jumps are spread half as wide, and
  // its error. The bias of the derivative falls with the fourth power of the
  // width, so this is nearly all of it.
  double bias = std::numeric_limits<double>::quiet_NaN();
  double bias_error = std::numeric_limits<double>::quiet_NaN();
};

struct Sensitivities {
  std::vector<Sensitivity> rows;
  std::uint64_t paths = 0;
  unsigned groups = 0;  // independent groups of paths, from whose spread the errors come: the
                        // replicates of Sobol points
};

// First derivatives: pathwise by reverse mode; past jumps conditioned one draw
// ahead, by the likelihood ratio for the constant hazards of sampled events, or
// smoothed in the derivative alone. Errors from the replicates of Sobol points, or from 32
// independent groups of plain paths, rounded up to whole blocks a group (Student's t with one
// degree of freedom less). Throws as simulate does.
Sensitivities sensitivities(const Deal& deal, const RunSpec& spec, const Poll& poll = {});

// Second derivatives: those by every parameter of the first derivatives by each
// of `fields`. A kink of the value is a jump of its derivative, and smoothed.
// Throws std::out_of_range for a field that no parameter is named after.
Sensitivities second_sensitivities(const Deal& deal, const std::vector<std::string>& fields,
                                   const RunSpec& spec, const Poll& poll = {});

}  // namespace capstake
