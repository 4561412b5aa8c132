// A price that ends a leg.
#pragma once

#include "contract/pipeline.hpp"

namespace capstake {

// The period earns the price, less what has been paid if so agreed, at least 0 and at most what is
// left under the total cap; `is_due` is 1 where it falls due, else 0.
void earn_price(Flow& flow, const Totals& totals, Expr price, bool less_paid, Expr is_due);

}  // namespace capstake
