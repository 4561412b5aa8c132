#include "revenue/sum.hpp"

namespace capstake {

void Sum::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"of"}) && of.empty()) {
    issues.push_back({join_path(path, "of"), "must name at least one stream", "", ""});
  }
}

LoweredStream lower_stream(StreamLowering& lowering, const Sum& stream) {
  LoweredStream result = lowering.parent(stream.of.front());
  for (std::size_t t = 0; t < lowering.context.n_periods(); ++t) {
    for (std::size_t i = 1; i < stream.of.size(); ++i) {
      result.revenue[t] = result.revenue[t] + lowering.parent(stream.of[i]).revenue[t];
    }
    for (const std::string& name : stream.less) {
      result.revenue[t] = result.revenue[t] - lowering.parent(name).revenue[t];
    }
  }
  return result;
}

}  // namespace capstake
