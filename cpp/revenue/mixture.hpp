// Mixture: one of several scenarios, such as bear, base and bull.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

struct Mixture {
  std::vector<std::string> scenarios;
  Numbers weights;

  static constexpr std::string_view kType = "mixture";
  static constexpr std::string_view kName = "Mixture";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "The revenue of one of several streams, chosen at random for the whole path.\n\n"
      "Scenario i has probability w_i; the weights add up to 1. It is the first whose cumulative "
      "weight\n"
      "exceeds a uniform draw. Each scenario is a stream of any type; the mixture has figures "
      "where all\n"
      "of them have. A value jumps in the weights on each path, so sensitivities to them are "
      "marked.\n\n"
      "Draws: `<stream>.scenario`, a uniform once a path.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = Mixture(scenarios=[\"bear\", \"base\", \"bull\"], weights=[0.25, 0.5, 0.25])";

  static constexpr auto fields() {
    return std::tuple{
        Field{"scenarios", &Mixture::scenarios, name_in("streams"),
              "Streams of which one comes about."},
        Field{
            "weights", &Mixture::weights, share(),
            "Their probabilities, in the same order; they are divided by their sum, which must be "
            "1."},
    };
  }
  bool operator==(const Mixture&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

LoweredStream lower_stream(StreamLowering& lowering, const Mixture& stream);

}  // namespace capstake
