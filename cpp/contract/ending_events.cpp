#include "contract/ending_events.hpp"

#include "contract/settle.hpp"

namespace capstake {

Expr EndingEvents::goes_on(std::size_t period) {
  return stops_.survives(period) * acceleration_.survives(period);
}

Expr EndingEvents::accelerates(std::size_t period) {
  const bool is_first = acceleration_.begins(Per::term, period);
  const Expr comes =
      is_first ? 1.0 - acceleration_.survives(period) : acceleration_.ends_in(period);
  return comes * stops_.survives(period);
}

std::vector<const LoweredEvent*> EndingEvents::found(const std::vector<std::string>& names,
                                                     const Events& events) {
  return named_events(names, events);
}

std::vector<const LoweredEvent*> EndingEvents::found(const std::string& name,
                                                     const Events& events) {
  return name.empty() ? std::vector<const LoweredEvent*>{} : named_events({name}, events);
}

}  // namespace capstake
