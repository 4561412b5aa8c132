// A leg is one contract between a payer and a receiver. Each type of leg says of itself what
// everything around it needs to know (`summary`), and is lowered by its own overload of
// lower_leg.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contract/earn_out.hpp"
#include "contract/milestone.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

using Leg = std::variant<RevenueShare, EarnOut, Milestone>;

inline LegSummary summary_of(const Leg& leg) {
  return std::visit([](const auto& held) { return held.summary(); }, leg);
}

// The latest day on which anything can be paid, with the end of the period that the leg ends in.
inline Date last_payment_of(const Leg& leg, Date last_day_of_period) {
  return std::visit(
      [&](const auto& held) {
        if constexpr (requires { held.last_payment(last_day_of_period); }) {
          return held.last_payment(last_day_of_period);
        } else {
          return last_day_of_period + std::chrono::days{held.payment_lag};
        }
      },
      leg);
}

}  // namespace capstake
