#include "contract/settle.hpp"

namespace capstake {

std::vector<const LoweredEvent*> named_events(const std::vector<std::string>& names,
                                              const std::map<std::string, LoweredEvent>& events) {
  std::vector<const LoweredEvent*> found;
  for (const std::string& name : names) {
    found.push_back(&events.at(name));
  }
  return found;
}

LegDiscount leg_discount(const std::string& leg_path, const std::optional<Number>& rate,
                         const LegSetting& setting) {
  if (setting.risk_neutral) {
    return *setting.risk_neutral;
  }
  return {rate ? leg_path + ".discount_rate" : "deal.discount_rate",
          rate ? *rate : setting.deal_discount_rate, "", std::nullopt};
}

void lose(Context& context, const std::vector<const LoweredEvent*>& losses,
          std::vector<Due>& dues) {
  for (Due& due : dues) {
    for (const LoweredEvent* loss : losses) {
      due.amount = due.amount * loss->survives(context, due.date);
    }
  }
}

LoweredLeg settled(Context& context, const LegDiscount& discount, const std::vector<Due>& dues) {
  const Expr zero = context.constant(0.0);
  LoweredLeg lowered{discount, {}, zero, zero, std::nullopt};
  for (const Due& due : dues) {
    if (due.date <= context.valuation_date()) {
      continue;
    }
    const Expr present_value = due.amount * discount.factor(context, due.date);
    lowered.payments.push_back({due.period, due.date, due.amount, present_value});
    lowered.present_value = lowered.present_value + present_value;
    lowered.total_paid = lowered.total_paid + due.amount;
  }
  return lowered;
}

}  // namespace capstake
