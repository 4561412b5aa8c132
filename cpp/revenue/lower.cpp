#include "revenue/lower.hpp"

#include "revenue/risk.hpp"

namespace capstake {

namespace {

class StreamsLowering {
 public:
  StreamsLowering(Context& context, StreamMap& map, Probability probability)
      : context_(context), map_(map), probability_(probability) {}

  const LoweredStream& lower(const std::string& name) {
    if (const auto known = lowered.find(name); known != lowered.end()) {
      return known->second;
    }
    StreamLowering lowering{context_, name, probability_, map_.span(name),
                            [&](const std::string& p) -> const LoweredStream& { return lower(p); }};
    LoweredStream result = std::visit(
        [&](const auto& stream) {
          LoweredStream found = lower_stream(lowering, stream);
          take_premium_of(lowering, stream, found);
          return found;
        },
        *map_.find(name));
    if (!map_.parents(name).empty()) {
      result.shock = lower(map_.shock_source(name).name).shock;
    }
    return lowered.emplace(name, std::move(result)).first->second;
  }

  std::map<std::string, LoweredStream> lowered;

 private:
  template <class T>
  void take_premium_of(StreamLowering& lowering, const T& stream, LoweredStream& found) {
    if constexpr (requires { stream.risk_premium; }) {
      if (probability_ == Probability::risk_neutral) {
        bool is_seen_at_end = false;
        if constexpr (requires { stream.is_seen_at_end(); }) {
          is_seen_at_end = stream.is_seen_at_end();
        }
        take_premium(lowering, stream.risk_premium, is_seen_at_end, found);
      }
    }
  }

  Context& context_;
  StreamMap& map_;
  Probability probability_;
};

}  // namespace

std::map<std::string, LoweredStream> lower_streams(Context& context, const Named<Stream>& streams,
                                                   StreamMap& map, Probability probability) {
  StreamsLowering lowering(context, map, probability);
  for (const auto& [name, stream] : streams) {
    lowering.lower(name);
  }
  return std::move(lowering.lowered);
}

}  // namespace capstake
