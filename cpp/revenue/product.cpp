#include "revenue/product.hpp"

namespace capstake {

void Product::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"times"}) && times.empty()) {
    issues.push_back({join_path(path, "times"), "must name at least one stream", "", ""});
  }
}

LoweredStream lower_stream(StreamLowering& lowering, const Product& stream) {
  LoweredStream result = lowering.parent(stream.of);
  const double n = lowering.context.per_year();
  for (std::size_t t = 0; t < lowering.context.n_periods(); ++t) {
    for (const std::string& name : stream.times) {
      result.revenue[t] = result.revenue[t] * (n * lowering.parent(name).revenue[t]);
    }
  }
  return result;
}

}  // namespace capstake
