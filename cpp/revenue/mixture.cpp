#include "revenue/mixture.hpp"

namespace capstake {

void Mixture::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (!sound.contain({"scenarios", "weights"})) {
    return;
  }
  if (scenarios.empty()) {
    issues.push_back({join_path(path, "scenarios"), "must name at least one stream", "", ""});
    return;
  }
  if (weights.size() != scenarios.size()) {
    issues.push_back({join_path(path, "weights"), "must hold a weight for each scenario",
                      std::to_string(weights.size()), ""});
    return;
  }
  check_adds_up_to_one(weights, join_path(path, "weights"), issues);
}

LoweredStream lower_stream(StreamLowering& lowering, const Mixture& stream) {
  Context& context = lowering.context;
  const Expr u = context.uniform(lowering.name + ".scenario", 0);
  std::vector<Expr> cumulative;
  Expr sum = context.constant(0.0);
  for (std::size_t i = 0; i < stream.weights.size(); ++i) {
    sum = sum + lowering.number("weights[" + std::to_string(i) + "]", stream.weights[i]);
    cumulative.push_back(sum);
  }
  LoweredStream result = lowering.parent(stream.scenarios.back());
  for (std::size_t i = stream.scenarios.size() - 1; i-- > 0;) {
    const Expr is_by_here = less(u, cumulative[i] / sum);
    const LoweredStream& scenario = lowering.parent(stream.scenarios[i]);
    for (std::size_t t = 0; t < context.n_periods(); ++t) {
      result.revenue[t] = select(is_by_here, scenario.revenue[t], result.revenue[t]);
    }
  }
  return result;
}

}  // namespace capstake
