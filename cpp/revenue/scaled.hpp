// Scaled: a fixed multiple or share of another stream.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

struct Scaled {
  std::string of;
  Number factor;
  Number risk_premium;

  static constexpr std::string_view kType = "scaled";
  static constexpr std::string_view kName = "Scaled";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Another stream's revenue times a factor, which may change by date.\n\n"
      "R_t = f_t R_t[of], with the factor that holds on the period's first day.\n\n"
      "Examples\n"
      "--------\n"
      ">>> hosted = Scaled(of=\"total\", factor=0.3)";

  static constexpr auto fields() {
    return std::tuple{
        Field{"of", &Scaled::of, name_in("streams"), "Stream that is scaled."},
        Field{"factor", &Scaled::factor, multiple().at_least(0.0).by_date(),
              "Factor on that stream's revenue."},
        risk_premium_field<Scaled>(),
    };
  }
  bool operator==(const Scaled&) const = default;
};

LoweredStream lower_stream(StreamLowering& lowering, const Scaled& stream);

}  // namespace capstake
