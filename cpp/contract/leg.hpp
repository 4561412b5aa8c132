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

inline Date last_payment_of(const Leg& leg, Date last_day_of_period) {
  return std::visit([&](const auto& held) { return held.last_payment(last_day_of_period); }, leg);
}

}  // namespace capstake
