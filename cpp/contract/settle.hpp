// From what falls due to a leg: what all types of legs do alike.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/pipeline.hpp"

namespace capstake {

// The events of these names.
std::vector<const LoweredEvent*> named_events(const std::vector<std::string>& names,
                                              const std::map<std::string, LoweredEvent>& events);

// Discounting at the leg's own rate, or else at the deal's; under the risk-neutral measure as the
// setting says.
LegDiscount leg_discount(const std::string& leg_path, const std::optional<Number>& rate,
                         const LegSetting& setting);

// Nothing is paid after a loss event.
void lose(Context& context, const std::vector<const LoweredEvent*>& losses, std::vector<Due>& dues);

// The payments after the valuation date, with their sums. The dues stand by date.
LoweredLeg settled(Context& context, const LegDiscount& discount, const std::vector<Due>& dues);

}  // namespace capstake
