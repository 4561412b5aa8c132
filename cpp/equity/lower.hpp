// Companies and stakes as expressions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "contract/lower.hpp"
#include "equity/company.hpp"
#include "revenue/lower.hpp"
#include "schedule/context.hpp"

namespace capstake {

// What the holders of all of today's equity receive at the end of a period.
struct EquityFlow {
  std::size_t period;
  Date date;
  Expr at_exit;
  Expr at_failure;
};

struct LoweredCompany {
  std::vector<EquityFlow> flows;  // before dilution, undiscounted
};

// A leg that is charged to a company: the sign is +1 where the company pays, -1 where it receives.
struct ChargedLeg {
  const LoweredLeg* leg;
  double sign;
};

// What a company is lowered with.
struct CompanySetting {
  std::vector<ChargedLeg> charged;
  const std::map<std::string, LoweredStream>& streams;
  const std::map<std::string, LoweredEvent>& events;
  bool is_risk_neutral;
};

LoweredCompany lower_company(Context& context, const std::string& name, const Company& company,
                             const CompanySetting& setting);

struct StakeFlow {
  std::size_t period;
  Expr amount;  // money to the holder, undiscounted
};

struct LoweredStake {
  std::vector<StakeFlow> flows;
  Expr present_value;
};

LoweredStake lower_stake(Context& context, const std::string& name, const Stake& stake,
                         const LegDiscount& discount, const LoweredCompany& company);

}  // namespace capstake
