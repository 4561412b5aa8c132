// Events that end an earn-out or a milestone before its time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "contract/term.hpp"

namespace capstake {

class EndingEvents {
 public:
  using Events = std::map<std::string, LoweredEvent>;

  template <class T>
  EndingEvents(Context& context, const T& leg, const Events& events)
      : stops_(context, leg.start, leg.end, found(leg.stop_events, events)),
        acceleration_(context, leg.start, leg.end, found(leg.acceleration, events)),
        can_accelerate_(!leg.acceleration.empty()) {}

  // 1 while no event of either kind has come by the period's last day in the term, else 0.
  Expr goes_on(std::size_t period);
  bool can_accelerate() const { return can_accelerate_; }
  // 1 if the acceleration event comes on one of the term's days in the period, or before the term
  // of which the period is the first, and no stop event by the period's end; else 0.
  Expr accelerates(std::size_t period);

 private:
  static std::vector<const LoweredEvent*> found(const std::vector<std::string>& names,
                                                const Events& events);
  static std::vector<const LoweredEvent*> found(const std::string& name, const Events& events);

  Term stops_;
  Term acceleration_;
  bool can_accelerate_;
};

}  // namespace capstake
