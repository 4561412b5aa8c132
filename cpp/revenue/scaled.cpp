#include "revenue/scaled.hpp"

namespace capstake {

LoweredStream lower_stream(StreamLowering& lowering, const Scaled& stream) {
  LoweredStream result = lowering.parent(stream.of);
  for (std::size_t t = 0; t < lowering.context.n_periods(); ++t) {
    const Date first = lowering.context.periods()[t].first;
    result.revenue[t] = result.revenue[t] * lowering.number("factor", stream.factor, first);
  }
  return result;
}

}  // namespace capstake
