#include "value/goals.hpp"

#include "base/require.hpp"

namespace capstake {

std::vector<Target> targets_of(const std::vector<Goal>& goals,
                               const std::vector<Quantity>& quantities, std::size_t n_outputs) {
  std::vector<Target> targets(n_outputs);
  for (const Goal& goal : goals) {
    bool is_met = false;
    for (std::size_t i = 0; i < quantities.size(); ++i) {
      const bool is_meant = goal.subject.empty() || goal.subject == quantities[i].subject;
      if (is_meant && is_position(quantities[i].measure)) {
        targets[i] = goal.target;
        is_met = true;
      }
    }
    require(is_met, "precision", "must name legs, stakes or parties of the deal", goal.subject);
  }
  return targets;
}

}  // namespace capstake
