// The expected present value of a capped share of lognormal revenue, by periods whose accruals may
// be stopped, by the deterministic quadrature of contract/exact_capped_share.hpp.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// The cumulative hazard of a stop event, when a part of the period's days has passed.
struct HazardPoint {
  double part = 0.0;
  double hazard = 0.0;
};

// A period in which a share accrues. Parts are of the period's days.
struct SharePeriod {
  NodeId revenue{};        // where its median is found
  double median = 0.0;     // of the period's revenue [money]
  double deviation = 0.0;  // standard deviation of its logarithm; 0 for a fact
  double rate = 0.0;       // part of the revenue that is shared
  double counted_from = 0.0;
  double counted_to = 0.0;  // this part of the period counts towards the cap
  double uncounted_from = 0.0;
  double uncounted_to = 0.0;  // and this one is paid without counting
  double discount = 0.0;      // of its payment, times the probability that it is made; 0 if it was
  std::vector<HazardPoint> stop;  // from part 0 to part 1, straight in between
};

struct ShareValue {
  double value = 0.0;
  double error = 0.0;  // bound on it
};

// Without a cap all accruals are paid. Revenue is one lognormal process with independent growth, so
// that the deviations grow with the periods.
ShareValue value_of(const std::vector<SharePeriod>& periods, std::optional<double> cap,
                    double already_paid, const std::function<void()>& between);

}  // namespace capstake
