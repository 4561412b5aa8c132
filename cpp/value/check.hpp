// The value of a deal's legs by a second method that shares nothing with the simulation but the
// terms: capped and uncapped shares of a lognormal forecast by quadrature
// (contract/exact_capped_share.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "deal/deal.hpp"

namespace capstake {

inline constexpr std::uint64_t kUnlimitedSteps = ~std::uint64_t{0};

struct ExactCheck {
  std::string leg;
  std::optional<double> value;  // present value to the receiver [money]
  double error = 0.0;           // bound on it
  std::string why_not;          // why there is no value
};

// One row a leg. A leg has a value when it is a plain revenue share (no further clauses) of a
// Forecast, or of one scaled, and its numbers are certain: rates may change by date, past periods,
// partial first periods, amounts already paid and payment lags count as in the simulation. With
//   E[PV] = sum_t D_t (E min(S_t, C) - E min(S_{t-1}, C)),
// D_t is the discount factor of the payment of period t times the probability that no loss event
// has come by then. A stop event that is a loss event as well has then not come either; any other
// ends the accruals at a part x of a period, over which E min(S_{t-1} + x a_t, C) is integrated. A
// growth haircut that is uniform or triangular is integrated over: the value is smooth in it.
// `between` is called between steps of the quadrature, each within some milliseconds, and may
// throw. A leg for which the steps run out has no value: max_steps holds for all legs together, so
// that what is refused depends on the deal and not on the machine.
std::vector<ExactCheck> exact_checks(const Deal& deal, std::uint64_t max_steps = kUnlimitedSteps,
                                     const std::function<void()>& between = {});

}  // namespace capstake
