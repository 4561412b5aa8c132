#include "revenue/seasonal.hpp"

namespace capstake {

void check_season_weights(const Numbers& weights, const std::string& path, Issues& issues) {
  if (weights.size() != 4 && weights.size() != 12) {
    issues.push_back({path, "must hold 4 weights, of quarters, or 12, of months",
                      std::to_string(weights.size()), ""});
    return;
  }
  check_adds_up_to_one(weights, path, issues);
}

Expr season_weight(StreamLowering& lowering, std::string_view field, const Numbers& weights,
                   std::size_t first_month) {
  const auto weight = [&](std::size_t i) {
    return lowering.number(std::string(field) + "[" + std::to_string(i) + "]", weights[i]);
  };
  Expr sum = weight(0);
  for (std::size_t i = 1; i < weights.size(); ++i) {
    sum = sum + weight(i);
  }
  const std::size_t months = 12 / static_cast<std::size_t>(lowering.context.per_year());
  const std::size_t months_per_weight = 12 / weights.size();
  if (months < months_per_weight) {
    const double part = static_cast<double>(months) / static_cast<double>(months_per_weight);
    return weight(first_month / months_per_weight) * part / sum;
  }
  Expr own = weight(first_month / months_per_weight);
  for (std::size_t m = months_per_weight; m < months; m += months_per_weight) {
    own = own + weight((first_month + m) / months_per_weight);
  }
  return own / sum;
}

void Seasonal::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"weights"})) {
    check_season_weights(weights, join_path(path, "weights"), issues);
  }
}

LoweredStream lower_stream(StreamLowering& lowering, const Seasonal& stream) {
  LoweredStream result = lowering.parent(stream.of);
  const double n = lowering.context.per_year();
  for (std::size_t t = 0; t < lowering.context.n_periods(); ++t) {
    const std::size_t month = lowering.context.draw_step(t) % 12;
    result.revenue[t] =
        result.revenue[t] * (n * season_weight(lowering, "weights", stream.weights, month));
  }
  return result;
}

}  // namespace capstake
