// Legs as expressions: payments by period of the grid.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/leg.hpp"
#include "revenue/lower.hpp"
#include "schedule/context.hpp"

namespace capstake {

struct LoweredPayment {
  std::size_t period;
  Date date;
  Expr amount;         // money, undiscounted
  Expr present_value;  // discounted to the valuation date at the leg's rate
};

struct LoweredCap {
  std::vector<Expr> reached;  // by period of the grid: 1 when reached by its end, else 0
  Expr days;                  // from the first day of the grid until it is reached, or infinity
};

// What a leg's payments are discounted at, or a stake's proceeds.
struct LegDiscount {
  std::string rate_path;  // of the field that holds the rate: its own, or one of the deal's
  Number rate;
  std::string spread_path;
  std::optional<Number> spread;  // compounds continuously

  Expr factor(Context& context, Date to) const;
};

struct LoweredLeg {
  LegDiscount discount;
  std::vector<LoweredPayment> payments;  // those after the valuation date, by date
  Expr present_value;
  Expr total_paid;  // undiscounted, after the valuation date
  std::optional<LoweredCap> cap;
};

// What a leg is lowered with.
struct LegSetting {
  const Number& deal_discount_rate;
  const std::map<std::string, LoweredStream>& streams;
  const std::map<std::string, LoweredEvent>& events;
  // Under the risk-neutral measure: what takes the place of the leg's own rate and the deal's.
  std::optional<LegDiscount> risk_neutral;
};

LoweredLeg lower_leg(Context& context, const std::string& name, const RevenueShare& leg,
                     const LegSetting& setting);
LoweredLeg lower_leg(Context& context, const std::string& name, const EarnOut& leg,
                     const LegSetting& setting);
LoweredLeg lower_leg(Context& context, const std::string& name, const Milestone& leg,
                     const LegSetting& setting);
LoweredLeg lower_leg(Context& context, const std::string& name, const Leg& leg,
                     const LegSetting& setting);

}  // namespace capstake
