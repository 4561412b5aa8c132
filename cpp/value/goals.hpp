// Wanted precisions of positions, as targets of a program's outputs.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "deal/lower.hpp"
#include "simulate/precision.hpp"

namespace capstake {

// A wanted precision of one position, or of all where the subject is empty.
struct Goal {
  std::string subject;
  Target target;
};

// By output: the first outputs are the quantities, and what follows them has no target. Throws
// std::invalid_argument for a goal of nothing that is there.
std::vector<Target> targets_of(const std::vector<Goal>& goals,
                               const std::vector<Quantity>& quantities, std::size_t n_outputs);

}  // namespace capstake
