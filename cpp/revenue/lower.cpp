#include "revenue/lower.hpp"

namespace capstake {

namespace {

class StreamsLowering {
 public:
  StreamsLowering(Context& context, StreamMap& map) : context_(context), map_(map) {}

  const LoweredStream& lower(const std::string& name) {
    if (const auto known = lowered.find(name); known != lowered.end()) {
      return known->second;
    }
    StreamLowering lowering{context_, name,
                            [&](const std::string& p) -> const LoweredStream& { return lower(p); }};
    LoweredStream result = std::visit(
        [&](const auto& stream) { return lower_stream(lowering, stream); }, *map_.find(name));
    if (!map_.parents(name).empty()) {
      result.shock = lower(map_.shock_source(name).name).shock;
    }
    return lowered.emplace(name, std::move(result)).first->second;
  }

  std::map<std::string, LoweredStream> lowered;

 private:
  Context& context_;
  StreamMap& map_;
};

}  // namespace

std::map<std::string, LoweredStream> lower_streams(Context& context, const Named<Stream>& streams,
                                                   StreamMap& map) {
  StreamsLowering lowering(context, map);
  for (const auto& [name, stream] : streams) {
    lowering.lower(name);
  }
  return std::move(lowering.lowered);
}

}  // namespace capstake
